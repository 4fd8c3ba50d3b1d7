#include "server/risk/history.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <utility>

namespace mergegate::risk {
namespace {

constexpr size_t kPrefix = 7;
constexpr double kPrior = 10;  // earlier changes that the project's rate stands for
constexpr int64_t kRecent = 90 * kDay;
constexpr double kHalfLife = 365.0 * kDay;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

double Fade(int64_t seconds) { return std::exp2(-std::max<double>(0, static_cast<double>(seconds)) / kHalfLife); }

std::string_view FolderName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view AreaName(std::string_view path) {
  const std::string_view folder = FolderName(path);
  const size_t first = folder.find('/');
  if (first == std::string_view::npos) return folder;
  return folder.substr(0, folder.find('/', first + 1));
}

int Number(absl::flat_hash_map<std::string, int>& numbers, std::string_view name) {
  return numbers.try_emplace(std::string(name), static_cast<int>(numbers.size())).first->second;
}

}  // namespace

std::span<const MeasureColumn> MeasureColumns() {
  static constexpr MeasureColumn kColumns[] = {
      {"LA", &Measures::lines_added},
      {"maxhunk", &Measures::largest_hunk},
      {"ctrl", &Measures::control},
      {"NF", &Measures::files},
      {"n90", &Measures::recent_changes},
      {"NDEV", &Measures::authors},
      {"fIndRate", &Measures::file_rate},
      {"baseRate", &Measures::base_rate},
      {"commentOnly", &Measures::comment_only},
      {"onlyTest", &Measures::only_tests},
      {"nBuild", &Measures::build_files},
      {"lines_deleted", &Measures::lines_deleted},
      {"hunks", &Measures::hunks},
      {"calls", &Measures::calls},
      {"memory", &Measures::memory},
      {"depth", &Measures::depth},
      {"header_share", &Measures::header_share},
      {"test_share", &Measures::test_share},
      {"control_deleted", &Measures::control_deleted},
      {"new_files", &Measures::new_files},
      {"folders", &Measures::folders},
      {"changes", &Measures::changes},
      {"days_since", &Measures::days_since},
      {"fix_rate", &Measures::fix_rate},
      {"folder_rate", &Measures::folder_rate},
      {"area_rate", &Measures::area_rate},
      {"recent_rate", &Measures::recent_rate},
      {"highest_rate", &Measures::highest_rate},
      {"words", &Measures::words},
  };
  return kColumns;
}

int History::StateOf(const File& file) const {
  const auto found = file_at_.find(file.renamed_from.empty() ? file.path : file.renamed_from);
  return found == file_at_.end() ? -1 : found->second;
}

int History::FolderOf(std::string_view path) {
  const int number = Number(folder_at_, std::string("/").append(FolderName(path)));
  folders_.resize(folder_at_.size());
  return number;
}

int History::AreaOf(std::string_view path) {
  const int number = Number(folder_at_, AreaName(path));
  folders_.resize(folder_at_.size());
  return number;
}

Measures History::MeasuresOf(const Commit& commit) {
  const Content& content = commit.content;
  Measures m;
  m.lines_added = static_cast<double>(content.lines_added);
  m.largest_hunk = static_cast<double>(content.largest_hunk);
  m.control = static_cast<double>(content.control);
  m.files = static_cast<double>(commit.files.size());
  m.comment_only = content.comment_only ? 1 : 0;
  m.lines_deleted = static_cast<double>(content.lines_deleted);
  m.hunks = static_cast<double>(content.hunks);
  m.calls = static_cast<double>(content.calls);
  m.memory = static_cast<double>(content.memory);
  const auto code_added = static_cast<double>(std::max<int64_t>(content.code_added, 1));
  m.depth = static_cast<double>(content.depth) / code_added;
  m.header_share = static_cast<double>(content.header_added) / code_added;
  m.test_share = static_cast<double>(content.test_added) / code_added;
  m.control_deleted = static_cast<double>(content.control_deleted);

  absl::flat_hash_set<int> authors;
  std::set<std::string_view> folders;
  std::set<int> folder_numbers, area_numbers;
  Tally all, faded, folder, area;
  double fixes = 0, known = 0, highest = 0;
  bool code = false, only_tests = true;
  m.base_rate = (inducing_ + 5) / (code_commits_ + 200);
  const double fixing = (fixing_ + 5) / (code_commits_ + 20);
  for (const File& file : commit.files) {
    m.build_files += IsBuildFile(file.path) ? 1 : 0;
    m.new_files += file.added ? 1 : 0;
    folders.insert(FolderName(file.path));
    const int number = StateOf(file);
    FileState* const state = number < 0 ? nullptr : &states_[static_cast<size_t>(number)];
    if (state != nullptr) authors.insert(state->authors.begin(), state->authors.end());
    if (!IsCode(file.path)) continue;
    code = true;
    only_tests &= IsTest(file.path);
    folder_numbers.insert(FolderOf(file.path));
    area_numbers.insert(AreaOf(file.path));
    if (state == nullptr) continue;
    const auto recent =
        std::ranges::find_if(state->recent, [&](int64_t time) { return time >= commit.time - kRecent; });
    m.recent_changes += static_cast<double>(state->recent.end() - recent);
    all.changes += state->all.changes;
    all.inducing += state->all.inducing;
    fixes += state->fixes;
    const double fade = Fade(commit.time - state->last);
    faded.changes += fade * state->faded.changes;
    faded.inducing += fade * state->faded.inducing;
    highest = std::max(highest, (state->all.inducing + kPrior * m.base_rate) / (state->all.changes + kPrior));
    m.days_since += static_cast<double>(std::max<int64_t>(0, commit.time - state->last)) / kDay;
    ++known;
  }
  const auto rate = [&](const Tally& tally) {
    return (tally.inducing + kPrior * m.base_rate) / (tally.changes + kPrior);
  };
  for (const int i : folder_numbers) {
    folder.changes += folders_[static_cast<size_t>(i)].changes;
    folder.inducing += folders_[static_cast<size_t>(i)].inducing;
  }
  for (const int i : area_numbers) {
    area.changes += folders_[static_cast<size_t>(i)].changes;
    area.inducing += folders_[static_cast<size_t>(i)].inducing;
  }
  m.authors = static_cast<double>(authors.size());
  m.only_tests = code && only_tests ? 1 : 0;
  m.folders = static_cast<double>(folders.size());
  m.changes = all.changes;
  m.file_rate = rate(all);
  m.recent_rate = rate(faded);
  m.folder_rate = rate(folder);
  m.area_rate = rate(area);
  m.highest_rate = std::max(highest, m.base_rate);
  m.fix_rate = (fixes + kPrior * fixing) / (all.changes + kPrior);
  if (known > 0) m.days_since /= known;
  return m;
}

void History::MarkCauses(const Commit& commit) {
  for (const std::string& cause : commit.message.causes) {
    const auto candidates = by_prefix_.find(cause.substr(0, kPrefix));
    if (candidates == by_prefix_.end()) continue;
    size_t found = 0, exact = 0, picks = 0;
    for (const size_t i : candidates->second) {
      const bool named = commits_[i].id.starts_with(cause);
      if (!named && (exact > 0 || !commits_[i].picked_from.starts_with(cause))) continue;
      found = i;
      ++(named ? exact : picks);
    }
    // A commit that is there is meant rather than its picks.
    if ((exact != 1 && (exact != 0 || picks != 1)) || commits_[found].first_fix != 0) continue;
    Landed& landed = commits_[found];
    landed.first_fix = commit.time;
    if (landed.undoes) continue;
    ++inducing_;
    for (const int i : landed.files) {
      FileState& state = states_[static_cast<size_t>(i)];
      ++state.all.inducing;
      state.faded.inducing += Fade(commit.time - landed.time);
    }
    for (const int i : landed.folders) ++folders_[static_cast<size_t>(i)].inducing;
  }
}

void History::Add(const Commit& commit) {
  MarkCauses(commit);
  Landed landed;
  landed.id = commit.id;
  landed.picked_from = commit.message.picked_from;
  landed.time = commit.time;
  landed.undoes = commit.message.undoes;
  const int author = Number(authors_, Lower(commit.author));
  std::set<int> folders;
  std::vector<int> numbers;  // of all before any moves: two files may change places
  for (const File& file : commit.files) numbers.push_back(StateOf(file));
  for (size_t i = 0; i < commit.files.size(); ++i) {
    const File& file = commit.files[i];
    int number = numbers[i];
    if (number < 0) {
      number = static_cast<int>(states_.size());
      states_.emplace_back();
    }
    if (!file.renamed_from.empty() && numbers[i] >= 0) {
      const auto old = file_at_.find(file.renamed_from);
      if (old != file_at_.end() && old->second == number) file_at_.erase(old);
    }
    if (file.deleted) {
      file_at_.erase(file.path);
    } else {
      file_at_[file.path] = number;
    }
    FileState& state = states_[static_cast<size_t>(number)];
    state.authors.insert(author);
    if (!IsCode(file.path)) continue;
    landed.code = true;
    while (!state.recent.empty() && state.recent.front() < commit.time - kRecent) state.recent.pop_front();
    state.recent.push_back(commit.time);
    ++state.all.changes;
    state.fixes += commit.message.corrects ? 1 : 0;
    const double fade = Fade(commit.time - state.last);
    state.faded = {.changes = fade * state.faded.changes + 1, .inducing = fade * state.faded.inducing};
    state.last = std::max(state.last, commit.time);
    landed.files.push_back(number);
    folders.insert(FolderOf(file.path));
    folders.insert(AreaOf(file.path));
  }
  for (const int folder : folders) ++folders_[static_cast<size_t>(folder)].changes;
  landed.folders.assign(folders.begin(), folders.end());
  code_commits_ += landed.code ? 1 : 0;
  fixing_ += landed.code && commit.message.corrects ? 1 : 0;
  by_prefix_[commit.id.substr(0, kPrefix)].push_back(commits_.size());
  if (const std::string& original = commit.message.picked_from; !original.empty()) {
    by_prefix_[original.substr(0, kPrefix)].push_back(commits_.size());
  }
  commits_.push_back(std::move(landed));
}

}  // namespace mergegate::risk
