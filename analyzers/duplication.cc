#include "analyzers/duplication.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "analyzers/text.h"
#include "clang/Basic/LangOptions.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace mergegate::analyzers {
namespace {

constexpr size_t kMaxBlocks = 1000;
// Places compared with one place, and blocks reported for one place. Tables of equal rows match everywhere; a handful
// of copies tells the story.
constexpr size_t kMaxPlaces = 64;
constexpr int kMaxBlocksPerPlace = 8;
constexpr uint64_t kBase = 0x9E3779B97F4A7C15;  // odd, so that rolling loses no bits

struct SourceToken {
  uint32_t spelling = 0;  // equal spellings have equal numbers; 0 ends a file and equals nothing
  int line = 0;
  bool added = false;
};

struct File {
  std::string path;
  size_t begin = 0, end = 0;  // tokens, without the mark at the end
};

class Corpus {
 public:
  // `text` must outlive this.
  void Add(const std::string& path, const std::string& text, const source::LineRanges& added);

  std::vector<SourceToken> tokens;
  std::vector<File> files;

 private:
  std::unordered_map<std::string_view, uint32_t> spellings_;  // views into the texts
};

bool StartsSkippedLine(std::string_view word) {
  return word == "include" || word == "include_next" || word == "import" || word == "pragma";
}

void Corpus::Add(const std::string& path, const std::string& text, const source::LineRanges& added) {
  clang::LangOptions language;
  language.CPlusPlus = language.CPlusPlus11 = language.CPlusPlus14 = language.CPlusPlus17 = language.CPlusPlus20 = true;
  language.LineComment = language.Bool = language.Char8 = language.Digraphs = true;
  clang::Lexer lexer(clang::SourceLocation(), language, text.data(), text.data(), text.data() + text.size());

  File file{path, tokens.size(), 0};
  enum class Skip { kNothing, kLine, kToSemicolon } skip = Skip::kNothing;
  bool after_hash = false;
  clang::Token token;
  int line = 1;
  size_t counted = 0;  // lines are counted up to here
  for (bool end = false; !end;) {
    end = lexer.LexFromRawLexer(token);
    if (token.is(clang::tok::eof)) break;
    const size_t offset = lexer.getCurrentBufferOffset() - token.getLength();
    const std::string_view spelling(text.data() + offset, token.getLength());
    const bool starts_line = token.isAtStartOfLine();
    for (; counted < offset; ++counted) line += text[counted] == '\n' ? 1 : 0;
    if (skip == Skip::kLine && starts_line) skip = Skip::kNothing;
    if (starts_line && (spelling == "using" || spelling == "import")) skip = Skip::kToSemicolon;
    if (after_hash && !starts_line && StartsSkippedLine(spelling)) {
      tokens.pop_back();  // the '#'
      skip = Skip::kLine;
    }
    after_hash = starts_line && spelling == "#";
    if (skip == Skip::kNothing) {
      const auto next = static_cast<uint32_t>(spellings_.size() + 1);
      const bool is_added =
          std::any_of(added.begin(), added.end(), [&](const auto& r) { return r.first <= line && line <= r.second; });
      tokens.push_back({spellings_.try_emplace(spelling, next).first->second, line, is_added});
    }
    if (skip == Skip::kToSemicolon && spelling == ";") skip = Skip::kNothing;
  }
  file.end = tokens.size();
  files.push_back(std::move(file));
  tokens.push_back({});
}

struct Match {
  size_t first = 0, second = 0, length = 0;  // tokens
};

// Greatest stretches of equal tokens that overlap added lines.
class Matcher {
 public:
  Matcher(const Corpus& corpus, size_t window) : tokens_(corpus.tokens), window_(window) {
    added_before_.assign(tokens_.size() + 1, 0);
    for (size_t i = 0; i < tokens_.size(); ++i) added_before_[i + 1] = added_before_[i] + (tokens_[i].added ? 1 : 0);
    HashWindows();
  }

  std::vector<Match> Run() {
    std::vector<int> reported(tokens_.size(), 0);
    // Stretches already found, begin to end, by the distance of their copies.
    std::unordered_map<size_t, std::map<size_t, size_t>> done;
    std::vector<Match> matches;
    for (size_t p = 0; p < hashes_.size(); ++p) {
      if (!valid_[p] || !TouchesAdded(p, window_)) continue;
      for (const size_t q : places_.find(hashes_[p])->second) {
        if (q == p || !Equal(p, q)) continue;
        const size_t low = std::min(p, q), distance = std::max(p, q) - low;
        std::map<size_t, size_t>& found = done[distance];
        if (const auto after = found.upper_bound(low); after != found.begin() && low < std::prev(after)->second)
          continue;
        const Match match = Extend(p, q);
        found[std::min(match.first, match.second)] = std::min(match.first, match.second) + match.length;
        if (match.length < window_) continue;  // a stretch that overlaps itself
        int& count = reported[match.first + match.length / 2];
        if (count++ < kMaxBlocksPerPlace) matches.push_back(match);
      }
    }
    return matches;
  }

 private:
  bool TouchesAdded(size_t begin, size_t length) const { return added_before_[begin + length] > added_before_[begin]; }

  void HashWindows() {
    if (tokens_.size() < window_) return;
    uint64_t power = 1;
    for (size_t i = 1; i < window_; ++i) power *= kBase;
    hashes_.resize(tokens_.size() - window_ + 1);
    valid_.resize(hashes_.size());
    uint64_t hash = 0;
    size_t since_mark = 0;  // tokens since the end of the last file
    for (size_t i = 0; i < tokens_.size(); ++i) {
      since_mark = tokens_[i].spelling == 0 ? 0 : since_mark + 1;
      if (i >= window_) hash -= power * tokens_[i - window_].spelling;
      hash = hash * kBase + tokens_[i].spelling;
      if (i + 1 < window_) continue;
      const size_t start = i + 1 - window_;
      hashes_[start] = hash >> 1;  // the map keeps the two largest keys for itself
      valid_[start] = since_mark >= window_;
    }
    // Only hashes of added windows are looked up, so only those are kept.
    for (size_t p = 0; p < hashes_.size(); ++p) {
      if (valid_[p] && TouchesAdded(p, window_)) places_[hashes_[p]];
    }
    for (size_t p = 0; p < hashes_.size(); ++p) {
      if (!valid_[p]) continue;
      if (const auto bucket = places_.find(hashes_[p]); bucket != places_.end() && bucket->second.size() < kMaxPlaces) {
        bucket->second.push_back(p);
      }
    }
  }

  bool Equal(size_t p, size_t q) const {
    for (size_t i = 0; i < window_; ++i) {
      if (tokens_[p + i].spelling != tokens_[q + i].spelling) return false;
    }
    return true;
  }

  bool SameToken(size_t p, size_t q) const {
    return tokens_[p].spelling != 0 && tokens_[p].spelling == tokens_[q].spelling;
  }

  // The stretch around two equal windows; cut where the copies would overlap each other. The added copy comes first;
  // when both are added, the earlier one.
  Match Extend(size_t p, size_t q) const {
    size_t low = std::min(p, q), high = std::max(p, q), length = window_;
    while (low > 0 && SameToken(low - 1, high - 1)) --low, --high, ++length;
    while (high + length < tokens_.size() && SameToken(low + length, high + length)) ++length;
    length = std::min(length, high - low);
    return TouchesAdded(low, length) ? Match{low, high, length} : Match{high, low, length};
  }

  const std::vector<SourceToken>& tokens_;
  const size_t window_;
  std::vector<size_t> added_before_;  // prefix sums
  std::vector<uint64_t> hashes_;
  std::vector<bool> valid_;                                        // the window lies within one file
  llvm::DenseMap<uint64_t, llvm::SmallVector<size_t, 2>> places_;  // of windows like an added one
};

v1::DuplicateBlock Block(const Corpus& corpus, const Match& match) {
  const auto file_of = [&](size_t token) -> const File& {
    return *std::find_if(corpus.files.begin(), corpus.files.end(),
                         [token](const File& file) { return file.begin <= token && token < file.end; });
  };
  v1::DuplicateBlock block;
  block.set_path(ValidUtf8(file_of(match.first).path));
  block.set_start_line(corpus.tokens[match.first].line);
  block.set_end_line(corpus.tokens[match.first + match.length - 1].line);
  block.set_other_path(ValidUtf8(file_of(match.second).path));
  block.set_other_start_line(corpus.tokens[match.second].line);
  block.set_other_end_line(corpus.tokens[match.second + match.length - 1].line);
  block.set_tokens(static_cast<int>(match.length));
  return block;
}

void Fail(v1::FailureKind kind, const std::string& message, v1::TaskResult& result) {
  v1::AnalysisFailure& failure = *result.add_failures();
  failure.set_analyzer("duplication");
  failure.set_kind(kind);
  failure.set_message(ValidUtf8(message));
}

}  // namespace

v1::TaskResult FindDuplicates(const v1::AnalysisTask& task, source::GitTree& tree) {
  const v1::DuplicationTask& wanted = task.duplication();
  v1::TaskResult result;
  if (wanted.min_tokens() <= 0) {
    Fail(v1::FAILURE_KIND_INTERNAL, "min_tokens of the task is not positive", result);
    return result;
  }
  std::map<std::string, source::LineRanges> added;
  for (const v1::LineSet& set : wanted.added()) {
    source::LineRanges& ranges = added[set.path()];
    for (int i = 0; i < std::min(set.first_size(), set.last_size()); ++i) {
      ranges.emplace_back(set.first(i), set.last(i));
    }
  }
  std::set<std::string> paths(wanted.siblings().begin(), wanted.siblings().end());
  for (const auto& [path, ranges] : added) paths.insert(path);

  Corpus corpus;
  for (const std::string& path : paths) {
    const source::Lookup found = tree.Find(path);
    if (found.kind != source::Lookup::Kind::kFile || found.file->path != path) continue;  // links are no copies
    corpus.Add(path, found.file->committed(), added[path]);
  }
  if (!tree.damage().ok()) Fail(v1::FAILURE_KIND_INTERNAL, std::string(tree.damage().message()), result);

  std::vector<v1::DuplicateBlock> blocks;
  for (const Match& match : Matcher(corpus, static_cast<size_t>(wanted.min_tokens())).Run()) {
    blocks.push_back(Block(corpus, match));
  }
  const auto key = [](const v1::DuplicateBlock& b) {
    return std::make_tuple(b.path(), b.start_line(), b.end_line(), b.other_path(), b.other_start_line(),
                           b.other_end_line(), -b.tokens());
  };
  std::sort(blocks.begin(), blocks.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  if (blocks.size() > kMaxBlocks) {
    Fail(v1::FAILURE_KIND_OUTPUT_LIMIT,
         "kept " + std::to_string(kMaxBlocks) + " of " + std::to_string(blocks.size()) + " duplicate blocks", result);
    blocks.resize(kMaxBlocks);
  }
  result.mutable_duplicates()->Add(blocks.begin(), blocks.end());
  return result;
}

}  // namespace mergegate::analyzers
