#include "server/pipeline/judge.h"

#include "server/config/policy_file.h"
#include "server/gate/evaluate.h"
#include "server/scoring/compose.h"
#include "server/scoring/quality.h"

namespace mergegate::pipeline {

Verdict Judge(const Facts& facts) {
  const Policy policy = config::ParsePolicy(facts.policy_text).policy;
  Verdict verdict = gate::Evaluate(policy, facts, scoring::QualityOfChange);
  verdict.counterfactual = gate::FindCounterfactual(policy, facts, scoring::QualityOfChange);
  if (facts.risk) {
    verdict.risk = facts.risk;
    verdict.risk->commits_read = verdict.risk->commits_in_all = 0;
  }
  if (facts.scores) verdict.project_m = scoring::ProjectMOf(*facts.scores);
  return verdict;
}

}  // namespace mergegate::pipeline
