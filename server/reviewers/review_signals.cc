#include "server/reviewers/review_signals.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mergegate::reviewers {
namespace {

constexpr size_t kShortestName = 4;  // "get" and "run" are words, too
constexpr size_t kLongestPart = 500;
constexpr size_t kMostNamed = 20;

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool HasWord(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !IsWord(text[at - 1])) && (end == text.size() || !IsWord(text[end]))) return true;
  }
  return false;
}

std::string_view LastPart(std::string_view name, std::string_view separator) {
  const size_t at = name.rfind(separator);
  return at == std::string_view::npos ? name : name.substr(at + separator.size());
}

std::string PartOf(const Piece& piece) {
  return (piece.declaration.empty() ? piece.path : piece.declaration).substr(0, kLongestPart);
}

// A piece as it was said something about.
struct Remark {
  int64_t event = 0;
  Handle reviewer = {};
  Piece piece = {};
  int place = 0;  // among those that the comment names
};

// The same declaration, or the rest of the same file, in a later push.
const Piece* Later(const Piece& before, const std::vector<Piece>& now) {
  const auto found = std::ranges::find_if(now, [&](const Piece& piece) {
    return piece.path == before.path && piece.declaration == before.declaration && piece.usr == before.usr;
  });
  return found == now.end() ? nullptr : &*found;
}

class Reading {
 public:
  Reading(const ProjectId& project, const std::string& change, Outcome outcome)
      : project_(project), change_(change), outcome_(outcome) {}

  void Add(const ReviewEvent& event) {
    switch (event.kind) {
      case ReviewEventKind::kPushed:
        if (event.push) AddPush(event);
        break;
      case ReviewEventKind::kAssigned:
        if (event.assignment) {
          for (const ChosenReviewer& chosen : event.assignment->reviewers) {
            AddRequest(event, chosen.person, chosen.role == ReviewerRole::kLearner ? "learner" : "");
          }
        }
        break;
      case ReviewEventKind::kRequested:
        AddRequest(event, event.subject);
        break;
      case ReviewEventKind::kDeclined:
        asked_.erase(event.actor);
        FromReviewer(event, SignalKind::kReviewDeclined);
        AddRequest(event, event.subject);
        break;
      case ReviewEventKind::kCommented:
        AddComment(event);
        break;
      case ReviewEventKind::kApproved: {
        const size_t before = signals_.size();
        FromReviewer(event, SignalKind::kApproved);
        if (signals_.size() > before) signals_.back().part = CommonFolder(pieces_).substr(0, kLongestPart);
        break;
      }
      case ReviewEventKind::kChangesRequested:
        FromReviewer(event, SignalKind::kChangesRequested);
        Remember(event);
        break;
      case ReviewEventKind::kClosed:
        closed_ = &event;
        break;
      case ReviewEventKind::kReopened:
        TakeBackAbandoned(event);
        closed_ = nullptr;
        break;
      default:
        break;
    }
  }

  std::vector<Signal> Finish() {
    if (closed_ != nullptr && !author_.empty() && outcome_ != Outcome::kUnknown) {
      const bool merged = outcome_ == Outcome::kMerged;
      Signal signal = Make(*closed_, merged ? SignalKind::kChangeMerged : SignalKind::kChangeAbandoned, author_,
                           merged ? "merged" : "abandoned");
      if (merged) signal.value = lines_;
      signals_.push_back(std::move(signal));
    }
    return std::move(signals_);
  }

 private:
  Signal Make(const ReviewEvent& event, SignalKind kind, const Handle& actor, const std::string& about) const {
    return {.kind = kind,
            .actor = actor,
            .project = project_,
            .object = change_,
            .at = event.at,
            .source = "mergegate",
            .source_id = absl::StrCat("review/", project_.value(), "/", change_, "/", event.number, "/", about)};
  }

  // It may have been taken for given up before it was opened again.
  void TakeBackAbandoned(const ReviewEvent& event) {
    if (closed_ == nullptr || author_.empty()) return;
    signals_.push_back(Make(event, SignalKind::kChangeAbandoned, author_, "not abandoned"));
    signals_.back().corrects = Make(*closed_, SignalKind::kChangeAbandoned, author_, "abandoned").source_id;
    signals_.back().retracted = true;
  }

  void FromReviewer(const ReviewEvent& event, SignalKind kind) {
    if (event.actor.empty() || event.actor == author_) return;
    signals_.push_back(Make(event, kind, event.actor, absl::StrCat(static_cast<int>(kind))));
    signals_.back().subject = author_;
  }

  void AddRequest(const ReviewEvent& event, const Handle& person, const std::string& part = "") {
    if (person.empty() || person == author_ || !asked_.insert(person).second) return;
    signals_.push_back(Make(event, SignalKind::kReviewRequested, person,
                            absl::StrCat("asked/", static_cast<int64_t>(asked_of_event_++))));
    signals_.back().subject = author_;
    signals_.back().part = part;
  }

  void AddComment(const ReviewEvent& event) {
    const size_t before = signals_.size();
    FromReviewer(event, SignalKind::kReviewCommented);
    const std::vector<const Piece*> named = Remember(event);
    if (signals_.size() > before && !named.empty()) signals_.back().part = PartOf(*named.front());
  }

  // What the event says something about.
  std::vector<const Piece*> Remember(const ReviewEvent& event) {
    std::vector<const Piece*> named = NamedIn(event.text, pieces_);
    if (named.size() > kMostNamed) named.resize(kMostNamed);
    if (event.actor.empty() || event.actor == author_) return named;
    int place = 0;
    for (const Piece* piece : named) remarks_.push_back({event.number, event.actor, *piece, place++});
    return named;
  }

  void AddPush(const ReviewEvent& event) {
    const Push& push = *event.push;
    const bool first = author_.empty();
    if (first) author_ = push.author;
    lines_ = push.lines_added + push.lines_removed;
    if (!push.author.empty()) {
      signals_.push_back(Make(event, first ? SignalKind::kChangeOpened : SignalKind::kChangePushed, push.author,
                              first ? "opened" : "pushed"));
      signals_.back().value = lines_;
    }
    std::erase_if(remarks_, [&](const Remark& remark) {
      const Piece* now = Later(remark.piece, push.pieces);
      if (now != nullptr && now->body == remark.piece.body && now->signature == remark.piece.signature) return false;
      Signal signal = Make(event, SignalKind::kCommentAddressed, remark.reviewer,
                           absl::StrCat("addressed/", remark.event, "/", remark.place));
      signal.subject = author_;
      signal.part = PartOf(remark.piece);
      signals_.push_back(std::move(signal));
      return true;
    });
    pieces_ = push.pieces;
  }

  const ProjectId& project_;
  const std::string& change_;
  const Outcome outcome_;
  std::vector<Signal> signals_;
  Handle author_;
  int lines_ = 0;
  std::set<Handle> asked_;
  int asked_of_event_ = 0;
  std::vector<Piece> pieces_;
  std::vector<Remark> remarks_;
  const ReviewEvent* closed_ = nullptr;
};

}  // namespace

std::string CommonFolder(const std::vector<Piece>& pieces) {
  if (pieces.empty()) return "";
  const auto folder = [](std::string_view path) { return path.substr(0, path.rfind('/') + 1); };
  std::string_view common = pieces.front().path.find('/') == std::string::npos ? "" : folder(pieces.front().path);
  for (const Piece& piece : pieces) {
    while (!common.empty() && !piece.path.starts_with(common)) common = folder(common.substr(0, common.size() - 1));
  }
  if (common.ends_with('/')) common.remove_suffix(1);
  return std::string(common);
}

std::vector<const Piece*> NamedIn(std::string_view text, const std::vector<Piece>& pieces) {
  std::vector<const Piece*> named, in_named_files;
  for (const Piece& piece : pieces) {
    const std::string_view last = LastPart(piece.declaration, "::");
    if (!piece.declaration.empty() &&
        (HasWord(text, piece.declaration) || (last.size() >= kShortestName && HasWord(text, last)))) {
      named.push_back(&piece);
    } else if (HasWord(text, piece.path) || HasWord(text, LastPart(piece.path, "/"))) {
      in_named_files.push_back(&piece);
    }
  }
  return named.empty() ? in_named_files : named;
}

std::vector<Signal> SignalsOf(const ProjectId& project, const std::string& change,
                              const std::vector<ReviewEvent>& events, Outcome outcome) {
  Reading reading(project, change, outcome);
  for (const ReviewEvent& event : events) reading.Add(event);
  return reading.Finish();
}

}  // namespace mergegate::reviewers
