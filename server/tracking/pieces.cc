#include "server/tracking/pieces.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/digest.h"
#include "server/tracking/declarations.h"

namespace mergegate::tracking {
namespace {

constexpr size_t kDigestDigits = 32;

std::string Digest(std::string_view text) { return text.empty() ? "" : Sha256Hex(text).substr(0, kDigestDigits); }

bool IsBlank(std::string_view line) { return std::ranges::all_of(line, absl::ascii_isspace); }

// Who owns each line of one commit's files.
class Owners {
 public:
  explicit Owners(const std::vector<Declaration>& declarations) : declarations_(declarations), map_(declarations) {}

  // The innermost declaration; nullptr outside of all.
  const Declaration* Of(std::string_view path, int line) const {
    const int index = map_.Innermost(path, line);
    return index < 0 ? nullptr : &declarations_[static_cast<size_t>(index)];
  }
  // The lines that are the declaration's own in this file, and no other's; several entries of one USR are one.
  std::vector<LineRange> OwnLines(std::string_view path, std::string_view usr) const {
    std::vector<LineRange> ranges;
    for (const DeclarationMap::Segment& segment : map_.Segments(path)) {
      const int first = map_.Group(segment.group).front();
      if (declarations_[static_cast<size_t>(first)].usr == usr) ranges.push_back({segment.first, segment.last});
    }
    return ranges;
  }

 private:
  const std::vector<Declaration>& declarations_;
  const DeclarationMap map_;
};

class FilePieces {
 public:
  FilePieces(const ChangedFile& file, const Owners& base, const Owners& head) : file_(file), base_(base), head_(head) {}

  std::vector<Piece> Find(const Tree& tree) {
    for (const Hunk& hunk : file_.hunks) Look(hunk);
    std::vector<Piece> pieces = Declarations(tree);
    if (!outside_.empty() || pieces.empty()) {
      pieces.push_back(
          {.path = file_.path(), .declaration = {}, .usr = {}, .signature = Digest(WhatElse()), .body = {}});
    }
    return pieces;
  }

 private:
  void Look(const Hunk& hunk) {
    int line = hunk.old_start;
    for (const std::string& text : hunk.removed) {
      const Declaration* owner = base_.Of(file_.old_path, line++);
      const auto own = owner == nullptr ? std::vector<LineRange>() : head_.OwnLines(file_.new_path, owner->usr);
      if (!own.empty()) {
        changed_.try_emplace(owner->usr, Changed{own.front().first, owner->name});
      } else if (!IsBlank(text)) {
        absl::StrAppend(&outside_, "-", text, "\n");
      }
    }
    line = hunk.new_start;
    for (const std::string& text : hunk.added) {
      if (const Declaration* owner = head_.Of(file_.new_path, line++); owner != nullptr) {
        changed_.try_emplace(owner->usr,
                             Changed{head_.OwnLines(file_.new_path, owner->usr).front().first, owner->name});
      } else if (!IsBlank(text)) {
        absl::StrAppend(&outside_, "+", text, "\n");
      }
    }
  }

  std::vector<Piece> Declarations(const Tree& tree) const {
    std::vector<Piece> pieces;
    if (changed_.empty()) return pieces;
    const absl::StatusOr<std::string> content = tree.ReadFile(file_.new_path);
    const std::vector<std::string> lines = absl::StrSplit(content.ok() ? *content : "", '\n');
    std::vector<std::pair<int, Piece>> by_line;
    for (const auto& [usr, changed] : changed_) {
      std::string text;
      for (const LineRange& range : head_.OwnLines(file_.new_path, usr)) {
        for (int i = range.first; i <= range.last && static_cast<size_t>(i) <= lines.size(); ++i) {
          absl::StrAppend(&text, lines[static_cast<size_t>(i) - 1], "\n");
        }
      }
      const DeclarationText split = SplitDeclaration(text);
      by_line.emplace_back(changed.line, Piece{.path = file_.path(),
                                               .declaration = changed.name,
                                               .usr = usr,
                                               .signature = Digest(split.signature),
                                               .body = Digest(split.body)});
    }
    std::ranges::sort(by_line, {}, [](const auto& entry) { return std::pair(entry.first, entry.second.usr); });
    for (auto& [line, piece] : by_line) pieces.push_back(std::move(piece));
    return pieces;
  }

  // Changed lines outside of declarations; for a file without any, what became of it.
  std::string WhatElse() const {
    if (!outside_.empty()) return outside_;
    return absl::StrCat(file_.old_path, " ", file_.new_path, " ", file_.new_blob.value());
  }

  struct Changed {
    int line;
    std::string name;
  };

  const ChangedFile& file_;
  const Owners& base_;
  const Owners& head_;
  std::map<std::string, Changed> changed_;  // by USR
  std::string outside_;
};

}  // namespace

std::vector<Piece> PiecesOf(const Diff& diff, const std::vector<Declaration>& head_declarations,
                            const std::vector<Declaration>& base_declarations, const Tree& head) {
  const Owners base_owners(base_declarations), head_owners(head_declarations);
  std::vector<Piece> pieces;
  for (const ChangedFile& file : diff.files) {
    std::ranges::move(FilePieces(file, base_owners, head_owners).Find(head), std::back_inserter(pieces));
  }
  return pieces;
}

DeclarationText SplitDeclaration(std::string_view text) {
  DeclarationText split;
  std::string* to = &split.signature;
  const bool raw_strings = text.find("R\"") != std::string_view::npos;  // blanks in them count, and they nest quotes
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && c == '{' && to == &split.signature) to = &split.body;
    if (quote == 0 && !raw_strings && absl::ascii_isspace(static_cast<unsigned char>(c))) {
      if (!to->empty() && to->back() != ' ') to->push_back(' ');
      continue;
    }
    to->push_back(c);
    if (quote != 0 && c == '\\' && i + 1 < text.size()) {
      to->push_back(text[++i]);
    } else if (c == quote || (quote != 0 && c == '\n')) {
      quote = 0;  // an apostrophe in a comment ends with its line
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    }
  }
  for (std::string* part : {&split.signature, &split.body}) {
    while (part->ends_with(' ')) part->pop_back();
  }
  return split;
}

}  // namespace mergegate::tracking
