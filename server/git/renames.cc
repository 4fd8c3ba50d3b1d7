#include "server/git/renames.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace mergegate::git {
namespace {

constexpr size_t kMaxChunkBytes = 64;
// Chunk comparisons after which the search for similar files ends: a change must not buy minutes of work.
constexpr int64_t kMaxComparedChunks = 400'000'000;

// Bytes by hash of chunk, ordered by hash.
using Chunks = std::vector<std::pair<uint32_t, uint32_t>>;

Chunks ChunksOf(std::string_view content) {
  Chunks all;
  uint32_t hash = 0;
  uint32_t bytes = 0;
  for (const char c : content) {
    hash = hash * 16777619u ^ static_cast<unsigned char>(c);
    if (++bytes < kMaxChunkBytes && c != '\n') continue;
    all.emplace_back(hash, bytes);
    hash = bytes = 0;
  }
  if (bytes > 0) all.emplace_back(hash, bytes);
  std::ranges::sort(all);
  Chunks merged;
  for (const auto& [chunk, size] : all) {
    if (!merged.empty() && merged.back().first == chunk) {
      merged.back().second += size;
    } else {
      merged.emplace_back(chunk, size);
    }
  }
  return merged;
}

double Share(const Chunks& a, size_t a_size, const Chunks& b, size_t b_size) {
  const size_t larger = std::max(a_size, b_size);
  if (larger == 0) return 1;
  uint64_t common = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (i->first < j->first) {
      ++i;
    } else if (j->first < i->first) {
      ++j;
    } else {
      common += std::min((i++)->second, (j++)->second);
    }
  }
  return static_cast<double>(common) / static_cast<double>(larger);
}

std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

struct Content {
  bool readable = false;
  size_t size = 0;
  Chunks chunks;
};

Content ContentOf(git_repository* repository, git_odb* odb, const git_oid& id, int64_t max_bytes) {
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (git_odb_read_header(&size, &type, odb, &id) < 0 || static_cast<int64_t>(size) > max_bytes) return {};
  BlobHandle blob;
  if (git_blob_lookup(blob.out(), repository, &id) < 0) return {};
  return {.readable = true,
          .size = size,
          .chunks = ChunksOf({static_cast<const char*>(git_blob_rawcontent(blob.get())), size})};
}

// Remembers which candidates are taken.
class Pairing {
 public:
  Pairing(size_t deleted, size_t added) : deleted_taken_(deleted), added_taken_(added) {}

  void Take(size_t deleted, size_t added) {
    if (deleted_taken_[deleted] || added_taken_[added]) return;
    deleted_taken_[deleted] = added_taken_[added] = true;
    pairs_.push_back({.deleted = deleted, .added = added});
  }
  std::vector<size_t> DeletedLeft() const { return Left(deleted_taken_); }
  std::vector<size_t> AddedLeft() const { return Left(added_taken_); }
  std::vector<RenamePair> pairs() && { return std::move(pairs_); }

 private:
  static std::vector<size_t> Left(const std::vector<bool>& taken) {
    std::vector<size_t> left;
    for (size_t i = 0; i < taken.size(); ++i) {
      if (!taken[i]) left.push_back(i);
    }
    return left;
  }

  std::vector<bool> deleted_taken_, added_taken_;
  std::vector<RenamePair> pairs_;
};

void PairEqual(const std::vector<RenameCandidate>& deleted, const std::vector<RenameCandidate>& added,
               Pairing& pairing) {
  // By content and name first, so that two equal files that both moved keep their names.
  for (const bool same_name : {true, false}) {
    std::unordered_map<std::string, std::vector<size_t>> waiting;
    const auto key = [same_name](const RenameCandidate& candidate) {
      std::string text = Hex(candidate.blob);
      if (same_name) text += BaseName(candidate.path);
      return text;
    };
    for (const size_t i : pairing.DeletedLeft()) waiting[key(deleted[i])].push_back(i);
    for (auto& [content, indices] : waiting) std::ranges::reverse(indices);
    for (const size_t i : pairing.AddedLeft()) {
      const auto found = waiting.find(key(added[i]));
      if (found == waiting.end() || found->second.empty()) continue;
      pairing.Take(found->second.back(), i);
      found->second.pop_back();
    }
  }
}

void PairSimilar(git_repository* repository, const std::vector<RenameCandidate>& deleted,
                 const std::vector<RenameCandidate>& added, int64_t max_file_bytes, double min_similarity,
                 Pairing& pairing) {
  const absl::StatusOr<OdbHandle> odb = ObjectDatabase(repository);
  if (!odb.ok()) return;
  const std::vector<size_t> sources = pairing.DeletedLeft();
  const std::vector<size_t> targets = pairing.AddedLeft();
  if (sources.empty() || targets.empty()) return;
  std::vector<Content> source_contents;
  for (const size_t i : sources) {
    source_contents.push_back(ContentOf(repository, odb->get(), deleted[i].blob, max_file_bytes));
  }

  struct Match {
    double similarity;
    bool same_name;
    size_t deleted, added;
  };
  std::vector<Match> matches;
  int64_t compared = 0;
  for (const size_t target : targets) {
    const Content content = ContentOf(repository, odb->get(), added[target].blob, max_file_bytes);
    if (!content.readable) continue;
    for (size_t s = 0; s < sources.size() && compared < kMaxComparedChunks; ++s) {
      const Content& source = source_contents[s];
      const auto [smaller, larger] = std::minmax(source.size, content.size);
      if (!source.readable || static_cast<double>(smaller) < min_similarity * static_cast<double>(larger)) continue;
      compared += static_cast<int64_t>(source.chunks.size() + content.chunks.size());
      const double similarity = Share(source.chunks, source.size, content.chunks, content.size);
      if (similarity < min_similarity) continue;
      matches.push_back({.similarity = similarity,
                         .same_name = BaseName(deleted[sources[s]].path) == BaseName(added[target].path),
                         .deleted = sources[s],
                         .added = target});
    }
  }
  std::ranges::sort(matches, [](const Match& a, const Match& b) {
    return std::tuple(-a.similarity, !a.same_name, a.deleted, a.added) <
           std::tuple(-b.similarity, !b.same_name, b.deleted, b.added);
  });
  for (const Match& match : matches) pairing.Take(match.deleted, match.added);
}

// Files with a name that one candidate of each side has.
void PairByName(git_repository* repository, const std::vector<RenameCandidate>& deleted,
                const std::vector<RenameCandidate>& added, int64_t max_file_bytes, double min_similarity,
                Pairing& pairing) {
  const absl::StatusOr<OdbHandle> odb = ObjectDatabase(repository);
  if (!odb.ok()) return;
  std::unordered_map<std::string_view, std::vector<size_t>> from, to;
  for (const size_t i : pairing.DeletedLeft()) from[BaseName(deleted[i].path)].push_back(i);
  for (const size_t i : pairing.AddedLeft()) to[BaseName(added[i].path)].push_back(i);
  for (const auto& [name, targets] : to) {
    const auto sources = from.find(name);
    if (targets.size() != 1 || sources == from.end() || sources->second.size() != 1) continue;
    const size_t source = sources->second.front(), target = targets.front();
    const Content a = ContentOf(repository, odb->get(), deleted[source].blob, max_file_bytes);
    const Content b = ContentOf(repository, odb->get(), added[target].blob, max_file_bytes);
    if (!a.readable || !b.readable || Share(a.chunks, a.size, b.chunks, b.size) < min_similarity) continue;
    pairing.Take(source, target);
  }
}

}  // namespace

double Similarity(std::string_view a, std::string_view b) {
  return Share(ChunksOf(a), a.size(), ChunksOf(b), b.size());
}

std::vector<RenamePair> FindRenames(git_repository* repository, const std::vector<RenameCandidate>& deleted,
                                    const std::vector<RenameCandidate>& added, size_t max_candidates,
                                    int64_t max_file_bytes, const RenameStyle& style) {
  Pairing pairing(deleted.size(), added.size());
  PairEqual(deleted, added, pairing);
  if (style.like_git) {
    PairByName(repository, deleted, added, max_file_bytes, (1 + style.min_similarity) / 2, pairing);
  }
  const size_t from = pairing.DeletedLeft().size(), to = pairing.AddedLeft().size();
  const bool few =
      style.like_git ? from * to <= max_candidates * max_candidates : from <= max_candidates && to <= max_candidates;
  if (few) PairSimilar(repository, deleted, added, max_file_bytes, style.min_similarity, pairing);
  return std::move(pairing).pairs();
}

}  // namespace mergegate::git
