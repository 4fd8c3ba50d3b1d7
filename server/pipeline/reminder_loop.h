// Looks every few minutes whether somebody is to be reminded (reminders.h). What it adds the publish loop sends.
//
//   ReminderLoop loop(parts);
//   loop.Start();   ...   loop.Stop();
//
// Thread safety: Start and Stop once each, from one thread.
#ifndef MERGEGATE_SERVER_PIPELINE_REMINDER_LOOP_H_
#define MERGEGATE_SERVER_PIPELINE_REMINDER_LOOP_H_

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "server/pipeline/publish.h"

namespace mergegate::pipeline {

class ReminderLoop {
 public:
  explicit ReminderLoop(const PublishParts& parts, absl::Duration every = absl::Minutes(5))
      : parts_(parts), every_(every) {}
  ~ReminderLoop() { Stop(); }
  ReminderLoop(const ReminderLoop&) = delete;
  ReminderLoop& operator=(const ReminderLoop&) = delete;

  // Looks at once, then by the parts' clock. Does nothing where no person has a chat.
  void Start();
  void Stop();

 private:
  void Loop();

  const PublishParts parts_;
  const absl::Duration every_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_REMINDER_LOOP_H_
