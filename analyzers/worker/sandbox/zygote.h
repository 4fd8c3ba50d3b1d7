// Starts a program once and takes its processes from it by forking: what the program does before it sees its input
// (linking, filling tables) is paid for once.
//
//   Zygote zygote({"/usr/bin/mergegate-analyze", "--zygote"}, {"LC_ALL=C"});       // in the worker
//   ChildResult result = RunChild(request, &stop, zygote.spawner());               // as ever
//
//   std::vector<std::string> arguments = ServeForks(STDIN_FILENO);                 // in the program, once warm
//   ... now a process of its own, prepared as Spawn prepares one, with the arguments after argv[0] ...
//
// A forked process is a child of the worker, not of the program it was forked from (CLONE_PARENT): waiting, limits,
// time-outs and accounting are those of any other child, and the death of the zygote does not touch tasks under way.
// The zygote reads requests of the worker only. When the worker dies, it ends the groups of the processes that it
// started, and itself.
//
// Thread safety: spawner() may be used by any number of threads at once. Ownership: a process, and a thread, to which
// the lives of the forked processes are tied; both are there until the Zygote is gone.
#ifndef MERGEGATE_ANALYZERS_WORKER_SANDBOX_ZYGOTE_H_
#define MERGEGATE_ANALYZERS_WORKER_SANDBOX_ZYGOTE_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "analyzers/worker/sandbox/spawn.h"

namespace mergegate::sandbox {

class Zygote {
 public:
  // Starts at once, without waiting. `argv` is what makes the program serve forks on its standard input.
  Zygote(std::vector<std::string> argv, std::vector<std::string> environment);
  ~Zygote();
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  // Forks a process with the plan's arguments, descriptors and limits; the plan's program and environment must be those
  // of the zygote. A zygote that died is started again; when that does not help, the plan's program is executed. Must
  // not be used after this is gone.
  Spawner spawner() {
    return [this](const SpawnPlan& plan) { return Fork(plan); };
  }
  // Process id of the zygote, which is started if need be; -1 when it cannot be started.
  pid_t pid();

 private:
  SpawnResult Fork(const SpawnPlan& plan);
  // These with mutex_ held.
  bool Start(std::unique_lock<std::mutex>& lock);
  SpawnResult Ask(const SpawnPlan& plan) const;
  void Bury();
  void KeepStarting();  // body of keeper_

  const std::vector<std::string> argv_, environment_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = true, stopping_ = false;
  pid_t pid_ = -1;    // of a zygote that was not buried
  int socket_ = -1;   // to it
  int failures_ = 0;  // in a row
  std::thread keeper_;
};

// Serves requests on `socket` and returns in each process that was forked for one, with its arguments. The serving
// process ends with the connection and never returns. Call while there is one thread.
std::vector<std::string> ServeForks(int socket);

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_ANALYZERS_WORKER_SANDBOX_ZYGOTE_H_
