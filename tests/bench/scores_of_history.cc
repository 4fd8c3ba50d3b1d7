// What a public repository's history says of its E, T, K, C and M over time: signals made of commits and their
// trailers.
//
//   git -C REPO log --no-merges --format='@%H' --shortstat | awk '/^@/ {if (h) print h, l; h = substr($1, 2);
//     l = 0} /changed/ {for (i = 1; i <= NF; i++) if ($i ~ /insertion|deletion/) l += $(i - 1)}
//     END {if (h) print h, l}' > LINES
//   build/bin/scores_of_history REPO LINES SINCE UNTIL [EXPLAIN]
//
// A commit is a change: merged at its committer date, approved by those whom trailers name, reverted where a later
// title says so. When it was opened is not known: author dates survive rebases or are reset by them (in libcamera they
// moved the median time until the merge from 6 to 99 of 100 and back within a quarter). SINCE and UNTIL are days; a
// month is a line. EXPLAIN: also print the parts of the last month.
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/git/review_history.h"
#include "server/pipeline/landed_files.h"
#include "server/scoring/score_engine.h"
#include "server/scoring/working_hours.h"

namespace mergegate::pipeline {
namespace {

std::map<std::string, double> ReadLines(const std::string& path) {
  std::map<std::string, double> lines_of;
  std::ifstream in(path);
  std::string commit;
  double lines = 0;
  while (in >> commit >> lines) lines_of[commit] = lines;
  return lines_of;
}

std::vector<Signal> SignalsOf(const std::vector<ReviewRecord>& records, const std::vector<scoring::LandedFiles>& landed,
                              const std::map<std::string, double>& lines_of) {
  const ProjectId project("p");
  std::vector<Signal> signals;
  std::map<std::string, size_t> by_title;  // of changes, the last one
  for (size_t i = 0; i < records.size(); ++i) {
    const ReviewRecord& record = records[i];
    if (landed[i].people.empty()) continue;
    const Handle author = landed[i].people.front();
    const auto say = [&](SignalKind kind, const Handle& actor, absl::Time at, const std::string& object, double value) {
      signals.push_back({.kind = kind,
                         .actor = actor,
                         .subject = actor == author ? Handle() : author,
                         .project = project,
                         .object = object,
                         .value = value,
                         .at = at,
                         .source = "git",
                         .source_id = absl::StrCat(object, "/", static_cast<int>(kind), "/", actor.value())});
    };
    const auto found = lines_of.find(record.id);
    const double lines = found == lines_of.end() ? 0 : found->second;
    for (size_t k = 1; k < landed[i].people.size(); ++k) {
      say(SignalKind::kApproved, landed[i].people[k], record.landed, record.id, 0);
    }
    say(SignalKind::kChangeMerged, author, record.landed, record.id, lines);
    const std::string_view title = record.title;
    constexpr std::string_view kRevert = "Revert \"";
    if (title.starts_with(kRevert) && title.ends_with('"')) {
      const auto reverted = by_title.find(std::string(title.substr(kRevert.size(), title.size() - kRevert.size() - 1)));
      if (reverted != by_title.end() && !landed[reverted->second].people.empty()) {
        say(SignalKind::kChangeReverted, landed[reverted->second].people.front(), record.landed,
            records[reverted->second].id, 0);
      }
    }
    by_title[record.title] = i;
  }
  return signals;
}

void PrintParts(const CompositeScore& score) {
  for (const MetricScore& metric : score.metrics) {
    for (const SubIndexScore& part : metric.parts) {
      if (part.missing.empty()) {
        std::printf("  %s %-15s %6.2f (%6.2f to %6.2f) n %5d  %s\n", std::string(Letter(metric.kind)).c_str(),
                    part.name.c_str(), part.score.value / 100.0, part.score.low / 100.0, part.score.high / 100.0,
                    part.n, part.reason.c_str());
        for (const std::string& one : part.evidence) std::printf("      %s\n", one.c_str());
      } else {
        std::printf("  %s %-15s missing: %s\n", std::string(Letter(metric.kind)).c_str(), part.name.c_str(),
                    part.missing.c_str());
      }
    }
  }
}

int Main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "scores_of_history REPO LINES SINCE UNTIL [EXPLAIN]\n");
    return 2;
  }
  const auto read = git::ReadReviewHistory(argv[1], {});
  absl::CivilDay since, until;
  if (!read.ok() || !absl::ParseCivilTime(argv[3], &since) || !absl::ParseCivilTime(argv[4], &until)) {
    std::fprintf(stderr, "%s\n", read.ok() ? "days are as 2024-01-31" : read.status().ToString().c_str());
    return 1;
  }
  std::vector<ReviewRecord> records = read->records;
  std::erase_if(records, [&](const ReviewRecord& record) {
    return record.landed < absl::FromCivil(since - 800, absl::UTCTimeZone());
  });
  const std::vector<scoring::LandedFiles> landed = LandedFilesOf(records);
  scoring::ScoreEngine engine(
      {}, {}, [](int64_t from, int64_t to, scoring::PersonKey) { return scoring::UsualHours(from, to); });
  engine.Load(SignalsOf(records, landed, ReadLines(argv[2])));
  engine.Load(ProjectId("p"), landed);

  std::printf(
      "month        E      T      K      C      M  | reviewed size balance | survival | knowers |"
      " breadth reciprocity\n");
  CompositeScore last;
  for (absl::CivilMonth month(since); absl::CivilDay(month) <= until; ++month) {
    const absl::Time at = absl::FromCivil(absl::CivilDay(month), absl::UTCTimeZone());
    last = engine.Of({scoring::ScopeKind::kProject, "p"}, at, {});
    std::map<std::string, const SubIndexScore*> parts;
    for (const MetricScore& metric : last.metrics) {
      for (const SubIndexScore& part : metric.parts) parts[part.name] = &part;
    }
    const auto metric = [&](size_t i) {
      return last.metrics[i].missing.empty() ? last.metrics[i].score.value / 100.0 : -1;
    };
    const auto part = [&](const char* name) {
      return parts[name]->missing.empty() ? parts[name]->score.value / 100.0 : -1;
    };
    std::printf("%s %6.1f %6.1f %6.1f %6.1f %6.3f | %8.1f %4.1f %7.1f | %8.1f | %7.1f | %7.1f %11.1f\n",
                absl::FormatCivilTime(month).c_str(), metric(0), metric(2), metric(3), metric(4), last.m.value / 1e4,
                part("reviewed"), part("size"), part("balance"), part("survival"), part("knowers"), part("breadth"),
                part("reciprocity"));
  }
  if (argc > 5) PrintParts(last);
  return 0;
}

}  // namespace
}  // namespace mergegate::pipeline

int main(int argc, char** argv) { return mergegate::pipeline::Main(argc, argv); }
