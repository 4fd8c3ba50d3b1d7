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
#include "analyzers/worker/toolchain.h"

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

// While it lives, one more task is running; tells how many processes that task may use.
class Share {
 public:
  Share(std::atomic<int>& running, int cores) : running_(running), jobs_(std::clamp(cores / ++running, 1, 64)) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { --running_; }
  int jobs() const { return jobs_; }

 private:
  std::atomic<int>& running_;
  const int jobs_;
};

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

// The line that the analyzer prints when it is asked `question`.
absl::StatusOr<std::string> LineOf(const std::string& program, const std::string& question) {
  const sandbox::ChildResult child = sandbox::RunChild({.argv = {program, question},
                                                        .environment = Environment(),
                                                        .input = {},
                                                        .limits = {.wall = std::chrono::seconds(20)}},
                                                       nullptr);
  if (child.outcome == sandbox::ChildOutcome::kNotStarted) {
    return absl::FailedPreconditionError(absl::StrCat(child.error, "; name mergegate-analyze with --analyze"));
  }
  const std::string line(absl::StripAsciiWhitespace(child.output));
  if (child.outcome != sandbox::ChildOutcome::kExited || child.exit_code != 0 || line.empty() ||
      LastLine(line) != line) {
    return absl::FailedPreconditionError(
        absl::StrCat(program, " ", question, " does not print a line", LastWords(child)));
  }
  return line;
}

// Room for a child that is about to be buried, and one that is just being made.
constexpr int kSpareProcesses = 8;

sandbox::ChildLimits LimitsOf(const v1::TaskLimits& limits, int jobs) {
  const int64_t cores = std::max(1U, std::thread::hardware_concurrency());
  return {.wall = std::chrono::seconds(limits.wall_seconds()),
          .address_space_mib = limits.memory_mib(),
          .cpu_seconds = limits.wall_seconds() * cores,
          .output_bytes = sandbox::kFrameHeaderBytes + sandbox::kMaxAnswerBytes,
          .processes = jobs > 1 ? jobs + kSpareProcesses : 0};
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

absl::StatusOr<std::string> AnalyzerBuild(const std::string& program) { return LineOf(program, "--build-id"); }

absl::StatusOr<std::string> AnalyzerResourceDir(const std::string& program) {
  return LineOf(program, "--resource-dir");
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

TaskRunner::TaskRunner(AnalyzerOptions options) : options_(std::move(options)), cache_(options_.cache) {
  if (!options_.zygote) return;
  // Symbols are bound once, and not in each forked process.
  std::vector<std::string> environment = Environment();
  environment.emplace_back("LD_BIND_NOW=1");
  zygote_ = std::make_unique<sandbox::Zygote>(std::vector<std::string>{options_.program, "--zygote"}, environment);
}

std::optional<v1::TaskResult> TaskRunner::Run(const v1::AnalysisTask& task, const sandbox::StopRequest& stop) {
  const std::string toolchain = options_.toolchain ? options_.toolchain() : "";
  const std::string build = toolchain.empty() ? options_.build : BuildOn(options_.build, toolchain);
  const auto refuse = [&](std::string_view why) {
    v1::TaskResult result = FailedTask(task, v1::FAILURE_KIND_INTERNAL, why);
    result.set_analyzer_build(build);
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
    argv.insert(argv.end(), {"--cache", folder, "--toolchain", toolchain});
  }
  const Share share(running_, options_.cores);
  argv.insert(argv.end(), {"--jobs", absl::StrCat(share.jobs())});
  const std::string input = sandbox::MakeFrame(task.SerializeAsString());
  const sandbox::ChildResult child =
      sandbox::RunChild({.argv = std::move(argv),
                         .environment = Environment(),
                         .input = input,
                         .limits = LimitsOf(task.limits(), share.jobs())},
                        &stop, zygote_ ? zygote_->spawner() : sandbox::Spawner(sandbox::Spawn));
  if (child.outcome == sandbox::ChildOutcome::kStopped) return std::nullopt;
  v1::AnalyzerAnswer answer = AnswerOf(child, task);
  if (const absl::Status kept = cache_.Keep(project, answer); !kept.ok()) {
    spdlog::warn("the engine's cache cannot be written: {}", std::string(kept.message()));
  }
  v1::TaskResult result = std::move(*answer.mutable_result());
  for (v1::AnalysisFailure& failure : *result.mutable_failures()) failure.set_at_base(task.at_base());
  result.set_analyzer_build(build);
  if (result.has_base()) {
    for (v1::AnalysisFailure& failure : *result.mutable_base()->mutable_failures()) failure.set_at_base(true);
    result.mutable_base()->set_analyzer_build(build);
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
    case ChildOutcome::kTooManyProcesses:
      return failed(v1::FAILURE_KIND_CRASHED, "the analyzer started more processes than it may on this unit");
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
