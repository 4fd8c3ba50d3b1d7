#include "analyzers/forks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <map>
#include <string>

namespace mergegate::analyzers {
namespace {

TEST(Forks, HandBackWhatTheyMade) {
  const std::string seen = "what was in memory";
  Forks forks(3);
  std::map<size_t, std::string> made;
  for (size_t id = 0; id < 10; ++id) {
    if (forks.full()) {
      const Forks::Done done = forks.Wait();
      made[done.id] = done.bytes.value_or("nothing");
    }
    ASSERT_TRUE(forks.Start(id, [&] { return seen + " " + std::to_string(id); }));
  }
  while (forks.running() > 0) {
    const Forks::Done done = forks.Wait();
    made[done.id] = done.bytes.value_or("nothing");
  }
  ASSERT_EQ(made.size(), 10U);
  for (const auto& [id, bytes] : made) EXPECT_EQ(bytes, seen + " " + std::to_string(id));
}

TEST(Forks, HandBackMoreThanAPipeHolds) {
  Forks forks(1);
  ASSERT_TRUE(forks.Start(0, [] { return std::string(5'000'000, 'x'); }));
  EXPECT_EQ(forks.Wait().bytes, std::string(5'000'000, 'x'));
}

TEST(Forks, AreNoMoreThanAllowed) {
  Forks forks(1);
  ASSERT_TRUE(forks.Start(0, [] { return std::string(); }));
  EXPECT_TRUE(forks.full());
  EXPECT_FALSE(forks.Start(1, [] { return std::string(); }));
  EXPECT_EQ(forks.Wait().bytes, "");
}

TEST(Forks, GiveNothingWhenTheyDie) {
  Forks forks(2);
  ASSERT_TRUE(forks.Start(7, []() -> std::string {
    raise(SIGKILL);
    return "never";
  }));
  const Forks::Done killed = forks.Wait();
  EXPECT_EQ(killed.id, 7U);
  EXPECT_FALSE(killed.bytes);
  ASSERT_TRUE(forks.Start(8, []() -> std::string { _exit(3); }));
  EXPECT_FALSE(forks.Wait().bytes);
}

TEST(Forks, EndWithTheirOwner) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    Forks forks(1);
    ASSERT_TRUE(forks.Start(0, [&]() -> std::string {
      while (true) pause();
    }));
  }
  close(ends[1]);
  char byte;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);  // nobody else holds the other end
  close(ends[0]);
}

}  // namespace
}  // namespace mergegate::analyzers
