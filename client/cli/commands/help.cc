#include "client/cli/commands/help.h"

#include <fmt/format.h>

#include <memory>

#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/program.h"

namespace mergegate::client {

void AddHelp(CLI::App& program, Environment& env) {
  auto topic = std::make_shared<std::string>();
  CLI::App* verb = program.add_subcommand("help", "Explain a verb, or the exit codes");
  verb->footer("Examples:\n  mergegate help check\n  mergegate help exit-codes");
  verb->add_option("topic", *topic, "A verb, or exit-codes")->type_name("");
  verb->callback([&program, &env, topic] {
    if (*topic == "exit-codes") {
      env.out << ExitCodeHelp();
    } else if (topic->empty()) {
      env.out << program.help("", CLI::AppFormatMode::Normal);
    } else if (const CLI::App* page = FindVerb(program, *topic); page != nullptr) {
      env.out << page->help();
    } else {
      env.err << fmt::format("mergegate: no help on \"{}\"; topics are the verbs and exit-codes\n",
                             EscapeControl(*topic));
      env.exit_code = kExitUsage;
    }
  });
}

}  // namespace mergegate::client
