#include "server/wire/analysis_convert.h"

#include <string>

#include "server/base/status_macros.h"
#include "server/wire/convert.h"

namespace mergegate::wire {
namespace {

absl::Status CheckTreePath(std::string_view path, std::string_view field) {
  if (IsTreePath(path)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(field), ": \"", std::string(path), "\" is not a path inside the repository"));
}

v1::LineSet ToProto(const std::string& path, const std::vector<LineRange>& ranges) {
  v1::LineSet proto;
  proto.set_path(path);
  for (const LineRange& range : ranges) {
    proto.add_first(range.first);
    proto.add_last(range.last);
  }
  return proto;
}

absl::StatusOr<LinesByPath> LinesFromProto(const google::protobuf::RepeatedPtrField<v1::LineSet>& sets) {
  LinesByPath lines;
  for (const v1::LineSet& set : sets) {
    RETURN_IF_ERROR(CheckTreePath(set.path(), "lines.path"));
    if (set.first_size() != set.last_size()) {
      return absl::InvalidArgumentError(absl::StrCat("lines of ", set.path(), ": first and last differ in length"));
    }
    std::vector<LineRange>& ranges = lines[set.path()];
    for (int i = 0; i < set.first_size(); ++i) ranges.push_back({set.first(i), set.last(i)});
  }
  return lines;
}

std::vector<std::string> Strings(const google::protobuf::RepeatedPtrField<std::string>& from) {
  return {from.begin(), from.end()};
}

}  // namespace

bool IsTreePath(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return false;
  for (size_t start = 0; start <= path.size();) {
    const size_t slash = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, slash - start);
    if (segment.empty() || segment == "." || segment == "..") return false;
    start = slash + 1;
  }
  return true;
}

v1::Finding ToProto(const Finding& finding) {
  v1::Finding proto;
  proto.set_check(finding.check);
  proto.set_analyzer(finding.analyzer);
  proto.set_severity(static_cast<v1::Severity>(finding.severity));
  proto.set_path(finding.path);
  proto.set_line(finding.line);
  proto.set_column(finding.column);
  proto.set_end_line(finding.end_line);
  proto.set_end_column(finding.end_column);
  proto.set_message(finding.message);
  proto.set_line_text(finding.line_text);
  proto.set_function(finding.function);
  proto.set_usr(finding.usr);
  for (const Note& note : finding.notes) {
    v1::Note* out = proto.add_notes();
    out->set_path(note.path);
    out->set_line(note.line);
    out->set_column(note.column);
    out->set_message(note.message);
  }
  for (const Fix& fix : finding.fixes) {
    v1::Fix* out = proto.add_fixes();
    out->set_description(fix.description);
    for (const Edit& edit : fix.edits) {
      v1::Edit* e = out->add_edits();
      e->set_path(edit.path);
      e->set_offset(edit.offset);
      e->set_length(edit.length);
      e->set_replacement(edit.replacement);
      e->set_start_line(edit.start_line);
      e->set_start_column(edit.start_column);
      e->set_end_line(edit.end_line);
      e->set_end_column(edit.end_column);
    }
  }
  proto.set_unit(finding.unit);
  proto.set_guessed(finding.guessed);
  proto.set_url(finding.url);
  proto.set_state(static_cast<v1::BaselineState>(finding.state));
  proto.set_fingerprint(finding.fingerprint);
  proto.set_caused_by(finding.caused_by);
  proto.set_suppressed_by_change(finding.suppressed_by_change);
  return proto;
}

absl::StatusOr<Finding> FromProto(const v1::Finding& proto) {
  RETURN_IF_ERROR(CheckTreePath(proto.path(), "finding.path"));
  ASSIGN_OR_RETURN(const Severity severity, EnumFromProto<Severity>(proto.severity(), "finding.severity"));
  ASSIGN_OR_RETURN(const BaselineState state, EnumFromProto<BaselineState>(proto.state(), "finding.state"));
  Finding finding{.check = proto.check(),
                  .analyzer = proto.analyzer(),
                  .severity = severity,
                  .path = proto.path(),
                  .line = proto.line(),
                  .column = proto.column(),
                  .end_line = proto.end_line(),
                  .end_column = proto.end_column(),
                  .message = proto.message(),
                  .line_text = proto.line_text(),
                  .function = proto.function(),
                  .usr = proto.usr(),
                  .notes = {},
                  .fixes = {},
                  .unit = proto.unit(),
                  .guessed = proto.guessed(),
                  .url = proto.url(),
                  .state = state,
                  .fingerprint = proto.fingerprint(),
                  .caused_by = proto.caused_by(),
                  .suppressed_by_change = proto.suppressed_by_change()};
  for (const v1::Note& note : proto.notes()) {
    finding.notes.push_back({note.path(), note.line(), note.column(), note.message()});
  }
  for (const v1::Fix& fix : proto.fixes()) {
    Fix& out = finding.fixes.emplace_back();
    out.description = fix.description();
    for (const v1::Edit& edit : fix.edits()) {
      RETURN_IF_ERROR(CheckTreePath(edit.path(), "finding.fixes.edits.path"));
      out.edits.push_back({edit.path(), edit.offset(), edit.length(), edit.replacement(), edit.start_line(),
                           edit.start_column(), edit.end_line(), edit.end_column()});
    }
  }
  return finding;
}

v1::FunctionMeasurement ToProto(const FunctionMeasurement& measurement) {
  v1::FunctionMeasurement proto;
  proto.set_usr(measurement.usr);
  proto.set_function(measurement.function);
  proto.set_path(measurement.path);
  proto.set_start_line(measurement.start_line);
  proto.set_end_line(measurement.end_line);
  proto.set_cognitive(measurement.cognitive);
  proto.set_cyclomatic(measurement.cyclomatic);
  proto.set_lines(measurement.lines);
  proto.set_nesting(measurement.nesting);
  proto.set_parameters(measurement.parameters);
  return proto;
}

FunctionMeasurement FromProto(const v1::FunctionMeasurement& proto) {
  return {.usr = proto.usr(),
          .function = proto.function(),
          .path = proto.path(),
          .start_line = proto.start_line(),
          .end_line = proto.end_line(),
          .cognitive = proto.cognitive(),
          .cyclomatic = proto.cyclomatic(),
          .lines = proto.lines(),
          .nesting = proto.nesting(),
          .parameters = proto.parameters()};
}

v1::DuplicateBlock ToProto(const DuplicateBlock& block) {
  v1::DuplicateBlock proto;
  proto.set_path(block.path);
  proto.set_start_line(block.start_line);
  proto.set_end_line(block.end_line);
  proto.set_other_path(block.other_path);
  proto.set_other_start_line(block.other_start_line);
  proto.set_other_end_line(block.other_end_line);
  proto.set_tokens(block.tokens);
  return proto;
}

DuplicateBlock FromProto(const v1::DuplicateBlock& proto) {
  return {.path = proto.path(),
          .start_line = proto.start_line(),
          .end_line = proto.end_line(),
          .other_path = proto.other_path(),
          .other_start_line = proto.other_start_line(),
          .other_end_line = proto.other_end_line(),
          .tokens = proto.tokens()};
}

v1::AnalysisFailure ToProto(const AnalysisFailure& failure) {
  v1::AnalysisFailure proto;
  proto.set_analyzer(failure.analyzer);
  proto.set_unit(failure.unit);
  proto.set_kind(static_cast<v1::FailureKind>(failure.kind));
  proto.set_message(failure.message);
  proto.set_at_base(failure.at_base);
  return proto;
}

absl::StatusOr<AnalysisFailure> FromProto(const v1::AnalysisFailure& proto) {
  ASSIGN_OR_RETURN(const FailureKind kind, EnumFromProto<FailureKind>(proto.kind(), "failure.kind"));
  return AnalysisFailure{.analyzer = proto.analyzer(),
                         .unit = proto.unit(),
                         .kind = kind,
                         .message = proto.message(),
                         .at_base = proto.at_base()};
}

v1::AnalysisTask ToProto(const AnalysisTask& task) {
  v1::AnalysisTask proto;
  proto.set_task_id(task.task_id);
  proto.set_attempt(task.attempt);
  proto.set_project(ProjectName(task.project));
  proto.set_run(FormatRunName(task.project, task.run));
  proto.set_commit(task.commit.value());
  proto.set_at_base(task.at_base);
  proto.mutable_limits()->set_wall_seconds(task.limits.wall_seconds);
  proto.mutable_limits()->set_memory_mib(task.limits.memory_mib);
  proto.mutable_limits()->set_max_findings(task.limits.max_findings);
  proto.set_require_sandbox(task.require_sandbox);
  if (const auto* unit = std::get_if<UnitTask>(&task.work)) {
    v1::UnitTask* out = proto.mutable_unit();
    out->set_main_file(unit->main_file);
    for (const std::string& argument : unit->arguments) out->add_arguments(argument);
    out->set_directory(unit->directory);
    out->set_source(static_cast<v1::CommandSource>(unit->source));
    out->set_confidence(unit->confidence);
    out->set_config_commit(unit->config_commit.value());
    out->set_checks(unit->checks);
    for (const std::string& analyzer : unit->analyzers) out->add_analyzers(analyzer);
    for (const auto& [path, ranges] : unit->ignored_suppressions) {
      *out->add_ignored_suppressions() = ToProto(path, ranges);
    }
    if (unit->base) {
      v1::UnitSide* base = out->mutable_base();
      base->set_commit(unit->base->commit.value());
      base->set_main_file(unit->base->main_file);
      for (const std::string& argument : unit->base->arguments) base->add_arguments(argument);
      base->set_directory(unit->base->directory);
    }
    out->set_analyzer_steps(unit->analyzer_steps);
  } else {
    const auto& duplication = std::get<DuplicationTask>(task.work);
    v1::DuplicationTask* out = proto.mutable_duplication();
    for (const auto& [path, ranges] : duplication.added) *out->add_added() = ToProto(path, ranges);
    for (const std::string& sibling : duplication.siblings) out->add_siblings(sibling);
    out->set_min_tokens(duplication.min_tokens);
  }
  return proto;
}

absl::StatusOr<AnalysisTask> FromProto(const v1::AnalysisTask& proto) {
  AnalysisTask task;
  task.task_id = proto.task_id();
  task.attempt = proto.attempt();
  ASSIGN_OR_RETURN(const RunName name, ParseRunName(proto.run()));
  task.project = name.project;
  task.run = name.run;
  ASSIGN_OR_RETURN(task.commit, ParseCommitId(proto.commit(), "task.commit"));
  task.at_base = proto.at_base();
  task.limits = {.wall_seconds = proto.limits().wall_seconds(),
                 .memory_mib = proto.limits().memory_mib(),
                 .max_findings = proto.limits().max_findings()};
  task.require_sandbox = proto.require_sandbox();
  if (proto.has_unit()) {
    const v1::UnitTask& in = proto.unit();
    RETURN_IF_ERROR(CheckTreePath(in.main_file(), "task.unit.main_file"));
    UnitTask unit;
    unit.main_file = in.main_file();
    unit.arguments = Strings(in.arguments());
    unit.directory = in.directory();
    ASSIGN_OR_RETURN(unit.source, EnumFromProto<CommandSource>(in.source(), "task.unit.source"));
    unit.confidence = in.confidence();
    ASSIGN_OR_RETURN(unit.config_commit, ParseCommitId(in.config_commit(), "task.unit.config_commit"));
    unit.checks = in.checks();
    unit.analyzers = Strings(in.analyzers());
    ASSIGN_OR_RETURN(unit.ignored_suppressions, LinesFromProto(in.ignored_suppressions()));
    if (in.has_base()) {
      RETURN_IF_ERROR(CheckTreePath(in.base().main_file(), "task.unit.base.main_file"));
      ASSIGN_OR_RETURN(const CommitId commit, ParseCommitId(in.base().commit(), "task.unit.base.commit"));
      unit.base = {.commit = commit,
                   .main_file = in.base().main_file(),
                   .arguments = Strings(in.base().arguments()),
                   .directory = in.base().directory()};
    }
    unit.analyzer_steps = in.analyzer_steps();
    task.work = std::move(unit);
  } else if (proto.has_duplication()) {
    DuplicationTask duplication;
    ASSIGN_OR_RETURN(duplication.added, LinesFromProto(proto.duplication().added()));
    duplication.siblings = Strings(proto.duplication().siblings());
    duplication.min_tokens = proto.duplication().min_tokens();
    task.work = std::move(duplication);
  } else {
    return absl::InvalidArgumentError("task.work: neither unit nor duplication is set");
  }
  return task;
}

v1::TaskResult ToProto(const TaskResult& result) {
  v1::TaskResult proto;
  for (const Finding& finding : result.findings) *proto.add_findings() = ToProto(finding);
  for (const FunctionMeasurement& measurement : result.measurements) *proto.add_measurements() = ToProto(measurement);
  for (const AnalysisFailure& failure : result.failures) *proto.add_failures() = ToProto(failure);
  for (const InputFile& input : result.inputs) {
    v1::InputFile* out = proto.add_inputs();
    out->set_path(input.path);
    out->set_blob(input.blob.value());
  }
  for (const std::string& path : result.absent) proto.add_absent(path);
  for (const Declaration& declaration : result.declarations) {
    v1::Declaration* out = proto.add_declarations();
    out->set_usr(declaration.usr);
    out->set_name(declaration.name);
    out->set_path(declaration.path);
    out->set_start_line(declaration.start_line);
    out->set_end_line(declaration.end_line);
    out->mutable_references()->Add(declaration.references.begin(), declaration.references.end());
    out->set_is_template(declaration.is_template);
    out->mutable_instantiations()->Add(declaration.instantiations.begin(), declaration.instantiations.end());
  }
  for (const DuplicateBlock& block : result.duplicates) *proto.add_duplicates() = ToProto(block);
  proto.set_suppressed(result.suppressed);
  proto.mutable_sandbox()->set_landlock_abi(result.sandbox.landlock_abi);
  proto.mutable_sandbox()->set_seccomp(result.sandbox.seccomp);
  proto.mutable_sandbox()->set_missing(result.sandbox.missing);
  v1::TaskCost* cost = proto.mutable_cost();
  cost->set_wall_seconds(result.cost.wall_seconds);
  cost->set_cpu_seconds(result.cost.cpu_seconds);
  cost->set_peak_memory_kib(result.cost.peak_memory_kib);
  cost->set_parses(result.cost.parses);
  cost->set_preambles_reused(result.cost.preambles_reused);
  cost->set_bodies_skipped(result.cost.bodies_skipped);
  cost->set_entries_analyzed(result.cost.entries_analyzed);
  cost->set_entries_reused(result.cost.entries_reused);
  proto.set_analyzer_build(result.analyzer_build);
  if (!result.base.empty()) *proto.mutable_base() = ToProto(result.base.front());
  return proto;
}

absl::StatusOr<TaskResult> FromProto(const v1::TaskResult& proto) {
  TaskResult result;
  for (const v1::Finding& finding : proto.findings()) {
    ASSIGN_OR_RETURN(result.findings.emplace_back(), FromProto(finding));
  }
  for (const v1::FunctionMeasurement& measurement : proto.measurements()) {
    RETURN_IF_ERROR(CheckTreePath(measurement.path(), "measurement.path"));
    result.measurements.push_back(FromProto(measurement));
  }
  for (const v1::AnalysisFailure& failure : proto.failures()) {
    ASSIGN_OR_RETURN(result.failures.emplace_back(), FromProto(failure));
  }
  for (const v1::InputFile& input : proto.inputs()) {
    RETURN_IF_ERROR(CheckTreePath(input.path(), "inputs.path"));
    ASSIGN_OR_RETURN(const CommitId blob, ParseCommitId(input.blob(), "inputs.blob"));
    result.inputs.push_back({input.path(), BlobId(blob.value())});
  }
  for (const std::string& path : proto.absent()) {
    RETURN_IF_ERROR(CheckTreePath(path, "absent"));
    result.absent.push_back(path);
  }
  for (const v1::Declaration& in : proto.declarations()) {
    RETURN_IF_ERROR(CheckTreePath(in.path(), "declaration.path"));
    Declaration declaration{.usr = in.usr(),
                            .name = in.name(),
                            .path = in.path(),
                            .start_line = in.start_line(),
                            .end_line = in.end_line(),
                            .references = {in.references().begin(), in.references().end()},
                            .is_template = in.is_template(),
                            .instantiations = {in.instantiations().begin(), in.instantiations().end()}};
    for (const int reference : declaration.references) {
      if (reference < 0 || reference >= proto.declarations_size()) {
        return absl::InvalidArgumentError(absl::StrCat("declarations.references: ", reference, " is out of range"));
      }
    }
    result.declarations.push_back(std::move(declaration));
  }
  for (const v1::DuplicateBlock& block : proto.duplicates()) {
    RETURN_IF_ERROR(CheckTreePath(block.path(), "duplicates.path"));
    RETURN_IF_ERROR(CheckTreePath(block.other_path(), "duplicates.other_path"));
    result.duplicates.push_back(FromProto(block));
  }
  result.suppressed = proto.suppressed();
  result.sandbox = {.landlock_abi = proto.sandbox().landlock_abi(),
                    .seccomp = proto.sandbox().seccomp(),
                    .missing = proto.sandbox().missing()};
  result.cost = {.wall_seconds = proto.cost().wall_seconds(),
                 .cpu_seconds = proto.cost().cpu_seconds(),
                 .peak_memory_kib = proto.cost().peak_memory_kib(),
                 .parses = proto.cost().parses(),
                 .preambles_reused = proto.cost().preambles_reused(),
                 .bodies_skipped = proto.cost().bodies_skipped(),
                 .entries_analyzed = proto.cost().entries_analyzed(),
                 .entries_reused = proto.cost().entries_reused()};
  result.analyzer_build = proto.analyzer_build();
  if (proto.has_base()) {
    if (proto.base().has_base()) return absl::InvalidArgumentError("base.base: a result has one base side only");
    ASSIGN_OR_RETURN(result.base.emplace_back(), FromProto(proto.base()));
  }
  return result;
}

}  // namespace mergegate::wire
