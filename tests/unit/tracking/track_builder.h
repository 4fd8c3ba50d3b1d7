// Findings and declarations in a few words, for tests of tracking.
//
//   Changed change;
//   change.diff = DiffBuilder().Modify("a.cc", before, after).Build();
//   change.AddBase("bugprone-x", "a.cc", before, "delete p;");   // on the line that holds "delete p;"
//   EXPECT_THAT(change.Track(), ElementsAre("new bugprone-x a.cc:7"));
#ifndef MERGEGATE_TESTS_UNIT_TRACKING_TRACK_BUILDER_H_
#define MERGEGATE_TESTS_UNIT_TRACKING_TRACK_BUILDER_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/tracking/track.h"
#include "tests/support/diff_builder.h"

namespace mergegate::tracking {

// The 1-based number of the n-th line that holds `part`.
inline int LineOf(std::string_view text, std::string_view part, int n = 1) {
  int line = 0;
  for (const std::string& each : mergegate::testing::SplitLines(text)) {
    ++line;
    if (each.find(part) != std::string::npos && --n == 0) return line;
  }
  ADD_FAILURE() << "no line holds " << part;
  return 0;
}

inline Finding FindingAt(std::string check, std::string path, int line, std::string line_text) {
  Finding finding;
  finding.check = std::move(check);
  finding.path = std::move(path);
  finding.line = line;
  finding.column = 3;
  finding.message = "do not do that";
  finding.line_text = std::move(line_text);
  finding.unit = "main.cc";
  return finding;
}

inline Declaration Declared(std::string name, std::string path, int start_line, int end_line,
                            std::vector<int> references = {}) {
  return {.usr = "c:@" + name,
          .name = std::move(name),
          .path = std::move(path),
          .start_line = start_line,
          .end_line = end_line,
          .references = std::move(references)};
}

// "caused check a.cc:3 by Name".
inline std::string Describe(const Finding& finding) {
  static constexpr const char* kNames[] = {"unspecified", "new", "caused", "unchanged", "fixed"};
  std::string text = kNames[static_cast<int>(finding.state)];
  text += " " + finding.check + " " + finding.path + ":" + std::to_string(finding.line);
  if (!finding.caused_by.empty()) text += " by " + finding.caused_by;
  return text;
}

struct Changed {
  Diff diff;
  std::vector<Finding> base;
  std::vector<Finding> head;
  std::vector<Declaration> declarations;

  // A finding on the n-th line of `text` that holds `part`, whose text it gets.
  Finding& AddBase(std::string check, std::string path, std::string_view text, std::string_view part, int n = 1) {
    return base.emplace_back(On(std::move(check), std::move(path), text, part, n));
  }
  Finding& AddHead(std::string check, std::string path, std::string_view text, std::string_view part, int n = 1) {
    return head.emplace_back(On(std::move(check), std::move(path), text, part, n));
  }

  std::vector<Finding> Findings() const { return tracking::Track({diff, base, head, declarations}); }
  std::vector<std::string> Track() const {
    std::vector<std::string> described;
    for (const Finding& finding : Findings()) described.push_back(Describe(finding));
    return described;
  }

 private:
  static Finding On(std::string check, std::string path, std::string_view text, std::string_view part, int n) {
    const int line = LineOf(text, part, n);
    if (line == 0) return {};
    std::string held = mergegate::testing::SplitLines(text)[static_cast<size_t>(line - 1)];
    held.erase(0, held.find_first_not_of(' '));
    return FindingAt(std::move(check), std::move(path), line, std::move(held));
  }
};

}  // namespace mergegate::tracking

#endif  // MERGEGATE_TESTS_UNIT_TRACKING_TRACK_BUILDER_H_
