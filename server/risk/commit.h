// What defect risk reads of one commit: made out of git by server/git/risk_history.h, out of nothing by tests.
//
//   risk::Commit commit{.id = "e8ae...", .time = 1388765289, .author = "Ada"};
//   commit.files.push_back({.path = "src/a.cc"});
//   commit.content = risk::ContentOf(diff);       // content.h
//   commit.message = risk::ReadMessage(message);  // links.h
//
// Plain values; strings are bytes as the commits have them, in whatever encoding.
#ifndef MERGEGATE_SERVER_RISK_COMMIT_H_
#define MERGEGATE_SERVER_RISK_COMMIT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace mergegate::risk {

// Measures of the changed text of one commit. "Code" is the text of C and C++ files.
struct Content {
  int64_t lines_added = 0;    // of all text files
  int64_t lines_deleted = 0;  // of all text files
  int64_t code_added = 0;     // lines
  int64_t code_deleted = 0;   // lines
  int64_t largest_hunk = 0;   // most lines of code added by one hunk
  int64_t hunks = 0;          // of code
  int64_t control = 0;        // control-flow keywords in added code, comments removed
  int64_t control_deleted = 0;
  int64_t calls = 0;          // names before an opening parenthesis in added code, keywords left out
  int64_t memory = 0;         // pointers followed (-> and unary *), allocations and releases in added code
  int64_t depth = 0;          // sum over added lines of code of their indentation, in columns (tab: 8)
  int64_t header_added = 0;   // lines added to C and C++ headers
  int64_t test_added = 0;     // lines of code added to tests
  bool comment_only = false;  // code differs in comments, white space and place only, and no file of it is new
  bool operator==(const Content&) const = default;
};

struct File {
  std::string path;          // after the commit; before it when deleted
  std::string renamed_from;  // empty: not renamed
  bool added = false;
  bool deleted = false;
  bool operator==(const File&) const = default;
};

// What the message says of other commits.
struct Message {
  bool undoes = false;              // reverts or re-applies another commit: no instance of its own
  bool corrects = false;            // says that it fixes something
  std::string picked_from;          // the commit that this one is a cherry-pick of; links to that mean this one
  std::vector<std::string> causes;  // ids (7 to 40 hex digits) of commits that it names as what it mends
  bool operator==(const Message&) const = default;
};

struct Commit {
  std::string id;      // 40 hex digits; empty: not landed yet
  int64_t time = 0;    // committed, seconds since 1970
  std::string author;  // proper name
  Message message;
  std::vector<File> files;  // every file that differs
  Content content;
  std::vector<uint32_t> words = {};  // of added code, ascending; see words.h
  bool operator==(const Commit&) const = default;
};

// Commits with more changed lines than this are no instances: imports and generated code.
inline constexpr int64_t kMostChangedLines = 20'000;

// C and C++ by extension, as the general model was learned with.
bool IsCode(const std::string& path);
bool IsTest(const std::string& path);
bool IsBuildFile(const std::string& path);

// True for what a probability is given for: changes code, undoes nothing, is no bulk.
bool IsInstance(const Commit& commit);

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_COMMIT_H_
