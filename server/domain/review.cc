#include "server/domain/review.h"

#include "absl/strings/ascii.h"

namespace mergegate {

Handle HandleOf(std::string_view mail_or_login) {
  std::string text = absl::AsciiStrToLower(std::string(mail_or_login));
  absl::StripAsciiWhitespace(&text);
  if (text.starts_with('@')) text.erase(0, 1);
  return Handle(std::move(text));
}

}  // namespace mergegate
