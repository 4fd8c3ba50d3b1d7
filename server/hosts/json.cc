#include "server/hosts/json.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace mergegate::hosts {
namespace {

constexpr size_t kMaxText = 64 << 10;
constexpr size_t kMaxName = 512;
constexpr int64_t kLastSecond = 253'402'300'800;  // the year 10000

}  // namespace

Json Json::operator[](std::string_view key) const {
  if (!exists() || !value_->is_object()) return Json(nullptr);
  const auto found = value_->find(key);
  return found == value_->end() ? Json(nullptr) : Json(&*found);
}

std::string Json::Text() const {
  if (!exists() || !value_->is_string()) return "";
  std::string text = value_->get<std::string>();
  std::erase(text, '\0');
  if (text.size() <= kMaxText) return text;
  size_t end = kMaxText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

std::string Json::Name() const {
  std::string text = Text();
  const bool fits = text.size() <= kMaxName && std::ranges::none_of(text, [](char c) {
                      return absl::ascii_iscntrl(static_cast<unsigned char>(c));
                    });
  return fits ? text : "";
}

int64_t Json::Number() const {
  if (!exists() || !value_->is_number_integer()) return 0;
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (value_->is_number_unsigned() && value_->get<uint64_t>() > kMost) return 0;
  return std::max<int64_t>(value_->get<int64_t>(), 0);
}

std::string Json::Digits() const {
  if (const int64_t number = Number(); number > 0) return absl::StrCat(number);
  const std::string text = Name();
  const bool digits = !text.empty() && text.size() <= 20 && std::ranges::all_of(text, [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  return digits ? text : "";
}

CommitId Json::Commit() const {
  const std::string text = absl::AsciiStrToLower(Name());
  const bool hex = text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hex && text.find_first_not_of('0') != std::string::npos ? CommitId(text) : CommitId();
}

absl::Time Json::Time() const {
  const int64_t seconds = Number();
  if (seconds > 0 && seconds < kLastSecond) return absl::FromUnixSeconds(seconds);
  std::string text = Name();
  if (text.ends_with(" UTC")) text.replace(text.size() - 4, 4, "Z");
  absl::Time time;
  for (const char* format : {absl::RFC3339_full, "%Y-%m-%d %H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S %Ez"}) {
    if (absl::ParseTime(format, text, &time, nullptr) && time < absl::FromUnixSeconds(kLastSecond)) return time;
  }
  return absl::InfinitePast();
}

}  // namespace mergegate::hosts
