// What the analysis of a function can depend on, as digests: the function itself and everything that it reaches
// (functions with their bodies, types, globals, destructors, overriders of the virtual functions that it calls in the
// types that it meets). Two functions with equal closures, of one unit at two commits or of two units, are the same to
// every analyzer that looks at one function and what it reaches, wherever they stand and however they are laid out:
// neither line numbers nor comments are in the digest.
//
//   Closures closures(ast, locations);
//   closures.AddFunctionsOf(top_level_decls);
//   closures.Finish();
//   for (const Function& function : closures.functions()) Use(function.closure);
//
// A function whose address goes to nothing but a callee without a body is not reached: nobody who is looked at calls
// it. A digest holds the tokens (whole lines with their comments where NOLINT stands), the meaning (every node with its
// canonical type, every declaration referred to), macros as they expanded, and the places of NOLINTBEGIN and NOLINTEND
// before it.
// System headers are the toolchain's: their declarations count by name, and are walked only where they are instantiated
// with types of the tree, for they then call back into it.
// Thread safety: none. Ownership: points into the AST, which must outlive it.
#ifndef MERGEGATE_ANALYZERS_CLOSURE_CLOSURES_H_
#define MERGEGATE_ANALYZERS_CLOSURE_CLOSURES_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analyzers/closure/digest.h"
#include "analyzers/source/tree_locations.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/DenseMap.h"

namespace mergegate::analyzers {

// A function with a body, as the source or an instantiation defines it.
struct Function {
  const clang::FunctionDecl* decl = nullptr;
  int node = 0;
  std::string usr;           // tells it apart from others of the unit
  Digest text;               // of its lines, as they are laid out
  Digest closure;            // of itself and all that it reaches
  std::vector<int> reached;  // nodes, itself included, ordered. Nodes are functions, types and variables
  bool is_code = false;      // stands in the main file: the static analyzer starts here; elsewhere it only inlines
  source::TreeLocations::Extent extent;  // whole; no file for a function outside the tree
};

class Closures {
 public:
  Closures(clang::ASTContext& ast, source::TreeLocations& locations);
  ~Closures();

  // Every function defined in these declarations: members, lambdas, instantiations, what is implicit.
  void AddFunctionsOf(const std::vector<clang::Decl*>& decls);
  // Follows everything and computes the digests. Once.
  void Finish();

  const std::vector<Function>& functions() const { return functions_; }
  // Nodes that `node` reaches, itself included, by nothing but functions that the source names in bodies.
  std::vector<int> CalledFrom(int node) const;
  // The declaration of a node: a definition where there is one.
  const clang::Decl* DeclOf(int node) const { return nodes_[static_cast<size_t>(node)].decl; }
  // The node of a function; -1 when nothing reaches it.
  int NodeOf(const clang::FunctionDecl* function) const;

 private:
  friend class ClosureWalk;
  using Methods = std::set<const clang::CXXMethodDecl*>;  // canonical declarations
  struct Node {
    const clang::Decl* decl = nullptr;
    Digest own = {}, text = {};
    std::set<int> edges = {};
    std::set<int> calls = {};  // those to functions that the source names
    Methods virtual_calls = {};
  };
  // A virtual function with a body of a type that is a node.
  struct Overrider {
    int function;  // node
    Methods overridden;
  };
  struct TypeEntry {
    Digest digest;
    const clang::TagDecl* tag;  // what remains without pointers, references and arrays; null for builtins
  };

  std::vector<int> ReachedBy(int node) const;
  bool LinkPassedFunctions();
  bool LinkOverriders();
  int NodeFor(const clang::Decl* decl);  // -1 for what is not followed
  const TypeEntry& EntryOf(clang::QualType type);
  bool IsSystem(const clang::Decl* decl) const;
  bool MentionsTree(const clang::Decl* decl);
  bool TypeMentionsTree(clang::QualType type);
  bool ArgumentsMentionTree(llvm::ArrayRef<clang::TemplateArgument> arguments);
  void AddText(const clang::Decl* decl, int node, DigestBuilder& builder);
  void AddRecord(const clang::RecordDecl* record, int node, DigestBuilder& builder);
  std::string NameOf(const clang::NamedDecl* decl) const;
  void Expand(int node);

  // A function that `from` passes to a virtual function without a body: reached if something overrides that with one.
  struct Passed {
    int from;
    const clang::FunctionDecl* function;
    const clang::CXXMethodDecl* callee;
  };

  clang::ASTContext& ast_;
  source::TreeLocations& locations_;
  clang::PrintingPolicy printing_;
  std::vector<Passed> passed_;
  std::vector<Function> functions_;
  std::vector<Node> nodes_;
  Methods called_;                                    // by any node
  std::map<int, std::vector<Overrider>> overriders_;  // by the type's node
  llvm::DenseMap<const clang::Decl*, int> node_of_;
  llvm::DenseMap<const void*, TypeEntry> types_;       // by canonical type with qualifiers
  llvm::DenseMap<const clang::Decl*, bool> mentions_;  // memo; false while being looked at
  std::map<const source::TreeFile*, std::vector<std::pair<unsigned, std::string>>> blocks_;  // NOLINTBEGIN and -END
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_CLOSURE_CLOSURES_H_
