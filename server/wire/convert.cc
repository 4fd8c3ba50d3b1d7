#include "server/wire/convert.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/wire/analysis_convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/risk_convert.h"
#include "server/wire/score_convert.h"

namespace mergegate::wire {

// Not in an unnamed namespace: there, they would hide the overloads that the headers declare.
static v1::LedgerEntry ToProto(const LedgerEntry& entry);
static v1::Relaxation ToProto(const Relaxation& relaxation);
static v1::FunctionChange ToProto(const FunctionChange& change);
static v1::ConditionResult ToProto(const ConditionResult& result);

template <typename From, typename To>
static void Repeat(const std::vector<From>& from, google::protobuf::RepeatedPtrField<To>* to) {
  for (const From& item : from) *to->Add() = ToProto(item);
}

static void RepeatStrings(const std::vector<std::string>& from, google::protobuf::RepeatedPtrField<std::string>* to) {
  for (const std::string& item : from) *to->Add() = item;
}

static std::vector<std::string> Strings(const google::protobuf::RepeatedPtrField<std::string>& from) {
  return {from.begin(), from.end()};
}

static v1::LedgerEntry ToProto(const LedgerEntry& entry) {
  v1::LedgerEntry proto;
  proto.set_points(entry.points);
  proto.set_reason(entry.reason);
  RepeatStrings(entry.evidence, proto.mutable_evidence());
  return proto;
}

static v1::Metric ToProto(const Metric& metric) {
  v1::Metric proto;
  proto.set_value(metric.value);
  Repeat(metric.ledger, proto.mutable_ledger());
  RepeatStrings(metric.missing, proto.mutable_missing());
  return proto;
}

static Metric FromProto(const v1::Metric& proto) {
  Metric metric{.value = proto.value(), .ledger = {}, .missing = Strings(proto.missing())};
  for (const v1::LedgerEntry& entry : proto.ledger()) {
    metric.ledger.push_back({entry.points(), entry.reason(), Strings(entry.evidence())});
  }
  return metric;
}

static v1::Relaxation ToProto(const Relaxation& relaxation) {
  v1::Relaxation proto;
  proto.set_kind(relaxation.kind);
  proto.set_path(relaxation.path);
  proto.set_line(relaxation.line);
  proto.set_text(relaxation.text);
  return proto;
}

static Relaxation FromProto(const v1::Relaxation& proto) {
  return {.kind = proto.kind(), .path = proto.path(), .line = proto.line(), .text = proto.text()};
}

static v1::FunctionChange ToProto(const FunctionChange& change) {
  v1::FunctionChange proto;
  proto.set_function(change.function);
  proto.set_path(change.path);
  proto.set_line(change.line);
  if (change.before) *proto.mutable_before() = ToProto(*change.before);
  *proto.mutable_after() = ToProto(change.after);
  return proto;
}

static FunctionChange FromProto(const v1::FunctionChange& proto) {
  FunctionChange change{.function = proto.function(),
                        .path = proto.path(),
                        .line = proto.line(),
                        .before = std::nullopt,
                        .after = FromProto(proto.after())};
  if (proto.has_before()) change.before = FromProto(proto.before());
  return change;
}

static v1::Coverage ToProto(const Coverage& coverage) {
  v1::Coverage proto;
  proto.set_changed_lines(coverage.changed_lines);
  proto.set_parsed_lines(coverage.parsed_lines);
  proto.set_guessed_lines(coverage.guessed_lines);
  proto.set_missed_lines(coverage.missed_lines);
  proto.set_changed_declarations(coverage.changed_declarations);
  proto.set_units_affected(coverage.units_affected);
  proto.set_units_analyzed(coverage.units_analyzed);
  for (const FileCoverage& file : coverage.files) {
    v1::FileCoverage* out = proto.add_files();
    out->set_path(file.path);
    RepeatStrings(file.units, out->mutable_units());
    out->set_source(static_cast<v1::CommandSource>(file.source));
    out->set_reason(file.reason);
    out->set_changed_lines(file.changed_lines);
  }
  RepeatStrings(coverage.units_left_out, proto.mutable_units_left_out());
  proto.set_sandbox_missing(coverage.sandbox_missing);
  for (const DeclarationCoverage& declaration : coverage.declarations) {
    v1::DeclarationCoverage* out = proto.add_declarations();
    out->set_name(declaration.name);
    out->set_path(declaration.path);
    out->set_line(declaration.line);
    out->set_at_base(declaration.at_base);
    RepeatStrings(declaration.units, out->mutable_units());
    out->set_instantiations(declaration.instantiations);
    out->set_units_left_out(declaration.units_left_out);
    out->set_reason(declaration.reason);
  }
  return proto;
}

absl::StatusOr<Coverage> FromProto(const v1::Coverage& proto) {
  Coverage coverage{.changed_lines = proto.changed_lines(),
                    .parsed_lines = proto.parsed_lines(),
                    .guessed_lines = proto.guessed_lines(),
                    .missed_lines = proto.missed_lines(),
                    .changed_declarations = proto.changed_declarations(),
                    .units_affected = proto.units_affected(),
                    .units_analyzed = proto.units_analyzed(),
                    .files = {},
                    .units_left_out = Strings(proto.units_left_out()),
                    .sandbox_missing = proto.sandbox_missing(),
                    .declarations = {}};
  for (const v1::FileCoverage& file : proto.files()) {
    ASSIGN_OR_RETURN(const CommandSource source, EnumFromProto<CommandSource>(file.source(), "coverage.files.source"));
    coverage.files.push_back({file.path(), Strings(file.units()), source, file.reason(), file.changed_lines()});
  }
  for (const v1::DeclarationCoverage& in : proto.declarations()) {
    coverage.declarations.push_back({.name = in.name(),
                                     .path = in.path(),
                                     .line = in.line(),
                                     .at_base = in.at_base(),
                                     .units = Strings(in.units()),
                                     .instantiations = in.instantiations(),
                                     .units_left_out = in.units_left_out(),
                                     .reason = in.reason()});
  }
  return coverage;
}

static v1::Counterfactual ToProto(const Counterfactual& counterfactual) {
  v1::Counterfactual proto;
  proto.set_reachable(counterfactual.reachable);
  proto.set_smallest(counterfactual.smallest);
  for (const Action& action : counterfactual.actions) {
    v1::Action* out = proto.add_actions();
    out->set_kind(action.kind);
    out->set_subject(action.subject);
    out->set_description(action.description);
  }
  proto.set_reason(counterfactual.reason);
  proto.set_q_after(counterfactual.q_after);
  return proto;
}

static Counterfactual FromProto(const v1::Counterfactual& proto) {
  Counterfactual counterfactual{.reachable = proto.reachable(),
                                .smallest = proto.smallest(),
                                .actions = {},
                                .reason = proto.reason(),
                                .q_after = proto.q_after()};
  for (const v1::Action& action : proto.actions()) {
    counterfactual.actions.push_back({action.kind(), action.subject(), action.description()});
  }
  return counterfactual;
}

static v1::ConditionResult ToProto(const ConditionResult& result) {
  v1::ConditionResult proto;
  proto.set_name(result.name);
  proto.set_kind(result.kind);
  proto.set_level(static_cast<v1::ConditionLevel>(result.level));
  proto.set_state(static_cast<v1::ConditionState>(result.state));
  proto.set_actual(result.actual);
  proto.set_threshold(result.threshold);
  proto.set_reason(result.reason);
  RepeatStrings(result.fingerprints, proto.mutable_fingerprints());
  return proto;
}

absl::StatusOr<ConditionResult> FromProto(const v1::ConditionResult& proto) {
  ASSIGN_OR_RETURN(const ConditionLevel level, EnumFromProto<ConditionLevel>(proto.level(), "condition.level"));
  ASSIGN_OR_RETURN(const ConditionState state, EnumFromProto<ConditionState>(proto.state(), "condition.state"));
  return ConditionResult{.name = proto.name(),
                         .kind = proto.kind(),
                         .level = level,
                         .state = state,
                         .actual = proto.actual(),
                         .threshold = proto.threshold(),
                         .reason = proto.reason(),
                         .fingerprints = Strings(proto.fingerprints())};
}

// What facts and verdict share.
template <typename Domain, typename Proto>
static void SharedToProto(const Domain& domain, Proto& proto) {
  proto.set_base_commit(domain.base_commit.value());
  proto.set_head_commit(domain.head_commit.value());
  Repeat(domain.findings, proto.mutable_findings());
  Repeat(domain.failures, proto.mutable_failures());
  *proto.mutable_coverage() = ToProto(domain.coverage);
  Repeat(domain.functions, proto.mutable_functions());
  Repeat(domain.duplicates, proto.mutable_duplicates());
  Repeat(domain.relaxations, proto.mutable_relaxations());
  proto.set_tier(static_cast<v1::AnalysisTier>(domain.tier));
}

template <typename Proto, typename Domain>
static absl::Status SharedFromProto(const Proto& proto, Domain& domain) {
  domain.base_commit = CommitId(proto.base_commit());
  domain.head_commit = CommitId(proto.head_commit());
  for (const v1::Finding& finding : proto.findings()) {
    ASSIGN_OR_RETURN(domain.findings.emplace_back(), FromProto(finding));
  }
  for (const v1::AnalysisFailure& failure : proto.failures()) {
    ASSIGN_OR_RETURN(domain.failures.emplace_back(), FromProto(failure));
  }
  ASSIGN_OR_RETURN(domain.coverage, FromProto(proto.coverage()));
  for (const v1::FunctionChange& change : proto.functions()) domain.functions.push_back(FromProto(change));
  for (const v1::DuplicateBlock& block : proto.duplicates()) domain.duplicates.push_back(FromProto(block));
  for (const v1::Relaxation& relaxation : proto.relaxations()) domain.relaxations.push_back(FromProto(relaxation));
  ASSIGN_OR_RETURN(domain.tier, EnumFromProto<Tier>(proto.tier(), "tier"));
  return absl::OkStatus();
}

v1::Facts ToProto(const Facts& facts) {
  v1::Facts proto;
  SharedToProto(facts, proto);
  proto.set_missing_base(facts.missing_base);
  proto.set_lines_added(facts.lines_added);
  proto.set_lines_removed(facts.lines_removed);
  RepeatStrings(facts.changed_paths, proto.mutable_changed_paths());
  RepeatStrings(facts.imported_tools, proto.mutable_imported_tools());
  proto.set_policy_text(facts.policy_text);
  proto.set_policy_source(facts.policy_source);
  RepeatStrings(facts.policy_problems, proto.mutable_policy_problems());
  proto.set_cpp_lines_added(facts.cpp_lines_added);
  Repeat(facts.pieces, proto.mutable_pieces());
  if (facts.review) *proto.mutable_review() = ToProto(*facts.review);
  if (facts.risk) *proto.mutable_risk() = ToProto(*facts.risk);
  if (facts.tests) {
    for (const TestedFile& file : facts.tests->files) {
      v1::TestedFile& added = *proto.mutable_tests()->add_files();
      added.set_path(file.path);
      added.set_executable(file.executable);
      added.mutable_uncovered()->Assign(file.uncovered.begin(), file.uncovered.end());
    }
    RepeatStrings(facts.tests->unreported, proto.mutable_tests()->mutable_unreported());
  }
  if (facts.scores) *proto.mutable_scores() = ToProto(*facts.scores);
  if (facts.touched_tests) {
    proto.mutable_touched_tests()->set_code_lines(facts.touched_tests->code_lines);
    proto.mutable_touched_tests()->set_test_lines(facts.touched_tests->test_lines);
    proto.mutable_touched_tests()->set_has_tests(facts.touched_tests->has_tests);
  }
  return proto;
}

absl::StatusOr<Facts> FromProto(const v1::Facts& proto) {
  Facts facts;
  RETURN_IF_ERROR(SharedFromProto(proto, facts));
  facts.missing_base = proto.missing_base();
  facts.lines_added = proto.lines_added();
  facts.lines_removed = proto.lines_removed();
  facts.changed_paths = Strings(proto.changed_paths());
  facts.imported_tools = Strings(proto.imported_tools());
  facts.policy_text = proto.policy_text();
  facts.policy_source = proto.policy_source();
  facts.policy_problems = Strings(proto.policy_problems());
  facts.cpp_lines_added = proto.cpp_lines_added();
  for (const v1::Piece& piece : proto.pieces()) facts.pieces.push_back(FromProto(piece));
  if (proto.has_review()) {
    facts.review = FromProto(proto.review());
    for (const ApprovalFact& approval : facts.review->approvals) {
      for (const int index : approval.uncovered) {
        if (index >= 0 && static_cast<size_t>(index) < facts.pieces.size()) continue;
        return absl::InvalidArgumentError(absl::StrCat("review.approvals.uncovered: there is no piece ", index));
      }
    }
  }
  if (proto.has_risk()) facts.risk = FromProto(proto.risk());
  if (proto.has_tests()) {
    facts.tests.emplace().unreported = Strings(proto.tests().unreported());
    for (const v1::TestedFile& file : proto.tests().files()) {
      facts.tests->files.push_back({.path = file.path(),
                                    .executable = file.executable(),
                                    .uncovered = {file.uncovered().begin(), file.uncovered().end()}});
    }
  }
  if (proto.has_scores()) {
    ASSIGN_OR_RETURN(facts.scores, FromProto(proto.scores()));
  }
  if (proto.has_touched_tests()) {
    facts.touched_tests = {.code_lines = proto.touched_tests().code_lines(),
                           .test_lines = proto.touched_tests().test_lines(),
                           .has_tests = proto.touched_tests().has_tests()};
  }
  return facts;
}

v1::Verdict ToProto(const Verdict& verdict) {
  v1::Verdict proto;
  SharedToProto(verdict, proto);
  proto.set_state(static_cast<v1::VerdictState>(verdict.state));
  proto.set_summary(verdict.summary);
  proto.mutable_policy()->set_source(verdict.policy.source);
  proto.mutable_policy()->set_digest(verdict.policy.digest);
  Repeat(verdict.conditions, proto.mutable_conditions());
  *proto.mutable_quality() = ToProto(verdict.quality);
  *proto.mutable_counterfactual() = ToProto(verdict.counterfactual);
  proto.set_rules_version(verdict.rules_version);
  if (verdict.project_m) *proto.mutable_project_m() = ToProto(*verdict.project_m);
  if (verdict.risk) *proto.mutable_risk() = ToDefectRisk(*verdict.risk);
  return proto;
}

absl::StatusOr<Verdict> FromProto(const v1::Verdict& proto) {
  Verdict verdict;
  RETURN_IF_ERROR(SharedFromProto(proto, verdict));
  ASSIGN_OR_RETURN(verdict.state, EnumFromProto<VerdictState>(proto.state(), "verdict.state"));
  verdict.summary = proto.summary();
  verdict.policy = {.source = proto.policy().source(), .digest = proto.policy().digest()};
  for (const v1::ConditionResult& condition : proto.conditions()) {
    ASSIGN_OR_RETURN(verdict.conditions.emplace_back(), FromProto(condition));
  }
  verdict.quality = FromProto(proto.quality());
  verdict.counterfactual = FromProto(proto.counterfactual());
  verdict.rules_version = proto.rules_version();
  if (proto.has_project_m()) {
    ASSIGN_OR_RETURN(verdict.project_m, FromProto(proto.project_m()));
  }
  if (proto.has_risk()) verdict.risk = FromProto(proto.risk());
  return verdict;
}

v1::RunStats ToProto(const RunStats& stats) {
  v1::RunStats proto;
  for (const StageCost& stage : stats.stages) {
    v1::StageCost* out = proto.add_stages();
    out->set_stage(stage.stage);
    out->set_wall_seconds(stage.wall_seconds);
    out->set_cpu_seconds(stage.cpu_seconds);
  }
  proto.set_units_total(stats.units_total);
  proto.set_units_analyzed(stats.units_analyzed);
  proto.set_units_from_cache(stats.units_from_cache);
  proto.set_peak_memory_kib(stats.peak_memory_kib);
  proto.set_wall_seconds(stats.wall_seconds);
  proto.set_cpu_seconds(stats.cpu_seconds);
  proto.set_parses(stats.parses);
  proto.set_preambles_reused(stats.preambles_reused);
  proto.set_bodies_skipped(stats.bodies_skipped);
  proto.set_entries_analyzed(stats.entries_analyzed);
  proto.set_entries_reused(stats.entries_reused);
  proto.set_history_read(stats.history_read);
  proto.set_history_in_all(stats.history_in_all);
  return proto;
}

RunStats FromProto(const v1::RunStats& proto) {
  RunStats stats{.stages = {},
                 .units_total = proto.units_total(),
                 .units_analyzed = proto.units_analyzed(),
                 .units_from_cache = proto.units_from_cache(),
                 .peak_memory_kib = proto.peak_memory_kib(),
                 .wall_seconds = proto.wall_seconds(),
                 .cpu_seconds = proto.cpu_seconds(),
                 .parses = proto.parses(),
                 .preambles_reused = proto.preambles_reused(),
                 .bodies_skipped = proto.bodies_skipped(),
                 .entries_analyzed = proto.entries_analyzed(),
                 .entries_reused = proto.entries_reused(),
                 .history_read = proto.history_read(),
                 .history_in_all = proto.history_in_all()};
  for (const v1::StageCost& stage : proto.stages()) {
    stats.stages.push_back({stage.stage(), stage.wall_seconds(), stage.cpu_seconds()});
  }
  return stats;
}

std::string SerializeResult(const TaskResult& result) { return Serialize(ToProto(result)); }

absl::StatusOr<TaskResult> ParseResult(std::string_view bytes) {
  v1::TaskResult proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the bytes are not a serialized task result");
  }
  return FromProto(proto);
}

absl::StatusOr<Facts> ParseFacts(std::string_view bytes) {
  v1::Facts proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the stored facts are not readable");
  }
  return FromProto(proto);
}

absl::StatusOr<RunStats> ParseStats(std::string_view bytes) {
  v1::RunStats proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the stored costs of a run are not readable");
  }
  return FromProto(proto);
}

std::string Serialize(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace mergegate::wire
