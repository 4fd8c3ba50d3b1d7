#include "client/cli/format/review_json.h"

#include <google/protobuf/util/time_util.h>

#include "client/cli/format/json.h"
#include "client/cli/format/names.h"

namespace mergegate::client {
namespace {

using Json = nlohmann::ordered_json;

Json Time(bool present, const google::protobuf::Timestamp& time) {
  return present ? Json(google::protobuf::util::TimeUtil::ToString(time)) : Json(nullptr);
}

template <typename Repeated, typename Convert>
Json List(const Repeated& items, Convert convert) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(convert(item));
  return list;
}

Json Texts(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return List(texts, [](const std::string& text) { return text; });
}

Json ToJson(const v1::ChosenReviewer& chosen) {
  return {{"person", chosen.person()},
          {"role", Word(chosen.role())},
          {"responsible", chosen.responsible()},
          {"reasons", Texts(chosen.reasons())}};
}

Json ToJson(const v1::Reviewer& reviewer) {
  return {{"person", reviewer.person()},
          {"role", Word(reviewer.role())},
          {"responsible", reviewer.responsible()},
          {"reasons", Texts(reviewer.reasons())},
          {"stance", Word(reviewer.stance())},
          {"asked", Time(reviewer.has_asked_time(), reviewer.asked_time())},
          {"since", Time(reviewer.has_stance_time(), reviewer.stance_time())},
          {"head", reviewer.head_commit()},
          {"parts_approved", reviewer.pieces_approved()},
          {"lost", Texts(reviewer.lost())}};
}

Json ToJson(const v1::Attention& attention) {
  return {{"person", attention.person()},
          {"reason", attention.reason()},
          {"since", Time(attention.has_since(), attention.since())},
          {"due", Time(attention.has_due(), attention.due())},
          {"late", attention.late()},
          {"hand_over_to", attention.hand_over_to()},
          {"hand_over_reason", attention.hand_over_reason()}};
}

}  // namespace

Json ReviewToJson(const v1::Review& review) {
  return {{"review", review.name()},
          {"change", review.change()},
          {"open", review.open()},
          {"title", review.title()},
          {"author", review.author()},
          {"base", review.push().base_commit()},
          {"head", review.push().head_commit()},
          {"lines_added", review.push().lines_added()},
          {"lines_removed", review.push().lines_removed()},
          {"files", review.push().files()},
          {"pushes", review.pushes()},
          {"parts", review.pieces()},
          {"verdict", Word(review.verdict())},
          {"verdict_summary", review.verdict_summary()},
          {"run", review.run()},
          {"reviewers", List(review.reviewers(), [](const auto& reviewer) { return ToJson(reviewer); })},
          {"stand_ins", List(review.stand_ins(), [](const auto& chosen) { return ToJson(chosen); })},
          {"problems", Texts(review.problems())},
          {"attention", List(review.attention(), [](const auto& attention) { return ToJson(attention); })},
          {"created", Time(review.has_create_time(), review.create_time())},
          {"updated", Time(review.has_update_time(), review.update_time())},
          {"events", review.events()}};
}

Json EventToJson(const v1::ReviewEvent& event) {
  return {{"number", event.number()},
          {"kind", Word(event.kind())},
          {"actor", event.actor()},
          {"subject", event.subject()},
          {"head", event.head_commit()},
          {"text", event.text()},
          {"time", Time(event.has_time(), event.time())},
          {"source", event.source()},
          {"source_id", event.source_id()}};
}

Json DiffToJson(const v1::GetReviewDiffResponse& diff) {
  const auto file_to_json = [](const v1::DiffFile& file) {
    return Json{{"old_path", file.old_path()},
                {"new_path", file.new_path()},
                {"binary", file.binary()},
                {"hunks", List(file.hunks(),
                               [](const v1::DiffHunk& hunk) {
                                 return List(hunk.lines(), [](const v1::DiffLine& line) {
                                   return Json{
                                       {"old", line.old_line()}, {"new", line.new_line()}, {"text", line.text()}};
                                 });
                               })},
                {"findings", List(file.findings(), FindingToJson)}};
  };
  return {{"schema_version", kJsonSchemaVersion},
          {"base", diff.base_commit()},
          {"head", diff.head_commit()},
          {"files", List(diff.files(), file_to_json)}};
}

Json ExpertsToJson(const v1::FindExpertsResponse& found) {
  const auto assignment = [](const v1::Assignment& a) {
    return Json{{"reviewers", List(a.reviewers(), [](const auto& chosen) { return ToJson(chosen); })},
                {"stand_ins", List(a.stand_ins(), [](const auto& chosen) { return ToJson(chosen); })},
                {"problems", Texts(a.problems())}};
  };
  return {{"schema_version", kJsonSchemaVersion},
          {"experts", List(found.experts(),
                           [](const v1::Expert& expert) {
                             return Json{{"person", expert.person()},
                                         {"name", expert.display_name()},
                                         {"score", expert.score()},
                                         {"reasons", Texts(expert.reasons())},
                                         {"open_reviews", expert.open_reviews()},
                                         {"away_until", Time(expert.has_away_until(), expert.away_until())}};
                           })},
          {"owners", List(found.owners(),
                          [](const v1::OwnerDemand& demand) {
                            return Json{{"rule", demand.rule()},          {"owners", Texts(demand.owners())},
                                        {"required", demand.required()},  {"optional", demand.optional()},
                                        {"paths", Texts(demand.paths())}, {"unknown", demand.unknown()}};
                          })},
          {"assignment", assignment(found.assignment())}};
}

Json LoadToJson(const v1::GetLoadResponse& load) {
  return {{"schema_version", kJsonSchemaVersion},
          {"people", List(load.people(), [](const v1::PersonLoad& person) {
             return Json{{"person", person.person()},
                         {"open_reviews", person.open_reviews()},
                         {"turns", person.turns()},
                         {"late", person.late()},
                         {"done_lately", person.done_lately()},
                         {"away_until", Time(person.has_away_until(), person.away_until())},
                         {"waiting_since", Time(person.has_waiting_since(), person.waiting_since())}};
           })}};
}

Json AvailabilityToJson(const v1::Availability& availability) {
  return {{"schema_version", kJsonSchemaVersion},
          {"person", availability.person()},
          {"time_zone", availability.time_zone()},
          {"from_minute", availability.from_minute()},
          {"to_minute", availability.to_minute()},
          {"days", List(availability.days(), [](int day) { return day; })},
          {"absences", List(availability.absences(), [](const v1::Absence& absence) {
             return Json{{"from", Time(true, absence.from())},
                         {"until", Time(true, absence.until())},
                         {"reason", absence.reason()}};
           })}};
}

}  // namespace mergegate::client
