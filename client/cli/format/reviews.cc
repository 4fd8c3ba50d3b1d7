#include "client/cli/format/reviews.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cctype>

#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"

namespace mergegate::client {
namespace {

using google::protobuf::Timestamp;

constexpr size_t kReasonsShown = 3;

std::string Lower(std::string_view text) {
  if (text.starts_with('@')) text.remove_prefix(1);
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string Day(const Timestamp& time) { return google::protobuf::util::TimeUtil::ToString(time).substr(0, 10); }

// "2026-11-26 14:05 UTC".
std::string Minute(const Timestamp& time) {
  std::string text = google::protobuf::util::TimeUtil::ToString(time).substr(0, 16);
  std::ranges::replace(text, 'T', ' ');
  return text + " UTC";
}

Ink InkOf(v1::VerdictState state) {
  return state == v1::VERDICT_STATE_PASS ? Ink::kGreen : state == v1::VERDICT_STATE_FAIL ? Ink::kRed : Ink::kYellow;
}

std::string Heading(std::string_view text, const TextStyle& style) { return style.Paint(Ink::kBold, text) + "\n"; }

std::string Size(const v1::Push& push) { return fmt::format("+{} -{}", push.lines_added(), push.lines_removed()); }

std::string Shortened(const std::string& text, int width) {
  if (DisplayWidth(text) <= width) return text;
  std::string cut = text;
  while (!cut.empty() && DisplayWidth(cut) > width - 3) {
    do {
      cut.pop_back();
    } while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80);
  }
  return cut + "...";
}

// The first letters of a person are enough where many stand side by side.
std::string ShortPerson(const std::string& person) { return EscapeControl(person.substr(0, person.find('@'))); }

const v1::Attention* AttentionOf(const v1::Review& review, std::string_view person) {
  const std::string handle = Lower(person);
  for (const v1::Attention& attention : review.attention()) {
    if (attention.person() == handle) return &attention;
  }
  return nullptr;
}

const v1::Reviewer* ReviewerOf(const v1::Review& review, const std::string& person) {
  for (const v1::Reviewer& reviewer : review.reviewers()) {
    if (reviewer.person() == person) return &reviewer;
  }
  return nullptr;
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& texts, size_t most) {
  std::string out;
  for (size_t i = 0; i < std::min(most, static_cast<size_t>(texts.size())); ++i) {
    out += (i == 0 ? "" : "; ") + EscapeControl(texts[static_cast<int>(i)]);
  }
  return out;
}

// "due 2026-11-26 14:05 UTC" or "late: it was due ...", and a proposal.
std::string DueText(const v1::Attention& attention) {
  std::string text;
  if (attention.has_due()) {
    text = fmt::format("{} {}", attention.late() ? "late: was due" : "due", Minute(attention.due()));
  }
  if (!attention.hand_over_to().empty()) {
    text += fmt::format("{}{}; hand over: decline --to {}", text.empty() ? "" : "; ",
                        EscapeControl(attention.hand_over_reason()), EscapeControl(attention.hand_over_to()));
  }
  return text;
}

// One line of columns, then what it is about, indented.
std::string InboxEntry(const v1::Review& review, std::string_view me, int64_t now, int key_width,
                       const TextStyle& style) {
  const v1::Attention* mine = AttentionOf(review, me);
  const int64_t since = mine != nullptr              ? mine->since().seconds()
                        : review.attention().empty() ? review.update_time().seconds()
                                                     : review.attention(0).since().seconds();
  // A reviewer has a turn only where the code itself passes: what is missing is them.
  const bool lacks_approval = review.verdict() == v1::VERDICT_STATE_FAIL && !review.attention().empty() &&
                              review.attention(0).person() != review.author();
  const std::string verdict(lacks_approval ? "to approve" : Word(review.verdict()));
  std::string lead =
      fmt::format("  {}  {}  {}  ", PadRight(Shortened(EscapeControl(review.change()), key_width), key_width),
                  PadLeft(Age(since, now), 6), PadLeft(Size(review.push()), 11));
  const int room = style.width - DisplayWidth(lead) - 14;
  std::string out = lead + style.Paint(lacks_approval ? Ink::kYellow : InkOf(review.verdict()), verdict) +
                    std::string(static_cast<size_t>(14 - DisplayWidth(verdict)), ' ') +
                    Shortened(EscapeControl(review.title()), std::max(room, 10)) + "\n";
  const std::string deeper = "      ";
  const auto say = [&](Ink ink, const std::string& text) {
    if (text.empty()) return;
    std::string wrapped = Wrap(text, {deeper, deeper}, style.width);
    if (wrapped.ends_with('\n')) wrapped.pop_back();
    out += style.Paint(ink, wrapped) + "\n";
  };
  if (mine != nullptr) {
    say(Ink::kPlain, EscapeControl(mine->reason()));
    if (const v1::Reviewer* reviewer = ReviewerOf(review, mine->person()); reviewer != nullptr) {
      say(Ink::kDim, "why you: " + Joined(reviewer->reasons(), kReasonsShown));
    }
    say(mine->late() ? Ink::kRed : Ink::kDim, DueText(*mine));
    return out;
  }
  std::vector<std::string> waiting;
  for (const v1::Attention& attention : review.attention()) {
    waiting.push_back(fmt::format("{} ({}, {}{})", ShortPerson(attention.person()), EscapeControl(attention.reason()),
                                  Age(attention.since().seconds(), now), attention.late() ? ", late" : ""));
  }
  say(Ink::kDim, waiting.empty() ? "waits for the gate" : fmt::format("waits for {}", fmt::join(waiting, ", ")));
  return out;
}

std::string StanceText(const v1::Review& review, const v1::Reviewer& reviewer, int64_t now) {
  std::string text(Word(reviewer.stance()));
  std::ranges::replace(text, '_', ' ');
  if (reviewer.stance() == v1::REVIEWER_STANCE_APPROVED) {
    text += fmt::format(" {} of {}", reviewer.pieces_approved(), Count(review.pieces(), "part", "parts"));
  }
  return fmt::format("{}, {}", text, Age(reviewer.stance_time().seconds(), now));
}

std::string EventText(const v1::ReviewEvent& event) {
  std::string kind(Word(event.kind()));
  std::ranges::replace(kind, '_', ' ');
  std::string text = kind;
  if (event.has_push()) {
    text += fmt::format(" {} ({}, {})", EscapeControl(event.head_commit().substr(0, 12)), Size(event.push()),
                        EscapeControl(event.push().title()));
  }
  if (event.has_assignment()) {
    std::vector<std::string> people;
    for (const v1::ChosenReviewer& chosen : event.assignment().reviewers())
      people.push_back(EscapeControl(chosen.person()));
    text += people.empty() ? " nobody" : fmt::format(" {}", fmt::join(people, ", "));
  }
  if (!event.subject().empty()) {
    text += (event.kind() == v1::REVIEW_EVENT_KIND_DECLINED ? ", handed to " : " ") + EscapeControl(event.subject());
  }
  if (!event.text().empty()) text += ": " + EscapeControl(event.text());
  return (event.actor().empty() ? "" : EscapeControl(event.actor()) + " ") + text;
}

std::string Clock(int minutes) { return fmt::format("{}:{:02}", minutes / 60, minutes % 60); }

}  // namespace

std::string Age(int64_t from, int64_t now) {
  const int64_t minutes = (now - from) / 60;
  if (minutes < 1) return "now";
  if (minutes < 60) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h", minutes / 60);
  return fmt::format("{} d", minutes / (24 * 60));
}

bool IsTurnOf(const v1::Review& review, std::string_view person) { return AttentionOf(review, person) != nullptr; }

std::string FormatInbox(const std::vector<v1::Review>& reviews, std::string_view me, int64_t now,
                        const TextStyle& style) {
  std::vector<const v1::Review*> mine, others;
  size_t key_width = 4;
  for (const v1::Review& review : reviews) {
    (IsTurnOf(review, me) ? mine : others).push_back(&review);
    key_width = std::max(key_width, static_cast<size_t>(DisplayWidth(EscapeControl(review.change()))));
  }
  // Who waits longest comes first.
  std::ranges::sort(mine, {}, [&](const v1::Review* review) {
    const v1::Attention& attention = *AttentionOf(*review, me);
    return std::tuple(!attention.late(), attention.since().seconds(), review->name());
  });
  const int width = static_cast<int>(std::min<size_t>(key_width, 16));
  std::string out;
  for (const auto& [title, list] : {std::pair("Your turn", &mine), std::pair("Waiting for others", &others)}) {
    if (list->empty()) continue;
    if (!out.empty()) out += '\n';
    out += Heading(fmt::format("{} ({})", title, list->size()), style);
    for (const v1::Review* review : *list) out += InboxEntry(*review, me, now, width, style);
  }
  return out.empty() ? fmt::format("Nothing is open for {}.\n", EscapeControl(me)) : out;
}

std::string FormatReview(const v1::Review& review, const std::vector<v1::ReviewEvent>& events, int64_t now,
                         const TextStyle& style) {
  std::string out =
      Heading(fmt::format("{}: {}", EscapeControl(review.change()), EscapeControl(review.title())), style);
  out += Wrap(fmt::format("by {}, {} old, {}, {}, {}{}", EscapeControl(review.author()),
                          Age(review.create_time().seconds(), now), Size(review.push()),
                          Count(review.push().files(), "file", "files"), Count(review.pushes(), "push", "pushes"),
                          review.open() ? "" : ", closed"),
              {"  ", "  "}, style.width);
  std::string gate =
      Wrap(review.verdict() == v1::VERDICT_STATE_UNSPECIFIED ? "gate: not decided yet"
                                                             : "gate: " + EscapeControl(review.verdict_summary()),
           {"  ", "    "}, style.width);
  out += gate;
  if (!review.reviewers().empty()) {
    out += "\n" + Heading("Reviewers", style);
    for (const v1::Reviewer& reviewer : review.reviewers()) {
      out += Wrap(
          fmt::format("{}{}: {} ({})", EscapeControl(reviewer.person()), reviewer.responsible() ? ", responsible" : "",
                      StanceText(review, reviewer, now), Word(reviewer.role())),
          {"  ", "      "}, style.width);
      if (!reviewer.reasons().empty()) {
        out += Wrap("why: " + Joined(reviewer.reasons(), kReasonsShown), {"      ", "      "}, style.width);
      }
      for (const std::string& lost : reviewer.lost()) {
        out += Wrap("no longer holds: " + EscapeControl(lost), {"      ", "      "}, style.width);
      }
    }
  }
  if (!review.stand_ins().empty()) {
    std::vector<std::string> names;
    for (const v1::ChosenReviewer& stand_in : review.stand_ins()) names.push_back(EscapeControl(stand_in.person()));
    out += Wrap(fmt::format("next: {}", fmt::join(names, ", ")), {"  ", "      "}, style.width);
  }
  for (const std::string& problem : review.problems()) {
    out += Wrap("note: " + EscapeControl(problem), {"  ", "      "}, style.width);
  }
  if (!review.attention().empty()) {
    out += "\n" + Heading("Whose turn", style);
    for (const v1::Attention& attention : review.attention()) {
      std::string text = fmt::format("{}: {}, {}", EscapeControl(attention.person()), EscapeControl(attention.reason()),
                                     Age(attention.since().seconds(), now));
      if (const std::string due = DueText(attention); !due.empty()) text += "; " + due;
      out += Wrap(text, {"  ", "      "}, style.width);
    }
  }
  if (!events.empty()) {
    out += "\n" + Heading("So far", style);
    for (const v1::ReviewEvent& event : events) {
      out += Wrap(EventText(event), {fmt::format("  {}  ", Minute(event.time())), std::string(24, ' ')}, style.width);
    }
  }
  return out;
}

std::string FormatAnswered(const v1::Review& review, const TextStyle& style) {
  std::string out = review.verdict() == v1::VERDICT_STATE_UNSPECIFIED
                        ? "gate: not decided yet\n"
                        : Wrap("gate: " + EscapeControl(review.verdict_summary()), {"", "  "}, style.width);
  for (const v1::Attention& attention : review.attention()) {
    out += Wrap(fmt::format("next: {}: {}", EscapeControl(attention.person()), EscapeControl(attention.reason())),
                {"", "  "}, style.width);
  }
  return out;
}

std::string FormatExperts(const v1::FindExpertsResponse& found, int64_t now, const TextStyle& style) {
  std::string out;
  if (!found.experts().empty()) out += Heading("Who knows it", style);
  for (const v1::Expert& expert : found.experts()) {
    std::string who = EscapeControl(expert.person());
    if (!expert.display_name().empty()) who = fmt::format("{} <{}>", EscapeControl(expert.display_name()), who);
    if (expert.open_reviews() > 0)
      who += fmt::format(", {}", Count(expert.open_reviews(), "open review", "open reviews"));
    if (expert.has_away_until()) {
      who += fmt::format(", away until {} (in {})", Day(expert.away_until()), Age(now, expert.away_until().seconds()));
    }
    out += Wrap(who, {fmt::format("  {:3.0f} %  ", expert.score() * 100), "         "}, style.width);
    if (!expert.reasons().empty()) {
      std::string reasons = Wrap(Joined(expert.reasons(), kReasonsShown), {"         ", "         "}, style.width);
      reasons.pop_back();
      out += style.Paint(Ink::kDim, reasons) + "\n";
    }
  }
  if (!found.owners().empty()) {
    out += (out.empty() ? "" : "\n") + Heading("Who owns it", style);
    for (const v1::OwnerDemand& demand : found.owners()) {
      std::string text = demand.required() > 1 ? fmt::format("{} of ", demand.required()) : "";
      std::vector<std::string> owners;
      for (const std::string& owner : demand.owners()) owners.push_back(EscapeControl(owner));
      text += owners.empty() ? "nobody known" : fmt::format("{}", fmt::join(owners, ", "));
      text += fmt::format(" ({}{}): {}", EscapeControl(demand.rule()), demand.optional() ? ", optional" : "",
                          Joined(demand.paths(), kReasonsShown));
      if (demand.paths().size() > static_cast<int>(kReasonsShown)) {
        text += fmt::format(" and {} more", demand.paths().size() - static_cast<int>(kReasonsShown));
      }
      if (!demand.unknown().empty()) text += "; " + EscapeControl(demand.unknown());
      out += Wrap(text, {"  ", "      "}, style.width);
    }
  }
  out += (out.empty() ? "" : "\n") + Heading("Who would be asked", style);
  for (const v1::ChosenReviewer& chosen : found.assignment().reviewers()) {
    out += Wrap(fmt::format("{} ({}{}): {}", EscapeControl(chosen.person()), Word(chosen.role()),
                            chosen.responsible() ? ", responsible" : "", Joined(chosen.reasons(), 2)),
                {"  ", "      "}, style.width);
  }
  for (const std::string& problem : found.assignment().problems()) {
    out += Wrap(EscapeControl(problem), {"  ", "      "}, style.width);
  }
  return out;
}

std::string FormatLoad(const v1::GetLoadResponse& load, int64_t now, const TextStyle& style) {
  if (load.people().empty()) return "Nobody has an open review.\n";
  int most = 1;
  size_t widest = 6;
  for (const v1::PersonLoad& person : load.people()) {
    most = std::max(most, person.open_reviews());
    widest = std::max(widest, static_cast<size_t>(DisplayWidth(EscapeControl(person.person()))));
  }
  const int width = static_cast<int>(std::min<size_t>(widest, 32));
  std::string out =
      style.Paint(Ink::kBold, fmt::format("  {}  open  turn  late  done 30 d", PadRight("person", width))) + "\n";
  for (const v1::PersonLoad& person : load.people()) {
    const int bar = most > 12 ? person.open_reviews() * 12 / most : person.open_reviews();
    std::string line =
        fmt::format("  {}  {:4}  {:4}  {:4}  {:9}  {}",
                    PadRight(Shortened(EscapeControl(person.person()), width), width), person.open_reviews(),
                    person.turns(), person.late(), person.done_lately(), std::string(static_cast<size_t>(bar), '#'));
    std::string note;
    if (person.has_away_until()) note = fmt::format("away until {}", Day(person.away_until()));
    if (note.empty() && person.has_waiting_since()) {
      note = fmt::format("waiting {}", Age(person.waiting_since().seconds(), now));
    }
    if (!note.empty()) line += (bar > 0 ? " " : "") + note;
    while (line.ends_with(' ')) line.pop_back();
    out += (person.late() > 0 ? style.Paint(Ink::kRed, line) : line) + "\n";
  }
  return out;
}

std::string FormatAvailability(const v1::Availability& availability, const TextStyle& style) {
  static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  std::string days = "Mon to Fri";
  if (!availability.days().empty()) {
    std::vector<std::string> names;
    for (const int day : availability.days()) names.emplace_back(kDays[std::clamp(day, 1, 7) - 1]);
    days = fmt::format("{}", fmt::join(names, ", "));
  }
  const bool unset = availability.from_minute() == 0 && availability.to_minute() == 0;
  std::string out = Wrap(
      fmt::format("{} works {} from {} to {}, {}", EscapeControl(availability.person()), days,
                  Clock(unset ? 9 * 60 : availability.from_minute()), Clock(unset ? 17 * 60 : availability.to_minute()),
                  availability.time_zone().empty() ? "UTC" : EscapeControl(availability.time_zone())),
      {"", "  "}, style.width);
  for (const v1::Absence& absence : availability.absences()) {
    out += Wrap(fmt::format("away from {} until {}{}", Minute(absence.from()), Minute(absence.until()),
                            absence.reason().empty() ? "" : ": " + EscapeControl(absence.reason())),
                {"  ", "      "}, style.width);
  }
  return out;
}

}  // namespace mergegate::client
