// What stands out in a person's figures, and what they could try: every sentence with the evidence it rests on.
//
//   Advice advice = AdviceOf(figures, plan);
//   advice.suggestions.size()      2, or fewer, and then advice.fewer says why
//
// Pure. Values.
#ifndef MERGEGATE_SERVER_SCORING_GROWTH_APPRAISAL_H_
#define MERGEGATE_SERVER_SCORING_GROWTH_APPRAISAL_H_

#include <span>
#include <string>
#include <vector>

#include "server/domain/growth.h"
#include "server/scoring/growth/figures.h"
#include "server/scoring/growth/training_plan.h"

namespace mergegate::scoring {

struct Strength {
  std::string figure = {};
  std::string text = {};
  std::vector<std::string> evidence = {};  // what was measured
};

struct Suggestion {
  std::string title = {};
  std::string text = {};
  std::vector<std::string> evidence = {};  // names of changes
  std::vector<Course> courses = {};        // not completed yet, at most 3
};

struct Advice {
  std::vector<Strength> strengths = {};
  std::vector<Suggestion> suggestions = {};
  std::string fewer = {};
};

// Strengths: figures whose interval lies on the better side of the own earlier value or the team's. Suggestions: the
// class of findings that recurs most, and the figure that lies farthest on the worse side of such a value (in lengths
// of its interval); where there is none of the one, the next of the other.
Advice AdviceOf(std::span<const Figure> figures, std::span<const PlanItem> plan);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_GROWTH_APPRAISAL_H_
