// A program that runs beside this one and is started again when it ends.
//
//   SupervisedProcess worker({"/usr/bin/mergegate-worker", "--server", "unix:/run/x"});
//   ...                              // destruction sends SIGTERM, waits two seconds, then SIGKILL
//
// Thread safety: construct and destroy on one thread.
#ifndef MERGEGATE_SERVER_BASE_CHILD_PROCESS_H_
#define MERGEGATE_SERVER_BASE_CHILD_PROCESS_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mergegate {

class SupervisedProcess {
 public:
  // `argv[0]` is a path. Failing to start is logged and tried again, at most once a second.
  explicit SupervisedProcess(std::vector<std::string> argv);
  ~SupervisedProcess();
  SupervisedProcess(const SupervisedProcess&) = delete;
  SupervisedProcess& operator=(const SupervisedProcess&) = delete;

 private:
  void Supervise();

  const std::vector<std::string> argv_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_CHILD_PROCESS_H_
