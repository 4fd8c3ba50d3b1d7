#include "server/reviewers/trailers.h"

#include <algorithm>

#include "server/reviewers/text.h"

namespace mergegate::reviewers {
namespace {

constexpr size_t kMostReviewers = 100;
constexpr size_t kLongestMessage = 1 << 20;
constexpr size_t kLongestName = 200;

// "Reviewed-By" and "reviewed by" are one key.
std::string Normal(std::string_view key) {
  std::string normal = Lower(Strip(key));
  std::ranges::replace(normal, ' ', '-');
  return normal;
}

bool LooksLikeMail(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && !Contains(text, " ");
}

// Cuts at commas and semicolons that are not inside a mail's brackets or a remark's parentheses.
std::vector<std::string_view> SplitPeople(std::string_view value) {
  std::vector<std::string_view> people;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i <= value.size(); ++i) {
    if (i < value.size()) {
      const char c = value[i];
      if (c == '<' || c == '(') ++depth;
      if (c == '>' || c == ')') depth = std::max(0, depth - 1);
      if (depth > 0 || (c != ',' && c != ';')) continue;
    }
    if (const std::string_view one = Strip(value.substr(begin, i - begin)); !one.empty()) people.push_back(one);
    begin = i + 1;
  }
  return people;
}

void AddOnce(std::vector<Identity>& people, Identity identity) {
  if (identity.empty() || people.size() >= kMostReviewers) return;
  if (std::ranges::find(people, identity) == people.end()) people.push_back(std::move(identity));
}

void AddTrailer(std::vector<Identity>& people, std::string_view value) {
  const std::vector<std::string_view> parts = SplitPeople(value);
  // "Li, Ann <ann@x>" is one person, not two.
  const bool one_person = parts.size() == 2 && !Contains(parts[0], "<") && Contains(parts[0], " ") == false &&
                          Contains(parts[1], "<") && Contains(parts[1].substr(0, parts[1].find('<')), " ");
  if (one_person) {
    AddOnce(people, ParseIdentity(value));
    return;
  }
  for (const std::string_view part : parts) AddOnce(people, ParseIdentity(part));
}

// "Merge org/project#123: the title" -> "the title"; other titles as they are.
std::string_view TitleOf(std::string_view line) {
  if (!line.starts_with("Merge ")) return line;
  const size_t number = line.find('#');
  if (number == std::string_view::npos) return line;
  size_t end = number + 1;
  while (end < line.size() && absl::ascii_isdigit(static_cast<unsigned char>(line[end]))) ++end;
  return end > number + 1 && line.substr(end).starts_with(": ") ? line.substr(end + 2) : line;
}

size_t Indent(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

// The logins of an ACK list: each on a line of its own with a colon, what they said further in.
class AckList {
 public:
  // False when the line ends the list.
  bool Read(std::string_view line, std::vector<Identity>& people) {
    const std::string_view text = Strip(line);
    if (text.empty()) return true;
    const size_t indent = Indent(line);
    if (indent == 0) {
      Close(people);
      return false;
    }
    if (indent_ == 0) indent_ = indent;
    if (indent <= indent_ && text.ends_with(':')) {
      Close(people);
      login_ = text.substr(0, text.size() - 1);
    } else if (Contains(text, "NACK")) {
      login_ = {};
    }
    return true;
  }

  void Close(std::vector<Identity>& people) {
    if (!login_.empty() && !Contains(login_, " ")) AddOnce(people, ParseIdentity(login_));
    login_ = {};
  }

 private:
  size_t indent_ = 0;
  std::string_view login_;
};

}  // namespace

const std::vector<std::string>& DefaultTrailers() {
  static const std::vector<std::string> keys = {"Reviewed-by", "Acked-by", "Approved-by"};
  return keys;
}

Identity ParseIdentity(std::string_view text) {
  text = Strip(text.substr(0, kLongestName * 2));
  Identity identity;
  if (const size_t open = text.find('<'); open != std::string_view::npos) {
    const std::string_view rest = text.substr(open + 1);
    const std::string_view mail = Strip(rest.substr(0, rest.find('>')));
    if (LooksLikeMail(mail)) {
      identity.mail = std::string(mail);
    } else if (!mail.empty() && !Contains(mail, " ")) {
      identity.login = std::string(mail);
    }
    text = Strip(text.substr(0, open));
  }
  if (const size_t remark = text.find_first_of("(#["); remark != std::string_view::npos) {
    text = Strip(text.substr(0, remark));
  }
  while (!text.empty() && (text.back() == '.' || text.back() == '"' || text.back() == '\'')) text.remove_suffix(1);
  while (!text.empty() && (text.front() == '"' || text.front() == '\'' || text.front() == '@')) text.remove_prefix(1);
  text = Strip(text);
  if (text.size() > kLongestName) return {};
  if (text.empty()) return identity;
  if (LooksLikeMail(text)) {
    if (identity.mail.empty()) identity.mail = std::string(text);
  } else if (Contains(text, " ")) {
    identity.name = std::string(text);
  } else if (identity.mail.empty() && identity.login.empty()) {
    identity.login = std::string(text);
  } else {
    identity.name = std::string(text);
  }
  return identity;
}

MessageReviews ReviewsIn(std::string_view message, const std::vector<std::string>& trailers) {
  MessageReviews reviews;
  message = message.substr(0, kLongestMessage);
  std::vector<std::string> keys;
  for (const std::string& key : trailers) keys.push_back(Normal(key));
  bool first = true, in_acks = false;
  AckList acks;
  while (!message.empty()) {
    const size_t end = std::min(message.find('\n'), message.size());
    std::string_view line = message.substr(0, end);
    message.remove_prefix(std::min(end + 1, message.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (first) {
      if (Strip(line).empty()) continue;
      reviews.title = std::string(TitleOf(Strip(line)));
      first = false;
      continue;
    }
    if (in_acks) {
      in_acks = acks.Read(line, reviews.reviewers);
      if (in_acks) continue;
    }
    const std::string_view text = Strip(line);
    if (text.starts_with("ACKs for ") && text.ends_with(':')) {
      in_acks = true;
      acks = {};
      continue;
    }
    if (text.starts_with("(Merged from ") || text.starts_with("Merged from ")) {
      const std::string_view from = text.substr(text.find("from ") + 5);
      reviews.change = std::string(from.substr(0, from.find_first_of(") ")));
      continue;
    }
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon > 40) continue;
    if (std::ranges::find(keys, Normal(text.substr(0, colon))) != keys.end()) {
      AddTrailer(reviews.reviewers, text.substr(colon + 1));
    }
  }
  acks.Close(reviews.reviewers);
  return reviews;
}

}  // namespace mergegate::reviewers
