#include "server/reviewers/jsonl.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/reviewers/text.h"

namespace mergegate::reviewers {
namespace {

using nlohmann::json;

// Far enough for every clock, near enough for arithmetic on seconds.
constexpr double kLatestSecond = 1e11;

absl::Status Wrong(std::string_view field, std::string_view want) {
  return absl::InvalidArgumentError(absl::StrCat("\"", std::string(field), "\" ", std::string(want)));
}

absl::StatusOr<absl::Time> Time(const json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_number()) return Wrong(field, "is not a number of seconds since 1970");
  const double seconds = found->get<double>();
  if (!(std::abs(seconds) < kLatestSecond)) return Wrong(field, "is out of range");
  return absl::FromUnixSeconds(static_cast<int64_t>(seconds));
}

absl::StatusOr<std::string> Text(const json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || found->is_null()) return "";
  if (found->is_number()) return found->dump();
  if (!found->is_string()) return Wrong(field, "is neither text nor a number");
  return found->get<std::string>();
}

absl::StatusOr<const json*> List(const json& object, const char* field) {
  static const json kEmpty = json::array();
  const auto found = object.find(field);
  if (found == object.end() || found->is_null()) return &kEmpty;
  if (!found->is_array()) return Wrong(field, "is not a list");
  return &*found;
}

// A person as records name one: by an id of the file's own.
Identity ById(std::string id) { return {.name = {}, .mail = {}, .login = std::move(id)}; }

// "Ann Li <ann@example.org>", or a mail, or a name.
Identity ByText(std::string_view text) {
  const size_t open = text.find('<');
  if (open == std::string_view::npos) {
    const bool mail = text.find('@') != std::string_view::npos;
    return {.name = mail ? "" : std::string(text), .mail = mail ? std::string(text) : "", .login = {}};
  }
  const std::string_view mail = text.substr(open + 1);
  return {.name = std::string(Strip(text.substr(0, open))),
          .mail = std::string(mail.substr(0, mail.find('>'))),
          .login = {}};
}

absl::StatusOr<ReviewRecord> ParseRecord(const json& object) {
  ReviewRecord record;
  ASSIGN_OR_RETURN(record.landed, Time(object, "time"));
  ASSIGN_OR_RETURN(record.id, Text(object, "sha"));
  ASSIGN_OR_RETURN(record.group, Text(object, "group"));
  ASSIGN_OR_RETURN(record.title, Text(object, "title"));
  ASSIGN_OR_RETURN(std::string author, Text(object, "author"));
  record.author = ById(std::move(author));
  ASSIGN_OR_RETURN(const json* files, List(object, "files"));
  for (const json& file : *files) {
    if (!file.is_object()) return Wrong("files", "has an entry that is no object");
    TouchedFile& touched = record.files.emplace_back();
    ASSIGN_OR_RETURN(touched.path, Text(file, "p"));
    ASSIGN_OR_RETURN(touched.renamed_from, Text(file, "o"));
  }
  ASSIGN_OR_RETURN(const json* reviewers, List(object, "reviewers"));
  for (const json& reviewer : *reviewers) {
    if (!reviewer.is_string()) return Wrong("reviewers", "has an entry that is no text");
    record.reviewers.push_back(ById(reviewer.get<std::string>()));
  }
  return record;
}

absl::StatusOr<PastQuery> ParseQuery(const json& object, absl::Duration lag, AuthorBy author_by) {
  PastQuery query;
  const auto id = object.find("id");
  if (id == object.end() || !(id->is_number() || id->is_string())) return Wrong("id", "is neither a number nor text");
  query.id = id->dump(-1, ' ', false, json::error_handler_t::replace);
  ASSIGN_OR_RETURN(query.sha, Text(object, "sha"));
  ASSIGN_OR_RETURN(query.group, Text(object, "group"));
  ASSIGN_OR_RETURN(query.query.now, Time(object, "now"));
  query.cutoff = query.query.now - lag;
  if (object.contains("cutoff")) {
    ASSIGN_OR_RETURN(query.cutoff, Time(object, "cutoff"));
  }
  ASSIGN_OR_RETURN(query.query.title, Text(object, "title"));
  ASSIGN_OR_RETURN(const std::string author, Text(object, "author"));
  ASSIGN_OR_RETURN(std::string author_id, Text(object, "author_id"));
  query.query.author = author_by == AuthorBy::kId && !author_id.empty() ? ById(std::move(author_id)) : ByText(author);
  ASSIGN_OR_RETURN(const json* files, List(object, "files"));
  for (const json& file : *files) {
    if (!file.is_string()) return Wrong("files", "has an entry that is no text");
    query.query.paths.push_back(file.get<std::string>());
  }
  return query;
}

// Calls `take` with the object of each line; what is wrong is told with the line's number.
absl::Status ForEachLine(std::string_view lines, const std::function<absl::Status(const json&)>& take) {
  for (int number = 1; !lines.empty(); ++number) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = Strip(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.empty()) continue;
    const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
    const absl::Status status = object.is_object() ? take(object) : absl::InvalidArgumentError("is not a JSON object");
    if (!status.ok()) return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", status.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ReviewRecord>> ParseRecords(std::string_view lines) {
  std::vector<ReviewRecord> records;
  RETURN_IF_ERROR(ForEachLine(lines, [&](const json& object) -> absl::Status {
    ASSIGN_OR_RETURN(ReviewRecord record, ParseRecord(object));
    records.push_back(std::move(record));
    return absl::OkStatus();
  }));
  std::vector<size_t> order(records.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) {
    return records[a].landed != records[b].landed ? records[a].landed < records[b].landed : a < b;
  });
  std::vector<ReviewRecord> sorted;
  sorted.reserve(records.size());
  for (const size_t i : order) sorted.push_back(std::move(records[i]));
  return sorted;
}

absl::StatusOr<std::vector<PastQuery>> ParseQueries(std::string_view lines, absl::Duration lag, AuthorBy author_by) {
  std::vector<PastQuery> queries;
  RETURN_IF_ERROR(ForEachLine(lines, [&](const json& object) -> absl::Status {
    ASSIGN_OR_RETURN(PastQuery query, ParseQuery(object, lag, author_by));
    queries.push_back(std::move(query));
    return absl::OkStatus();
  }));
  return queries;
}

std::string AnswerLine(const PastQuery& query, const std::vector<RankedPerson>& ranked, double milliseconds) {
  json names = json::array();
  for (const RankedPerson& one : ranked) {
    const Identity& person = one.person;
    names.push_back(!person.mail.empty() ? person.mail : !person.login.empty() ? person.login : person.name);
  }
  const std::string list = names.dump(-1, ' ', false, json::error_handler_t::replace);
  return absl::StrCat("{\"id\": ", query.id, ", \"ranked\": ", list, ", \"ms\": ", std::round(milliseconds * 1e4) / 1e4,
                      "}\n");
}

}  // namespace mergegate::reviewers
