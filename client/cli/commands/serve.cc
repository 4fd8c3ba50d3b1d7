#include "client/cli/commands/serve.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "client/cli/exit_code.h"

namespace mergegate::client {
namespace {

constexpr const char* kText = R"(The server is the program mergegated, beside this one. Everything after -- goes to it:

  mergegate serve -- --data-dir ~/mergegate                     on this machine, 127.0.0.1:7480 and,
                                                                for HTTP, 127.0.0.1:7481
  mergegate serve -- --data-dir ~/mergegate --listen 127.0.0.1:9000
  mergegate serve -- --listen 0.0.0.0:7480 --http 0.0.0.0:7481 --tls-cert chain.pem --tls-key key.pem
  mergegate serve -- --help                                     all its options

Then, in a repository: mergegate check
Without any server:    mergegate check --local
)";

}  // namespace

void AddServe(CLI::App& program, Environment& env) {
  auto arguments = std::make_shared<std::vector<std::string>>();
  CLI::App* verb = program.add_subcommand("serve", "Start a server, or say how");
  verb->footer("Examples:\n  mergegate serve -- --data-dir ~/mergegate\n  mergegate serve -- --help");
  verb->add_option("arguments", *arguments, "After --: arguments of mergegated")->type_name("");
  verb->callback([&env, arguments] {
    if (arguments->empty()) {
      env.out << kText;
      return;
    }
    std::string program_file = env.program_dir + "/mergegated";
    std::vector<char*> argv = {program_file.data()};
    for (std::string& argument : *arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    env.out.flush();
    execv(program_file.c_str(), argv.data());
    env.err << fmt::format("mergegate: {} cannot be started: {}; it belongs beside this program\n", program_file,
                           std::strerror(errno));
    env.exit_code = kExitInconclusive;
  });
}

}  // namespace mergegate::client
