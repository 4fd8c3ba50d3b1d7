#include "tests/analyzers/unit_pair.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "analyzers/analyze.h"
#include "analyzers/cache/artifact_file.h"

namespace mergegate::testing {
namespace fs = std::filesystem;

UnitPair::UnitPair(const Files& base, const Files& head, PairOptions options) {
  const CommitId base_commit = repo_.Commit(base);
  const CommitId head_commit = repo_.Commit(head);
  task_.set_commit(head_commit.value());
  task_.mutable_limits()->set_max_findings(1000);
  v1::UnitTask& unit = *task_.mutable_unit();
  unit.set_main_file("a.cc");
  unit.set_directory("/src");
  unit.set_config_commit(base_commit.value());
  unit.set_source(v1::COMMAND_SOURCE_GIVEN);
  unit.set_checks(options.checks);
  unit.mutable_analyzers()->Add(options.analyzers.begin(), options.analyzers.end());
  unit.mutable_arguments()->Add(options.arguments.begin(), options.arguments.end());
  if (!options.ignored_suppressions.empty()) {
    v1::LineSet& lines = *unit.add_ignored_suppressions();
    lines.set_path("a.cc");
    lines.mutable_first()->Add(options.ignored_suppressions.begin(), options.ignored_suppressions.end());
    *lines.mutable_last() = lines.first();
  }
  v1::UnitSide& side = *unit.mutable_base();
  side.set_commit(base_commit.value());
  side.set_main_file(options.base_main_file);
  side.set_directory("/src");
  const auto& arguments = options.base_arguments.empty() ? options.arguments : options.base_arguments;
  side.mutable_arguments()->Add(arguments.begin(), arguments.end());
}

v1::AnalyzerAnswer UnitPair::Answer(const v1::AnalysisTask& task, const std::string& cache, int jobs) const {
  v1::AnalyzerAnswer answer =
      analyzers::Analyze(task, {repo_.path(), analyzers::DefaultRoots(), "", cache, "toolchain", jobs});
  for (const v1::Artifact& artifact : answer.artifacts()) {
    EXPECT_TRUE(cache::IsArtifactName(artifact.name())) << artifact.name();
    const fs::path path = cache + "/" + artifact.name();
    fs::create_directories(path.parent_path());
    EXPECT_TRUE(cache::WriteArtifact(path, artifact.content()).ok());
  }
  return answer;
}

v1::TaskResult UnitPair::HeadAlone() const {
  v1::AnalysisTask task = task_;
  task.mutable_unit()->clear_base();
  return Answer(task, "").result();
}

v1::TaskResult UnitPair::BaseAlone() const {
  v1::AnalysisTask task = task_;
  v1::UnitTask& unit = *task.mutable_unit();
  task.set_commit(unit.base().commit());
  task.set_at_base(true);
  unit.set_main_file(unit.base().main_file());
  *unit.mutable_arguments() = unit.base().arguments();
  unit.clear_ignored_suppressions();
  unit.clear_base();
  return Answer(task, "").result();
}

v1::TaskResult UnitPair::Compare() const { return Answer(task_, "").result(); }

v1::AnalyzerAnswer UnitPair::CompareCached() const { return Answer(task_, cache()); }

std::vector<std::string> UnitPair::CachedFiles() const {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(cache())) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> Describe(const v1::TaskResult& side) {
  std::vector<std::string> lines;
  for (const v1::Finding& finding : side.findings()) lines.push_back("finding " + finding.ShortDebugString());
  for (const auto& measurement : side.measurements()) lines.push_back("measured " + measurement.ShortDebugString());
  for (const v1::AnalysisFailure& failure : side.failures()) lines.push_back("failure " + failure.ShortDebugString());
  for (const v1::InputFile& input : side.inputs()) lines.push_back("input " + input.ShortDebugString());
  for (const std::string& path : side.absent()) lines.push_back("absent " + path);
  lines.push_back("suppressed " + std::to_string(side.suppressed()));
  for (v1::Declaration declaration : side.declarations()) {
    std::vector<std::string> references;
    for (const int to : declaration.references()) {
      const v1::Declaration& other = side.declarations(to);
      references.push_back(other.usr() + " at " + other.path() + ":" + std::to_string(other.start_line()));
    }
    std::sort(references.begin(), references.end());
    declaration.clear_references();
    std::string line = "declared " + declaration.ShortDebugString() + " refers to";
    for (const std::string& reference : references) line += " [" + reference + "]";
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string Differences(const v1::TaskResult& expected, const v1::TaskResult& actual) {
  const std::vector<std::string> before = Describe(expected), after = Describe(actual);
  std::vector<std::string> lost, more;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(lost));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(more));
  std::string text;
  for (const std::string& line : lost) text += "- " + line + "\n";
  for (const std::string& line : more) text += "+ " + line + "\n";
  return text;
}

std::vector<std::string> Places(const v1::TaskResult& side) {
  std::vector<std::string> places;
  for (const v1::Finding& finding : side.findings()) {
    if (finding.path() == "a.cc") places.push_back(finding.check() + ":" + std::to_string(finding.line()));
  }
  return places;
}

std::string Bytes(v1::TaskResult result) {
  result.clear_cost();
  return result.SerializeAsString();
}

std::string Edited(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "nothing says: " << from;
  if (at == std::string::npos) return text;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << "said twice: " << from;
  return text.replace(at, from.size(), to);
}

}  // namespace mergegate::testing
