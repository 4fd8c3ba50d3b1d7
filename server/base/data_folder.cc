#include "server/base/data_folder.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace mergegate {
namespace {

absl::Status PosixError(std::string_view what, const std::string& path) {
  return absl::UnavailableError(absl::StrCat(std::string(what), " ", path, ": ", std::strerror(errno),
                                             "; choose another folder with --data-dir"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataFolder>> DataFolder::Open(const std::string& path, absl::Duration wait) {
  std::error_code error;
  std::filesystem::create_directories(path + "/mirrors", error);
  if (error) {
    errno = error.value();
    return PosixError("cannot create", path);
  }
  if (chmod(path.c_str(), 0700) != 0) return PosixError("cannot protect", path);
  const std::string lock_path = path + "/lock";
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return PosixError("cannot write", lock_path);
  const absl::Time give_up = absl::Now() + wait;
  while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK || absl::Now() >= give_up) {
      close(lock);
      return absl::FailedPreconditionError(
          absl::StrCat("another mergegated uses ", path, "; stop it, or choose another folder with --data-dir"));
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return std::unique_ptr<DataFolder>(new DataFolder(path, lock));
}

DataFolder::~DataFolder() { close(lock_); }

absl::StatusOr<std::string> DataFolder::Token() const {
  if (std::ifstream file(token_file()); file) {
    std::string token;
    std::getline(file, token);
    absl::StripAsciiWhitespace(&token);
    if (token.size() < 16) {
      return absl::FailedPreconditionError(
          absl::StrCat(token_file(), " holds no token of at least 16 characters; remove it and start again"));
    }
    return token;
  }
  std::array<unsigned char, 32> bytes;
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return absl::UnavailableError("no random bytes for a token");
  const std::string token =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const int file = open(token_file().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return PosixError("cannot write", token_file());
  const std::string line = token + "\n";
  const bool written = write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  close(file);
  if (!written) return PosixError("cannot write", token_file());
  return token;
}

std::string DefaultDataFolder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    return absl::StrCat(state, "/mergegate");
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return absl::StrCat(home, "/.local/state/mergegate");
  }
  return "/var/lib/mergegate";
}

}  // namespace mergegate
