#include "analyzers/findings.h"

#include <algorithm>
#include <cctype>
#include <tuple>
#include <utility>

#include "analyzers/registry.h"
#include "analyzers/severity.h"
#include "analyzers/source/git_tree_fs.h"

namespace mergegate::analyzers {
namespace {

constexpr size_t kMaxLineText = 1000;
constexpr int kMaxNotes = 200;
constexpr size_t kMaxReplacement = 64 << 10;

std::string OwnerOf(std::string_view check) {
  for (const Analyzer* analyzer : AllAnalyzers()) {
    if (analyzer->OwnsCheck(check)) return std::string(analyzer->name());
  }
  return "";
}

bool IsWordByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }

// The fix of the diagnostic itself, else that of its only note with one; null when there is none.
const llvm::StringMap<clang::tooling::Replacements>* ChooseFix(const clang::tidy::ClangTidyError& error) {
  if (!error.Message.Fix.empty()) return &error.Message.Fix;
  const llvm::StringMap<clang::tooling::Replacements>* only = nullptr;
  for (const clang::tooling::DiagnosticMessage& note : error.Notes) {
    if (note.Fix.empty()) continue;
    if (only != nullptr) return nullptr;
    only = &note.Fix;
  }
  return only;
}

}  // namespace

const source::TreeFile* FindingWriter::FileAt(const std::string& name, const std::string& directory) {
  const std::string path = name.empty() ? "" : source::TreePath(name, directory.empty() ? source::kMount : directory);
  return path.empty() ? nullptr : tree_.Find(path).file;
}

const LineIndex& FindingWriter::Lines(const source::TreeFile& file) {
  return lines_.try_emplace(&file, file.committed()).first->second;
}

// Messages that quote a place do it as the repository names it.
static std::string WithoutMount(std::string message) {
  const std::string mount = std::string(source::kMount) + "/";
  for (size_t at = message.find(mount); at != std::string::npos; at = message.find(mount, at)) {
    const bool starts_path = at == 0 || message[at - 1] == ' ' || message[at - 1] == '(' || message[at - 1] == '\'';
    if (starts_path) {
      message.erase(at, mount.size());
    } else {
      at += mount.size();
    }
  }
  return message;
}

void FindingWriter::Add(const clang::tidy::ClangTidyError& error) {
  const source::TreeFile* file = FileAt(error.Message.FilePath, error.BuildDirectory);
  if (file == nullptr) return;
  v1::Finding finding;
  finding.set_check(ValidUtf8(error.DiagnosticName));
  finding.set_analyzer(OwnerOf(error.DiagnosticName));
  finding.set_severity(SeverityOf(error.DiagnosticName));
  finding.set_path(ValidUtf8(file->path));
  const LineIndex& lines = Lines(*file);
  const Position place = lines.PositionOf(error.Message.FileOffset);
  finding.set_line(place.line);
  finding.set_column(place.column);
  SetEnd(error, *file, finding);
  std::string message = WithoutMount(ValidUtf8(error.Message.Message));
  std::replace(message.begin(), message.end(), '\n', ' ');
  finding.set_message(std::move(message));
  finding.set_line_text(ValidUtf8(Trim(lines.Line(place.line)), kMaxLineText));
  const TreeDeclaration* around =
      declarations_ == nullptr ? nullptr : declarations_->Innermost(file, error.Message.FileOffset);
  if (around != nullptr) {
    finding.set_function(ValidUtf8(around->name));
    finding.set_usr(ValidUtf8(around->usr));
  }
  for (const clang::tooling::DiagnosticMessage& note : error.Notes) {
    if (finding.notes_size() == kMaxNotes) break;
    v1::Note& out = *finding.add_notes();
    out.set_message(WithoutMount(ValidUtf8(note.Message)));
    const source::TreeFile* note_file = FileAt(note.FilePath, error.BuildDirectory);
    if (note_file == nullptr) continue;
    const Position note_place = Lines(*note_file).PositionOf(note.FileOffset);
    out.set_path(ValidUtf8(note_file->path));
    out.set_line(note_place.line);
    out.set_column(note_place.column);
  }
  AddFix(error, finding);
  finding.set_unit(task_.main_file());
  finding.set_guessed(task_.source() == v1::COMMAND_SOURCE_INFERRED);
  finding.set_url(DocumentationOf(error.DiagnosticName));
  finding.set_suppressed_by_change(source::WouldHide(file->ignored, place.line, error.DiagnosticName));
  findings_.push_back(std::move(finding));
}

// The range that clang marks around the place; without one, the word there.
void FindingWriter::SetEnd(const clang::tidy::ClangTidyError& error, const source::TreeFile& file,
                           v1::Finding& finding) {
  const unsigned begin = error.Message.FileOffset;
  unsigned end = begin;
  for (const clang::tooling::FileByteRange& range : error.Message.Ranges) {
    if (FileAt(range.FilePath, error.BuildDirectory) != &file) continue;
    if (range.FileOffset <= begin && begin < range.FileOffset + range.Length) {
      end = std::max(end, range.FileOffset + range.Length);
    }
  }
  if (end == begin) {
    while (end < file.text.size() && IsWordByte(file.text[end])) ++end;
  }
  if (end == begin) return;
  const Position place = Lines(file).PositionOf(end);
  finding.set_end_line(place.line);
  finding.set_end_column(place.column);
}

void FindingWriter::AddFix(const clang::tidy::ClangTidyError& error, v1::Finding& finding) {
  const auto* chosen = ChooseFix(error);
  if (chosen == nullptr) return;
  std::vector<v1::Edit> edits;
  for (const auto& in_file : *chosen) {
    const source::TreeFile* file = FileAt(in_file.first().str(), error.BuildDirectory);
    if (file == nullptr) return;
    for (const clang::tooling::Replacement& replacement : in_file.second) {
      const size_t begin = replacement.getOffset(), end = begin + replacement.getLength();
      const std::string text = replacement.getReplacementText().str();
      // A text that is not valid UTF-8 cannot be carried without altering it.
      if (end > file->text.size() || text.size() > kMaxReplacement || ValidUtf8(text, kMaxReplacement) != text) return;
      const LineIndex& lines = Lines(*file);
      v1::Edit& edit = edits.emplace_back();
      edit.set_path(ValidUtf8(file->path));
      edit.set_offset(static_cast<int64_t>(begin));
      edit.set_length(static_cast<int64_t>(end - begin));
      edit.set_replacement(text);
      const Position first = lines.PositionOf(begin), last = lines.PositionOf(end);
      edit.set_start_line(first.line);
      edit.set_start_column(first.column);
      edit.set_end_line(last.line);
      edit.set_end_column(last.column);
    }
  }
  std::sort(edits.begin(), edits.end(), [](const v1::Edit& a, const v1::Edit& b) {
    return std::make_tuple(a.path(), a.offset()) < std::make_tuple(b.path(), b.offset());
  });
  for (size_t i = 1; i < edits.size(); ++i) {
    const v1::Edit &before = edits[i - 1], &edit = edits[i];
    if (before.path() == edit.path() && before.offset() + before.length() > edit.offset()) return;
  }
  if (edits.empty()) return;
  v1::Fix& fix = *finding.add_fixes();
  fix.mutable_edits()->Add(edits.begin(), edits.end());
}

void FindingWriter::Write(int max_findings, v1::TaskResult& result) {
  std::sort(findings_.begin(), findings_.end(),
            [](const auto& a, const auto& b) { return FindingKey(a) < FindingKey(b); });
  const auto repeated = std::unique(findings_.begin(), findings_.end(),
                                    [](const auto& a, const auto& b) { return FindingKey(a) == FindingKey(b); });
  findings_.erase(repeated, findings_.end());
  const auto limit = static_cast<size_t>(std::max(max_findings, 1));
  if (findings_.size() > limit) {
    v1::AnalysisFailure& failure = *result.add_failures();
    failure.set_unit(task_.main_file());
    failure.set_kind(v1::FAILURE_KIND_OUTPUT_LIMIT);
    failure.set_message("kept " + std::to_string(limit) + " of " + std::to_string(findings_.size()) +
                        " findings: raise the limit or narrow the checks");
    findings_.resize(limit);
  }
  for (v1::Finding& finding : findings_) *result.add_findings() = std::move(finding);
}

}  // namespace mergegate::analyzers
