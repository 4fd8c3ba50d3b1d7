#include "analyzers/analyze.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "analyzers/artifacts.h"
#include "analyzers/duplication.h"
#include "analyzers/source/git_tree.h"
#include "analyzers/text.h"
#include "analyzers/unit.h"
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

// A unit at one commit with everything that it needs; `problem` says what keeps it from being looked at.
struct OpenSide {
  v1::AnalysisTask task;
  std::unique_ptr<source::GitTree> tree, config;
  std::unique_ptr<UnitSide> side;
  std::string problem;

  OpenSide(v1::AnalysisTask of, const Environment& environment) : task(std::move(of)) {
    auto opened = source::GitTree::Open(environment.repository, task.commit());
    if (!opened.ok()) {
      problem = std::string(opened.status().message());
      return;
    }
    tree = *std::move(opened);
    const std::string& config_commit = task.unit().config_commit();
    opened = source::GitTree::Open(environment.repository, config_commit.empty() ? task.commit() : config_commit);
    if (!opened.ok()) {
      problem = "the commit that configures the checks cannot be read: " + std::string(opened.status().message());
      return;
    }
    config = *std::move(opened);
    tree->IgnoreSuppressions(ByPath(task.unit().ignored_suppressions()));
    side = std::make_unique<UnitSide>(task, *tree, *config, environment);
  }
};

static void WriteReads(const v1::AnalysisTask& task, const source::GitTree& tree, v1::TaskResult& result) {
  std::map<std::string, std::string> inputs = tree.inputs();
  for (const v1::InputFile& input : result.inputs()) inputs.emplace(input.path(), input.blob());
  std::set<std::string> absent = tree.absent();
  absent.insert(result.absent().begin(), result.absent().end());
  result.clear_inputs();
  result.clear_absent();
  for (const auto& [path, blob] : inputs) {
    v1::InputFile& input = *result.add_inputs();
    input.set_path(ValidUtf8(path));
    input.set_blob(blob);
  }
  for (const std::string& path : absent) result.add_absent(ValidUtf8(path));
  if (!tree.damage().ok()) {
    v1::AnalysisFailure& failure = *result.add_failures();
    failure.set_unit(task.unit().main_file());
    failure.set_kind(v1::FAILURE_KIND_INTERNAL);
    failure.set_message(std::string(tree.damage().message()));
  }
  for (v1::AnalysisFailure& failure : *result.mutable_failures()) failure.set_at_base(task.at_base());
  result.set_analyzer_build(BuildId());
}

static v1::TaskResult AnalyzeUnitTask(const v1::AnalysisTask& task, const Environment& environment,
                                      Artifacts& artifacts) {
  OpenSide head(task, environment);
  std::unique_ptr<OpenSide> base;
  if (task.unit().has_base()) base = std::make_unique<OpenSide>(BaseSide(task), environment);
  for (const OpenSide* open : {&head, base.get()}) {
    if (open == nullptr || open->problem.empty()) continue;
    v1::TaskResult result = FailedTask(task, v1::FAILURE_KIND_INTERNAL, open->problem);
    result.mutable_failures(0)->set_at_base(open->task.at_base());
    result.set_analyzer_build(BuildId());
    if (base != nullptr) result.mutable_base()->set_analyzer_build(BuildId());
    return result;
  }
  v1::TaskResult result = AnalyzeUnit(*head.side, base == nullptr ? nullptr : base->side.get(), artifacts);
  WriteReads(head.task, *head.tree, result);
  if (base != nullptr) WriteReads(base->task, *base->tree, *result.mutable_base());
  if (!head.config->damage().ok()) {
    v1::AnalysisFailure& failure = *result.add_failures();
    failure.set_unit(task.unit().main_file());
    failure.set_kind(v1::FAILURE_KIND_INTERNAL);
    failure.set_message(std::string(head.config->damage().message()));
  }
  return result;
}

static v1::TaskResult AnalyzeDuplication(const v1::AnalysisTask& task, const Environment& environment) {
  auto tree = source::GitTree::Open(environment.repository, task.commit());
  if (!tree.ok()) return FailedTask(task, v1::FAILURE_KIND_INTERNAL, std::string(tree.status().message()));
  v1::TaskResult result = FindDuplicates(task, **tree);
  WriteReads(task, **tree, result);
  return result;
}

v1::AnalyzerAnswer Analyze(const v1::AnalysisTask& task, const Environment& given) {
  Environment environment = given;
  if (environment.resource_dir.empty()) environment.resource_dir = ResourceDir();
  environment.roots.push_back(environment.resource_dir);
  Artifacts artifacts(environment.cache);
  v1::AnalyzerAnswer answer;
  v1::TaskResult& result = *answer.mutable_result();
  if (task.has_duplication()) {
    result = AnalyzeDuplication(task, environment);
  } else if (task.has_unit()) {
    result = AnalyzeUnitTask(task, environment, artifacts);
  } else {
    result = FailedTask(task, v1::FAILURE_KIND_INTERNAL, "the task names no work");
  }
  Shrink(task, result);
  if (!environment.cache.empty()) artifacts.MoveTo(answer);
  return answer;
}

}  // namespace mergegate::analyzers
