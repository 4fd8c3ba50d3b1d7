#include "server/reviewers/weights.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace mergegate::reviewers {
namespace {

using nlohmann::json;

// Place of `name` among the names of `count` terms; `count` when it is none.
size_t PlaceOf(std::string_view name, size_t count, std::string_view (*name_of)(size_t)) {
  size_t place = 0;
  while (place < count && name_of(place) != name) ++place;
  return place;
}

absl::Status NoTerm(const std::string& name) {
  return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is no term with numbers"));
}

}  // namespace

const Weights& CompactWeights() {
  static const Weights weights = [] {
    Weights w;
    w.log[kFileReviewsShort] = 0.605f;
    w.log[kFileChangesLong] = 0.841f;
    w.log[kFolderReviewsShort] = 0.921f;
    w.log[kFolderChangesShort] = 0.916f;
    w.log[kAreaReviewsShort] = 0.953f;
    w.log[kAuthorShort] = 1.254f;
    w.log[kBackLong] = 0.986f;
    w.log[kProject14] = 0.907f;
    w.log[kProject90] = -0.193f;
    w.plain[kDaysSinceAnything] = -5.810f;
    w.plain[kNeverReviewed] = -2.054f;
    w.plain[kCorrection] = 1;
    return w;
  }();
  return weights;
}

absl::StatusOr<Weights> ParseWeights(std::string_view text) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains("terms") || !object["terms"].is_object()) {
    return absl::InvalidArgumentError("weights are a JSON object with \"terms\"");
  }
  Weights weights;
  for (const auto& [name, value] : object["terms"].items()) {
    const size_t term = PlaceOf(name, kShareCount, TermName);
    if (term == kShareCount || !value.is_object()) return NoTerm(name);
    for (const auto& [field, number] : value.items()) {
      if (!number.is_number() || (field != "log" && field != "share")) return NoTerm(name);
      (field == "log" ? weights.log : weights.share)[term] = number.get<float>();
    }
  }
  const json plain_terms = object.value("plain", json::object());
  for (const auto& [name, value] : plain_terms.items()) {
    const size_t plain = PlaceOf(name, kPlainCount, PlainName);
    if (plain == kPlainCount || !value.is_number()) return NoTerm(name);
    weights.plain[plain] = value.get<float>();
  }
  return weights;
}

std::string WeightsAsJson(const Weights& weights) {
  json object = {{"terms", json::object()}, {"plain", json::object()}};
  for (size_t i = 0; i < kShareCount; ++i) {
    if (weights.log[i] == 0 && weights.share[i] == 0) continue;
    object["terms"][std::string(TermName(i))] = {{"log", weights.log[i]}, {"share", weights.share[i]}};
  }
  for (size_t i = 0; i < kPlainCount; ++i) {
    if (weights.plain[i] != 0) object["plain"][std::string(PlainName(i))] = weights.plain[i];
  }
  return object.dump(2) + "\n";
}

}  // namespace mergegate::reviewers
