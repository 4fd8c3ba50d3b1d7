#include "client/cli/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "client/cli/commands/away.h"
#include "client/cli/commands/check.h"
#include "client/cli/commands/completion.h"
#include "client/cli/commands/diff.h"
#include "client/cli/commands/explain.h"
#include "client/cli/commands/findings.h"
#include "client/cli/commands/growth.h"
#include "client/cli/commands/help.h"
#include "client/cli/commands/inbox.h"
#include "client/cli/commands/load.h"
#include "client/cli/commands/people.h"
#include "client/cli/commands/policy.h"
#include "client/cli/commands/recommend.h"
#include "client/cli/commands/replay.h"
#include "client/cli/commands/respond.h"
#include "client/cli/commands/risk.h"
#include "client/cli/commands/runs.h"
#include "client/cli/commands/score.h"
#include "client/cli/commands/serve.h"
#include "client/cli/commands/show.h"
#include "client/cli/commands/signal.h"
#include "client/cli/commands/version.h"
#include "client/cli/commands/who.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"

namespace mergegate::client {
namespace {

// THE table of verbs, in the order of the help.
constexpr Verb kVerbs[] = {
    {"check", AddCheck},
    {"show", AddShow},
    {"findings", AddFindings},
    {"explain", AddExplain},
    {"inbox", AddInbox},
    {"diff", AddDiff},
    {"approve", AddApprove},
    {"request-changes", AddRequestChanges},
    {"comment", AddComment},
    {"accept", AddAccept},
    {"decline", AddDecline},
    {"request", AddRequest},
    {"close", AddClose},
    {"reopen", AddReopen},
    {"who", AddWho},
    {"load", AddLoad},
    {"away", AddAway},
    {"signal", AddSignal},
    {"person", AddPerson},
    {"team", AddTeam},
    {"me", AddMe},
    {"feedback", AddFeedback},
    {"kudos", AddKudos},
    {"appeal", AddAppeal},
    {"training", AddTraining},
    {"recognition", AddRecognition},
    {"override", AddOverride},
    {"admin", AddAdmin},
    {"recommend", AddRecommend},
    {"score", AddScore},
    {"risk", AddRisk},
    {"replay", AddReplay},
    {"runs", AddRuns},
    {"policy", AddPolicy},
    {"serve", AddServe},
    {"completion", AddCompletion},
    {"version", AddVersion},
    {"help", AddHelp},
};

// What most people want from a help page comes first: examples (kept in the footer).
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
    std::string text = make_description(app);
    if (!app->get_footer().empty()) text += "\n" + app->get_footer() + "\n";
    text += "\n" + make_usage(app, std::move(name));
    text += make_positionals(app) + make_groups(app, mode) + make_subcommands(app, mode);
    return text;
  }
};

constexpr const char* kExamples = R"(Examples:
  mergegate check --local                    may HEAD merge? no server needed
  mergegate check --base origin/main         ask the server at 127.0.0.1:7480
  mergegate explain last                     why, to the last point
  mergegate inbox                            the reviews that wait for me
  mergegate help exit-codes                  what 0, 1, 2, 3, 4 and 8 mean)";

// Levenshtein distance.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

int UnknownVerb(const std::string& word, Environment& env) {
  env.err << fmt::format("mergegate: there is no verb \"{}\"", EscapeControl(word.substr(0, 80)));
  const auto* const best = std::ranges::min_element(
      kVerbs, {}, [&](const Verb& verb) { return EditDistance(std::string_view(word).substr(0, 80), verb.name); });
  if (EditDistance(word, best->name) <= 2) env.err << fmt::format("; did you mean \"{}\"?", best->name);
  env.err << "\n  hint: mergegate help lists all\n";
  return kExitUsage;
}

}  // namespace

const CLI::App* FindVerb(const CLI::App& parent, const std::string& name) {
  const auto found = parent.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

std::unique_ptr<CLI::App> MakeProgram(Environment& env, std::string_view only) {
  auto program = std::make_unique<CLI::App>("May this change merge, and why?", "mergegate");
  program->formatter(std::make_shared<ExamplesFirst>());
  program->footer(kExamples);
  program->require_subcommand(1);
  program->set_help_flag("-h,--help", "Print this help");
  program->set_version_flag("--version", VersionText());
  for (const Verb& verb : kVerbs) {
    if (only.empty() || only == verb.name) verb.add(*program, env);
  }
  for (CLI::App* verb : program->get_subcommands({})) verb->set_help_flag("-h,--help", "Print this help");
  return program;
}

int RunProgram(const std::vector<std::string>& arguments, Environment& env) {
  const std::string first = arguments.empty() ? "" : arguments[0];
  const bool names_verb = std::ranges::find(kVerbs, first, &Verb::name) != std::end(kVerbs);
  const bool of_all = !names_verb || first == "help" || first == "completion";
  const std::unique_ptr<CLI::App> program = MakeProgram(env, of_all ? "" : first);
  if (arguments.empty()) {
    env.err << program->help();
    return kExitUsage;
  }
  if (!first.starts_with('-') && !names_verb) return UnknownVerb(first, env);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
    program->parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    const CLI::App* page = program.get();
    while (!page->get_subcommands().empty()) page = page->get_subcommands().front();
    env.out << page->help();
    return kExitPass;
  } catch (const CLI::CallForVersion&) {
    env.out << VersionText() << '\n';
    return kExitPass;
  } catch (const CLI::ParseError& error) {
    std::string name = "mergegate";
    for (const CLI::App* page = program.get(); !page->get_subcommands().empty();) {
      page = page->get_subcommands().front();
      name += " " + page->get_name();
    }
    env.err << fmt::format("{}: {}\n  hint: {} --help\n", name, EscapeControl(error.what()), name);
    return kExitUsage;
  }
  return env.exit_code;
}

}  // namespace mergegate::client
