#include "server/domain/fingerprint.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace mergegate {
namespace {

// Length first, so that ("ab", "c") and ("a", "bc") differ.
void AppendField(std::string& bytes, std::string_view field) {
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(uint64_t{field.size()} >> shift & 0xff);
  bytes += field;
}

// 32 hex digits. The qualified name stands for the declaration: a USR of internal linkage holds the file's name.
std::string Hash(const Finding& finding) {
  std::string bytes;
  AppendField(bytes, finding.check);
  AppendField(bytes, finding.function);
  AppendField(bytes, WithoutBlanks(finding.line_text));
  AppendField(bytes, StableMessage(finding.message));
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return absl::BytesToHexString({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
}

// Length of ":12:34" at the start of the text; 0 when it is something else.
size_t PositionLength(std::string_view text) {
  size_t at = 0;
  for (int part = 0; part < 2; ++part) {
    if (at >= text.size() || text[at] != ':') return 0;
    const size_t first = ++at;
    while (at < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) ++at;
    if (at == first) return 0;
  }
  return at;
}

}  // namespace

std::string WithoutBlanks(std::string_view text) {
  std::string kept;
  std::ranges::copy_if(text, std::back_inserter(kept),
                       [](char c) { return !absl::ascii_isspace(static_cast<unsigned char>(c)); });
  return kept;
}

std::string StableMessage(std::string_view message) {
  std::string stable;
  for (size_t i = 0; i < message.size();) {
    const size_t length = message[i] == ':' ? PositionLength(message.substr(i)) : 0;
    if (length == 0) {
      stable += message[i++];
      continue;
    }
    while (!stable.empty() && stable.back() != ' ' && stable.back() != '(') stable.pop_back();  // the path before it
    i += length;
  }
  return stable;
}

void AssignFingerprints(std::vector<Finding>& findings) {
  std::vector<size_t> order(findings.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) {
    const auto key = [&](size_t i) {
      const Finding& f = findings[i];
      return std::tie(f.path, f.line, f.column, f.message);
    };
    if (key(a) != key(b)) return key(a) < key(b);
    return a < b;
  });
  std::unordered_map<std::string, int> seen;
  for (const size_t i : order) {
    const std::string hash = Hash(findings[i]);
    findings[i].fingerprint = absl::StrCat("v1:", hash, ":", ++seen[hash]);
  }
}

}  // namespace mergegate
