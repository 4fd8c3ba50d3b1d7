#include "analyzers/analyze.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "analyzers/duplication.h"
#include "analyzers/source/git_tree.h"
#include "analyzers/text.h"
#include "clang/Basic/Version.h"

namespace mergegate::analyzers {
namespace {

constexpr size_t kMaxResultBytes = size_t{32} << 20;

// The linker's digest of the program's content, hex; empty when it has none.
std::string ProgramDigest() {
  std::string digest;
  const auto visit = [](dl_phdr_info* info, size_t, void* out) {
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const auto& header = info->dlpi_phdr[i];
      if (header.p_type != PT_NOTE) continue;
      const char* at = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
      const char* const end = at + header.p_memsz;
      while (at + sizeof(ElfW(Nhdr)) <= end) {
        ElfW(Nhdr) note;
        std::memcpy(&note, at, sizeof(note));
        const char* name = at + sizeof(note);
        const char* content = name + ((note.n_namesz + 3) & ~3U);
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
          for (const char* byte = content; byte < content + note.n_descsz; ++byte) {
            constexpr char kDigits[] = "0123456789abcdef";
            *static_cast<std::string*>(out) += kDigits[static_cast<unsigned char>(*byte) >> 4];
            *static_cast<std::string*>(out) += kDigits[static_cast<unsigned char>(*byte) & 15];
          }
        }
        at = content + ((note.n_descsz + 3) & ~3U);
      }
    }
    return 1;  // the program itself is the first one
  };
  dl_iterate_phdr(visit, &digest);
  return digest;
}

std::map<std::string, source::LineRanges> ByPath(const google::protobuf::RepeatedPtrField<v1::LineSet>& sets) {
  std::map<std::string, source::LineRanges> lines;
  for (const v1::LineSet& set : sets) {
    source::LineRanges& ranges = lines[set.path()];
    for (int i = 0; i < std::min(set.first_size(), set.last_size()); ++i) {
      ranges.emplace_back(set.first(i), set.last(i));
    }
  }
  return lines;
}

// Drops what is least needed until the result fits.
void Shrink(const v1::AnalysisTask& task, v1::TaskResult& result) {
  if (result.ByteSizeLong() <= kMaxResultBytes) return;
  v1::AnalysisFailure& failure = *result.add_failures();
  failure.set_unit(task.unit().main_file());
  failure.set_kind(v1::FAILURE_KIND_OUTPUT_LIMIT);
  failure.set_message("the result is larger than 32 MiB: declarations and the last findings were dropped");
  result.clear_declarations();
  while (result.ByteSizeLong() > kMaxResultBytes && result.findings_size() > 0) {
    const int keep = result.findings_size() / 2;
    result.mutable_findings()->DeleteSubrange(keep, result.findings_size() - keep);
  }
  if (result.ByteSizeLong() > kMaxResultBytes) result.clear_measurements();
}

}  // namespace

std::vector<std::string> DefaultRoots() {
  return {"/usr/include", "/usr/local/include", "/usr/lib", "/usr/lib64", "/lib", "/lib64"};
}

std::string ResourceDir() { return MERGEGATE_CLANG_RESOURCE_DIR; }

std::string BuildId() { return "mergegate-" MERGEGATE_VERSION " clang-" CLANG_VERSION_STRING " " + ProgramDigest(); }

v1::TaskResult FailedTask(const v1::AnalysisTask& task, v1::FailureKind kind, const std::string& message) {
  v1::TaskResult result;
  v1::AnalysisFailure& failure = *result.add_failures();
  failure.set_analyzer(task.has_duplication() ? "duplication" : "");
  failure.set_unit(task.unit().main_file());
  failure.set_kind(kind);
  failure.set_message(ValidUtf8(message));
  return result;
}

// One side of a task. The record of what it read is in the result.
static v1::TaskResult AnalyzeSide(const v1::AnalysisTask& task, const Environment& environment) {
  auto tree = source::GitTree::Open(environment.repository, task.commit());
  if (!tree.ok()) return FailedTask(task, v1::FAILURE_KIND_INTERNAL, std::string(tree.status().message()));
  v1::TaskResult result;
  if (task.has_duplication()) {
    result = FindDuplicates(task, **tree);
  } else if (task.has_unit()) {
    const std::string& config_commit = task.unit().config_commit();
    auto config = source::GitTree::Open(environment.repository, config_commit.empty() ? task.commit() : config_commit);
    if (config.ok()) {
      (*tree)->IgnoreSuppressions(ByPath(task.unit().ignored_suppressions()));
      result = AnalyzeUnit(task, **tree, **config, environment);
    } else {
      result =
          FailedTask(task, v1::FAILURE_KIND_INTERNAL,
                     "the commit that configures the checks cannot be read: " + std::string(config.status().message()));
    }
  } else {
    result = FailedTask(task, v1::FAILURE_KIND_INTERNAL, "the task names no work");
  }
  for (const auto& [path, blob] : (*tree)->inputs()) {
    v1::InputFile& input = *result.add_inputs();
    input.set_path(ValidUtf8(path));
    input.set_blob(blob);
  }
  for (const std::string& path : (*tree)->absent()) result.add_absent(ValidUtf8(path));
  for (v1::AnalysisFailure& failure : *result.mutable_failures()) failure.set_at_base(task.at_base());
  result.set_analyzer_build(BuildId());
  return result;
}

// The task that looks at the base side alone.
static v1::AnalysisTask BaseSide(const v1::AnalysisTask& task) {
  v1::AnalysisTask base = task;
  const v1::UnitSide side = task.unit().base();
  base.set_commit(side.commit());
  base.set_at_base(true);
  v1::UnitTask& unit = *base.mutable_unit();
  unit.clear_base();
  unit.clear_ignored_suppressions();
  unit.set_main_file(side.main_file());
  unit.set_directory(side.directory());
  *unit.mutable_arguments() = side.arguments();
  return base;
}

v1::AnalyzerAnswer Analyze(const v1::AnalysisTask& task, const Environment& given) {
  Environment environment = given;
  if (environment.resource_dir.empty()) environment.resource_dir = ResourceDir();
  environment.roots.push_back(environment.resource_dir);
  v1::AnalyzerAnswer answer;
  v1::TaskResult& result = *answer.mutable_result();
  result = AnalyzeSide(task, environment);
  if (task.unit().has_base()) *result.mutable_base() = AnalyzeSide(BaseSide(task), environment);
  Shrink(task, result);
  return answer;
}

}  // namespace mergegate::analyzers
