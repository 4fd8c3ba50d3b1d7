// A project's past, as far as it tells the risk of the next commit.
//
//   risk::History history;
//   for (const Commit& commit : commits) {           // in the order of git's --date-order --reverse
//     Measures before = history.MeasuresOf(commit);  // knows nothing of the commit or what came later
//     history.Add(commit);
//   }
//
// A commit is inducing from the day on which another that names it as its cause landed. Files keep their past over
// renames and lose it when deleted. Pure; one thread at a time.
#ifndef MERGEGATE_SERVER_RISK_HISTORY_H_
#define MERGEGATE_SERVER_RISK_HISTORY_H_

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "server/risk/commit.h"

namespace mergegate::risk {

inline constexpr int64_t kDay = 86'400;  // seconds

// What is measured of a commit; the first eleven are those of the general model's development set.
struct Measures {
  double lines_added = 0;
  double largest_hunk = 0;
  double control = 0;
  double files = 0;
  double recent_changes = 0;  // to its code in the 90 days before, summed over files
  double authors = 0;         // distinct earlier ones of its files
  double file_rate = 0;       // (inducing commits known on its code + 10 base) / (earlier changes + 10)
  double base_rate = 0;       // (inducing commits known + 5) / (commits to code + 200)
  double comment_only = 0;
  double only_tests = 0;
  double build_files = 0;

  double lines_deleted = 0;
  double hunks = 0;
  double calls = 0;
  double memory = 0;
  double depth = 0;  // mean indentation of added code, columns
  double header_share = 0;
  double test_share = 0;
  double control_deleted = 0;
  double new_files = 0;
  double folders = 0;
  double changes = 0;       // earlier changes to its code
  double days_since = 0;    // since its code last changed, mean over files; 0 when new
  double fix_rate = 0;      // (commits that correct something on its code + 10 base) / (earlier changes + 10)
  double folder_rate = 0;   // as file_rate, of the folders
  double area_rate = 0;     // as file_rate, of the two topmost folders
  double recent_rate = 0;   // as file_rate, of what was induced with a half-life of a year
  double highest_rate = 0;  // of one file
  double words = 0;         // evidence of the words of added code (words.h); the learner's, not the history's
};

struct MeasureColumn {
  std::string_view name;
  double Measures::* value;
};
// Every measure by its name, in the order above.
std::span<const MeasureColumn> MeasureColumns();

class History {
 public:
  Measures MeasuresOf(const Commit& commit);
  void Add(const Commit& commit);

  // The landing times of the first commit that names the commit as its cause; 0: none.
  int64_t FirstFix(size_t commit) const { return commits_[commit].first_fix; }
  int64_t TimeOf(size_t commit) const { return commits_[commit].time; }
  size_t size() const { return commits_.size(); }

 private:
  struct Tally {
    double changes = 0;
    double inducing = 0;
  };
  struct FileState {
    std::deque<int64_t> recent;  // times of the changes of 90 days
    Tally all;
    double fixes = 0;
    Tally faded;  // as of `last`
    int64_t last = 0;
    absl::flat_hash_set<int> authors;
  };
  struct Landed {
    std::string id, picked_from;
    int64_t time = 0;
    int64_t first_fix = 0;
    bool undoes = false;
    bool code = false;
    std::vector<int> files;  // of code
    std::vector<int> folders;
  };

  int StateOf(const File& file) const;  // -1: new
  int FolderOf(std::string_view path);
  int AreaOf(std::string_view path);
  void MarkCauses(const Commit& commit);

  absl::flat_hash_map<std::string, int> file_at_;
  absl::flat_hash_map<std::string, int> authors_, folder_at_;
  std::vector<FileState> states_;
  std::vector<Tally> folders_;
  std::vector<Landed> commits_;
  absl::flat_hash_map<std::string, std::vector<size_t>> by_prefix_;  // seven digits
  double code_commits_ = 0, inducing_ = 0, fixing_ = 0;
};

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_HISTORY_H_
