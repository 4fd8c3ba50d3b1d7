// What every engine does with signals: once each, corrected in any order, read by time, followed by number.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Signal Kudos(const std::string& id, int second, const std::string& from = "ann", const std::string& to = "ben") {
  return {.kind = SignalKind::kKudos,
          .actor = Handle(from),
          .subject = Handle(to),
          .project = ProjectId("db"),
          .object = "thanks",
          .at = At(second),
          .source = "chat",
          .source_id = id};
}

Signal Correcting(Signal signal, const std::string& what) {
  signal.corrects = what;
  return signal;
}

Signal Retraction(const std::string& id, int second, const std::string& what) {
  Signal signal = Correcting(Kudos(id, second), what);
  signal.retracted = true;
  return signal;
}

class SignalContract : public StoreContract {
 protected:
  std::vector<SignalOutcome> Append(const std::vector<Signal>& signals) {
    const auto outcomes = store().AppendSignals(signals);
    EXPECT_THAT(outcomes, IsOk());
    return outcomes.value_or(std::vector<SignalOutcome>());
  }

  std::vector<Signal> Scan(const SignalQuery& query = {}) {
    std::vector<Signal> signals;
    EXPECT_THAT(store().ScanSignals(query, [&](Signal signal) { signals.push_back(std::move(signal)); }), IsOk());
    return signals;
  }

  std::vector<std::string> Ids(const SignalQuery& query = {}) {
    std::vector<std::string> ids;
    for (const Signal& signal : Scan(query)) ids.push_back(signal.source_id);
    return ids;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, SignalContract, AllEngines(), EngineName);

TEST_P(SignalContract, ASignalComesBackAsItWas) {
  Signal signal = Kudos("1", 5);
  signal.kind = SignalKind::kCourseCompleted;
  signal.part = "week 3";
  signal.value = 0.875;
  signal.text = "well \"done\"\n";
  EXPECT_THAT(Append({signal}), ElementsAre(SignalOutcome::kNew));
  const std::vector<Signal> read = Scan();
  ASSERT_EQ(read.size(), 1);
  EXPECT_EQ(read[0].kind, SignalKind::kCourseCompleted);
  EXPECT_EQ(read[0].actor, Handle("ann"));
  EXPECT_EQ(read[0].subject, Handle("ben"));
  EXPECT_EQ(read[0].project, ProjectId("db"));
  EXPECT_EQ(read[0].object, "thanks");
  EXPECT_EQ(read[0].part, "week 3");
  EXPECT_EQ(read[0].value, 0.875);
  EXPECT_EQ(read[0].text, signal.text);
  EXPECT_EQ(read[0].at, At(5));
  EXPECT_EQ(read[0].source, "chat");
  EXPECT_EQ(read[0].source_id, "1");
}

TEST_P(SignalContract, AnUnknownValueStaysUnknown) {
  Signal signal = Kudos("1", 5);
  signal.value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(Append({signal, signal}), ElementsAre(SignalOutcome::kNew, SignalOutcome::kKnown));
  EXPECT_TRUE(std::isnan(Scan().at(0).value));
}

TEST_P(SignalContract, TheSameEventCountsOnce) {
  EXPECT_THAT(Append({Kudos("1", 1), Kudos("1", 1)}), ElementsAre(SignalOutcome::kNew, SignalOutcome::kKnown));
  EXPECT_THAT(Append({Kudos("1", 1), Kudos("2", 1)}), ElementsAre(SignalOutcome::kKnown, SignalOutcome::kNew));
  Signal elsewhere = Kudos("1", 1);
  elsewhere.source = "mail";
  EXPECT_THAT(Append({elsewhere}), ElementsAre(SignalOutcome::kNew)) << "ids are a source's own";
  EXPECT_EQ(Scan().size(), 3);
}

TEST_P(SignalContract, AnIdWithOtherContentIsRefusedAndNothingChanges) {
  Append({Kudos("1", 1)});
  EXPECT_THAT(Append({Kudos("1", 2), Kudos("1", 1, "eve"), Kudos("2", 3)}),
              ElementsAre(SignalOutcome::kDiffers, SignalOutcome::kDiffers, SignalOutcome::kNew));
  EXPECT_EQ(Scan().at(0).at, At(1));
  EXPECT_EQ(Scan().at(0).actor, Handle("ann"));
}

TEST_P(SignalContract, WhatHappenedFirstIsReadFirstInWhateverOrderItCame) {
  std::vector<Signal> signals = {Kudos("d", 3), Kudos("b", 1), Kudos("a", 2), Kudos("c", 2), Kudos("z", 0)};
  signals[3].source = "board";  // of one moment: by source, then by id
  Append(signals);
  EXPECT_THAT(Ids(), ElementsAre("z", "b", "c", "a", "d"));
}

TEST_P(SignalContract, FiltersMeetAll) {
  Signal other = Kudos("other project", 4);
  other.project = ProjectId("ui");
  Signal none = Kudos("no project", 5);
  none.project = ProjectId();
  Signal talk = Kudos("talk", 6, "cleo", "");
  talk.kind = SignalKind::kTalkGiven;
  talk.object = "talk 7";
  Append({Kudos("1", 1), other, none, talk});
  EXPECT_THAT(Ids({.persons = {Handle("ben")}}), ElementsAre("1", "other project", "no project"));
  EXPECT_THAT(Ids({.persons = {Handle("cleo"), Handle("nobody")}}), ElementsAre("talk"));
  EXPECT_THAT(Ids({.persons = {Handle("nobody")}}), IsEmpty());
  EXPECT_THAT(Ids({.project = ProjectId("db")}), ElementsAre("1", "talk"));
  EXPECT_THAT(Ids({.project = ProjectId("none")}), IsEmpty());
  EXPECT_THAT(Ids({.projects = {ProjectId("ui")}}), ElementsAre("other project", "no project"));
  EXPECT_THAT(Ids({.kinds = {SignalKind::kTalkGiven}}), ElementsAre("talk"));
  EXPECT_THAT(Ids({.object = "talk 7"}), ElementsAre("talk"));
  EXPECT_THAT(Ids({.since = At(4), .until = At(6)}), ElementsAre("other project", "no project"));
}

TEST_P(SignalContract, WholeObjectsAreEverythingAboutWhatAPersonTouched) {
  const auto about = [](const std::string& id, int second, const std::string& from, const std::string& to,
                        const std::string& object, const std::string& project = "db") {
    Signal signal = Kudos(id, second, from, to);
    signal.object = object;
    signal.project = ProjectId(project);
    return signal;
  };
  Append({about("1", 1, "ann", "ben", "x"), about("2", 2, "cleo", "dan", "x"), about("3", 3, "cleo", "dan", "y"),
          about("4", 4, "cleo", "dan", "x", "ui"), about("5", 5, "dan", "ann", "z"), about("6", 6, "cleo", "", "z")});
  const SignalQuery ann{.persons = {Handle("ann")}, .whole_objects = true};
  EXPECT_THAT(Ids(ann), ElementsAre("1", "2", "5", "6"));
  SignalQuery late = ann;
  late.since = At(2);
  EXPECT_THAT(Ids(late), ElementsAre("5", "6")) << "of x nothing of hers is left";
}

TEST_P(SignalContract, ACorrectionStandsInTheOthersPlace) {
  Append({Kudos("1", 1), Kudos("2", 2), Correcting(Kudos("3", 9, "cleo"), "1")});
  EXPECT_THAT(Ids(), ElementsAre("2", "3"));
  Append({Correcting(Kudos("4", 7), "3")});
  EXPECT_THAT(Ids(), ElementsAre("2", "4")) << "corrections can be corrected";
  Signal foreign = Correcting(Kudos("x", 1), "2");
  foreign.source = "mail";
  Append({foreign});
  EXPECT_THAT(Ids(), ElementsAre("x", "2", "4")) << "only signals of the same source";
}

TEST_P(SignalContract, CorrectionsAreAnsweredFor) {
  Append({Kudos("1", 1)});
  const std::vector<Signal> two = {Correcting(Kudos("2", 2), "1"), Retraction("3", 3, "2"), Kudos("4", 4)};
  ASSERT_THAT(store().AppendSignals(two, Deed{Handle("root"), At(9)}), IsOk());
  ASSERT_THAT(store().AppendSignals(two, Deed{Handle("root"), At(10)}), IsOk());
  const std::vector<AuditEntry> audit = *store().ListAudit(0, 10);
  ASSERT_EQ(audit.size(), 2) << "once, and not for what corrects nothing";
  EXPECT_EQ(audit[0].action, "signal.corrected");
  EXPECT_EQ(audit[1].action, "signal.retracted");
  EXPECT_EQ(audit[1].actor, Handle("root"));
  EXPECT_EQ(audit[1].subject, Handle("ann"));
}

TEST_P(SignalContract, ARetractionTakesAway) {
  Append({Kudos("1", 1), Kudos("2", 2), Retraction("3", 3, "1")});
  EXPECT_THAT(Ids(), ElementsAre("2"));
  Append({Correcting(Kudos("4", 1), "1")});
  EXPECT_THAT(Ids(), ElementsAre("2")) << "a retraction is stronger than a correction of the same";
  Append({Correcting(Kudos("5", 1), "3")});
  EXPECT_THAT(Ids(), ElementsAre("5", "2")) << "the retraction itself was corrected";
}

TEST_P(SignalContract, TheOrderOfArrivalNeverMatters) {
  std::vector<Signal> signals = {Kudos("1", 1),
                                 Correcting(Kudos("2", 4), "1"),
                                 Correcting(Kudos("3", 4, "cleo"), "1"),
                                 Correcting(Kudos("4", 2), "3"),
                                 Kudos("5", 3),
                                 Retraction("6", 9, "5")};
  std::vector<int> order = {0, 1, 2, 3, 4, 5};
  int trial = 0;
  do {
    if (++trial % 7 != 1) continue;  // 103 of 720
    std::vector<Signal> renamed;
    for (const int i : order) {
      renamed.push_back(signals[i]);
      renamed.back().source = "trial " + std::to_string(trial);
    }
    for (const Signal& signal : renamed) Append({signal});
    std::vector<std::string> standing;
    for (const Signal& signal : Scan()) {
      if (signal.source == renamed[0].source) standing.push_back(signal.source_id);
    }
    ASSERT_THAT(standing, ElementsAre("4")) << "trial " << trial;
  } while (std::ranges::next_permutation(order).found);
}

TEST_P(SignalContract, PagesAreLatestFirst) {
  Append({Kudos("1", 1), Kudos("2", 2), Kudos("3", 3), Retraction("4", 9, "2"), Kudos("5", 3)});
  for (const int size : {1, 2, 100}) {
    std::vector<std::string> ids;
    std::string token;
    do {
      const auto page = store().ListSignals({.project = ProjectId("db")}, size, token);
      ASSERT_THAT(page, IsOk());
      for (const Signal& signal : page->items) ids.push_back(signal.source_id);
      token = page->next_token;
    } while (!token.empty());
    EXPECT_THAT(ids, ElementsAre("5", "3", "1"));
  }
  EXPECT_THAT(store().ListSignals({}, 1, "7a7a"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(SignalContract, WhatChangedCanBeFollowed) {
  EXPECT_EQ(*store().CurrentSignals(), (SignalCursor{0, 0}));
  Append({Kudos("1", 1), Kudos("2", 2), Correcting(Kudos("3", 3), "2")});
  const auto first = store().SignalsSince({});
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(first->everything);
  EXPECT_EQ(first->next, *store().CurrentSignals());
  ASSERT_EQ(first->added.size(), 2);
  EXPECT_THAT(first->removed, IsEmpty());

  Append({Retraction("4", 4, "3"), Kudos("1", 1), Kudos("5", 0)});
  const auto second = store().SignalsSince(first->next);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->added.size(), 1);
  EXPECT_EQ(second->added[0].source_id, "5");
  ASSERT_EQ(second->removed.size(), 1);
  EXPECT_EQ(second->removed[0].source_id, "3");
  EXPECT_EQ(store().SignalsSince(second->next)->next, second->next);

  // The loser of two corrections of the same goes when a stronger one comes.
  Append({Correcting(Kudos("6", 5), "1")});
  const auto third = store().SignalsSince(second->next);
  Append({Correcting(Kudos("7", 6), "1")});
  const auto fourth = store().SignalsSince(third->next);
  ASSERT_EQ(fourth->added.size(), 1);
  EXPECT_EQ(fourth->added[0].source_id, "7");
  ASSERT_EQ(fourth->removed.size(), 1);
  EXPECT_EQ(fourth->removed[0].source_id, "6");
}

TEST_P(SignalContract, ChangesAddUpToAScan) {
  std::vector<Signal> signals;
  for (int i = 0; i < 60; ++i) {
    Signal signal = Kudos(std::to_string(i), (i * 37) % 60);
    if (i % 5 == 4) signal.corrects = std::to_string((i * 7) % 60);
    if (i % 15 == 14) signal.retracted = true;
    if (signal.corrects == signal.source_id) signal.corrects.clear(), signal.retracted = false;
    signals.push_back(signal);
  }
  std::vector<std::string> standing;
  SignalCursor cursor;
  for (size_t i = 0; i < signals.size(); i += 3) {
    Append({signals.begin() + static_cast<int>(i), signals.begin() + static_cast<int>(i) + 3});
    const auto changes = store().SignalsSince(cursor);
    ASSERT_THAT(changes, IsOk());
    cursor = changes->next;
    for (const Signal& signal : changes->removed) ASSERT_EQ(std::erase(standing, signal.source_id), 1);
    for (const Signal& signal : changes->added) standing.push_back(signal.source_id);
    std::vector<std::string> scanned = Ids();
    std::ranges::sort(scanned);
    std::ranges::sort(standing);
    ASSERT_EQ(standing, scanned) << "after " << i;
  }
}

TEST_P(SignalContract, PeopleAreJoinedWhenTheyAreLinkedAndApartAgain) {
  Append({Kudos("1", 1, "ann@example.org"), Kudos("2", 2, "ann-gh")});
  const SignalCursor before = *store().CurrentSignals();
  EXPECT_THAT(Ids({.persons = {Handle("ann-gh")}}), ElementsAre("2"));
  ASSERT_THAT(store().LinkIdentity(Handle("ann@example.org"), Handle("ann-gh"), {Handle("root"), At(9)}), IsOk());
  for (const char* name : {"ann-gh", "ann@example.org"}) {
    EXPECT_THAT(Ids({.persons = {Handle(name)}}), ElementsAre("1", "2")) << name;
  }
  EXPECT_EQ(Scan().at(1).actor, Handle("ann@example.org"));
  EXPECT_EQ(store().ListSignals({}, 9, "")->items.at(0).actor, Handle("ann-gh")) << "as it came";
  EXPECT_TRUE(store().SignalsSince(before)->everything);
  ASSERT_THAT(store().UnlinkIdentity(Handle("ann-gh"), {Handle("root"), At(9)}), IsOk());
  EXPECT_THAT(Ids({.persons = {Handle("ann-gh")}}), ElementsAre("2"));
}

TEST_P(SignalContract, PeopleOfAProjectAreThoseWhomItsSignalsName) {
  Signal elsewhere = Kudos("2", 2, "cleo", "dan");
  elsewhere.project = ProjectId("ui");
  Signal nowhere = Kudos("3", 3, "eve", "ann");
  nowhere.project = ProjectId();
  Append({Kudos("1", 1, "ann-gh", "ben"), elsewhere, nowhere});
  ASSERT_THAT(store().LinkIdentity(Handle("ann"), Handle("ann-gh"), {}), IsOk());
  const auto people = [&](const std::vector<ProjectId>& projects) { return *store().PeopleIn(projects); };
  EXPECT_THAT(people({ProjectId("db")}), ElementsAre(Handle("ann"), Handle("ben")));
  EXPECT_THAT(people({ProjectId("ui"), ProjectId("none")}), ElementsAre(Handle("cleo"), Handle("dan")));
  EXPECT_THAT(people({}), IsEmpty());
}

TEST_P(SignalContract, EverythingIsThereAfterReopening) {
  if (!GetParam().keeps_data) GTEST_SKIP() << "in memory";
  Append({Kudos("1", 1), Kudos("2", 2), Retraction("3", 3, "1")});
  const SignalCursor cursor = *store().CurrentSignals();
  Reopen();
  EXPECT_THAT(Ids(), ElementsAre("2"));
  EXPECT_THAT(Append({Kudos("2", 2), Kudos("4", 4)}), ElementsAre(SignalOutcome::kKnown, SignalOutcome::kNew));
  EXPECT_EQ(store().SignalsSince(cursor)->added.size(), 1);
}

}  // namespace
}  // namespace mergegate::storage
