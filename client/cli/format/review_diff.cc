#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"
#include "client/cli/format/reviews.h"

namespace mergegate::client {
namespace {

std::string Heading(std::string_view text, const TextStyle& style) { return style.Paint(Ink::kBold, text) + "\n"; }

std::string FindingLine(const v1::Finding& finding, const TextStyle& style) {
  const std::string text = fmt::format("{} {} ({}): {}", Word(finding.severity()), EscapeControl(finding.check()),
                                       Word(finding.state()), EscapeControl(finding.message()));
  std::string wrapped = Wrap(text, {"            ^ ", "              "}, style.width);
  wrapped.pop_back();
  return style.Paint(finding.severity() >= v1::SEVERITY_MAJOR ? Ink::kRed : Ink::kYellow, wrapped) + "\n";
}

std::string FileDiff(const v1::DiffFile& file, const TextStyle& style) {
  const std::string& path = file.new_path().empty() ? file.old_path() : file.new_path();
  std::string title = EscapeControl(path);
  if (file.new_path().empty()) title += " (deleted)";
  if (file.old_path().empty()) title += " (new)";
  if (!file.new_path().empty() && !file.old_path().empty() && file.old_path() != file.new_path()) {
    title += fmt::format(" (was {})", EscapeControl(file.old_path()));
  }
  std::string out = Heading(title, style);
  if (file.binary()) out += "  binary, not shown\n";
  std::multimap<int, const v1::Finding*> findings;
  for (const v1::Finding& finding : file.findings()) findings.emplace(finding.line(), &finding);
  for (int i = 0; i < file.hunks().size(); ++i) {
    if (i > 0) out += style.Paint(Ink::kDim, "  ...") + "\n";
    for (const v1::DiffLine& line : file.hunks(i).lines()) {
      const auto number = [](int value) { return value == 0 ? std::string(5, ' ') : fmt::format("{:5}", value); };
      const char sign = line.old_line() == 0 ? '+' : line.new_line() == 0 ? '-' : ' ';
      const Ink ink = sign == '+' ? Ink::kGreen : sign == '-' ? Ink::kRed : Ink::kPlain;
      // Tabs keep their column; everything else that is not text is shown as what it is.
      std::string text;
      for (const char c : line.text()) text += c == '\t' ? "    " : std::string(1, c);
      out += style.Paint(Ink::kDim, number(line.old_line()) + number(line.new_line())) + " " +
             style.Paint(ink, sign + EscapeControl(text)) + "\n";
      if (line.new_line() == 0) continue;
      const auto [first, last] = findings.equal_range(line.new_line());
      for (auto it = first; it != last; ++it) out += FindingLine(*it->second, style);
      findings.erase(first, last);
    }
  }
  if (!findings.empty()) out += "  elsewhere in this file:\n";
  for (const auto& [line, finding] : findings) {
    out += fmt::format("    line {}\n", line) + FindingLine(*finding, style);
  }
  return out;
}

}  // namespace

std::string FormatReviewDiff(const v1::GetReviewDiffResponse& diff, const TextStyle& style) {
  std::string out;
  for (const v1::DiffFile& file : diff.files()) out += (out.empty() ? "" : "\n") + FileDiff(file, style);
  return out.empty() ? "no difference\n" : out;
}

}  // namespace mergegate::client
