#include "client/cli/commands/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/follow.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/format.h"
#include "client/cli/own_worker.h"
#include "client/cli/push.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

constexpr size_t kCompileCommandsLimit = 64 << 20;
constexpr size_t kReportLimit = 32 << 20;
constexpr size_t kPolicyLimit = 1 << 20;
constexpr int kSubmitAttempts = 3;

struct CheckOptions {
  ConnectionFlags connection;
  std::string base;
  std::string head = "HEAD";
  std::string compile_commands;
  std::string policy;
  std::vector<std::string> sarif;
  std::vector<std::string> sarif_base;
  std::vector<std::string> coverage;
  std::string format = "text";
  std::string output;
  std::string change;
  std::string request_id;
  bool no_wait = false;
  bool here = false;
  int timeout_seconds = 0;
};

bool IsCommitId(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// compile_commands.json of the work tree: at its root, else in build, else in the first build* folder by name.
std::string FindCompileCommands(const std::string& work_tree) {
  if (work_tree.empty()) return "";
  const std::filesystem::path root(work_tree);
  std::vector<std::filesystem::path> folders = {root, root / "build"};
  std::error_code error;
  std::vector<std::filesystem::path> others;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    if (entry.path().filename().string().starts_with("build")) others.push_back(entry.path());
  }
  std::ranges::sort(others);
  folders.insert(folders.end(), others.begin(), others.end());
  for (const auto& folder : folders) {
    const auto file = folder / "compile_commands.json";
    if (std::filesystem::is_regular_file(file, error)) return file.string();
  }
  return "";
}

// 128 random bits, hex.
std::string RandomId() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

// One passage of the verb; the steps share what they found out.
class Check {
 public:
  Check(const CheckOptions& options, Session& session, Environment& env)
      : options_(options),
        session_(session),
        env_(env),
        progress_(env.err, CanRedraw(env.terminal, env.variable), env.terminal.columns,
                  std::chrono::steady_clock::now) {}

  int Run() {
    const auto response = Decide();
    progress_.Clear();
    if (response.ok()) return Print(*response);
    if (!run_.name().empty() && !session_.local()) {
      env_.err << fmt::format("the run goes on: mergegate show --wait {}\n", EscapeControl(run_.name()));
    }
    if (response.status().code() != absl::StatusCode::kDeadlineExceeded) return Report(response.status(), env_);
    const int code = Report(response.status(), env_);
    PrintPending();
    return code;
  }

 private:
  absl::StatusOr<v1::GetVerdictResponse> Decide() {
    const auto head = session_.repository().ResolveCommit(options_.head);
    if (!head.ok()) return head.status();
    head_ = *head;
    if (const std::string missing = ResolveBase(); !missing.empty()) return Undecidable(missing);
    auto request = MakeRequest();
    if (!request.ok()) return request.status();
    // An embedded server reads the repository's own objects.
    if (!session_.local()) {
      if (absl::Status status = PushMissing(session_, {head_, base_}, progress_); !status.ok()) return status;
    }
    if (absl::Status status = Submit(*request); !status.ok()) return status;
    session_.Remember(run_.name());
    if (options_.no_wait) return absl::DeadlineExceededError("submitted, not waiting for the verdict");
    return Wait();
  }

  // What is missing, in a sentence; empty when there is a base.
  std::string ResolveBase() {
    const LocalRepository& repository = session_.repository();
    if (options_.base.empty()) {
      const auto guess = repository.GuessBase(options_.head);
      if (!guess.ok())
        return fmt::format("no base to compare with: {}; give one with --base REV", guess.status().message().data());
      base_ = guess->commit;
      progress_.Note(fmt::format("base: {} ({}); another one with --base REV", EscapeControl(guess->revision),
                                 base_.substr(0, 12)));
      return "";
    }
    if (const auto commit = repository.ResolveCommit(options_.base); commit.ok()) {
      base_ = *commit;
    } else if (IsCommitId(options_.base)) {
      base_ = options_.base;  // the server may have it, else it says what is missing
    } else {
      return fmt::format(
          "base \"{}\" is not in this repository: fetch it (git fetch origin, in a shallow clone with "
          "--unshallow), or give another with --base REV",
          options_.base);
    }
    return "";
  }

  // What a server would say when it had been asked: there is nothing to compare with.
  v1::GetVerdictResponse Undecidable(const std::string& why) const {
    v1::GetVerdictResponse response;
    response.mutable_verdict()->set_state(v1::VERDICT_STATE_INCONCLUSIVE);
    response.mutable_verdict()->set_summary(why);
    response.mutable_verdict()->set_head_commit(head_);
    response.mutable_verdict()->mutable_counterfactual()->set_reason(why);
    return response;
  }

  absl::StatusOr<v1::SubmitChangeRequest> MakeRequest() {
    v1::SubmitChangeRequest request;
    request.set_parent(session_.ProjectName());
    request.set_request_id(options_.request_id.empty() ? RandomId() : options_.request_id);
    request.set_change(options_.change);
    request.mutable_commits()->set_base(base_);
    request.mutable_commits()->set_head(head_);
    request.set_caller_analyzes(options_.here);
    std::string commands = options_.compile_commands;
    if (commands.empty()) {
      commands = FindCompileCommands(session_.repository().WorkTree());
      if (!commands.empty()) {
        progress_.Note(
            fmt::format("compile commands: {}; others with --compile-commands FILE", EscapeControl(commands)));
      }
    }
    if (!commands.empty()) {
      auto text = ReadFile(commands, kCompileCommandsLimit);
      if (!text.ok()) return text.status();
      request.set_compile_commands(*std::move(text));
    }
    if (!options_.policy.empty()) {
      auto text = ReadFile(options_.policy, kPolicyLimit);
      if (!text.ok()) return text.status();
      // An empty text would mean the base commit's policy.
      if (text->empty()) return absl::InvalidArgumentError(fmt::format("{}: the policy is empty", options_.policy));
      request.set_policy(*std::move(text));
    }
    for (const bool at_base : {false, true}) {
      for (const std::string& file : at_base ? options_.sarif_base : options_.sarif) {
        auto text = ReadFile(file, kReportLimit);
        if (!text.ok()) return text.status();
        v1::ImportedReport& report = *request.add_reports();
        report.set_name(std::filesystem::path(file).filename().string());
        report.set_sarif(*std::move(text));
        report.set_at_base(at_base);
      }
    }
    for (const std::string& file : options_.coverage) {
      auto text = ReadFile(file, kReportLimit);
      if (!text.ok()) return text.status();
      if (text->empty()) return absl::InvalidArgumentError(fmt::format("{}: the report of coverage is empty", file));
      v1::ImportedReport& report = *request.add_reports();
      report.set_name(std::filesystem::path(file).filename().string());
      report.set_coverage(*std::move(text));
    }
    return request;
  }

  // The request id makes it safe to send it again.
  absl::Status Submit(const v1::SubmitChangeRequest& request) {
    for (int attempt = 1;; ++attempt) {
      auto run = session_.connection().SubmitChange(request);
      if (run.ok()) {
        run_ = *std::move(run);
        return absl::OkStatus();
      }
      if (run.status().code() != absl::StatusCode::kUnavailable || attempt == kSubmitAttempts) return run.status();
      progress_.Note("connection lost; submitting again");
    }
  }

  absl::StatusOr<v1::GetVerdictResponse> Wait() {
    if (options_.here) {
      auto worker = OwnWorker::Start(session_, run_.name(), env_);
      if (!worker.ok()) return worker.status();
      worker_ = *std::move(worker);
    }
    FollowOptions follow;
    follow.timeout = std::chrono::seconds(options_.timeout_seconds);
    follow.alive = [this]() -> absl::Status {
      if (absl::Status status = session_.ServerAlive(); !status.ok()) return status;
      return worker_ == nullptr ? absl::OkStatus() : worker_->Alive();
    };
    return Follow(session_.connection(), run_.name(), follow, progress_);
  }

  int Print(const v1::GetVerdictResponse& response) {
    const FormatRow& format = *FindFormat(options_.format);
    const TextStyle style{UseColor(session_.settings().color, env_.terminal.out_is_tty, env_.variable),
                          env_.terminal.columns};
    if (options_.output.empty()) {
      env_.out << format.render(response, style) << std::flush;
      if (!env_.out) return Report(absl::DataLossError("standard output cannot be written"), env_);
    } else {
      std::ofstream file(options_.output, std::ios::binary);
      file << format.render(response, TextStyle{}) << std::flush;
      if (!file) return Report(absl::DataLossError(fmt::format("{}: cannot be written", options_.output)), env_);
      // The file is for a program; people still want to read the verdict.
      env_.out << FindFormat("text")->render(response, style);
    }
    return ExitCodeFor(response.verdict().state());
  }

  void PrintPending() {
    const FormatRow& format = *FindFormat(options_.format);
    if (!format.shows_pending || !options_.output.empty()) return;
    v1::GetVerdictResponse pending;
    *pending.mutable_run() = run_;
    pending.mutable_verdict()->set_summary("not decided yet");
    env_.out << format.render(
        pending, {UseColor(session_.settings().color, env_.terminal.out_is_tty, env_.variable), env_.terminal.columns});
  }

  const CheckOptions& options_;
  Session& session_;
  Environment& env_;
  Progress progress_;
  std::string head_;
  std::string base_;
  v1::Run run_;
  std::unique_ptr<OwnWorker> worker_;
};

int RunCheck(const CheckOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kRepository, "", env);
  if (!session.ok()) return Report(session.status(), env);
  return Check(options, *session, env).Run();
}

}  // namespace

void AddCheck(CLI::App& program, Environment& env) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* verb = program.add_subcommand("check", "Submit a change and wait for its verdict");
  verb->footer(R"(Examples:
  mergegate check --local                          no server: all on this machine
  mergegate check --base origin/main --change pr-7
  mergegate check --here --compile-commands build/compile_commands.json
  mergegate check --format sarif --output mergegate.sarif
  mergegate check --no-wait; mergegate show --wait last)");
  verb->add_option("--base", options->base, "What it is to be merged into [origin/HEAD, main, master or HEAD~1]")
      ->type_name("REV");
  verb->add_option("--head", options->head, "The change [HEAD]")->type_name("REV");
  verb->add_option("--compile-commands", options->compile_commands,
                   "compile_commands.json [found in the work tree or its build* folders]")
      ->type_name("FILE");
  verb->add_option("--policy", options->policy, "Policy that replaces the base commit's; the verdict says so")
      ->type_name("FILE");
  verb->add_option("--sarif", options->sarif, "Report of another tool about the head")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb->add_option("--sarif-base", options->sarif_base, "The same about the base: its findings are then not new")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb->add_option("--coverage", options->coverage,
                   "Which lines tests ran: lcov, llvm-cov JSON, Cobertura XML, gcovr or gcov JSON")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb->add_option("--format", options->format, "Output format [text]")->check(CLI::IsMember(FormatNames()));
  verb->add_option("--output", options->output, "Write the format there, and text to standard output")
      ->type_name("FILE");
  verb->add_option("--change", options->change, "Key shared by the versions of one change, as pr-7 [the head commit]")
      ->type_name("KEY");
  verb->add_option("--request-id", options->request_id, "The same id returns the same run [random]")->type_name("ID");
  verb->add_option("--timeout", options->timeout_seconds, "Wait at most so long, then exit with 8 [no limit]")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400));
  AddConnectionFlags(*verb, options->connection);
  CLI::Option* local = verb->get_option("--local");
  CLI::Option* here =
      verb->add_flag("--here", options->here, "This machine analyzes, the server decides")->excludes(local);
  verb->add_flag("--no-wait", options->no_wait, "Exit with 8 once it is submitted")->excludes(local)->excludes(here);
  verb->callback([&env, options] { env.exit_code = RunCheck(*options, env); });
}

}  // namespace mergegate::client
