// Runs every annotated source of cases/ through the analyzers, in this process; see case_file.h for the annotations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "analyzers/analyze.h"
#include "analyzers/source/git_tree.h"
#include "tests/analyzers/case_file.h"
#include "tests/support/test_repo.h"

namespace mergegate::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;

std::vector<std::string> Words(const std::string& text, char separator) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, separator);) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(MERGEGATE_CASES)) {
    if (entry.path().extension() == ".cc") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string At(const std::string& path, int line) { return path + ":" + std::to_string(line) + ": "; }

class AnalyzerCase : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::ifstream file(std::string(MERGEGATE_CASES) + "/" + GetParam() + ".cc");
    std::stringstream text;
    text << file.rdbuf();
    case_ = ParseCase(text.str());
    base_ = repo_.Commit(case_.base_files).value();
    head_ = repo_.Commit(case_.files, {.symlinks = case_.links, .parents = {{}}}).value();
    result_ = analyzers::Analyze(Task(), {repo_.path(), analyzers::DefaultRoots(), ""}).result();
  }

  v1::AnalysisTask Task() const {
    v1::AnalysisTask task;
    task.set_commit(head_);
    task.mutable_limits()->set_max_findings(1000);
    v1::UnitTask& unit = *task.mutable_unit();
    unit.set_main_file("case.cc");
    unit.set_directory("/src");
    unit.set_config_commit(base_);
    unit.set_source(v1::COMMAND_SOURCE_GIVEN);
    unit.set_checks(case_.Get("CHECKS", ""));
    for (const std::string& name : Words(case_.Get("ANALYZERS", "clang-tidy"), ',')) unit.add_analyzers(name);
    for (const std::string& argument : Words(case_.Get("ARGS", "-std=c++20"), ' ')) unit.add_arguments(argument);
    for (const Directive& directive : case_.directives) {
      if (directive.word != "CHANGE-ADDS") continue;
      v1::LineSet& lines = *unit.add_ignored_suppressions();
      lines.set_path(directive.path);
      lines.add_first(directive.line);
      lines.add_last(directive.line);
    }
    return task;
  }

  std::vector<Directive> All(const std::string& word) const {
    std::vector<Directive> found;
    for (const Directive& directive : case_.directives) {
      if (directive.word == word) found.push_back(directive);
    }
    return found;
  }

  // The file after the fixes of all findings.
  std::string Fixed(const std::string& path) const {
    std::string text = case_.files.at(path);
    std::map<int64_t, v1::Edit> edits;
    for (const v1::Finding& finding : result_.findings()) {
      for (const v1::Fix& fix : finding.fixes()) {
        for (const v1::Edit& edit : fix.edits()) {
          if (edit.path() == path) edits[edit.offset()] = edit;
        }
      }
    }
    for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
      text.replace(static_cast<size_t>(edit->first), static_cast<size_t>(edit->second.length()),
                   edit->second.replacement());
    }
    return text;
  }

  TestRepo repo_;
  CaseFile case_;
  std::string base_, head_;
  v1::TaskResult result_;
};

TEST_P(AnalyzerCase, FindsWhatIsAnnotated) {
  std::vector<Directive> expected = All("FINDING");
  for (const v1::Finding& finding : result_.findings()) {
    const auto match = std::find_if(expected.begin(), expected.end(), [&](const Directive& d) {
      const std::string check = d.text.substr(0, d.text.find(' '));
      const std::string text = d.text.size() > check.size() ? d.text.substr(check.size() + 1) : "";
      return d.path == finding.path() && d.line == finding.line() && check == finding.check() &&
             finding.message().find(text) != std::string::npos;
    });
    if (match == expected.end()) {
      ADD_FAILURE() << "unexpected: " << At(finding.path(), finding.line()) << finding.check() << " "
                    << finding.message();
    } else {
      expected.erase(match);
    }
  }
  for (const Directive& missing : expected) {
    ADD_FAILURE() << "missing: " << At(missing.path, missing.line) << missing.text;
  }
}

TEST_P(AnalyzerCase, FailsAsAnnotated) {
  std::vector<Directive> expected = All("FAILURE");
  for (const v1::AnalysisFailure& failure : result_.failures()) {
    const std::string kind = v1::FailureKind_Name(failure.kind()).substr(sizeof("FAILURE_KIND_") - 1);
    const auto match = std::find_if(expected.begin(), expected.end(), [&](const Directive& d) {
      return d.text.starts_with(kind + " ") &&
             failure.message().find(d.text.substr(kind.size() + 1)) != std::string::npos;
    });
    if (match == expected.end()) {
      ADD_FAILURE() << "unexpected: " << kind << " " << failure.message();
    } else {
      expected.erase(match);
    }
  }
  for (const Directive& missing : expected) ADD_FAILURE() << "missing failure: " << missing.text;
}

TEST_P(AnalyzerCase, ExplainsAndFixesAsAnnotated) {
  for (const Directive& note : All("NOTE")) {
    std::vector<std::string> notes;
    for (const v1::Finding& finding : result_.findings()) {
      for (const v1::Note& n : finding.notes()) notes.push_back(n.message());
    }
    EXPECT_THAT(notes, Contains(::testing::HasSubstr(note.text)));
  }
  for (const Directive& in : All("IN")) {
    const auto here = std::find_if(result_.findings().begin(), result_.findings().end(),
                                   [&](const v1::Finding& f) { return f.path() == in.path && f.line() == in.line; });
    ASSERT_NE(here, result_.findings().end()) << At(in.path, in.line);
    EXPECT_EQ(here->function(), in.text);
    EXPECT_FALSE(here->usr().empty());
  }
  for (const Directive& fixed : All("FIXED")) {
    std::istringstream stream(Fixed(fixed.path));
    std::string line;
    for (int i = 0; i < fixed.line; ++i) std::getline(stream, line);
    const std::string code = line.substr(0, line.find(" //"));
    const size_t first = code.find_first_not_of(' ');
    EXPECT_EQ(code.substr(first, code.find_last_not_of(' ') - first + 1), fixed.text) << At(fixed.path, fixed.line);
  }
  if (const auto suppressed = All("SUPPRESSED"); !suppressed.empty()) {
    EXPECT_EQ(result_.suppressed(), std::stoi(suppressed.front().text));
  }
}

TEST_P(AnalyzerCase, MeasuresAsAnnotated) {
  for (const Directive& metric : All("METRIC")) {
    const auto here = std::find_if(
        result_.measurements().begin(), result_.measurements().end(),
        [&](const v1::FunctionMeasurement& m) { return m.path() == metric.path && m.start_line() == metric.line; });
    ASSERT_NE(here, result_.measurements().end()) << At(metric.path, metric.line);
    const std::map<std::string, int> measured = {{"cognitive", here->cognitive()},
                                                 {"cyclomatic", here->cyclomatic()},
                                                 {"lines", here->lines()},
                                                 {"nesting", here->nesting()},
                                                 {"parameters", here->parameters()}};
    for (const std::string& item : Words(metric.text, ' ')) {
      const std::string name = item.substr(0, item.find('='));
      ASSERT_TRUE(measured.contains(name)) << name;
      EXPECT_EQ(measured.at(name), std::stoi(item.substr(name.size() + 1)))
          << name << " of " << here->function() << " at " << At(metric.path, metric.line);
    }
  }
}

TEST_P(AnalyzerCase, RecordsWhatItReadAndWhatRefersToWhat) {
  std::set<std::string> inputs;
  for (const v1::InputFile& input : result_.inputs()) {
    inputs.insert(input.path());
    EXPECT_EQ(input.blob(), repo_.BlobOf(CommitId(head_), input.path()));
  }
  const std::set<std::string> absent(result_.absent().begin(), result_.absent().end());
  EXPECT_TRUE(std::is_sorted(result_.absent().begin(), result_.absent().end()));
  for (const Directive& d : All("INPUT")) EXPECT_THAT(inputs, Contains(d.text));
  for (const Directive& d : All("NO-INPUT")) EXPECT_THAT(inputs, Not(Contains(d.text)));
  for (const Directive& d : All("ABSENT")) EXPECT_THAT(absent, Contains(d.text));

  std::set<std::string> references;
  for (const v1::Declaration& from : result_.declarations()) {
    for (const int to : from.references()) references.insert(from.name() + " -> " + result_.declarations(to).name());
  }
  for (const Directive& d : All("REFERS")) EXPECT_THAT(references, Contains(d.text));

  std::map<std::string, std::string> instantiations;
  for (const v1::Declaration& declaration : result_.declarations()) {
    std::string& seen = instantiations.try_emplace(declaration.name(), "none").first->second;
    if (declaration.is_template()) seen = std::to_string(declaration.instantiations_size());
  }
  for (const Directive& d : All("INSTANTIATIONS")) {
    const size_t space = d.text.rfind(' ');
    EXPECT_EQ(instantiations[d.text.substr(0, space)], d.text.substr(space + 1)) << d.text;
  }
}

TEST_P(AnalyzerCase, SaysTheSameTwice) {
  const v1::TaskResult again = analyzers::Analyze(Task(), {repo_.path(), analyzers::DefaultRoots(), ""}).result();
  EXPECT_EQ(again.SerializeAsString(), result_.SerializeAsString());
}

INSTANTIATE_TEST_SUITE_P(Cases, AnalyzerCase, ::testing::ValuesIn(CaseNames()),
                         [](const auto& named) { return named.param; });

}  // namespace
}  // namespace mergegate::testing
