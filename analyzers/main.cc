// mergegate-analyze: one AnalysisTask from standard input, one AnalyzerAnswer to standard output, then it ends.
//
//   mergegate-analyze --repository BARE_GIT_DIR [--toolchain-root DIR]... [--extra-root DIR]... [--no-sandbox]
//                     [--cache DIR --toolchain FINGERPRINT] [--jobs N]
//   mergegate-analyze --zygote
//   mergegate-analyze --describe | --build-id | --resource-dir
//
// With --zygote it waits on a socket, its standard input, for requests to fork (worker/sandbox/zygote.h): each forked
// process goes on as if it had been started with the arguments of the request.
//
// Both messages are framed: four bytes little-endian length, then the serialized bytes. Exit status: 0 when an answer
// was written (it may well tell of failures), 2 for a wrong command line or an unreadable task.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "analyzers/analyze.h"
#include "analyzers/registry.h"
#include "analyzers/source/git_tree.h"
#include "analyzers/worker/sandbox/frame.h"
#include "analyzers/worker/sandbox/lockdown.h"
#include "analyzers/worker/sandbox/zygote.h"
#include "clang/Basic/Stack.h"

namespace {

namespace analyzers = mergegate::analyzers;
namespace sandbox = mergegate::sandbox;
namespace v1 = mergegate::v1;

constexpr uint32_t kMaxTaskBytes = 64U << 20;

struct CommandLine {
  std::string repository;
  std::vector<std::string> toolchain_roots;
  std::vector<std::string> extra_roots;
  std::string cache;
  std::string toolchain;
  int jobs = 1;
  bool sandboxed = true;
};

int Usage(const std::string& problem) {
  std::cerr << "mergegate-analyze: " << problem
            << "\nusage: mergegate-analyze --repository DIR [--toolchain-root DIR]... [--extra-root DIR]... "
               "[--no-sandbox] [--cache DIR --toolchain FINGERPRINT] [--jobs N]\n       mergegate-analyze --describe | "
               "--build-id\n";
  return 2;
}

bool ReadFully(int fd, void* buffer, size_t size) {
  auto* at = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t got = read(fd, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool ReadTask(v1::AnalysisTask& task) {
  unsigned char prefix[4];
  if (!ReadFully(STDIN_FILENO, prefix, sizeof(prefix))) return false;
  const uint32_t size = prefix[0] | prefix[1] << 8 | prefix[2] << 16 | static_cast<uint32_t>(prefix[3]) << 24;
  if (size > kMaxTaskBytes) return false;
  std::string bytes(size, '\0');
  return ReadFully(STDIN_FILENO, bytes.data(), size) && task.ParseFromString(bytes);
}

// The artifacts at the end are left out where the answer would be too large: they only save time.
bool WriteAnswer(int fd, v1::AnalyzerAnswer& answer) {
  while (answer.ByteSizeLong() > sandbox::kMaxAnswerBytes && answer.artifacts_size() > 0) {
    answer.mutable_artifacts()->RemoveLast();
  }
  const std::string header = sandbox::FrameHeader(answer.ByteSizeLong());
  return write(fd, header.data(), header.size()) == static_cast<ssize_t>(header.size()) &&
         answer.SerializeToFileDescriptor(fd);
}

// The repository and every object directory that it borrows from.
void AddRepository(const std::string& directory, std::set<std::string>& readable) {
  if (!readable.insert(directory).second) return;
  for (const std::string& objects : {directory + "/objects", directory}) {
    std::ifstream alternates(objects + "/info/alternates");
    for (std::string line; std::getline(alternates, line);) {
      if (line.empty() || line.front() == '#') continue;
      AddRepository(line.front() == '/' ? line : objects + "/" + line, readable);
    }
  }
}

sandbox::LockdownReport LockDown(const CommandLine& command, const std::vector<std::string>& roots) {
  std::set<std::string> readable(roots.begin(), roots.end());
  readable.insert(analyzers::ResourceDir());
  if (!command.cache.empty()) readable.insert(command.cache);
  AddRepository(command.repository, readable);
  return sandbox::Lockdown({{readable.begin(), readable.end()}, /*processes=*/command.jobs > 1});
}

double CpuSeconds(const rusage& usage) {
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int Run(const CommandLine& command) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::string> roots =
      command.toolchain_roots.empty() ? analyzers::DefaultRoots() : command.toolchain_roots;
  roots.insert(roots.end(), command.extra_roots.begin(), command.extra_roots.end());

  sandbox::LockdownReport report;
  report.missing = "the sandbox is switched off (--no-sandbox)";
  if (command.sandboxed) report = LockDown(command, roots);

  // Whatever a library prints goes to standard error; the pipe is for the result alone.
  const int out = dup(STDOUT_FILENO);
  if (out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return Usage("standard output cannot be kept apart");

  v1::AnalysisTask task;
  if (!ReadTask(task)) return Usage("standard input holds no AnalysisTask frame of at most 64 MiB");
  v1::AnalyzerAnswer answer;
  if (task.require_sandbox() && !report.missing.empty()) {
    const v1::TaskResult refused =
        analyzers::FailedTask(task, v1::FAILURE_KIND_NO_SANDBOX,
                              "the policy demands a sandbox and this worker's is incomplete: " + report.missing);
    *answer.mutable_result() = refused;
    if (task.unit().has_base()) *answer.mutable_result()->mutable_base() = refused;
  } else {
    answer = analyzers::Analyze(task, {command.repository, roots, "", command.cache, command.toolchain, command.jobs});
  }
  v1::TaskResult& result = *answer.mutable_result();
  result.set_analyzer_build(analyzers::BuildId());
  result.mutable_sandbox()->set_landlock_abi(report.landlock_abi);
  result.mutable_sandbox()->set_seccomp(report.seccomp);
  result.mutable_sandbox()->set_missing(report.missing);
  rusage own{}, forked{};
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &forked);
  result.mutable_cost()->set_cpu_seconds(CpuSeconds(own) + CpuSeconds(forked));
  result.mutable_cost()->set_peak_memory_kib(std::max(own.ru_maxrss, forked.ru_maxrss));
  result.mutable_cost()->set_wall_seconds(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return WriteAnswer(out, answer) ? 0 : Usage("the answer cannot be written");
}

// What every task would do first and no input decides.
void WarmUp() {
  analyzers::DescribeAnalyzers();
  static_cast<void>(mergegate::source::GitTree::Open("", ""));  // starts libgit2; there is no such repository
}

int Main(const std::vector<std::string>& arguments);

int ServeTasks() {
  WarmUp();
  const std::vector<std::string> arguments = sandbox::ServeForks(STDIN_FILENO);
  prctl(PR_SET_NAME, "mergegate-task");
  return Main(arguments);
}

int Main(const std::vector<std::string>& arguments) {
  CommandLine command;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--build-id" || argument == "--resource-dir" || argument == "--describe") {
      std::cout << (argument == "--build-id"       ? analyzers::BuildId()
                    : argument == "--resource-dir" ? analyzers::ResourceDir()
                                                   : analyzers::DescribeAnalyzers())
                << '\n';
      return 0;
    }
    if (argument == "--zygote") return ServeTasks();
    if (argument == "--no-sandbox") {
      command.sandboxed = false;
      continue;
    }
    if (i + 1 == arguments.size()) return Usage("\"" + argument + "\" is unknown or lacks its value");
    const std::string& value = arguments[++i];
    if (argument == "--repository") {
      command.repository = value;
    } else if (argument == "--toolchain-root") {
      command.toolchain_roots.push_back(value);
    } else if (argument == "--extra-root") {
      command.extra_roots.push_back(value);
    } else if (argument == "--cache") {
      command.cache = value;
    } else if (argument == "--toolchain") {
      command.toolchain = value;
    } else if (argument == "--jobs") {
      command.jobs = std::atoi(value.c_str());
      if (command.jobs < 1 || command.jobs > 64) return Usage("--jobs " + value + ": want 1 to 64");
    } else {
      return Usage("unknown argument \"" + argument + "\"");
    }
  }
  if (command.repository.empty()) return Usage("--repository is missing");
  return Run(command);
}

}  // namespace

int main(int argc, char** argv) {
  clang::noteBottomOfStack();
  const int status = Main({argv + 1, argv + argc});
  std::cout.flush();
  std::_Exit(status);  // tidying up memory that goes away in any event takes milliseconds
}
