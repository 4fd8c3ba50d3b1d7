// Speaks the frames of mergegate-analyze and misbehaves on demand: the main file's name says how.
//
//   normal.cc     one finding, whose message is the command line
//   keep.cc       the same, and artifacts: kind/one with the content "one", ../climb, and the words of the compiler
//                 arguments: "used=NAME", "damaged=NAME", "big=NAME" (2 MiB)
//   wait.cc       the same as normal.cc, once somebody has opened the FIFO named by the first compiler argument for
//   writing crash.cc, exit.cc, hang.cc, memory.cc, flood.cc, garbage.cc, silent.cc, climb.cc, stale.cc
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "analyzers/worker/sandbox/frame.h"
#include "analyzers/worker/sandbox/zygote.h"
#include "mergegate/v1/analysis.pb.h"

namespace v1 = mergegate::v1;

namespace {

void Write(const v1::AnalyzerAnswer& answer) {
  std::cout << mergegate::sandbox::MakeFrame(answer.SerializeAsString()) << std::flush;
}

void AddArtifact(const std::string& name, const std::string& content, v1::AnalyzerAnswer& answer) {
  v1::Artifact* artifact = answer.add_artifacts();
  artifact->set_name(name);
  artifact->set_content(content);
}

void AddArtifacts(const v1::UnitTask& unit, v1::AnalyzerAnswer& answer) {
  AddArtifact("kind/one", "one", answer);
  AddArtifact("../climb", "bad", answer);
  for (const std::string& argument : unit.arguments()) {
    const size_t equals = argument.find('=');
    const std::string verb = argument.substr(0, equals), name = argument.substr(equals + 1);
    if (verb == "used") answer.add_used(name);
    if (verb == "damaged") answer.add_damaged(name);
    if (verb == "big") AddArtifact(name, std::string(size_t{2} << 20, 'b'), answer);
  }
}

v1::TaskResult NormalResult(const v1::AnalysisTask& task, const std::string& message) {
  v1::TaskResult result;
  v1::Finding* finding = result.add_findings();
  finding->set_check("fake-check");
  finding->set_severity(v1::SEVERITY_MINOR);
  finding->set_path(task.unit().main_file());
  finding->set_line(1);
  finding->set_message(message);
  v1::AnalysisFailure* partial = result.add_failures();
  partial->set_unit(task.unit().main_file());
  partial->set_kind(v1::FAILURE_KIND_PARSE_ERROR);
  partial->set_at_base(!task.at_base());  // the worker is to know better
  result.mutable_cost()->set_wall_seconds(-1);
  result.mutable_sandbox()->set_missing("everything: this is a fake");
  result.set_analyzer_build("fake-1");
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments == std::vector<std::string>{"--build-id"}) {
    std::puts("fake-1");
    return 0;
  }
  if (arguments == std::vector<std::string>{"--resource-dir"}) {
    std::puts("/nowhere");
    return 0;
  }
  if (arguments == std::vector<std::string>{"--zygote"}) arguments = mergegate::sandbox::ServeForks(STDIN_FILENO);
  const std::string input((std::istreambuf_iterator<char>(std::cin)), {});
  const auto payload = mergegate::sandbox::ParseFrame(input);
  v1::AnalysisTask task;
  if (!payload || !task.ParseFromArray(payload->data(), static_cast<int>(payload->size()))) return 70;

  std::string command_line;
  for (const std::string& argument : arguments) command_line += (command_line.empty() ? "" : " ") + argument;
  const std::string& file = task.unit().main_file();
  if (file == "wait.cc") {
    char byte;
    const int gate = open(task.unit().arguments(0).c_str(), O_RDONLY);
    if (gate < 0 || read(gate, &byte, 1) < 0) return 71;
  }
  if (file == "crash.cc") {
    std::fputs("Assertion `x' failed.\nStack dump: \033[31mred\n\n", stderr);
    raise(SIGSEGV);
  }
  if (file == "exit.cc") return 3;
  if (file == "hang.cc") {
    while (true) pause();
  }
  if (file == "memory.cc") {
    std::vector<std::string> hoard;
    while (true) hoard.emplace_back(size_t{1} << 20, 'x');
  }
  if (file == "flood.cc") {
    while (std::cout << std::string(size_t{1} << 20, 'o')) {
    }
  }
  if (file == "silent.cc") return 0;
  if (file == "garbage.cc") {
    std::cout << mergegate::sandbox::MakeFrame("\xff\xff not a message");
    return 0;
  }
  v1::AnalyzerAnswer answer;
  v1::TaskResult& result = *answer.mutable_result();
  result = NormalResult(task, command_line);
  if (task.unit().has_base()) {
    v1::TaskResult side = NormalResult(task, "base");
    side.clear_cost();
    side.clear_sandbox();
    *result.mutable_base() = std::move(side);
  }
  if (file == "keep.cc") AddArtifacts(task.unit(), answer);
  if (file == "climb.cc") result.mutable_findings(0)->set_path("../../etc/passwd");
  if (file == "stale.cc") result.set_analyzer_build("fake-2");
  Write(answer);
  return 0;
}
