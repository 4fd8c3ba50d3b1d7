#include "client/cli/commands/completion.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace mergegate::client {
namespace {

// One page of the tree: "mergegate policy show" is {"policy show", its options, its verbs}.
struct Page {
  std::string path;  // verbs from the program down; empty for the program itself
  const CLI::App* app;
};

void Walk(const CLI::App* app, const std::string& path, std::vector<Page>& pages) {
  pages.push_back({path, app});
  for (const CLI::App* verb : app->get_subcommands([](const CLI::App*) { return true; })) {
    Walk(verb, path.empty() ? verb->get_name() : path + " " + verb->get_name(), pages);
  }
}

std::vector<const CLI::App*> Verbs(const CLI::App* app) {
  return app->get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> Options(const CLI::App* app) {
  return app->get_options([](const CLI::Option* option) { return !option->get_lnames().empty(); });
}

// The allowed values of an option: CLI11 describes them as "{a,b,c}" in its type's name.
std::vector<std::string> Values(const CLI::Option* option) {
  const std::string type = option->get_type_name();
  const size_t open = type.find('{');
  const size_t close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

// Words that may follow on a page that are not values: verbs, options and the values of its positional.
std::string Words(const CLI::App* app) {
  std::vector<std::string> words;
  for (const CLI::App* verb : Verbs(app)) words.push_back(verb->get_name());
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) {
      for (const std::string& value : Values(option)) words.push_back(value);
    }
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return CLI::detail::join(words, " ");
}

// Inside single quotes of any of the three shells.
std::string Quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '\'') out += c;
  }
  return out;
}

std::string BashScript(const std::vector<Page>& pages) {
  std::string words;
  std::string values;
  std::string paths;
  for (const Page& page : pages) {
    words += fmt::format("    '{}') words='{}' ;;\n", page.path, Words(page.app));
    if (!page.path.empty()) paths += fmt::format("      '{}') path=\"$next\" ;;\n", page.path);
    for (const CLI::Option* option : Options(page.app)) {
      const auto allowed = Values(option);
      for (const std::string& name : allowed.empty() ? std::vector<std::string>{} : option->get_lnames()) {
        values +=
            fmt::format("    '{} --{}') words='{}'; COMPREPLY=($(compgen -W \"$words\" -- \"$current\")); return ;;\n",
                        page.path, name, CLI::detail::join(allowed, " "));
      }
    }
  }
  return fmt::format(R"(# Completion of mergegate for bash: source <(mergegate completion bash)
_mergegate() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" path='' words='' next i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="${{path:+$path }}${{COMP_WORDS[i]}}"
    case "$next" in
{}    esac
  done
  case "$path $previous" in
{}  esac
  case "$path" in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _mergegate mergegate
)",
                     paths, values, words);
}

std::string ZshScript(const std::vector<Page>& pages) {
  // zsh runs bash's completions; one generator less to go wrong.
  return "#compdef mergegate\n# Completion of mergegate for zsh: source <(mergegate completion zsh)\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         BashScript(pages);
}

std::string FishScript(const std::vector<Page>& pages) {
  std::string out = "# Completion of mergegate for fish: mergegate completion fish | source\n";
  for (const Page& page : pages) {
    std::string condition = "__fish_use_subcommand";
    if (!page.path.empty()) {
      condition.clear();
      for (const std::string& verb : CLI::detail::split(page.path, ' ')) {
        condition += fmt::format("{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ", verb);
      }
    }
    for (const CLI::App* verb : Verbs(page.app)) {
      out += fmt::format("complete -c mergegate -f -n '{}' -a '{}' -d '{}'\n", condition, verb->get_name(),
                         Quoted(verb->get_description()));
    }
    for (const CLI::Option* option : page.app->get_options()) {
      const auto allowed = Values(option);
      const std::string list = allowed.empty() ? "" : fmt::format(" -f -a '{}'", CLI::detail::join(allowed, " "));
      if (option->get_positional() && !list.empty()) {
        out += fmt::format("complete -c mergegate -n '{}'{}\n", condition, list);
      }
      for (const std::string& name : option->get_lnames()) {
        out += fmt::format("complete -c mergegate -n '{}' -l {} -d '{}'{}{}\n", condition, name,
                           Quoted(option->get_description()), option->get_items_expected_max() > 0 ? " -r" : "", list);
      }
    }
  }
  return out;
}

}  // namespace

void AddCompletion(CLI::App& program, Environment& env) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb = program.add_subcommand("completion", "Print a completion script for a shell");
  verb->footer("Examples:\n  source <(mergegate completion bash)\n  mergegate completion fish | source");
  verb->add_option("shell", *shell, "Which shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->callback([&program, &env, shell] {
    std::vector<Page> pages;
    Walk(&program, "", pages);
    env.out << (*shell == "bash" ? BashScript(pages) : *shell == "zsh" ? ZshScript(pages) : FishScript(pages));
  });
}

}  // namespace mergegate::client
