// Tasks for tests of the worker.
#ifndef MERGEGATE_TESTS_UNIT_WORKER_TASKS_H_
#define MERGEGATE_TESTS_UNIT_WORKER_TASKS_H_

#include <string>

#include "mergegate/v1/analysis.pb.h"

namespace mergegate::worker {

// A unit of project p. What the fake analyzer does with it is said by `main_file`, see fake_analyze.cc.
inline v1::AnalysisTask TaskOf(const std::string& main_file, const std::string& id = "t1") {
  v1::AnalysisTask task;
  task.set_task_id(id);
  task.set_attempt(1);
  task.set_project("projects/p");
  task.set_run("projects/p/runs/1");
  task.set_at_base(true);
  task.mutable_limits()->set_wall_seconds(60);
  task.mutable_limits()->set_memory_mib(2048);
  task.mutable_limits()->set_max_findings(100);
  task.mutable_unit()->set_main_file(main_file);
  return task;
}

}  // namespace mergegate::worker

#endif  // MERGEGATE_TESTS_UNIT_WORKER_TASKS_H_
