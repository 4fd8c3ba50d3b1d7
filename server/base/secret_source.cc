#include "server/base/secret_source.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace mergegate {

absl::StatusOr<std::string> ReadSecret(std::string_view source) {
  std::string secret;
  std::string place;
  if (source.starts_with("file:")) {
    const std::string path(source.substr(5));
    place = absl::StrCat("the file ", path);
    std::ifstream file(path, std::ios::binary);
    if (!file) return absl::NotFoundError(absl::StrCat(place, " cannot be read"));
    std::ostringstream text;
    text << file.rdbuf();
    secret = text.str();
  } else if (source.starts_with("env:")) {
    const std::string name(source.substr(4));
    place = absl::StrCat("the environment variable ", name);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return absl::NotFoundError(absl::StrCat(place, " is not set"));
    secret = value;
  } else {
    return absl::InvalidArgumentError("a secret is named by its place: \"file:PATH\" or \"env:NAME\"");
  }
  secret = std::string(absl::StripAsciiWhitespace(secret));
  if (secret.empty()) return absl::NotFoundError(absl::StrCat(place, " is empty"));
  return secret;
}

bool IsSecretSource(std::string_view source) {
  return source.starts_with("file:/") || (source.starts_with("env:") && source.size() > 4);
}

std::string SecretWarning(std::string_view source) {
  if (!source.starts_with("file:")) return "";
  const std::string path(source.substr(5));
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || (status.st_mode & S_IROTH) == 0) return "";
  return absl::StrCat("everybody on this machine can read ", path, ": chmod 600 ", path);
}

}  // namespace mergegate
