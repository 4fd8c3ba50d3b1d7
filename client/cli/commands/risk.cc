#include "client/cli/commands/risk.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/session.h"
#include "server/git/risk_file.h"
#include "server/git/risk_history.h"
#include "server/risk/history.h"
#include "server/risk/learner.h"

namespace mergegate::client {
namespace {

constexpr size_t kFileLimit = size_t{1} << 31;

struct RiskOptions {
  std::string history, ref, keep, queries, out;
};

struct Row {
  size_t commit = 0;
  risk::Judged judged;
};

bool IsInducing(const risk::Commit& commit, int64_t fixed) {
  return fixed != 0 && fixed <= commit.time + risk::kLabelTime;
}

std::string CsvHead() {
  std::string head = "sha,time,label365,first_fix_time,effort";
  for (const risk::MeasureColumn& column : risk::MeasureColumns()) head.append(",").append(column.name);
  return head + ",probability\n";
}

std::string CsvLine(const risk::Commit& commit, int64_t fixed, const risk::Judged& judged) {
  std::string line = fmt::format("{},{},{},{},{}", commit.id, commit.time, IsInducing(commit, fixed) ? 1 : 0, fixed,
                                 commit.content.lines_added + commit.content.lines_deleted);
  for (const risk::MeasureColumn& column : risk::MeasureColumns()) {
    line += fmt::format(",{:.6g}", judged.measures.*column.value);
  }
  return line + fmt::format(",{:.6g}\n", judged.probability);
}

std::string JsonLine(const risk::Commit& commit, int64_t fixed, const risk::Judged& judged) {
  nlohmann::ordered_json line = {{"sha", commit.id},
                                 {"time", commit.time},
                                 {"label365", IsInducing(commit, fixed) ? 1 : 0},
                                 {"first_fix_time", fixed},
                                 {"effort", commit.content.lines_added + commit.content.lines_deleted}};
  for (const risk::MeasureColumn& column : risk::MeasureColumns()) {
    line[std::string(column.name)] = judged.measures.*column.value;
  }
  line["probability"] = judged.probability;
  return line.dump() + "\n";
}

int Risk(const RiskOptions& options, Environment& env) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  const git::RiskOptions reading{.ref = options.ref, .stop = {}};
  auto read = options.keep.empty() ? git::ReadRiskHistory(options.history, reading)
                                   : git::RiskFile(options.keep).Update(options.history, reading);
  if (!read.ok()) return Report(read.status(), env);
  const double read_seconds = since(start);
  for (const std::string& note : read->notes) env.err << "note: " << EscapeControl(note) << '\n';
  std::set<std::string> asked;
  if (!options.queries.empty()) {
    const auto text = ReadFile(options.queries, kFileLimit);
    if (!text.ok()) return Report(text.status(), env);
    asked = absl::StrSplit(*text, absl::ByAnyChar(" \n\r\t"), absl::SkipEmpty());
  }
  risk::Learner learner;
  std::vector<Row> rows;
  for (const risk::Commit& commit : read->commits) {
    if (risk::IsInstance(commit) && (asked.empty() || asked.contains(commit.id))) {
      rows.push_back({.commit = learner.history().size(), .judged = learner.Judge(commit)});
    }
    learner.Add(commit);
  }
  std::ofstream file(options.out, std::ios::binary);
  const bool lines = options.out.ends_with(".jsonl");
  if (!lines) file << CsvHead();
  for (const Row& row : rows) {
    const risk::Commit& commit = read->commits[row.commit];
    const int64_t fixed = learner.history().FirstFix(row.commit);
    file << (lines ? JsonLine(commit, fixed, row.judged) : CsvLine(commit, fixed, row.judged));
  }
  if (!file.flush()) return Report(absl::InvalidArgumentError("cannot write " + options.out), env);
  env.err << fmt::format("{} commits read in {:.1f} s; {} judged in {:.1f} s\n", read->commits.size(), read_seconds,
                         rows.size(), since(start) - read_seconds);
  return kExitPass;
}

}  // namespace

void AddRisk(CLI::App& program, Environment& env) {
  auto options = std::make_shared<RiskOptions>();
  CLI::App* verb =
      program.add_subcommand("risk", "Say how likely past changes were to cause defects; no server needed");
  verb->footer(
      "Every probability comes from a model that knew no more than was known when the commit landed.\n"
      "Examples:\n  mergegate risk --history repo.git --out risk.csv\n"
      "  mergegate risk --history repo.git --keep repo.risk --queries ids.txt --out risk.jsonl");
  verb->add_option("--history", options->history, "A git repository, bare or not")->type_name("FOLDER")->required();
  verb->add_option("--ref", options->ref, "Branch, tag or commit [the default branch]")->type_name("REF");
  verb->add_option("--keep", options->keep, "A file for what was read, so that the next time reads what is new")
      ->type_name("FILE");
  verb->add_option("--queries", options->queries, "Ids of the commits to judge [all that change C or C++]")
      ->type_name("FILE");
  verb->add_option("--out", options->out, "Where the answers go: a table, or lines of JSON for *.jsonl")
      ->type_name("FILE")
      ->required();
  verb->callback([&env, options] { env.exit_code = Risk(*options, env); });
}

}  // namespace mergegate::client
