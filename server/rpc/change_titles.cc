#include "server/rpc/change_titles.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "server/pipeline/review_log.h"
#include "server/publication/escape.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

using Titles = google::protobuf::Map<std::string, std::string>;

constexpr size_t kLongestTitle = 120;

bool IsCommit(const std::string& text) {
  return text.size() == 40 && std::ranges::all_of(text, [](unsigned char c) { return absl::ascii_isxdigit(c); });
}

// Empty when it is not known.
std::string TitleOf(const pipeline::PipelineParts& parts, const ProjectId& project, const std::string& change) {
  const auto at_host = parts.store.FindHostChange(project, change);
  if (at_host.ok() && !at_host->title.empty()) return at_host->title;
  const auto log = pipeline::ReviewLog::Read(parts.store, project, change);
  if (log.ok() && !log->state().pushes.empty()) return log->state().pushes.back().push.title;
  if (!IsCommit(change)) return "";
  const auto mirror = parts.mirrors.Open(project);
  if (!mirror.ok()) return "";
  const auto commit = (*mirror)->ReadCommit(CommitId(change));
  return commit.ok() ? commit->message.substr(0, commit->message.find('\n')) : "";
}

class TitleBook {
 public:
  TitleBook(const pipeline::PipelineParts& parts, const Caller& caller, Titles& titles)
      : parts_(parts), caller_(caller), titles_(titles) {}

  // "projects/{project}/reviews/{change}"; anything else is no change.
  void Add(const std::string& name) {
    const auto review = wire::ParseReviewName(name);
    if (review.ok()) Add(name, review->project, review->change);
  }

  void Add(const std::string& key, const ProjectId& project, const std::string& change) {
    if (titles_.contains(key) || !caller_.MaySee(project)) return;
    if (const std::string title = TitleOf(parts_, project, change); !title.empty()) {
      titles_[key] = publication::OneLine(title, kLongestTitle);
    }
  }

  template <typename Names>
  void AddAll(const Names& names) {
    for (const std::string& name : names) Add(name);
  }

  void AddPlan(const v1::Plan& plan) {
    for (const v1::PlanItem& item : plan.items()) AddAll(item.recurs().evidence());
    for (const v1::TrainingOutcome& outcome : plan.learnt()) AddAll(outcome.about().evidence());
  }

 private:
  const pipeline::PipelineParts& parts_;
  const Caller& caller_;
  Titles& titles_;
};

}  // namespace

void AddTitles(const pipeline::PipelineParts& parts, const Caller& caller, v1::Report& report) {
  TitleBook book(parts, caller, *report.mutable_titles());
  for (const v1::Figure& figure : report.figures()) book.AddAll(figure.evidence());
  for (const v1::Strength& strength : report.strengths()) book.AddAll(strength.evidence());
  for (const v1::Suggestion& suggestion : report.suggestions()) book.AddAll(suggestion.evidence());
  for (const v1::TrainingOutcome& outcome : report.outcomes()) book.AddAll(outcome.about().evidence());
  for (const v1::Feedback& kudos : report.kudos()) book.Add(kudos.review());
  book.AddPlan(report.plan());
}

void AddTitles(const pipeline::PipelineParts& parts, const Caller& caller, v1::Plan& plan) {
  TitleBook(parts, caller, *plan.mutable_titles()).AddPlan(plan);
}

void AddTitles(const pipeline::PipelineParts& parts, const Caller& caller, v1::Recognition& recognition) {
  TitleBook book(parts, caller, *recognition.mutable_titles());
  for (const v1::Help& help : recognition.help()) {
    if (help.kind() != v1::HELP_KIND_COMMENT) continue;
    const size_t colon = help.about().find(':');  // "db:pr-7"
    if (colon == std::string::npos) continue;
    book.Add(help.about(), ProjectId(help.about().substr(0, colon)), help.about().substr(colon + 1));
  }
}

}  // namespace mergegate::rpc
