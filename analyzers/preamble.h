// The headers at the start of a main file, parsed once and kept: a precompiled header, and what the checks of the
// matching tier found in the headers. It is used again for every main file that starts with the same lines, at any
// commit at which the same files are read.
//
//   std::optional<Preamble> preamble = PreambleOf(side, /*with_findings=*/true, artifacts);
//   if (preamble) preamble->Apply(*invocation, fs);           // the next parse starts below the headers
//
// A unit is examined in two parts, at base and head alike: the headers by themselves, and the rest with what it
// instantiates of them. Neither depends on what was kept.
// Thread safety: none. Ownership: points into the artifacts, which must outlive it and every parse it is applied to.
#ifndef MERGEGATE_ANALYZERS_PREAMBLE_H_
#define MERGEGATE_ANALYZERS_PREAMBLE_H_

#include <optional>
#include <string>
#include <string_view>

#include "analyzers/artifacts.h"
#include "analyzers/unit_side.h"
#include "clang/Frontend/CompilerInstance.h"
#include "mergegate/v1/engine.pb.h"

namespace mergegate::analyzers {

class Preamble {
 public:
  // Makes `invocation` start below the headers; `fs` is replaced by one that holds the precompiled header, too.
  void Apply(clang::CompilerInvocation& invocation, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>& fs) const;
  // Tells a parse that this was applied to, and its checks, what the headers' part of the main file says and a
  // precompiled header does not: what it includes, and which private fields are not used so far.
  void Replay(clang::CompilerInstance& compiler) const;

  // Equal for two units exactly when their headers are the same in every respect.
  const std::string& name() const { return manifest_.artifact(); }
  const v1::PreambleRecord& record() const { return record_; }
  // The files that the headers' parse read and missed.
  const v1::Manifest& manifest() const { return manifest_; }
  bool reused() const { return reused_; }

 private:
  void ReplayIncludes(clang::CompilerInstance& compiler) const;
  void ReplayUnusedFields(clang::CompilerInstance& compiler) const;

  friend class PreambleBuilder;
  friend std::optional<Preamble> FindPreamble(UnitSide& side, bool with_findings, Artifacts& artifacts);
  std::string_view precompiled_;
  unsigned bytes_ = 0;  // of the main file
  bool ends_at_line_start_ = false;
  bool reused_ = false;
  v1::Manifest manifest_;
  v1::PreambleRecord record_;
};

// What an earlier task, or this one, left. `with_findings`: with the record of what the side's checks find; else the
// record may be empty.
std::optional<Preamble> FindPreamble(UnitSide& side, bool with_findings, Artifacts& artifacts);

// Parses the headers with the side's checks. Null when the main file starts without any, or they do not compile: the
// unit is then to be taken whole.
std::optional<Preamble> BuildPreamble(UnitSide& side, Artifacts& artifacts);

// The one, else the other.
std::optional<Preamble> PreambleOf(UnitSide& side, bool with_findings, Artifacts& artifacts);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_PREAMBLE_H_
