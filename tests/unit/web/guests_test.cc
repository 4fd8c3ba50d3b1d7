// Bounds on connections, and the end of service.
#include "server/web/guests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"

namespace mergegate::web {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = Guests::State;

// Remembers who was let go.
struct House {
  explicit House(GuestLimits limits) : guests(limits) {}
  absl::StatusOr<Guests::Ticket> Enter(const std::string& peer, const std::string& name) {
    return guests.Enter(peer, [this, name] { gone.push_back(name); });
  }
  Guests guests;
  std::vector<std::string> gone;
};

TEST(Guests, OnePeerHasABound) {
  House house({.all = 10, .by_peer = 2});
  const auto first = house.Enter("192.0.2.1", "first");
  ASSERT_TRUE(house.Enter("192.0.2.1", "second").ok());
  EXPECT_TRUE(absl::IsResourceExhausted(house.Enter("192.0.2.1", "third").status()));
  EXPECT_TRUE(house.Enter("192.0.2.2", "other").ok());
  house.guests.Leave(*first);
  EXPECT_TRUE(house.Enter("192.0.2.1", "third").ok());
}

TEST(Guests, WhoIsNotCountedByPeerHasNone) {
  House house({.all = 10, .by_peer = 1});
  EXPECT_TRUE(house.Enter("", "a").ok());
  EXPECT_TRUE(house.Enter("", "b").ok());
}

TEST(Guests, AFullHouseLetsGoWhoIsLongestInOneState) {
  House house({.all = 3, .by_peer = 3});
  const auto slow = house.Enter("", "slow");
  const auto quick = house.Enter("", "quick");
  const auto served = house.Enter("", "served");
  EXPECT_TRUE(house.guests.Set(*quick, State::kInTransit));
  EXPECT_TRUE(house.guests.Set(*quick, State::kIdle));
  EXPECT_TRUE(house.guests.Set(*served, State::kServed));
  ASSERT_TRUE(house.Enter("", "new").ok());
  EXPECT_THAT(house.gone, ElementsAre("slow"));
  EXPECT_FALSE(house.guests.Set(*slow, State::kInTransit));
}

TEST(Guests, NobodyEntersWhereAllAreServed) {
  House house({.all = 1, .by_peer = 1});
  const auto served = house.Enter("", "served");
  EXPECT_TRUE(house.guests.Set(*served, State::kServed));
  EXPECT_TRUE(absl::IsResourceExhausted(house.Enter("", "new").status()));
  EXPECT_THAT(house.gone, IsEmpty());
}

TEST(Guests, ClosingLetsTheIdleGoAtOnceAndTheOthersAfterTheGrace) {
  House house({.all = 5, .by_peer = 5});
  const auto idle = house.Enter("", "idle");
  const auto served = house.Enter("", "served");
  EXPECT_TRUE(house.guests.Set(*served, State::kServed));
  std::thread closing([&] { house.guests.Close(absl::InfiniteDuration()); });
  while (!house.guests.closing()) std::this_thread::yield();
  EXPECT_TRUE(absl::IsUnavailable(house.Enter("", "late").status()));
  EXPECT_TRUE(house.guests.Set(*served, State::kInTransit));  // it may take its answer
  EXPECT_FALSE(house.guests.Set(*served, State::kIdle));      // but not wait for more
  house.guests.Leave(*idle);
  house.guests.Leave(*served);
  closing.join();
  EXPECT_THAT(house.gone, ElementsAre("idle"));
  EXPECT_EQ(house.guests.size(), 0U);
}

}  // namespace
}  // namespace mergegate::web
