// The named declarations of the tree that a unit sees: what stands where, and what refers to what.
//
//   TreeDeclarations declarations(locations);
//   declarations.WatchMacros(preprocessor);   // before the parse
//   declarations.Collect(ast, decls, {});     // after it
//   declarations.Innermost(file, offset)      // {"leveldb::DBImpl::Get", "c:@N@leveldb@S@DBImpl@F@Get#..."}
//   declarations.Write(result);
//
// Functions, records, enums, type aliases, variables at namespace or class scope, and macros; one entry for each place
// where one is declared. A field stands for its record, an enumerator for its enum, an instantiation for its template.
// A definition refers to the other places that declare it, so that who refers to it also reaches those.
// A template, and what is declared inside one, also says with which arguments the unit instantiates it, as digests that
// are the same in every unit: two units with equal digests see equal instantiations.
// Thread safety: none. The locations must outlive it.
#ifndef MERGEGATE_ANALYZERS_DECLARATIONS_H_
#define MERGEGATE_ANALYZERS_DECLARATIONS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "analyzers/source/tree_locations.h"
#include "clang/AST/ASTContext.h"
#include "clang/Lex/Preprocessor.h"
#include "mergegate/v1/analysis.pb.h"

namespace mergegate::analyzers {

struct TreeDeclaration {
  std::string name;  // qualified
  std::string usr;
  source::TreeLocations::Extent extent;
  bool is_function = false;
  bool is_template = false;
  std::set<int> references;                // indices into all()
  std::set<uint64_t> instantiations;       // digests of argument lists, those of enclosing templates included
  std::set<std::string> outer_references;  // USRs of what it refers to in the tree but outside all()
};

class TreeDeclarations {
 public:
  explicit TreeDeclarations(source::TreeLocations& locations) : locations_(locations) {}

  void WatchMacros(clang::Preprocessor& preprocessor);
  // `decls`: what to walk, all of it where it lies in the tree. `late`: instantiations, made elsewhere, of templates
  // that are not below `decls`.
  void Collect(clang::ASTContext& ast, const std::vector<clang::Decl*>& decls, const std::vector<clang::Decl*>& late);

  // The innermost function around a place, else the innermost other declaration; null at file level.
  const TreeDeclaration* Innermost(const source::TreeFile* file, unsigned offset) const;
  const std::vector<TreeDeclaration>& all() const { return all_; }
  // By USR of the template.
  const std::map<std::string, std::set<uint64_t>>& late_instantiations() const { return late_instantiations_; }
  void Write(v1::TaskResult& result) const;

 private:
  friend class DeclarationVisitor;
  friend class MacroWatch;

  struct MacroUse {
    const void* definition;
    source::TreeLocation place;
    std::string outer;  // USR of the macro when it was defined before WatchMacros; else empty
    bool operator<(const MacroUse& o) const {
      return std::tie(definition, place.file, place.offset) < std::tie(o.definition, o.place.file, o.place.offset);
    }
  };
  int InnermostIndex(const source::TreeFile* file, unsigned offset, bool functions_first) const;

  source::TreeLocations& locations_;
  std::vector<TreeDeclaration> all_;
  std::map<const source::TreeFile*, std::vector<int>> by_file_;
  std::map<const void*, int> macros_;  // by clang::MacroInfo
  std::set<MacroUse> macro_uses_;
  std::map<std::string, std::set<uint64_t>> late_instantiations_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_DECLARATIONS_H_
