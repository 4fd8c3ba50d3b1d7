#include "analyzers/cache/artifact_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace mergegate::cache {
namespace {

constexpr size_t kHeaderBytes = 32;
constexpr size_t kMaxNameBytes = 200;
// The last byte is the version of the format.
constexpr char kMagic[8] = {'M', 'G', 'A', 'R', 'T', '\n', '\0', '\1'};

using Header = std::array<char, kHeaderBytes>;

Header HeaderOf(const std::string& path, std::string_view content) {
  const size_t slash = path.find_last_of('/');  // npos + 1 is 0
  const std::string_view name = std::string_view(path).substr(slash + 1);
  const XXH128_hash_t digest =
      XXH3_128bits_withSeed(content.data(), content.size(), XXH3_64bits(name.data(), name.size()));
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, digest);
  Header header;
  std::memcpy(header.data(), kMagic, sizeof kMagic);
  std::memcpy(header.data() + 8, canonical.digest, 16);
  for (size_t i = 0; i < 8; ++i) header[24 + i] = static_cast<char>(uint64_t{content.size()} >> (8 * i));
  return header;
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool IsNamePart(std::string_view part) {
  return !part.empty() && part.front() != '.' && std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

absl::Status Damaged(const std::string& path, std::string_view why) {
  return absl::DataLossError(absl::StrCat(path, ": ", std::string(why)));
}

}  // namespace

bool IsArtifactName(std::string_view name) {
  const size_t slash = name.find('/');
  return name.size() <= kMaxNameBytes && slash != std::string_view::npos && IsNamePart(name.substr(0, slash)) &&
         IsNamePart(name.substr(slash + 1));
}

ArtifactContent::~ArtifactContent() {
  if (map_ != nullptr) munmap(map_, bytes_);
}

std::string_view ArtifactContent::view() const {
  return map_ == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(map_), bytes_).substr(kHeaderBytes);
}

absl::StatusOr<ArtifactContent> ReadArtifact(const std::string& path) {
  // O_NONBLOCK: what is there may be a pipe that nobody writes to.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return absl::NotFoundError(absl::StrCat(path, " does not exist"));
    return Damaged(path, strerror(errno));
  }
  struct stat status{};
  const bool is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const auto bytes = static_cast<size_t>(status.st_size);
  if (!is_file || bytes < kHeaderBytes) {
    close(fd);
    return Damaged(path, is_file ? "shorter than a header" : "not a file");
  }
  void* map = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  close(fd);
  if (map == MAP_FAILED) return absl::ResourceExhaustedError(absl::StrCat(path, ": ", strerror(errno)));
  ArtifactContent content(map, bytes);
  const Header expected = HeaderOf(path, content.view());
  if (std::memcmp(map, expected.data(), kHeaderBytes) != 0) return Damaged(path, "the header does not fit the content");
  return content;
}

absl::Status WriteArtifact(const std::string& path, std::string_view content) {
  std::string temporary = (std::filesystem::path(path).parent_path() / ".tmp-XXXXXX").string();
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, temporary);
  const Header header = HeaderOf(path, content);
  bool done = WriteAll(fd, {header.data(), header.size()}) && WriteAll(fd, content);
  done = (close(fd) == 0) && done;
  if (done && rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  std::error_code ignored;
  if (done && errno == EISDIR && std::filesystem::remove_all(path, ignored) > 0 &&
      rename(temporary.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  unlink(temporary.c_str());
  return absl::ErrnoToStatus(error, path);
}

}  // namespace mergegate::cache
