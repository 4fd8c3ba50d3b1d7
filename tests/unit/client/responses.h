// Hand-built answers of a server: one that passes, one that fails, one that cannot be decided.
#ifndef MERGEGATE_TESTS_UNIT_CLIENT_RESPONSES_H_
#define MERGEGATE_TESTS_UNIT_CLIENT_RESPONSES_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

inline v1::GetVerdictResponse Response(v1::VerdictState state, const std::string& summary) {
  v1::GetVerdictResponse response;
  response.mutable_run()->set_name("projects/demo/runs/r1");
  response.mutable_run()->set_change("pr-7");
  response.mutable_run()->set_state(v1::RUN_STATE_DONE);
  response.mutable_run()->set_verdict(state);
  v1::Verdict& verdict = *response.mutable_verdict();
  verdict.set_state(state);
  verdict.set_summary(summary);
  verdict.set_base_commit(std::string(40, 'b'));
  verdict.set_head_commit(std::string(40, 'a'));
  verdict.mutable_policy()->set_source("base commit");
  verdict.mutable_policy()->set_digest("d1");
  verdict.set_rules_version(1);
  response.mutable_stats()->set_wall_seconds(2.5);
  response.mutable_stats()->set_cpu_seconds(4.25);
  response.mutable_stats()->set_peak_memory_kib(2048);
  response.mutable_stats()->set_units_total(4);
  response.mutable_stats()->set_units_analyzed(1);
  response.mutable_stats()->set_units_from_cache(3);
  v1::StageCost& stage = *response.mutable_stats()->add_stages();
  stage.set_stage("analysis");
  stage.set_wall_seconds(2.0001);
  stage.set_cpu_seconds(4);
  return response;
}

inline void AddCondition(v1::Verdict& verdict, const std::string& name, v1::ConditionState state,
                         const std::string& actual, const std::string& threshold, const std::string& reason) {
  v1::ConditionResult& condition = *verdict.add_conditions();
  condition.set_name(name);
  condition.set_kind("findings");
  condition.set_level(v1::CONDITION_LEVEL_BLOCK);
  condition.set_state(state);
  condition.set_actual(actual);
  condition.set_threshold(threshold);
  condition.set_reason(reason);
}

inline v1::Finding& AddFinding(v1::Verdict& verdict, const std::string& path, int line, v1::Severity severity,
                               v1::BaselineState state, const std::string& message) {
  v1::Finding& finding = *verdict.add_findings();
  finding.set_check("bugprone-use-after-move");
  finding.set_analyzer("clang-tidy");
  finding.set_path(path);
  finding.set_line(line);
  finding.set_column(7);
  finding.set_end_line(line);
  finding.set_end_column(11);
  finding.set_severity(severity);
  finding.set_state(state);
  finding.set_message(message);
  finding.set_fingerprint("v1:00000000000000000000000000000001:" + std::to_string(verdict.findings_size()));
  return finding;
}

inline void AddPoints(v1::Verdict& verdict, int points, const std::string& reason) {
  v1::LedgerEntry& entry = *verdict.mutable_quality()->add_ledger();
  entry.set_points(points);
  entry.set_reason(reason);
  verdict.mutable_quality()->set_value(verdict.quality().value() + points);
}

inline void AddCoverage(v1::Verdict& verdict, int parsed, int guessed, int missed) {
  v1::Coverage& coverage = *verdict.mutable_coverage();
  coverage.set_changed_lines(parsed + guessed + missed);
  coverage.set_parsed_lines(parsed);
  coverage.set_guessed_lines(guessed);
  coverage.set_missed_lines(missed);
  coverage.set_units_affected(3);
  coverage.set_units_analyzed(2);
}

inline void AddRisk(v1::Verdict& verdict) {
  v1::DefectRisk& risk = *verdict.mutable_risk();
  risk.set_probability(40'000);  // odds 1 : 24
  risk.set_typical(10'000);      // odds 1 : 99
  risk.set_examples(900);
  for (const auto& [text, milli_bits] : std::initializer_list<std::pair<const char*, int>>{
           {"x2.8: 710 lines added; typical 19", 1485},
           {"x1.7: words that came with past defects: parse_len, memcpy", 766},
           {"x0.9: 3 people have changed these files before; typical 5", -152},
           {"x1.0: not so: only comments differ", 0}}) {
    v1::DefectFactor& factor = *risk.add_factors();
    factor.set_text(text);
    factor.set_milli_bits(milli_bits);
    factor.set_size(milli_bits > 1000);
  }
}

inline v1::GetVerdictResponse PassResponse() {
  v1::GetVerdictResponse response = Response(v1::VERDICT_STATE_PASS, "pass: both conditions hold");
  v1::Verdict& verdict = *response.mutable_verdict();
  AddCondition(verdict, "no-new-findings", v1::CONDITION_STATE_SATISFIED, "0 findings", "<= 0", "none counts");
  AddCondition(verdict, "quality", v1::CONDITION_STATE_SATISFIED, "0.98", ">= 0.6", "Q is high enough");
  AddFinding(verdict, "src/a.cc", 4, v1::SEVERITY_INFO, v1::BASELINE_STATE_NEW, "prefer a range loop");
  AddPoints(verdict, 10000, "full marks to begin with");
  AddPoints(verdict, -200, "one remark");
  AddRisk(verdict);
  AddCoverage(verdict, 12, 0, 0);
  return response;
}

inline v1::GetVerdictResponse FailResponse() {
  v1::GetVerdictResponse response =
      Response(v1::VERDICT_STATE_FAIL, "1 of 2 blocking conditions does not hold: no-new-findings");
  v1::Verdict& verdict = *response.mutable_verdict();
  AddCondition(verdict, "no-new-findings", v1::CONDITION_STATE_UNSATISFIED, "2 findings", "<= 0",
               "2 new or caused findings of severity major or above");
  AddCondition(verdict, "quality", v1::CONDITION_STATE_SATISFIED, "0.71", ">= 0.6", "Q is high enough");
  verdict.mutable_conditions(0)->add_fingerprints("v1:00000000000000000000000000000001:1");
  v1::Finding& moved = AddFinding(verdict, "src/a b.cc", 12, v1::SEVERITY_MAJOR, v1::BASELINE_STATE_NEW,
                                  "'names' used after it was moved");
  moved.set_line_text("Use(names);");
  moved.set_function("demo::Load");
  moved.set_url("https://clang.llvm.org/extra/clang-tidy/checks/bugprone/use-after-move.html");
  v1::Note& note = *moved.add_notes();
  note.set_path("src/a b.cc");
  note.set_line(10);
  note.set_column(3);
  note.set_message("moved here");
  v1::Fix& fix = *moved.add_fixes();
  fix.set_description("copy instead");
  v1::Edit& edit = *fix.add_edits();
  edit.set_path("src/a b.cc");
  edit.set_offset(100);
  edit.set_length(9);
  edit.set_replacement("names");
  edit.set_start_line(10);
  edit.set_start_column(3);
  edit.set_end_line(10);
  edit.set_end_column(12);
  AddFinding(verdict, "src/b.cc", 40, v1::SEVERITY_CRITICAL, v1::BASELINE_STATE_CAUSED, "null pointer dereferenced")
      .set_caused_by("demo::Find");
  AddFinding(verdict, "src/b.cc", 8, v1::SEVERITY_MINOR, v1::BASELINE_STATE_FIXED, "old and gone");
  AddFinding(verdict, "src/b.cc", 90, v1::SEVERITY_MINOR, v1::BASELINE_STATE_UNCHANGED, "old and still there");
  AddPoints(verdict, 10000, "full marks to begin with");
  AddPoints(verdict, -1667, "critical finding caused in src/b.cc");
  AddPoints(verdict, -1233, "major finding new in src/a b.cc");
  AddPoints(verdict, 23, "one finding fixed");
  AddCoverage(verdict, 10, 1, 1);
  v1::Counterfactual& way = *verdict.mutable_counterfactual();
  way.set_reachable(true);
  way.set_smallest(true);
  way.set_q_after(10000);
  for (const char* what : {"fix 'names' used after it was moved at src/a b.cc:12", "fix null pointer at src/b.cc:40"}) {
    v1::Action& action = *way.add_actions();
    action.set_kind("fix-finding");
    action.set_subject("v1:00000000000000000000000000000001:1");
    action.set_description(what);
  }
  v1::Relaxation& relaxation = *verdict.add_relaxations();
  relaxation.set_kind("nolint");
  relaxation.set_path("src/b.cc");
  relaxation.set_line(41);
  relaxation.set_text("// NOLINT");
  return response;
}

inline v1::GetVerdictResponse InconclusiveResponse() {
  v1::GetVerdictResponse response = Response(v1::VERDICT_STATE_INCONCLUSIVE, "src/a.cc could not be analyzed");
  v1::Verdict& verdict = *response.mutable_verdict();
  AddCondition(verdict, "coverage", v1::CONDITION_STATE_UNDECIDED, "", ">= 0.9", "a unit was not analyzed");
  v1::AnalysisFailure& failure = *verdict.add_failures();
  failure.set_unit("src/a.cc");
  failure.set_analyzer("static-analyzer");
  failure.set_kind(v1::FAILURE_KIND_TIMED_OUT);
  failure.set_message("stopped after 600 s; raise analysis.unit_seconds");
  verdict.mutable_risk()->set_missing("the project's history is being read");
  response.mutable_stats()->set_history_read(1200);
  response.mutable_stats()->set_history_in_all(20'860);
  AddCoverage(verdict, 0, 0, 5);
  v1::FileCoverage& file = *verdict.mutable_coverage()->add_files();
  file.set_path("src/a.cc");
  file.set_changed_lines(5);
  file.set_reason("its unit timed out");
  v1::DeclarationCoverage& seen = *verdict.mutable_coverage()->add_declarations();
  seen.set_name("app::Larger");
  seen.set_path("src/app.h");
  seen.set_line(7);
  seen.add_units("src/b.cc");
  seen.add_units("src/c.cc");
  seen.set_instantiations(2);
  seen.set_units_left_out(1);
  v1::DeclarationCoverage& hidden = *verdict.mutable_coverage()->add_declarations();
  hidden.set_name("#ifdef _WIN32");
  hidden.set_path("src/app.h");
  hidden.set_line(20);
  hidden.set_reason("no analyzed unit sees these lines");
  return response;
}

}  // namespace mergegate::client

#endif  // MERGEGATE_TESTS_UNIT_CLIENT_RESPONSES_H_
