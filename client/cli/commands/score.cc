#include "client/cli/commands/score.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/json.h"
#include "client/cli/format/scores.h"
#include "client/cli/session.h"

namespace mergegate::client {
namespace {

struct ScoreOptions {
  ConnectionFlags connection;
  std::string whom;
  std::string what;
  std::string since;
  std::string as_of;
  std::string metric = "M";
  std::string format = "text";
  int step_days = 7;
  bool ascii = false;
  std::vector<std::string> weights, sub_indices, values, fixed;
  std::string run;
  int number = 0;
};

absl::StatusOr<std::string> NameOf(const Session& session, const std::string& whom) {
  if (whom == "me") return "people/me";
  if (whom.starts_with("team:")) return "teams/" + whom.substr(5);
  if (whom.find('/') != std::string::npos) return whom;
  if (!whom.empty()) return "projects/" + whom;
  if (session.project().empty()) {
    return absl::InvalidArgumentError("whose score? Give PROJECT, team:NAME or me, or work inside a repository");
  }
  return session.ProjectName();
}

// "2026-11-27", midnight UTC, or RFC 3339.
absl::StatusOr<google::protobuf::Timestamp> TimeOf(const std::string& text, std::string_view flag) {
  google::protobuf::Timestamp time;
  const std::string whole = text.size() == 10 ? text + "T00:00:00Z" : text;
  if (google::protobuf::util::TimeUtil::FromString(whole, &time)) return time;
  return absl::InvalidArgumentError(fmt::format("{} \"{}\" is no date\nhint: as 2026-11-27", flag, text));
}

// "NAME=NUMBER" into the map, times `scale`.
absl::Status ReadPairs(const std::vector<std::string>& pairs, std::string_view flag, double scale,
                       google::protobuf::Map<std::string, int32_t>& to) {
  for (const std::string& pair : pairs) {
    const size_t at = pair.find('=');
    size_t used = 0;
    double number = 0;
    try {
      number = at == std::string::npos ? 0 : std::stod(pair.substr(at + 1), &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (at == std::string::npos || used == 0 || used != pair.size() - at - 1 || !(std::abs(number) <= 1000)) {
      return absl::InvalidArgumentError(fmt::format("{} \"{}\" is not NAME=NUMBER", flag, pair));
    }
    to[pair.substr(0, at)] = static_cast<int32_t>(std::lround(number * scale));
  }
  return absl::OkStatus();
}

TextStyle StyleOf(const Session& session, const Environment& env) {
  return {UseColor(session.settings().color, env.terminal.out_is_tty, env.variable), env.terminal.columns};
}

bool HasUnicode(const Environment& env) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::optional<std::string> value = env.variable(name);
    if (!value || value->empty()) continue;
    return value->find("UTF-8") != std::string::npos || value->find("utf8") != std::string::npos;
  }
  return false;
}

// Opens a session and names whose score it is; then `work`.
template <typename Work>
int WithScore(const ScoreOptions& options, Environment& env, const Work& work) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  const auto name = NameOf(*session, options.whom);
  if (!name.ok()) return Report(name.status(), env);
  const absl::Status status = work(*session, *name);
  return status.ok() ? kExitPass : Report(status, env);
}

absl::StatusOr<v1::GetScoreResponse> Get(Session& session, const std::string& name, const std::string& as_of,
                                         std::string_view flag) {
  v1::GetScoreRequest request;
  request.set_name(name);
  if (!as_of.empty()) {
    auto time = TimeOf(as_of, flag);
    if (!time.ok()) return time.status();
    *request.mutable_as_of() = *time;
  }
  return session.connection().GetScore(request);
}

int ShowScore(const ScoreOptions& options, Environment& env) {
  return WithScore(options, env, [&](Session& session, const std::string& name) -> absl::Status {
    const auto now = Get(session, name, options.as_of, "--as-of");
    if (!now.ok()) return now.status();
    std::optional<v1::Score> earlier;
    if (!options.since.empty()) {
      const auto then = Get(session, name, options.since, "--since");
      if (!then.ok()) return then.status();
      earlier = then->score();
    }
    if (options.format == "json") {
      nlohmann::ordered_json json = ScoreToJson(now->score());
      if (earlier) json["since"] = ScoreToJson(*earlier);
      env.out << DumpJson(json);
    } else {
      env.out << FormatScore(now->score(), earlier ? &*earlier : nullptr, StyleOf(session, env));
    }
    return absl::OkStatus();
  });
}

int ExplainScore(const ScoreOptions& options, Environment& env) {
  return WithScore(options, env, [&](Session& session, const std::string& name) -> absl::Status {
    const auto now = Get(session, name, options.as_of, "--as-of");
    if (!now.ok()) return now.status();
    const std::string text = FormatScoreExplanation(now->score(), options.what, StyleOf(session, env));
    if (text.empty()) {
      return absl::InvalidArgumentError(fmt::format(
          "there is no metric or sub-index \"{}\"\nhint: M, E, Q, T, K, C, or a name that mergegate score lists",
          options.what));
    }
    env.out << text;
    return absl::OkStatus();
  });
}

int ScoreHistory(const ScoreOptions& options, Environment& env) {
  return WithScore(options, env, [&](Session& session, const std::string& name) -> absl::Status {
    v1::GetScoreHistoryRequest request;
    request.set_name(name);
    request.set_step_days(options.step_days);
    if (!options.since.empty()) {
      const auto since = TimeOf(options.since, "--since");
      if (!since.ok()) return since.status();
      *request.mutable_since() = *since;
    }
    if (!options.as_of.empty()) {
      const auto until = TimeOf(options.as_of, "--as-of");
      if (!until.ok()) return until.status();
      *request.mutable_until() = *until;
    }
    const auto history = session.connection().GetScoreHistory(request);
    if (!history.ok()) return history.status();
    if (options.format == "json") {
      env.out << DumpJson(HistoryToJson(*history, name));
    } else {
      env.out << FormatScoreHistory(*history, name, options.metric, !options.ascii && HasUnicode(env),
                                    StyleOf(session, env));
    }
    return absl::OkStatus();
  });
}

int WhatIf(const ScoreOptions& options, Environment& env) {
  return WithScore(options, env, [&](Session& session, const std::string& name) -> absl::Status {
    v1::GetScoreRequest request;
    request.set_name(name);
    v1::WhatIf& what_if = *request.mutable_what_if();
    absl::Status status = ReadPairs(options.weights, "--weight", 10000, *what_if.mutable_weights());
    if (status.ok()) status = ReadPairs(options.sub_indices, "--sub-index", 1, *what_if.mutable_sub_index_weights());
    if (status.ok()) status = ReadPairs(options.values, "--value", 100, *what_if.mutable_values());
    if (!status.ok()) return status;
    if (!options.run.empty()) {
      const auto run = session.RunName(options.run);
      if (!run.ok()) return run.status();
      what_if.set_run(*run);
    }
    what_if.mutable_fixed_findings()->Assign(options.fixed.begin(), options.fixed.end());
    const auto response = session.connection().GetScore(request);
    if (!response.ok()) return response.status();
    if (options.format == "json") {
      nlohmann::ordered_json json = ScoreToJson(response->score());
      json["without"] = ScoreToJson(response->without());
      env.out << DumpJson(json);
    } else {
      env.out << FormatWhatIf(*response, StyleOf(session, env));
    }
    return absl::OkStatus();
  });
}

int Weights(const ScoreOptions& options, Environment& env) {
  return WithScore(options, env, [&](Session& session, const std::string& name) -> absl::Status {
    if (options.number > 0) {
      const auto approved = session.connection().ApproveWeights(fmt::format("{}/weights/{}", name, options.number));
      if (!approved.ok()) return approved.status();
    }
    const auto weights = session.connection().ListWeights(name);
    if (!weights.ok()) return weights.status();
    env.out << (options.format == "json" ? DumpJson(WeightsToJson(*weights))
                                         : FormatWeights(*weights, StyleOf(session, env)));
    return absl::OkStatus();
  });
}

CLI::App* Page(CLI::App& parent, const std::string& name, const std::string& help, ScoreOptions& options, bool json) {
  CLI::App* page = parent.add_subcommand(name, help);
  if (json)
    page->add_option("--format", options.format, "Output format [text]")->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*page, options.connection);
  AddCallerFlag(*page, options.connection);
  return page;
}

void AddWhom(CLI::App& page, ScoreOptions& options) {
  page.add_option("whom", options.whom, "PROJECT, team:NAME or me [this project]")->type_name("WHOM");
}

}  // namespace

void AddScore(CLI::App& program, Environment& env) {
  auto options = std::make_shared<ScoreOptions>();
  CLI::App* verb =
      Page(program, "score", "Print M with E, Q, T, K and C, and all that they are made of", *options, true);
  verb->footer(
      "Examples:\n  mergegate score\n  mergegate score team:core --since 2026-08-01\n  mergegate score me\n"
      "  mergegate score explain E\n  mergegate score history --metric K\n  mergegate score what-if --weight K=0.3\n"
      "  mergegate score weights");
  AddWhom(*verb, *options);
  verb->add_option("--since", options->since, "Tell what changed since this day")->type_name("DATE");
  verb->add_option("--as-of", options->as_of, "As it was on this day [now]")->type_name("DATE");

  CLI::App* explain =
      Page(*verb, "explain", "How one metric or sub-index is measured, to the last point", *options, false);
  explain->footer("Examples:\n  mergegate score explain M\n  mergegate score explain first_review team:core");
  explain->add_option("what", options->what, "M, E, Q, T, K, C or a sub-index")->required()->type_name("METRIC");
  AddWhom(*explain, *options);
  explain->add_option("--as-of", options->as_of, "As it was on this day [now]")->type_name("DATE");
  explain->callback([&env, options] { env.exit_code = ExplainScore(*options, env); });

  CLI::App* history = Page(*verb, "history", "Plot a score over time", *options, true);
  history->footer(
      "Examples:\n  mergegate score history\n  mergegate score history team:core --metric E --step-days 1 --since "
      "2026-09-01");
  AddWhom(*history, *options);
  history->add_option("--metric", options->metric, "What is plotted [M]")
      ->check(CLI::IsMember({"M", "E", "Q", "T", "K", "C"}));
  history->add_option("--since", options->since, "From this day on [a year before the last point]")->type_name("DATE");
  history->add_option("--as-of,--until", options->as_of, "As it was on this day: the last point [now]")
      ->type_name("DATE");
  history->add_option("--step-days", options->step_days, "Days between two points [7]")->check(CLI::Range(1, 366));
  history->add_flag("--ascii", options->ascii, "No Unicode");
  history->callback([&env, options] { env.exit_code = ScoreHistory(*options, env); });

  CLI::App* what_if = Page(*verb, "what-if", "Compute a score under other circumstances", *options, true);
  what_if->footer(
      "Examples:\n  mergegate score what-if --weight K=0.3\n  mergegate score what-if --sub-index rounds=0 --value "
      "first_review=100\n"
      "  mergegate score what-if --run last --fix FINGERPRINT");
  AddWhom(*what_if, *options);
  what_if->add_option("--weight", options->weights, "Another weight in M, as E=0.6; the parts are rescaled")
      ->type_name("METRIC=W");
  what_if->add_option("--sub-index", options->sub_indices, "Another weight of a sub-index, as rounds=0")
      ->type_name("NAME=W");
  what_if->add_option("--value", options->values, "Another value of a sub-index, of 100")->type_name("NAME=V");
  what_if->add_option("--run", options->run, "With this run's change merged")->type_name("RUN");
  what_if->add_option("--fix", options->fixed, "And this finding of it fixed")->type_name("FINGERPRINT");
  what_if->callback([&env, options] { env.exit_code = WhatIf(*options, env); });

  CLI::App* weights = Page(*verb, "weights", "List the versions of the weights of M, or approve one", *options, true);
  weights->footer("Examples:\n  mergegate score weights\n  mergegate score weights --approve 3");
  AddWhom(*weights, *options);
  weights->add_option("--approve", options->number, "Let this proposed version hold")->check(CLI::Range(1, 1'000'000));
  weights->callback([&env, options] { env.exit_code = Weights(*options, env); });

  verb->callback([&env, options, verb] {
    if (verb->get_subcommands().empty()) env.exit_code = ShowScore(*options, env);
  });
}

}  // namespace mergegate::client
