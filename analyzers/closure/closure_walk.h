// How closures.cc looks at code: part of it, and of nothing else.
#ifndef MERGEGATE_ANALYZERS_CLOSURE_CLOSURE_WALK_H_
#define MERGEGATE_ANALYZERS_CLOSURE_CLOSURE_WALK_H_

#include "analyzers/closure/closures.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/RecursiveASTVisitor.h"

namespace mergegate::analyzers {

// Walks one function, initializer or record part: feeds what it sees into the digest, and adds edges.
class ClosureWalk : public clang::RecursiveASTVisitor<ClosureWalk> {
 public:
  ClosureWalk(Closures& closures, int node, DigestBuilder& builder)
      : closures_(closures), node_(node), builder_(builder) {}

  bool shouldVisitImplicitCode() const { return true; }
  bool shouldWalkTypesOfTypeLocs() const { return false; }

  bool VisitStmt(clang::Stmt* statement) {
    builder_.Number(statement->getStmtClass());
    return true;
  }
  bool VisitExpr(clang::Expr* expr) {
    AddType(expr->getType());
    builder_.Number(expr->getValueKind());
    return true;
  }
  bool VisitValueDecl(clang::ValueDecl* decl) {
    builder_.Number(decl->getKind()).Text(decl->getDeclName().getAsString());
    AddType(decl->getType());
    return true;
  }
  bool VisitDeclRefExpr(clang::DeclRefExpr* expr) {
    const auto passed = passed_.find(expr);
    if (passed == passed_.end()) return Refer(expr->getDecl());
    const auto* function = llvm::cast<clang::FunctionDecl>(expr->getDecl());
    builder_.Text(closures_.NameOf(function));
    if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(passed->second); method && method->isVirtual()) {
      closures_.passed_.push_back({node_, function, method});
    }
    return true;
  }
  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr || callee->hasBody() || callee->getTemplateInstantiationPattern() != nullptr) return true;
    for (const clang::Expr* argument : call->arguments()) {
      argument = argument->IgnoreParenImpCasts();
      if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(argument);
          address != nullptr && address->getOpcode() == clang::UO_AddrOf) {
        argument = address->getSubExpr()->IgnoreParenImpCasts();
      }
      const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(argument);
      if (reference != nullptr && llvm::isa<clang::FunctionDecl>(reference->getDecl())) passed_[reference] = callee;
    }
    return true;
  }
  bool VisitMemberExpr(clang::MemberExpr* expr) { return Refer(expr->getMemberDecl()); }
  bool VisitCXXConstructExpr(clang::CXXConstructExpr* expr) { return Refer(expr->getConstructor()); }
  bool VisitCXXInheritedCtorInitExpr(clang::CXXInheritedCtorInitExpr* expr) { return Refer(expr->getConstructor()); }
  bool VisitCXXNewExpr(clang::CXXNewExpr* expr) {
    Refer(expr->getOperatorNew());
    return Refer(expr->getOperatorDelete());
  }
  bool VisitCXXDeleteExpr(clang::CXXDeleteExpr* expr) { return Refer(expr->getOperatorDelete()); }
  bool VisitCXXBindTemporaryExpr(clang::CXXBindTemporaryExpr* expr) {
    return Refer(expr->getTemporary()->getDestructor());
  }
  bool VisitUnaryExprOrTypeTraitExpr(clang::UnaryExprOrTypeTraitExpr* expr) {
    builder_.Number(expr->getKind());
    if (expr->isArgumentType()) AddType(expr->getArgumentType());
    return true;
  }
  bool VisitCastExpr(clang::CastExpr* expr) {
    builder_.Number(expr->getCastKind());
    return true;
  }
  bool VisitUnaryOperator(clang::UnaryOperator* expr) { return Feed(expr->getOpcode()); }
  bool VisitBinaryOperator(clang::BinaryOperator* expr) { return Feed(expr->getOpcode()); }
  bool VisitIntegerLiteral(clang::IntegerLiteral* literal) {
    // __LINE__ is made in the scratch space; so is what ## pastes, whose parts stand in the text.
    const clang::SourceManager& sources = closures_.ast_.getSourceManager();
    if (!sources.isWrittenInScratchSpace(sources.getSpellingLoc(literal->getLocation()))) {
      llvm::SmallString<32> digits;
      literal->getValue().toStringUnsigned(digits, 16);
      builder_.Text(digits.str());
    }
    return true;
  }
  bool VisitFloatingLiteral(clang::FloatingLiteral* literal) {
    llvm::SmallString<32> digits;
    literal->getValue().toString(digits);
    builder_.Text(digits.str());
    return true;
  }
  bool VisitStringLiteral(clang::StringLiteral* literal) {
    builder_.Text(literal->getBytes());
    return true;
  }
  bool VisitCharacterLiteral(clang::CharacterLiteral* literal) { return Feed(literal->getValue()); }
  bool VisitCXXBoolLiteralExpr(clang::CXXBoolLiteralExpr* literal) { return Feed(literal->getValue() ? 1 : 0); }
  // Arguments and initializers by default stand elsewhere, but act here.
  bool VisitCXXDefaultArgExpr(clang::CXXDefaultArgExpr* expr) { return TraverseStmt(expr->getExpr()); }
  bool VisitCXXDefaultInitExpr(clang::CXXDefaultInitExpr* expr) { return TraverseStmt(expr->getExpr()); }

  void AddType(clang::QualType type) {
    if (type.isNull()) return;
    const Closures::TypeEntry entry = closures_.EntryOf(type);
    builder_.Add(entry.digest);
    if (entry.tag != nullptr) AddEdge(entry.tag);
  }
  bool Refer(const clang::Decl* decl) {
    if (decl == nullptr) return true;
    if (const auto* named = llvm::dyn_cast<clang::NamedDecl>(decl)) {
      builder_.Number(decl->getKind()).Text(closures_.NameOf(named));
    }
    AddEdge(decl);
    if (llvm::isa<clang::FunctionDecl>(decl)) {
      if (const int to = closures_.NodeFor(decl); to >= 0) {
        closures_.nodes_[static_cast<size_t>(node_)].calls.insert(to);
      }
      // The type of the object decides where the call goes.
      const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(decl);
      if (method != nullptr && method->isVirtual()) {
        closures_.nodes_[static_cast<size_t>(node_)].virtual_calls.insert(method->getCanonicalDecl());
        closures_.called_.insert(method->getCanonicalDecl());
      }
    }
    return true;
  }
  void AddEdge(const clang::Decl* decl) {
    if (const int to = closures_.NodeFor(decl); to >= 0 && to != node_) {
      closures_.nodes_[static_cast<size_t>(node_)].edges.insert(to);
    }
  }

 private:
  bool Feed(uint64_t number) {
    builder_.Number(number);
    return true;
  }

  Closures& closures_;
  const int node_;
  DigestBuilder& builder_;
  llvm::DenseMap<const clang::DeclRefExpr*, const clang::FunctionDecl*> passed_;  // to callees without a body
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_CLOSURE_CLOSURE_WALK_H_
