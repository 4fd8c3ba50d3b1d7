#include "analyzers/body_change.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace mergegate::analyzers {
namespace {

using Lines = std::vector<std::string_view>;

Lines Split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Whatever could be a directive, in any spelling: what it says holds for all that follows.
bool HasDirective(std::span<const std::string_view> lines) {
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    for (const std::string_view sign : {"#", "%:", "?\?=", "_Pragma"}) {
      if (line.find(sign) != std::string_view::npos) return true;
    }
    return false;
  });
}

bool StandsAt(std::span<const std::string_view> lines, const Lines& text, size_t at) {
  return at + lines.size() <= text.size() &&
         std::equal(lines.begin(), lines.end(), text.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

std::optional<BodyChange> BodyChange::Find(const FunctionRecords& base, std::string_view base_text,
                                           std::string_view head_text, Reach reach) {
  const Lines old_lines = Split(base_text), new_lines = Split(head_text);
  const auto count = static_cast<size_t>(base.size());
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return std::pair(base[a].first_line(), -base[a].last_line()) <
           std::pair(base[b].first_line(), -base[b].last_line());
  });

  // Walks both texts: what stands between bodies must be equal, line by line.
  BodyChange change;
  change.reach_ = reach;
  size_t new_at = 0;  // lines of the new text consumed
  const std::span<const std::string_view> old_all(old_lines);
  int last_line = 0;
  std::optional<Body> open;  // its interior comes next in both texts
  size_t interior_begin = 0;
  const auto close = [&](size_t gap_begin, size_t gap_end, bool is_last) {
    // The gap after the open body decides where the body ends in the new text.
    const auto gap = old_all.subspan(gap_begin, gap_end - gap_begin);
    if (!open) {
      if (!StandsAt(gap, new_lines, new_at)) return false;
    } else {
      const auto interior = old_all.subspan(interior_begin, gap_begin - interior_begin);
      size_t at = new_at + interior.size();
      bool same = StandsAt(interior, new_lines, new_at) && StandsAt(gap, new_lines, at);
      if (same && is_last) same = at + gap.size() == new_lines.size();
      if (!same) {
        at = is_last ? new_lines.size() - std::min(gap.size(), new_lines.size()) : new_at;
        while (!StandsAt(gap, new_lines, at)) {
          if (is_last || ++at > new_lines.size()) return false;
        }
        if (at < new_at) return false;
        open->changed = true;
        if (HasDirective(interior) || HasDirective(std::span(new_lines).subspan(new_at, at - new_at))) return false;
      }
      open->head_last = static_cast<int>(at) + 1;  // the gap begins with the last brace
      change.bodies_.push_back(*open);
      new_at = at;
    }
    new_at += gap.size();
    return true;
  };
  for (const int index : order) {
    const v1::FunctionRecord& function = base[index];
    if (!function.skippable() || function.first_line() <= last_line ||
        function.body_first_line() + 1 >= function.last_line() ||
        function.last_line() > static_cast<int>(old_lines.size())) {
      continue;
    }
    const auto gap_begin = open ? static_cast<size_t>(last_line) - 1 : size_t{0};
    const auto gap_end = static_cast<size_t>(function.body_first_line());
    if (!close(gap_begin, gap_end, false)) return std::nullopt;
    const int shift = static_cast<int>(new_at) - function.body_first_line();
    open = Body{index, function.first_line(), function.last_line(), function.first_line() + shift, 0, false};
    interior_begin = gap_end;
    last_line = function.last_line();
  }
  if (!open || !close(static_cast<size_t>(last_line) - 1, old_lines.size(), true) || new_at != new_lines.size()) {
    return std::nullopt;
  }

  std::vector<bool> changed(count, false);
  for (const Body& body : change.bodies_) {
    if (!body.changed) continue;
    // What is defined inside it changes with it.
    for (size_t i = 0; i < count; ++i) {
      const v1::FunctionRecord& function = base[static_cast<int>(i)];
      if (function.first_line() >= body.base_first && function.last_line() <= body.base_last) changed[i] = true;
    }
  }
  change.affected_ = changed;
  const auto seen_from = [&](size_t i) -> const google::protobuf::RepeatedField<uint32_t>& {
    static const google::protobuf::RepeatedField<uint32_t> nothing;
    const v1::FunctionRecord& function = base[static_cast<int>(i)];
    if (reach == Reach::kClosure) return function.reaches();
    return function.follows_calls() ? function.calls() : nothing;
  };
  for (size_t i = 0; i < count; ++i) {
    for (const uint32_t seen : seen_from(i)) {
      if (seen < count && changed[seen]) change.affected_[i] = true;
    }
  }
  change.needed_ = change.affected_;
  for (size_t i = 0; i < count; ++i) {
    if (!change.affected_[i]) continue;
    for (const uint32_t seen : seen_from(i)) {
      if (seen < count) change.needed_[seen] = true;
    }
  }
  // A body is needed when something inside it is.
  bool any = false;
  for (const Body& body : change.bodies_) {
    for (size_t i = 0; i < count; ++i) {
      const v1::FunctionRecord& function = base[static_cast<int>(i)];
      if (change.needed_[i] && function.first_line() >= body.base_first && function.last_line() <= body.base_last) {
        change.needed_[static_cast<size_t>(body.function)] = true;
      }
    }
    any |= !change.needed_[static_cast<size_t>(body.function)];
  }
  if (!any) return std::nullopt;
  return change;
}

int BodyChange::At(int line, int Body::* first, int Body::* last, bool skipped) const {
  for (const Body& body : bodies_) {
    if (body.*first > line || body.*last < line) continue;
    return (skipped ? !needed_[static_cast<size_t>(body.function)] : body.changed) ? body.function : -1;
  }
  return -1;
}

int BodyChange::SkippedFrom(int head_line) const {
  for (const Body& body : bodies_) {
    if (body.head_first == head_line && !needed_[static_cast<size_t>(body.function)]) return body.function;
  }
  return -1;
}

int BodyChange::ToHead(int base_line) const {
  int shift = 0;
  for (const Body& body : bodies_) {
    if (base_line < body.base_first) break;
    shift = body.head_first - body.base_first;
    if (base_line > body.base_last - 1) {
      shift = body.head_last - body.base_last;
    } else if (body.changed && base_line > body.base_first) {
      // Lines up to the first brace keep their distance from the function's start; it is told only for the start.
      return 0;
    }
  }
  return base_line + shift;
}

}  // namespace mergegate::analyzers
