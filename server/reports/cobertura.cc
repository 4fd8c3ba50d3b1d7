// Cobertura's XML (coverage-04.dtd), as gcovr, coverage.py and others write it: <sources><source> and
// <class filename><lines><line number hits>. pugixml expands no entities but the five of XML and reads no DTD.
#include <pugixml.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/reports/artifact_path.h"
#include "server/reports/coverage.h"

namespace mergegate::reports {
namespace {

constexpr size_t kMaxBytes = 32 << 20;

class CoberturaReader {
 public:
  absl::StatusOr<CoverageReport> Read(const pugi::xml_node& coverage) {
    int sources = 0;
    for (const pugi::xml_node& source : coverage.child("sources").children("source")) {
      root_ = source.text().as_string();
      ++sources;
    }
    if (sources != 1) root_.clear();  // which of several a file lies under, nothing tells
    for (const pugi::xml_node& package : coverage.child("packages").children("package")) {
      for (const pugi::xml_node& of : package.child("classes").children("class")) {
        if (absl::Status status = ReadClass(of); !status.ok()) return status;
      }
    }
    return std::move(report_);
  }

 private:
  absl::Status ReadClass(const pugi::xml_node& of) {
    std::string name = of.attribute("filename").as_string();
    if (name.empty()) return absl::InvalidArgumentError("coverage: a <class> has no filename");
    const bool absolute = name.starts_with('/') || (name.size() > 1 && name[1] == ':');
    if (!absolute && !root_.empty()) name = absl::StrCat(root_, "/", name);
    const std::optional<std::string> path = PlainPath(name);
    if (!path) return absl::OkStatus();
    CoveredLines& lines = report_.files[*path];
    for (const pugi::xml_node& line : of.child("lines").children("line")) {
      int number = 0;
      double hits = 0;
      if (!absl::SimpleAtoi(line.attribute("number").as_string(), &number) || number < 1 ||
          !absl::SimpleAtod(line.attribute("hits").as_string(), &hits)) {
        return absl::InvalidArgumentError(
            absl::StrCat("coverage: ", name, ": a <line> needs a number from 1 and hits"));
      }
      if (++told_ > kMostCoveredLines) {
        return absl::InvalidArgumentError(absl::StrCat("coverage: more than ", kMostCoveredLines, " lines"));
      }
      lines[number] |= hits > 0;
    }
    return absl::OkStatus();
  }

  CoverageReport report_{.format = "Cobertura", .files = {}};
  std::string root_;
  size_t told_ = 0;
};

}  // namespace

absl::StatusOr<CoverageReport> ParseCobertura(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("coverage: ", text.size(), " bytes of XML; at most ", kMaxBytes, " are read"));
  }
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default);
  if (!parsed) {
    return absl::InvalidArgumentError(
        absl::StrCat("coverage: not valid XML at byte ", parsed.offset, ": ", parsed.description()));
  }
  const pugi::xml_node coverage = document.child("coverage");
  if (!coverage)
    return absl::InvalidArgumentError("coverage: Cobertura's <coverage> was expected at the top of the XML");
  return CoberturaReader().Read(coverage);
}

}  // namespace mergegate::reports
