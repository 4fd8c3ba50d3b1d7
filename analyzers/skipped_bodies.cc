#include "analyzers/skipped_bodies.h"

#include <map>
#include <string>
#include <utility>

#include "analyzers/function_record.h"
#include "clang/Index/USRGeneration.h"

namespace mergegate::analyzers {

std::function<bool(const clang::Decl*, clang::CompilerInstance&)> SkipUnchanged(const FunctionRecords& base,
                                                                                const BodyChange& change, int& count) {
  return [&base, &change, &count](const clang::Decl* decl, clang::CompilerInstance& compiler) {
    const clang::SourceManager& sources = compiler.getSourceManager();
    const clang::SourceLocation begin = sources.getExpansionLoc(decl->getBeginLoc());
    if (begin.isInvalid() || !sources.isInMainFile(begin)) return false;
    const int index = change.SkippedFrom(static_cast<int>(sources.getExpansionLineNumber(begin)));
    if (index < 0) return false;
    llvm::SmallString<128> usr;
    if (clang::index::generateUSRForDecl(decl, usr) || usr.str() != base[index].usr()) return false;
    ++count;
    return true;
  };
}

bool LacksBodies(const Closures& closures, const FunctionRecords& base, const BodyChange& change) {
  std::map<std::pair<std::string, int>, int> known;  // usr and line at the head -> index
  for (int i = 0; i < base.size(); ++i) {
    if (base[i].first_line() > 0 && !base[i].usr().empty()) {
      known.emplace(std::pair(base[i].usr(), change.ToHead(base[i].first_line())), i);
    }
  }
  std::set<int> seen;
  for (const Function& function : closures.functions()) {
    const auto found = known.find({function.usr, function.extent.first_line});
    const bool inside = change.ChangedAtHead(function.extent.first_line) >= 0;
    // A changed body that could have been left out must still be one.
    if (inside && found != known.end() && base[found->second].skippable() && !IsSkippable(*function.decl)) return true;
    if (found != known.end()) {
      seen.insert(found->second);
      if (base[found->second].skippable() &&
          change.ToHead(base[found->second].last_line()) != function.extent.last_line) {
        return true;
      }
      if (!change.IsAffected(found->second) && !inside) continue;
    }
    const bool by_text = change.reach() == BodyChange::Reach::kText;
    if (by_text && (found == known.end() || !base[found->second].follows_calls())) continue;
    for (const int node : by_text ? closures.CalledFrom(function.node) : function.reached) {
      const auto* reached = llvm::dyn_cast<clang::FunctionDecl>(closures.DeclOf(node));
      if (reached != nullptr && reached->getDefinition() != nullptr && reached->getDefinition()->hasSkippedBody()) {
        return true;
      }
    }
  }
  for (int i = 0; i < base.size(); ++i) {
    if (base[i].skippable() && change.MustParse(i) && change.ToHead(base[i].first_line()) > 0 && !seen.contains(i)) {
      return true;
    }
  }
  return false;
}

}  // namespace mergegate::analyzers
