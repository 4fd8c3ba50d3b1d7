// An annotated source: files to commit, a task to run on them, and what is expected, all in one text.
//
//   // CHECKS: -*,bugprone-use-after-move
//   // ANALYZERS: clang-tidy
//   // ARGS: -std=c++17
//   #include "box.h"
//   void f(Box a) { Box b = std::move(a); a.use(); }  // FINDING: bugprone-use-after-move 'a' used after
//   //--- box.h
//   struct Box { ... };
//
// Directives stand in comments anywhere; each ends at the next directive or at the end of the line.
//   CHECKS, ANALYZERS, ARGS       of the task; ANALYZERS defaults to clang-tidy, ARGS to -std=c++20
//   FINDING: <check> <text>       a finding on this line whose message holds the text; FINDING@+1 on the next line
//   NOTE: <text>                  some finding has a note that holds the text
//   FIXED: <text>                 what this line says, up to its first comment, after all fixes
//   METRIC: <name>=<n> ...        of the function that starts on this line
//   IN: <name>                    qualified name of the declaration around this line's finding
//   REFERS: <name> -> <name>      a reference between two declarations
//   INSTANTIATIONS: <name> <n>    different argument lists that a template is instantiated with; "none" for no template
//   FAILURE: <KIND> <text>        a failure of the task whose message holds the text
//   SUPPRESSED: <n>               findings that NOLINT hid
//   INPUT, ABSENT, NO-INPUT: <path>   the record of what was read
//   CHANGE-ADDS                   the change adds this line, so that its suppressions do not count
// Further files follow "//--- <path>"; "//--- base:<path>" is a file of the commit that configures the checks (which
// holds nothing else), "//--- link:<path> <target>" a symbolic link. The first part is "case.cc".
// Everything that is found must be expected and the other way round; failures, too.
#ifndef MERGEGATE_TESTS_ANALYZERS_CASE_FILE_H_
#define MERGEGATE_TESTS_ANALYZERS_CASE_FILE_H_

#include <map>
#include <string>
#include <vector>

namespace mergegate::testing {

struct Directive {
  std::string word;  // "FINDING"
  std::string text;  // after the colon, trimmed
  std::string path;  // file it stands in
  int line = 0;      // 1-based, with the "@" offset added
};

struct CaseFile {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> base_files;
  std::map<std::string, std::string> links;
  std::vector<Directive> directives;

  // Text of the first directive of that word, or `otherwise`.
  std::string Get(const std::string& word, const std::string& otherwise) const;
};

CaseFile ParseCase(const std::string& text);

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_ANALYZERS_CASE_FILE_H_
