// Packs from strangers. The first byte says in how many pieces the rest comes, whether the push is shallow, and whether
// a right checksum is put at the end, which no mutation would find.
// Whatever the bytes: a Status or objects, and no file left behind by a refused pack.
#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "server/git/mirror.h"

namespace {

namespace git = mergegate::git;

struct Fixture {
  std::string directory = (std::filesystem::temp_directory_path() / "mergegate-fuzz-XXXXXX").string();
  std::unique_ptr<git::Mirror> mirror;

  Fixture() {
    if (mkdtemp(directory.data()) == nullptr) std::abort();
    git::MirrorLimits limits;
    limits.max_pack_objects = 1000;
    mirror = *git::Mirror::OpenOrCreate(directory + "/mirror.git", "", limits);
  }
  ~Fixture() {
    mirror.reset();
    std::filesystem::remove_all(directory);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  size_t PackFiles() const {
    const auto files = std::filesystem::directory_iterator(mirror->path() + "/objects/pack");
    return static_cast<size_t>(std::distance(begin(files), end(files)));
  }
};

std::string Sha1(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha1(), nullptr) != 1) std::abort();
  return {reinterpret_cast<const char*>(digest), size};
}

absl::Status Push(git::Mirror& mirror, std::string_view pack, size_t pieces, bool shallow) {
  const auto writer = mirror.ReceivePack();
  if (!writer.ok()) std::abort();
  const size_t piece = std::max<size_t>(1, pack.size() / pieces);
  for (size_t at = 0; at < pack.size(); at += piece) {
    if (absl::Status status = (*writer)->Append(pack.substr(at, piece)); !status.ok()) return status;
  }
  // The commit that the seeds bring.
  const mergegate::CommitId tip("1eea84c98d92faeb98753f43d11cc7cc7db65700");
  return (*writer)->Finish({tip}, shallow).status();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Fixture fixture;
  if (size == 0) return 0;
  const size_t before = fixture.PackFiles();
  std::string pack(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] & 16) pack += Sha1(pack);
  const absl::Status status = Push(*fixture.mirror, pack, 1 + (data[0] & 7), (data[0] & 8) != 0);
  if (!status.ok() && fixture.PackFiles() != before) std::abort();
  return 0;
}
