// Who could review a change, ready to be chosen from: ranked by history, with open reviews, leave and owner rules.
//
//   ASSIGN_OR_RETURN(Panel panel, MakePanel(parts, project, {.paths = {{"db/db_impl.cc", 40}}, .author = ann}, policy,
//                                           *base_tree));
//   Assignment assignment = reviewers::Assign(panel.input, policy.reviewers);
#ifndef MERGEGATE_SERVER_PIPELINE_PANEL_H_
#define MERGEGATE_SERVER_PIPELINE_PANEL_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/policy.h"
#include "server/domain/review_record.h"
#include "server/domain/tree.h"
#include "server/pipeline/run_pipeline.h"
#include "server/reviewers/assign.h"
#include "server/reviewers/rank.h"
#include "server/reviewers/review_state.h"
#include "server/reviewers/working_time.h"

namespace mergegate::pipeline {

struct PanelQuery {
  std::map<std::string, int> paths = {};  // changed lines by path
  Identity author = {};
  std::string title = {};
  std::vector<reviewers::LineOwner> owners = {};   // of the changed lines, where that is known
  const reviewers::ReviewState* review = nullptr;  // who is there already, who declined; may be null
};

struct Panel {
  reviewers::AssignInput input = {};
  std::map<Handle, std::string> names = {};  // as commits show them
  std::map<Handle, absl::Time> away_until = {};
  std::vector<std::string> problems = {};  // of owner rules
};

// `rules_of`: the tree whose owner rules count (the base's).
absl::StatusOr<Panel> MakePanel(const PipelineParts& parts, const ProjectId& project, const PanelQuery& query,
                                const Policy& policy, const Tree& rules_of);

// Mail, else login; empty when neither is known. A forge's no-reply mail is its login.
Handle HandleOf(const Identity& identity);
// The other way: a handle is a mail or a login.
Identity IdentityOf(const Handle& person);

// UTC for a name that this machine does not know.
absl::StatusOr<reviewers::Calendar> CalendarFor(storage::Store& store, const Handle& person);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PANEL_H_
