#include "analyzers/worker/sandbox/lockdown.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "analyzers/worker/sandbox/syscall_filter.h"

namespace mergegate::sandbox {
namespace {

// Debian 12's headers end at ABI 2; these are the kernel's numbers of what came later.
constexpr uint64_t kTruncate = 1ULL << 14;                // ABI 3
constexpr uint64_t kNetBindTcp = 1ULL << 0;               // ABI 4
constexpr uint64_t kNetConnectTcp = 1ULL << 1;            // ABI 4
constexpr uint64_t kIoctlDev = 1ULL << 15;                // ABI 5
constexpr uint64_t kScopeAbstractUnixSocket = 1ULL << 0;  // ABI 6
constexpr uint64_t kScopeSignal = 1ULL << 1;              // ABI 6

// struct landlock_ruleset_attr as of ABI 6; older kernels accept it as long as what they do not know is zero.
struct RulesetAttributes {
  uint64_t handled_access_fs = 0;
  uint64_t handled_access_net = 0;
  uint64_t scoped = 0;
};

constexpr uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr uint64_t kReadTree = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

RulesetAttributes AttributesFor(int abi) {
  RulesetAttributes attributes;
  // Rights 0 to 12 came with ABI 1, one more each with 2 (refer) and 3 (truncate).
  attributes.handled_access_fs = (1ULL << 13) - 1;
  if (abi >= 2) attributes.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) attributes.handled_access_fs |= kTruncate;
  if (abi >= 4) attributes.handled_access_net = kNetBindTcp | kNetConnectTcp;
  if (abi >= 5) attributes.handled_access_fs |= kIoctlDev;
  if (abi >= 6) attributes.scoped = kScopeAbstractUnixSocket | kScopeSignal;
  return attributes;
}

// A path that cannot be opened, or whose rule is refused, stays unreadable: that is safe.
void AllowReading(int ruleset, const std::string& path) {
  const int fd = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  struct stat status{};
  if (fstat(fd, &status) == 0) {
    landlock_path_beneath_attr rule{};
    rule.allowed_access = S_ISDIR(status.st_mode) ? kReadTree : kReadFile;
    rule.parent_fd = fd;
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  }
  close(fd);
}

// The ABI in force, or 0 with the reason in `why`.
int RestrictFiles(const LockdownPolicy& policy, std::string* why) {
  const auto abi = static_cast<int>(syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (abi < 1) {
    *why = errno == EOPNOTSUPP ? "Landlock is disabled at boot" : "the kernel has no Landlock (5.13 and later have)";
    return 0;
  }
  const RulesetAttributes attributes = AttributesFor(abi);
  const auto ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (ruleset < 0) {
    *why = std::string("Landlock refused the rules: ") + strerror(errno);
    return 0;
  }
  for (const std::string& path : policy.readable) AllowReading(ruleset, path);
  const bool restricted = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  if (!restricted) *why = std::string("Landlock could not be switched on: ") + strerror(errno);
  close(ruleset);
  return restricted ? abi : 0;
}

int CountThreads() {
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return 1;
  int count = 0;
  while (const dirent* entry = readdir(tasks)) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

bool CloseDescriptorsAbove(unsigned last_kept) { return syscall(SYS_close_range, last_kept + 1, ~0U, 0) == 0; }

void AddSentence(std::string* text, const std::string& sentence) {
  if (!text->empty()) *text += "; ";
  *text += sentence;
}

}  // namespace

LockdownReport Lockdown(const LockdownPolicy& policy) {
  LockdownReport report;
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  // Also keeps processes of the same user from tracing this one or reading its memory.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const int threads = CountThreads();
  if (!CloseDescriptorsAbove(STDERR_FILENO)) {
    AddSentence(&report.missing,
                "inherited descriptors stay open (close_range is missing; Linux 5.9 and later have it)");
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    AddSentence(&report.missing, "no_new_privs was refused");
  }
  std::string why;
  report.landlock_abi = RestrictFiles(policy, &why);
  if (report.landlock_abi == 0) AddSentence(&report.missing, "every file of this user can be read: " + why);
  if (threads > 1) {
    AddSentence(&report.missing, std::to_string(threads - 1) + " threads that ran before keep their access to files");
  }
  why = InstallSyscallFilter(policy.processes);
  report.seccomp = why.empty();
  if (!report.seccomp) {
    AddSentence(&report.missing,
                "system calls are not filtered, so " +
                    std::string(report.landlock_abi < 4 ? "the network is open" : "sockets other than TCP are open") +
                    " and other processes can be started: " + why);
  }
  return report;
}

}  // namespace mergegate::sandbox
