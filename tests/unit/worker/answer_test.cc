#include "analyzers/worker/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "analyzers/worker/sandbox/frame.h"
#include "tests/unit/worker/tasks.h"

namespace mergegate::worker {
namespace {

using ::testing::HasSubstr;

// An answer with one of everything, all of it fine.
v1::TaskResult GoodResult() {
  v1::TaskResult result;
  v1::Finding* finding = result.add_findings();
  finding->set_check("bugprone-x");
  finding->set_severity(v1::SEVERITY_MAJOR);
  finding->set_path("src/a.cc");
  finding->set_line(3);
  finding->add_notes()->set_path("");  // outside of the repository
  finding->add_fixes()->add_edits()->set_path("src/a.cc");
  v1::FunctionMeasurement* measurement = result.add_measurements();
  measurement->set_path("src/a.cc");
  measurement->set_start_line(1);
  measurement->set_end_line(4);
  measurement->set_cyclomatic(1);
  measurement->set_lines(4);
  result.add_failures()->set_kind(v1::FAILURE_KIND_PARSE_ERROR);
  v1::InputFile* input = result.add_inputs();
  input->set_path("src/a.cc");
  input->set_blob(std::string(40, 'a'));
  result.add_absent("src/a..b/.config.h");
  for (int i = 0; i < 2; ++i) {
    v1::Declaration* declaration = result.add_declarations();
    declaration->set_path("src/a.cc");
    declaration->set_start_line(1);
    declaration->set_end_line(1);
    declaration->add_references(1 - i);
  }
  v1::DuplicateBlock* block = result.add_duplicates();
  block->set_path("src/a.cc");
  block->set_other_path("src/b.cc");
  for (const auto set : {&v1::DuplicateBlock::set_start_line, &v1::DuplicateBlock::set_end_line,
                         &v1::DuplicateBlock::set_other_start_line, &v1::DuplicateBlock::set_other_end_line,
                         &v1::DuplicateBlock::set_tokens}) {
    (block->*set)(1);
  }
  return result;
}

absl::StatusOr<v1::TaskResult> Parse(const v1::TaskResult& result, const v1::AnalysisTask& task = TaskOf("src/a.cc")) {
  v1::AnalyzerAnswer answer;
  *answer.mutable_result() = result;
  absl::StatusOr<v1::AnalyzerAnswer> parsed = ParseAnswer(sandbox::MakeFrame(answer.SerializeAsString()), task);
  if (!parsed.ok()) return parsed.status();
  return parsed->result();
}

TEST(AnswerTest, TakesAGoodAnswerAsItIs) {
  const auto parsed = Parse(GoodResult());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->SerializeAsString(), GoodResult().SerializeAsString());
}

v1::AnalysisTask PairOf(const std::string& main_file) {
  v1::AnalysisTask task = TaskOf(main_file);
  task.mutable_unit()->mutable_base()->set_main_file(main_file);
  return task;
}

TEST(AnswerTest, ABaseSideIsThereJustWhenItWasAskedFor) {
  v1::TaskResult pair = GoodResult();
  *pair.mutable_base() = GoodResult();
  EXPECT_TRUE(Parse(pair, PairOf("src/a.cc")).ok());
  EXPECT_THAT(std::string(Parse(pair).status().message()), HasSubstr("base: is set"));
  EXPECT_THAT(std::string(Parse(GoodResult(), PairOf("src/a.cc")).status().message()), HasSubstr("base: is missing"));
}

TEST(AnswerTest, ABaseSideIsLookedAtAsClosely) {
  v1::TaskResult pair = GoodResult();
  *pair.mutable_base() = GoodResult();
  pair.mutable_base()->mutable_inputs(0)->set_path("../a.cc");
  EXPECT_EQ(Parse(pair, PairOf("src/a.cc")).status().message(),
            "base.inputs[0]: the path is not inside the repository");
  *pair.mutable_base() = GoodResult();
  pair.mutable_base()->mutable_cost()->set_parses(1);
  EXPECT_FALSE(Parse(pair, PairOf("src/a.cc")).ok());
}

TEST(AnswerTest, ArtifactsDoNotMakeRoomForALargerResult) {
  v1::TaskResult large = GoodResult();
  large.mutable_findings(0)->set_message(std::string(size_t{34} << 20, 'x'));
  EXPECT_THAT(std::string(Parse(large).status().message()), HasSubstr("a result of"));
}

TEST(AnswerTest, RefusesBytesThatAreNotOneFrame) {
  v1::AnalyzerAnswer good;
  *good.mutable_result() = GoodResult();
  const std::string frame = sandbox::MakeFrame(good.SerializeAsString());
  ASSERT_TRUE(ParseAnswer(frame, TaskOf("a.cc")).ok());
  for (const std::string& bytes :
       {std::string(), std::string("\x01\0", 2), frame.substr(0, frame.size() - 1), frame + "x", frame + frame,
        std::string("\xff\xff\xff\xff", 4), sandbox::MakeFrame("\xff")}) {
    EXPECT_EQ(ParseAnswer(bytes, TaskOf("a.cc")).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(AnswerTest, RefusesTextThatIsNotUtf8) {
  v1::AnalyzerAnswer answer;
  *answer.mutable_result() = GoodResult();
  std::string bytes = answer.SerializeAsString();
  const size_t check = bytes.find("bugprone-x");
  bytes[check] = '\xc3';
  EXPECT_FALSE(ParseAnswer(sandbox::MakeFrame(bytes), TaskOf("a.cc")).ok());
}

TEST(AnswerTest, RefusesEveryWayOutOfTheRepository) {
  const std::vector<std::function<void(v1::TaskResult&, const std::string&)>> places = {
      [](auto& r, auto& path) { r.mutable_findings(0)->set_path(path); },
      [](auto& r, auto& path) { r.mutable_findings(0)->mutable_fixes(0)->mutable_edits(0)->set_path(path); },
      [](auto& r, auto& path) { r.mutable_measurements(0)->set_path(path); },
      [](auto& r, auto& path) { r.mutable_inputs(0)->set_path(path); },
      [](auto& r, auto& path) { *r.mutable_absent(0) = path; },
      [](auto& r, auto& path) { r.mutable_declarations(0)->set_path(path); },
      [](auto& r, auto& path) { r.mutable_duplicates(0)->set_path(path); },
      [](auto& r, auto& path) { r.mutable_duplicates(0)->set_other_path(path); },
  };
  for (const std::string& path :
       {std::string(), std::string("/etc/passwd"), std::string(".."), std::string("a/../../b"), std::string("a//b"),
        std::string("./a"), std::string("a/"), std::string("a\0b", 3)}) {
    for (size_t i = 0; i < places.size(); ++i) {
      v1::TaskResult result = GoodResult();
      places[i](result, path);
      EXPECT_THAT(std::string(Parse(result).status().message()),
                  HasSubstr("[0]: the path is not inside the repository"))
          << "place " << i << ", path \"" << path << "\"";
    }
  }
  v1::TaskResult result = GoodResult();
  result.mutable_findings(0)->mutable_notes(0)->set_path("/etc/passwd");
  EXPECT_FALSE(Parse(result).ok());
}

TEST(AnswerTest, RefusesValuesOutOfRange) {
  const std::vector<std::function<void(v1::TaskResult&)>> damages = {
      [](auto& r) { r.mutable_findings(0)->set_check(""); },
      [](auto& r) { r.mutable_findings(0)->set_severity(v1::SEVERITY_UNSPECIFIED); },
      [](auto& r) { r.mutable_findings(0)->set_severity(static_cast<v1::Severity>(17)); },
      [](auto& r) { r.mutable_findings(0)->set_line(-1); },
      [](auto& r) { r.mutable_findings(0)->mutable_notes(0)->set_column(-1); },
      [](auto& r) { r.mutable_findings(0)->mutable_fixes(0)->mutable_edits(0)->set_length(-1); },
      [](auto& r) { r.mutable_findings(0)->set_state(v1::BASELINE_STATE_UNCHANGED); },
      [](auto& r) { r.mutable_findings(0)->set_fingerprint("v1:0:1"); },
      [](auto& r) { r.mutable_findings(0)->set_caused_by("f"); },
      [](auto& r) { r.mutable_measurements(0)->set_end_line(0); },
      [](auto& r) { r.mutable_measurements(0)->set_cyclomatic(0); },
      [](auto& r) { r.mutable_failures(0)->set_kind(v1::FAILURE_KIND_UNSPECIFIED); },
      [](auto& r) { r.mutable_inputs(0)->set_blob("HEAD"); },
      [](auto& r) { r.mutable_inputs(0)->set_blob(std::string(40, 'G')); },
      [](auto& r) { r.mutable_declarations(1)->set_references(0, 2); },
      [](auto& r) { r.mutable_declarations(1)->set_references(0, -1); },
      [](auto& r) { r.mutable_duplicates(0)->set_tokens(0); },
      [](auto& r) { r.set_suppressed(-1); },
  };
  for (size_t i = 0; i < damages.size(); ++i) {
    v1::TaskResult result = GoodResult();
    damages[i](result);
    EXPECT_EQ(Parse(result).status().code(), absl::StatusCode::kInvalidArgument) << "damage " << i;
  }
}

TEST(AnswerTest, RefusesMoreFindingsThanWereAskedFor) {
  v1::TaskResult result = GoodResult();
  while (result.findings_size() < 100) *result.add_findings() = result.findings(0);
  EXPECT_TRUE(Parse(result).ok());
  *result.add_findings() = result.findings(0);
  EXPECT_EQ(Parse(result).status().message(), "101 findings where 100 are allowed");
}

}  // namespace
}  // namespace mergegate::worker
