#include "client/cli/commands/recommend.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/session.h"
#include "server/git/history_file.h"
#include "server/git/review_history.h"
#include "server/reviewers/join_changes.h"
#include "server/reviewers/jsonl.h"
#include "server/reviewers/offline.h"
#include "server/reviewers/rank.h"
#include "server/reviewers/reviewer_model.h"
#include "server/reviewers/weights.h"

namespace mergegate::client {
namespace {

namespace rv = mergegate::reviewers;

constexpr size_t kFileLimit = size_t{1} << 31;

struct RecommendOptions {
  std::string history, ref, keep, history_jsonl, queries, out;
  std::string weights = "general";
  bool no_fit = false;
  std::vector<std::string> trailers;
  std::string lag = "3d";
  size_t top = 30;
  double load_weight = 0;
};

absl::StatusOr<absl::Duration> ParseLag(const std::string& text) {
  // absl knows hours at most.
  if (text.ends_with('d')) {
    if (int days = 0; absl::SimpleAtoi(text.substr(0, text.size() - 1), &days) && days >= 0)
      return absl::Hours(24) * days;
  }
  absl::Duration lag;
  if (absl::ParseDuration(text, &lag) && lag >= absl::ZeroDuration()) return lag;
  return absl::InvalidArgumentError(absl::StrCat("--lag ", text, " is not a duration (3d, 72h)"));
}

absl::Status InFile(const std::string& file, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(file, ": ", status.message()));
}

absl::StatusOr<std::vector<ReviewRecord>> ReadRecords(const RecommendOptions& options, Environment& env) {
  if (!options.history_jsonl.empty()) {
    const auto text = ReadFile(options.history_jsonl, kFileLimit);
    if (!text.ok()) return text.status();
    auto records = rv::ParseRecords(*text);
    if (!records.ok()) return InFile(options.history_jsonl, records.status());
    return records;
  }
  const git::HistoryOptions reading{.ref = options.ref, .trailers = options.trailers};
  auto read = options.keep.empty() ? git::ReadReviewHistory(options.history, reading)
                                   : git::HistoryFile(options.keep).Update(options.history, reading);
  if (!read.ok()) return read.status();
  for (const std::string& note : read->notes) env.err << "note: " << EscapeControl(note) << '\n';
  return rv::JoinChanges(std::move(read->records));
}

// Reviews that the answers so far gave out, to the first of each. Nothing else is known of the past's open reviews, so
// half of them count as done after a week.
class GivenOut {
 public:
  std::vector<rv::OpenReviews> At(absl::Time now) const {
    std::vector<rv::OpenReviews> open;
    for (const auto& [id, load] : loads_) open.push_back({load.person, Faded(load, now)});
    return open;
  }

  void Give(const rv::RankedPerson& to, absl::Time now) {
    Load& load = loads_[to.id];
    load = {.person = to.person, .count = Faded(load, now) + 1, .at = now};
  }

 private:
  struct Load {
    Identity person;
    double count = 0;
    absl::Time at;
  };
  static double Faded(const Load& load, absl::Time now) {
    return load.count * std::exp2(-absl::FDivDuration(now - load.at, absl::Hours(24 * 7)));
  }
  std::map<rv::PersonId, Load> loads_;
};

// "general" and "compact" are built in; everything else is a file.
absl::StatusOr<rv::Weights> ReadWeights(const RecommendOptions& options) {
  if (options.weights == "general") return rv::GeneralWeights();
  if (options.weights == "compact") return rv::CompactWeights();
  const auto text = ReadFile(options.weights, kFileLimit);
  if (!text.ok()) return text.status();
  auto weights = rv::ParseWeights(*text);
  if (!weights.ok()) return InFile(options.weights, weights.status());
  return weights;
}

int Recommend(const RecommendOptions& options, Environment& env) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  };
  if (options.history.empty() == options.history_jsonl.empty()) {
    return Report(absl::InvalidArgumentError("give one of --history and --history-jsonl"), env);
  }
  const auto lag = ParseLag(options.lag);
  if (!lag.ok()) return Report(lag.status(), env);
  const auto weights = ReadWeights(options);
  if (!weights.ok()) return Report(weights.status(), env);
  const auto questions = ReadFile(options.queries, kFileLimit);
  if (!questions.ok()) return Report(questions.status(), env);
  auto queries =
      rv::ParseQueries(*questions, *lag, options.history.empty() ? rv::AuthorBy::kId : rv::AuthorBy::kNameAndMail);
  if (!queries.ok()) return Report(InFile(options.queries, queries.status()), env);

  const Clock::time_point start = Clock::now();
  const auto records = ReadRecords(options, env);
  if (!records.ok()) return Report(records.status(), env);
  const double read_ms = since(start);

  std::vector<std::string> lines(queries->size());
  GivenOut given;
  double total_ms = 0;
  for (rv::PastQuery& query : *queries) {
    query.query.limit = options.top;
    query.query.with_reasons = false;
    query.query.load_weight = options.load_weight;
  }
  rv::ReviewerModel model(*weights);
  const rv::Refit refit = options.no_fit ? rv::Refit::kNo : rv::Refit::kYes;
  rv::Replay(*records, *queries, refit, model, [&](const rv::PastQuery& query) {
    rv::RankQuery asked = query.query;
    if (options.load_weight > 0) asked.open = given.At(asked.now);
    const Clock::time_point begin = Clock::now();
    const std::vector<rv::RankedPerson> ranked = rv::Rank(model, asked);
    const double milliseconds = since(begin);
    if (!ranked.empty()) given.Give(ranked.front(), asked.now);
    total_ms += milliseconds;
    lines[static_cast<size_t>(&query - queries->data())] = rv::AnswerLine(query, ranked, milliseconds);
  });
  std::ofstream file(options.out, std::ios::binary);
  for (const std::string& line : lines) file << line;
  if (!file.flush()) return Report(absl::InvalidArgumentError("cannot write " + options.out), env);
  env.err << fmt::format("{} records read in {:.1f} s; {} recommendations, {:.3f} ms each\n", records->size(),
                         read_ms / 1000, lines.size(),
                         lines.empty() ? 0 : total_ms / static_cast<double>(lines.size()));
  return kExitPass;
}

}  // namespace

void AddRecommend(CLI::App& program, Environment& env) {
  auto options = std::make_shared<RecommendOptions>();
  CLI::App* verb = program.add_subcommand("recommend", "Say who should have reviewed past changes; no server needed");
  verb->footer(
      "Examples:\n  mergegate recommend --history repo.git --queries q.jsonl --out answers.jsonl\n"
      "  mergegate recommend --history-jsonl reviews.jsonl --lag 3d --queries q.jsonl --out answers.jsonl");
  verb->add_option("--history", options->history, "A git repository; commits and trees are enough")
      ->type_name("FOLDER");
  verb->add_option("--ref", options->ref, "Branch, tag or commit [the default branch]")->type_name("REF");
  verb->add_option("--keep", options->keep, "A file for what was read, so that the next time reads what is new")
      ->type_name("FILE");
  verb->add_option("--history-jsonl", options->history_jsonl, "Reviews as lines of JSON, instead")->type_name("FILE");
  verb->add_option("--queries", options->queries, "The changes to ask about, as lines of JSON")
      ->type_name("FILE")
      ->required();
  verb->add_option("--out", options->out, "Where the answers go")->type_name("FILE")->required();
  verb->add_option("--top", options->top, "How many people an answer names [30]")->type_name("N");
  verb->add_option("--lag", options->lag,
                   "A query without \"cutoff\" knows what landed so long before its \"now\" [3d]")
      ->type_name("TIME");
  verb->add_option("--trailers", options->trailers, "Keys that name reviewers [Reviewed-by,Acked-by,Approved-by]")
      ->delimiter(',')
      ->type_name("KEY,...");
  verb->add_option("--weights", options->weights, "Weights to start from: general, compact, or a file [general]")
      ->type_name("FILE");
  verb->add_flag("--no-fit", options->no_fit, "Do not fit the weights to the project as time goes by");
  verb->add_option("--load-weight", options->load_weight, "What an open review of those given out here takes off [0]")
      ->type_name("LAMBDA");
  verb->callback([&env, options] { env.exit_code = Recommend(*options, env); });
}

}  // namespace mergegate::client
