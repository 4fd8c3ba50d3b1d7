// Finds what the webhooks missed, for hosts promise nothing: every few minutes GitHub's log of deliveries is read, and
// what was not taken is asked for again; every half hour the open changes of every project are compared with what is
// known here, and a difference becomes a delivery of our own. From there on it goes the way of all deliveries.
//
//   ReconcileLoop loop(inbound, {{"github", reader}}, [&] { deliveries.Wake(); });
//   loop.Start();   ...   loop.Stop();
//
// Thread safety: Start and Stop once each, from one thread; the rest is the thread's own.
#ifndef MERGEGATE_SERVER_PIPELINE_RECONCILE_LOOP_H_
#define MERGEGATE_SERVER_PIPELINE_RECONCILE_LOOP_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/hosts/host_reader.h"
#include "server/pipeline/inbound.h"

namespace mergegate::pipeline {

struct ReconcileOptions {
  absl::Duration log_every = absl::Minutes(5);
  absl::Duration changes_every = absl::Minutes(30);
  absl::Duration log_reaches_back = absl::Hours(72);  // hosts redeliver for three days
  absl::Duration takes = absl::Minutes(2);            // what was sent a moment ago may be on its way still
  int most_attempts = 5;                              // of one delivery, ours and the host's together
};

class ReconcileLoop {
 public:
  // Readers by the name of their host; they outlive this. `found`: a delivery was added.
  ReconcileLoop(const Inbound& inbound, std::map<std::string, hosts::HostReader*> readers, std::function<void()> found,
                ReconcileOptions options = {})
      : inbound_(inbound), readers_(std::move(readers)), found_(std::move(found)), options_(options) {}
  ~ReconcileLoop() { Stop(); }
  ReconcileLoop(const ReconcileLoop&) = delete;
  ReconcileLoop& operator=(const ReconcileLoop&) = delete;

  void Start();
  void Stop();

  // How many deliveries of a host were asked for again.
  absl::StatusOr<int> CheckLog(const std::string& host);
  // How many changes of a project are not as they are known here. Each is delivered, once for each state of it.
  absl::StatusOr<int> CheckChanges(const HostProject& project);

 private:
  void Loop();
  void CheckAllLogs();
  void CheckAllChanges();
  absl::StatusOr<bool> Differs(const HostProject& project, const HostChange& told) const;
  absl::StatusOr<bool> DeliverIfNew(const HostProject& project, const hosts::AskedChange& asked);

  const Inbound& inbound_;
  const std::map<std::string, hosts::HostReader*> readers_;
  const std::function<void()> found_;
  const ReconcileOptions options_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_RECONCILE_LOOP_H_
