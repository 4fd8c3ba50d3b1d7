// Empties the outbox: leases intents, has them told (publish.h), and decides what becomes of those that fail.
//
//   PublishLoop loop(parts, {});
//   loop.Start();   ...   loop.Wake();   ...   loop.Stop();
//
//   limited (429, 403 of a secondary limit)   nothing more goes to that installation until the host's moment has come
//   no answer, 5xx, 401, 409                  again after 2 s, 4 s, 8 s... up to 2 min, each times 0.5 to 1 by chance
//   refused (4xx)                             dead at once, with what the host said; so is what failed for a day
//
// Thread safety: Wake from any thread; Start and Stop once each, from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_PUBLISH_LOOP_H_
#define MERGEGATE_SERVER_PIPELINE_PUBLISH_LOOP_H_

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "server/pipeline/publish.h"

namespace mergegate::pipeline {

struct PublishOptions {
  int threads = 4;
  absl::Duration lease = absl::Minutes(10);  // longer than any telling takes
  absl::Duration patience = absl::Hours(24);
};

// How long to wait after the failure of this number, from 1. `chance` in [0, 1).
absl::Duration RetryDelay(int failure, double chance);

class PublishLoop {
 public:
  PublishLoop(const PublishParts& parts, PublishOptions options) : parts_(parts), options_(options) {}
  ~PublishLoop() { Stop(); }
  PublishLoop(const PublishLoop&) = delete;
  PublishLoop& operator=(const PublishLoop&) = delete;

  void Start();
  // Something was added.
  void Wake();
  // Waits for what is on its way.
  void Stop();

  // Leases and settles one intent; false when none is due. For tests and for the threads.
  absl::StatusOr<bool> Step();

 private:
  void Run();
  storage::Settlement Settle(const storage::Intent& intent, const absl::StatusOr<Told>& told);
  // What limits hold for: an installation of a host, or a chat.
  std::string Gate(const storage::Intent& intent);
  absl::Time OpenAt(const std::string& gate);

  const PublishParts parts_;
  const PublishOptions options_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable woken_;
  int64_t wakes_ = 0;
  std::map<std::string, absl::Time> closed_until_;  // by gate
  absl::Time swept_ = absl::InfinitePast();
  std::vector<std::thread> threads_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PUBLISH_LOOP_H_
