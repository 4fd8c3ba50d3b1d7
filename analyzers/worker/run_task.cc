#include "analyzers/worker/run_task.h"

#include <signal.h>
#include <spdlog/spdlog.h>
#include <string.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "analyzers/worker/answer.h"
#include "analyzers/worker/sandbox/frame.h"

namespace mergegate::worker {
namespace {

constexpr size_t kQuotedBytes = 200;

// The variables of whoever started the worker must not change what is found (CPATH, SOURCE_DATE_EPOCH, ...).
std::vector<std::string> Environment() { return {"LC_ALL=C"}; }

// The last line with text in it, safe to show anywhere: printable ASCII, cut.
std::string LastLine(std::string_view text) {
  const size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return "";
  text = text.substr(0, end + 1);
  const size_t line_break = text.find_last_of('\n');
  if (line_break != std::string_view::npos) text.remove_prefix(line_break + 1);
  std::string line(text.substr(0, kQuotedBytes));
  for (char& c : line) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return line;
}

std::string LastWords(const sandbox::ChildResult& child) {
  const std::string line = LastLine(child.error_tail);
  return line.empty() ? "" : absl::StrCat("; its last words: \"", line, "\"");
}

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name == nullptr ? absl::StrCat("signal ", signal) : absl::StrCat("SIG", name);
}

std::string WordsForCrash(const sandbox::ChildResult& child) {
  if (child.signal == SIGKILL) {
    return absl::StrCat(
        "the analyzer was killed from outside, as the kernel does when the machine runs out of memory; "
        "give the worker fewer --jobs or the machine more memory",
        LastWords(child));
  }
  const std::string how = child.signal != 0 ? absl::StrCat("died of ", SignalName(child.signal))
                                            : absl::StrCat("ended with status ", child.exit_code);
  return absl::StrCat("the analyzer ", how,
                      " on this unit; if the unit compiles elsewhere, report it with its compile command",
                      LastWords(child));
}

sandbox::ChildLimits LimitsOf(const v1::TaskLimits& limits) {
  const int64_t cores = std::max(1U, std::thread::hardware_concurrency());
  return {.wall = std::chrono::seconds(limits.wall_seconds()),
          .address_space_mib = limits.memory_mib(),
          .cpu_seconds = limits.wall_seconds() * cores,
          .output_bytes = sandbox::kFrameHeaderBytes + sandbox::kMaxAnswerBytes};
}

// The id, or "" when `name` is no resource name of a project. The id becomes part of paths.
std::string ProjectOf(std::string_view name) {
  constexpr std::string_view kPrefix = "projects/";
  if (!name.starts_with(kPrefix)) return "";
  std::string project(name.substr(kPrefix.size()));
  const bool harmless =
      !project.starts_with('.') && project.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
  return harmless ? project : "";
}

}  // namespace

absl::StatusOr<std::string> AnalyzerBuild(const std::string& program) {
  const sandbox::ChildResult child = sandbox::RunChild({.argv = {program, "--build-id"},
                                                        .environment = Environment(),
                                                        .input = {},
                                                        .limits = {.wall = std::chrono::seconds(20)}},
                                                       nullptr);
  if (child.outcome == sandbox::ChildOutcome::kNotStarted) {
    return absl::FailedPreconditionError(absl::StrCat(child.error, "; name mergegate-analyze with --analyze"));
  }
  const std::string build(absl::StripAsciiWhitespace(child.output));
  if (child.outcome != sandbox::ChildOutcome::kExited || child.exit_code != 0 || build.empty() ||
      LastLine(build) != build) {
    return absl::FailedPreconditionError(
        absl::StrCat(program, " --build-id does not print a build id", LastWords(child)));
  }
  return build;
}

v1::TaskResult FailedTask(const v1::AnalysisTask& task, v1::FailureKind kind, std::string_view message) {
  v1::TaskResult result;
  const auto fail = [&](v1::TaskResult& side, const std::string& unit, bool at_base) {
    v1::AnalysisFailure* failure = side.add_failures();
    failure->set_unit(unit);
    failure->set_kind(kind);
    failure->set_message(std::string(message));
    failure->set_at_base(at_base);
  };
  fail(result, task.has_unit() ? task.unit().main_file() : "duplication", task.at_base());
  if (task.unit().has_base()) fail(*result.mutable_base(), task.unit().base().main_file(), true);
  return result;
}

absl::StatusOr<std::string> TaskRunner::RepositoryOf(std::string_view id) const {
  const std::string project(id);
  if (project.empty()) return absl::InvalidArgumentError("the task names no project");
  const auto named = options_.repositories.find(project);
  if (named == options_.repositories.end() && options_.mirrors.empty()) {
    return absl::NotFoundError(absl::StrCat("this worker has no repository of project ", project,
                                            "; start it with --repositories or --repository ", project, "=DIR"));
  }
  const std::string path =
      named != options_.repositories.end() ? named->second : absl::StrCat(options_.mirrors, "/", project, ".git");
  std::error_code error;
  if (!std::filesystem::is_directory(path + "/objects", error)) {
    return absl::NotFoundError(absl::StrCat(path, " is not a git repository that this worker can read",
                                            error ? absl::StrCat(" (", error.message(), ")") : "",
                                            "; check --repositories and --repository"));
  }
  return path;
}

std::optional<v1::TaskResult> TaskRunner::Run(const v1::AnalysisTask& task, const sandbox::StopRequest& stop) {
  const auto refuse = [&](std::string_view why) {
    v1::TaskResult result = FailedTask(task, v1::FAILURE_KIND_INTERNAL, why);
    result.set_analyzer_build(options_.build);
    return result;
  };
  const std::string project = ProjectOf(task.project());
  const absl::StatusOr<std::string> repository = RepositoryOf(project);
  if (!repository.ok()) return refuse(std::string(repository.status().message()));
  if (task.limits().wall_seconds() <= 0 || task.limits().memory_mib() <= 0) {
    return refuse("the task came without limits; server and worker are of different versions");
  }
  std::vector<std::string> argv = {options_.program, "--repository", *repository};
  for (const std::string& root : options_.toolchain_roots) argv.insert(argv.end(), {"--toolchain-root", root});
  for (const std::string& root : options_.extra_roots) argv.insert(argv.end(), {"--extra-root", root});
  if (const std::string folder = cache_.FolderOf(project); !folder.empty()) {
    argv.insert(argv.end(), {"--cache", folder, "--toolchain", options_.toolchain});
  }
  const std::string input = sandbox::MakeFrame(task.SerializeAsString());
  const sandbox::ChildResult child = sandbox::RunChild(
      {.argv = std::move(argv), .environment = Environment(), .input = input, .limits = LimitsOf(task.limits())},
      &stop);
  if (child.outcome == sandbox::ChildOutcome::kStopped) return std::nullopt;
  v1::AnalyzerAnswer answer = AnswerOf(child, task);
  if (const absl::Status kept = cache_.Keep(project, answer); !kept.ok()) {
    spdlog::warn("the engine's cache cannot be written: {}", std::string(kept.message()));
  }
  v1::TaskResult result = std::move(*answer.mutable_result());
  for (v1::AnalysisFailure& failure : *result.mutable_failures()) failure.set_at_base(task.at_base());
  result.set_analyzer_build(options_.build);
  if (result.has_base()) {
    for (v1::AnalysisFailure& failure : *result.mutable_base()->mutable_failures()) failure.set_at_base(true);
    result.mutable_base()->set_analyzer_build(options_.build);
  }
  v1::TaskCost* cost = result.mutable_cost();
  cost->set_wall_seconds(child.wall_seconds);
  cost->set_cpu_seconds(child.cpu_seconds);
  cost->set_peak_memory_kib(child.peak_memory_kib);
  return result;
}

v1::AnalyzerAnswer TaskRunner::AnswerOf(const sandbox::ChildResult& child, const v1::AnalysisTask& task) const {
  using sandbox::ChildOutcome;
  const v1::TaskLimits& limits = task.limits();
  const auto failed = [&](v1::FailureKind kind, std::string_view message) {
    v1::AnalyzerAnswer answer;
    *answer.mutable_result() = FailedTask(task, kind, message);
    return answer;
  };
  switch (child.outcome) {
    case ChildOutcome::kTimedOut:
      return failed(v1::FAILURE_KIND_TIMED_OUT,
                    absl::StrCat("not done after ", limits.wall_seconds(),
                                 " s; simplify the unit or raise analysis.unit_seconds in the policy"));
    case ChildOutcome::kOutOfMemory:
      return failed(v1::FAILURE_KIND_OUT_OF_MEMORY,
                    absl::StrCat("needs more than ", limits.memory_mib(),
                                 " MiB; simplify the unit or raise analysis.unit_memory_mib in the policy"));
    case ChildOutcome::kOutputLimit:
      return failed(v1::FAILURE_KIND_OUTPUT_LIMIT,
                    absl::StrCat("the answer is larger than ", sandbox::kMaxAnswerBytes >> 20,
                                 " MiB, the most that a worker takes; split the unit or run fewer checks on it"));
    case ChildOutcome::kSignalled:
      return failed(v1::FAILURE_KIND_CRASHED, WordsForCrash(child));
    case ChildOutcome::kNotStarted:
    case ChildOutcome::kStopped:
      return failed(v1::FAILURE_KIND_INTERNAL, child.error);
    case ChildOutcome::kExited:
      break;
  }
  if (child.exit_code != 0) return failed(v1::FAILURE_KIND_CRASHED, WordsForCrash(child));
  absl::StatusOr<v1::AnalyzerAnswer> answer = ParseAnswer(child.output, task);
  if (!answer.ok()) {
    return failed(
        v1::FAILURE_KIND_INTERNAL,
        absl::StrCat("the analyzer's answer was refused: ", std::string(answer.status().message()), LastWords(child)));
  }
  const std::string& build = answer->result().analyzer_build();
  if (!build.empty() && build != options_.build) {
    return failed(v1::FAILURE_KIND_INTERNAL,
                  absl::StrCat(options_.program, " was replaced while this worker ran; restart the worker"));
  }
  return *std::move(answer);
}

}  // namespace mergegate::worker
