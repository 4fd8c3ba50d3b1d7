#include "server/git/apply_hunks.h"

#include <string.h>  // memmem: linear, which std::string_view::find is not

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace mergegate::git {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

// The two sides of a hunk.
struct Sides {
  std::string before, after;
  bool leading_context = false, trailing_context = false;
};

Sides SidesOf(const PatchHunk& hunk) {
  Sides sides;
  bool first = true;
  for (std::string_view body = hunk.body; !body.empty(); first = false) {
    const PatchLine line = TakeLine(body);
    if (line.kind != '+') sides.before += line.text;
    if (line.kind != '-') sides.after += line.text;
    sides.trailing_context = line.kind == ' ';
    if (first) sides.leading_context = sides.trailing_context;
  }
  return sides;
}

// Skips lines from `position` on; kNowhere when the text has fewer.
size_t SkipLines(std::string_view text, size_t position, int64_t lines) {
  for (; lines > 0; --lines) {
    if (position == text.size()) return kNowhere;
    const size_t end = text.find('\n', position);
    position = end == std::string_view::npos ? text.size() : end + 1;
  }
  return lines < 0 ? kNowhere : position;
}

// Whether whole lines of `text` at `position`, where a line begins, are `lines`.
bool HasLines(std::string_view text, size_t position, std::string_view lines) {
  if (!text.substr(position).starts_with(lines)) return false;
  return lines.empty() || lines.ends_with('\n') || position + lines.size() == text.size();
}

size_t FindBytes(std::string_view text, size_t from, std::string_view bytes) {
  const void* found = memmem(text.data() + from, text.size() - from, bytes.data(), bytes.size());
  return found == nullptr ? kNowhere : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

struct Places {
  size_t first = kNowhere;
  bool several = false;
};

// Where `lines`, each with a line end, stand from `from` on, where a line begins.
Places FindLines(std::string_view text, size_t from, std::string_view lines) {
  const std::string after_line_end = absl::StrCat("\n", absl::string_view(lines.data(), lines.size()));
  Places places;
  if (HasLines(text, from, lines)) places.first = from;
  size_t found = FindBytes(text, from, after_line_end);
  if (places.first == kNowhere && found != kNowhere) {
    places.first = found + 1;
    found = FindBytes(text, found + 1, after_line_end);
  }
  places.several = found != kNowhere;
  return places;
}

absl::Status DoesNotFit(const PatchHunk& hunk, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("hunk ", std::string(hunk.range), " does not fit the base commit: ", std::string(why)));
}

// `from`: where the hunk before ends; `line`: how many lines precede that.
absl::StatusOr<size_t> Locate(std::string_view text, size_t from, int64_t line, const PatchHunk& hunk,
                              const Sides& sides, WorkBudget& budget) {
  const size_t expected = SkipLines(text, from, hunk.OldLinesBefore() - line);
  if (expected != kNowhere && HasLines(text, expected, sides.before)) return expected;
  if (!sides.leading_context || hunk.old_start <= 1) return DoesNotFit(hunk, "its lines are not there");

  RETURN_IF_ERROR(budget.Spend(text.size() - from + sides.before.size()));
  if (!sides.trailing_context || !sides.before.ends_with('\n')) {
    const size_t rest = text.size() - from;
    const size_t place = text.size() - std::min(rest, sides.before.size());
    const bool begins_line = place == from || text[place - 1] == '\n';
    if (begins_line && text.substr(place) == sides.before) return place;
    return DoesNotFit(hunk, "its lines are neither there nor at the end of the file");
  }
  const Places places = FindLines(text, from, sides.before);
  if (places.first == kNowhere) return DoesNotFit(hunk, "its lines are not in the file (after the hunk before)");
  if (places.several) return DoesNotFit(hunk, "its lines are not there, but at several other places");
  return places.first;
}

}  // namespace

absl::Status WorkBudget::Spend(size_t bytes) {
  bytes_left -= static_cast<int64_t>(bytes);
  if (bytes_left >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError("the diff touches too much content, or is off its lines too often; push commits");
}

absl::StatusOr<std::string> ApplyHunks(std::string_view text, const std::vector<PatchHunk>& hunks, WorkBudget& budget) {
  std::string result;
  result.reserve(text.size());
  size_t taken = 0;
  int64_t line = 0;
  for (const PatchHunk& hunk : hunks) {
    const Sides sides = SidesOf(hunk);
    ASSIGN_OR_RETURN(const size_t place, Locate(text, taken, line, hunk, sides, budget));
    result += text.substr(taken, place - taken);
    if (!result.empty() && !result.ends_with('\n')) return DoesNotFit(hunk, "the line before has no line end");
    result += sides.after;
    const std::string_view passed = text.substr(taken, place + sides.before.size() - taken);
    line += std::count(passed.begin(), passed.end(), '\n');
    taken += passed.size();
    // An end of file in the diff must be the end of the file.
    if (taken < text.size() && !result.empty() && !result.ends_with('\n')) {
      return DoesNotFit(hunk, "it ends the file, but the file goes on");
    }
  }
  result += text.substr(taken);
  return result;
}

}  // namespace mergegate::git
