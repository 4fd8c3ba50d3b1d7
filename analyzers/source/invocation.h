// From the arguments of a compile command to clang's CompilerInvocation, without touching the real file system.
//
//   auto made = source::MakeInvocation({"-std=c++17", "-I/src/include"}, "/src/db/a.cc", fs, resource_dir,
//   diagnostics); if (made.invocation == nullptr) ... made.problem says which argument and why
//
// The server's allow-list has been at the arguments before; here the dangerous ones are refused once more, because this
// is the border behind which clang obeys.
// Thread safety: pure functions of their arguments (and of what the file system holds).
#ifndef MERGEGATE_ANALYZERS_SOURCE_INVOCATION_H_
#define MERGEGATE_ANALYZERS_SOURCE_INVOCATION_H_

#include <memory>
#include <string>
#include <vector>

#include "clang/Basic/Diagnostic.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace mergegate::source {

// Why an argument must not reach clang (loads code, reads arguments from files, writes files, remaps files); empty for
// one that may.
std::string RefusedArgument(const std::string& argument);

struct Invocation {
  std::shared_ptr<clang::CompilerInvocation> invocation;  // null when `problem` is set
  std::string problem;
};

// `main_file`: absolute. `resource_dir`: directory of clang's own headers. Relative paths in the arguments start at the
// file system's working directory.
Invocation MakeInvocation(const std::vector<std::string>& arguments, const std::string& main_file,
                          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> fs, const std::string& resource_dir,
                          clang::DiagnosticConsumer& diagnostics);

}  // namespace mergegate::source

#endif  // MERGEGATE_ANALYZERS_SOURCE_INVOCATION_H_
