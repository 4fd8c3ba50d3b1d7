// Names taken out of what is kept.
#include "server/wire/renaming.h"

#include <gtest/gtest.h>

#include "mergegate/v1/review.pb.h"

namespace mergegate::wire {
namespace {

TEST(Renaming, AMailGoesWhereverItStands) {
  EXPECT_EQ(Renamed("approved by ann@example.org", "ann@example.org", "f-1"), "approved by f-1");
  EXPECT_EQ(Renamed("rpc/ann@example.org/7", "ann@example.org", "f-1"), "rpc/f-1/7");
}

TEST(Renaming, ALoginMayBeAWord) {
  EXPECT_EQ(Renamed("ann", "ann", "f-1"), "f-1");
  EXPECT_EQ(Renamed("rpc/ann/7", "ann", "f-1"), "rpc/f-1/7");
  EXPECT_EQ(Renamed("src/annotate.cc and ann", "ann", "f-1"), "src/annotate.cc and ann");
}

TEST(Renaming, EveryTextOfAMessage) {
  v1::ReviewEvent event;
  event.set_actor("ann");
  event.set_text("ann@example.org said so");
  event.mutable_push()->set_author("ann");
  event.mutable_assignment()->add_reviewers()->set_person("ann");
  event.mutable_assignment()->add_problems("ann");
  event.mutable_assignment()->add_problems("annex");
  Rename("ann", "f-1", event);
  EXPECT_EQ(event.actor(), "f-1");
  EXPECT_EQ(event.text(), "ann@example.org said so");
  EXPECT_EQ(event.push().author(), "f-1");
  EXPECT_EQ(event.assignment().reviewers(0).person(), "f-1");
  EXPECT_EQ(event.assignment().problems(0), "f-1");
  EXPECT_EQ(event.assignment().problems(1), "annex");
}

}  // namespace
}  // namespace mergegate::wire
