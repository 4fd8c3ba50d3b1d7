// Who owns which paths: CODEOWNERS (GitHub; GitLab with sections) and OWNERS files (Chromium, Kubernetes).
//
//   OwnerRules rules = ReadOwnerRules({{"CODEOWNERS", "*  @ann\n/db/  @ben @cleo\n"}});
//   rules.DemandsOf({"db/a.cc", "x.cc"})  ->  CODEOWNERS:2 {ben, cleo} for db/a.cc, CODEOWNERS:1 {ann} for x.cc
//
// CODEOWNERS: the last match decides, in each section of its own. OWNERS: everybody in the files from the path's folder
// up to the root or to "set noparent" owns it, the nearest first; per-file lines (Chromium) and filters (Kubernetes)
// are for the files that they match. Where both kinds exist, both demand.
//
// The texts are untrusted: sizes, counts and includes are bounded; what is wrong is listed and skipped, never guessed.
// Pure. Thread safety: const after it was read.
#ifndef MERGEGATE_SERVER_REVIEWERS_OWNERS_H_
#define MERGEGATE_SERVER_REVIEWERS_OWNERS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/review.h"

namespace mergegate::reviewers {

// One rule of a CODEOWNERS file.
struct CodeOwnersRule {
  std::string pattern;
  std::vector<std::string> owners;  // as written; empty: nobody owns what it matches
  int line = 0;
  bool excludes = false;  // "!pattern": the section has no say
};

struct CodeOwnersSection {
  std::string name;  // empty: before the first heading
  int required = 1;  // 0: optional
  std::vector<CodeOwnersRule> rules;
};

// What one OWNERS file says of the paths in and below its folder.
struct OwnersFile {
  struct ForFiles {
    std::string glob = {};   // Chromium; matched with the last segment
    std::string regex = {};  // Kubernetes; matched anywhere in the path below the folder
    std::vector<std::string> owners = {};
    bool no_parents = false;
  };
  std::vector<std::string> owners;  // "*" is everybody
  std::vector<ForFiles> for_files;
  bool no_parents = false;
};

class OwnerRules {
 public:
  // What the rules demand for changed paths, rules with the same owners and origin joined: by rule, then by path.
  // `groups` are the members of what the files name ("@org/team", an alias); what begins with '@', holds a '/' and is
  // in no group makes the demand's `unknown`. The author is struck from the owners. "*" among them: no demand.
  std::vector<OwnerDemand> DemandsOf(const std::vector<std::string>& paths, const Handle& author,
                                     const std::map<std::string, std::vector<std::string>>& groups) const;

  // "CODEOWNERS:3: ...", at most 100.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  friend OwnerRules ReadOwnerRules(const std::map<std::string, std::string>& files);

  std::string codeowners_;  // its path
  std::vector<CodeOwnersSection> sections_;
  std::map<std::string, OwnersFile, std::less<>> folders_;   // "" is the root
  std::map<std::string, std::vector<std::string>> aliases_;  // OWNERS_ALIASES
  std::vector<std::string> problems_;
};

// True for the files that ReadOwnerRules reads: CODEOWNERS in the root, .github, .gitlab or docs; OWNERS and
// OWNERS_ALIASES anywhere, and what Chromium's "file:" lines may include (*OWNERS).
bool IsOwnersPath(std::string_view path);

// `files`: texts by path. Of several CODEOWNERS the first of .github/, .gitlab/, the root and docs/ counts.
OwnerRules ReadOwnerRules(const std::map<std::string, std::string>& files);

// A pattern of CODEOWNERS against a path: like .gitignore, except that "docs/*" does not reach below docs' own files.
bool CodeOwnersMatches(std::string_view pattern, std::string_view path);

// The parsers of the single formats; problems are appended as "path:line: ...".
std::vector<CodeOwnersSection> ParseCodeOwners(std::string_view path, std::string_view text,
                                               std::vector<std::string>& problems);
// Chromium's lines or Kubernetes' keys, told apart by the first line that says something. `files` for "file:" lines.
OwnersFile ParseOwnersFile(std::string_view path, const std::map<std::string, std::string>& files,
                           std::vector<std::string>& problems);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_OWNERS_H_
