// Carries out commands that people write in comments, by the role of who wrote them.
//
// A role is that of the writer's tokens here, under any identity of theirs (`mergegate person link`), for the project.
// The change's author, and whom the host calls an owner, member or collaborator of the repository, may ask for another
// run and for explanations, too. Nobody's word about themselves counts.
//
// Thread safety: as the store's.
#ifndef MERGEGATE_SERVER_PIPELINE_HOST_COMMANDS_H_
#define MERGEGATE_SERVER_PIPELINE_HOST_COMMANDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/domain/access.h"
#include "server/domain/host_event.h"
#include "server/pipeline/gate_command.h"
#include "server/pipeline/inbound.h"

namespace mergegate::pipeline {

struct CommandAnswer {
  std::string text = {};  // Markdown
  bool rerun = false;     // a run is to be submitted
};

class HostCommands {
 public:
  HostCommands(const Inbound& inbound, const HostConfig& host, const HostChange& change, const HostEvent& event)
      : inbound_(inbound), host_(host), change_(change), event_(event) {}

  // A refusal is an answer, too; an error is of the environment.
  absl::StatusOr<CommandAnswer> Carry(const GateCommand& command) const;

 private:
  absl::StatusOr<Role> RoleOfSender() const;
  absl::StatusOr<CommandAnswer> Explain() const;
  absl::StatusOr<CommandAnswer> OverrideCondition(const GateCommand& command, Role role) const;
  absl::StatusOr<CommandAnswer> AskReviewers(const GateCommand& command) const;
  absl::StatusOr<bool> AskHost() const;

  const Inbound& inbound_;
  const HostConfig& host_;
  const HostChange& change_;
  const HostEvent& event_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_HOST_COMMANDS_H_
