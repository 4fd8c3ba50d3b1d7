#include "analyzers/function_record.h"

#include <map>
#include <set>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/Support/xxhash.h"

namespace mergegate::analyzers {
namespace {

bool IsLambdaCall(const clang::FunctionDecl& function) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  return method != nullptr && method->getParent()->isLambda();
}

// Checks look at what it calls: bugprone-exception-escape (this is its rule, or wider) and bugprone-infinite-loop.
bool FollowsCalls(const clang::FunctionDecl& function) {
  for (const clang::Decl* decl : function.decls()) {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl);
    if (variable != nullptr && variable->isStaticLocal()) return true;
  }
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(&function);
  return llvm::isa<clang::CXXDestructorDecl>(function) || function.isMain() ||
         (constructor != nullptr && constructor->isMoveConstructor()) ||
         (method != nullptr && method->isMoveAssignmentOperator()) ||
         (function.getDeclName().isIdentifier() &&
          (function.getName().contains_insensitive("swap") || function.getName() == "iter_move")) ||
         clang::isNoexceptExceptionSpec(function.getExceptionSpecType()) ||
         function.getExceptionSpecType() == clang::EST_DynamicNone;
}

// Ends by throwing or by a call that does not return: the compiler may conclude that it never returns.
bool MayNotReturn(const clang::FunctionDecl& function) {
  const auto* body = llvm::dyn_cast_or_null<clang::CompoundStmt>(function.getBody());
  if (body == nullptr || body->body_empty()) return false;
  const auto* last = llvm::dyn_cast<clang::Expr>(body->body_back());
  if (last == nullptr) return false;
  last = last->IgnoreParenImpCasts();
  if (const auto* cleanups = llvm::dyn_cast<clang::ExprWithCleanups>(last)) last = cleanups->getSubExpr();
  if (llvm::isa<clang::CXXThrowExpr>(last)) return true;
  const auto* call = llvm::dyn_cast<clang::CallExpr>(last);
  return call != nullptr && call->getDirectCallee() != nullptr && call->getDirectCallee()->isNoReturn();
}

// What a body uses of the declarations that the main file makes outside of bodies: whether those are used, and how, is
// something that warnings about the file as a whole depend on.
class Uses : public clang::RecursiveASTVisitor<Uses> {
 public:
  // `self` calling itself is no use of it.
  Uses(const clang::SourceManager& sources, const clang::FunctionDecl& self)
      : sources_(sources), self_(self.getCanonicalDecl()) {}
  bool shouldVisitImplicitCode() const { return true; }

  // What is named but not evaluated is used in another way.
  bool TraverseUnaryExprOrTypeTraitExpr(clang::UnaryExprOrTypeTraitExpr* expr) {
    ++unevaluated_;
    const bool go_on = RecursiveASTVisitor::TraverseUnaryExprOrTypeTraitExpr(expr);
    --unevaluated_;
    return go_on;
  }
  bool TraverseCXXNoexceptExpr(clang::CXXNoexceptExpr* expr) {
    ++unevaluated_;
    const bool go_on = RecursiveASTVisitor::TraverseCXXNoexceptExpr(expr);
    --unevaluated_;
    return go_on;
  }
  bool TraverseDecltypeTypeLoc(clang::DecltypeTypeLoc type, bool qualified) {
    ++unevaluated_;
    const bool go_on = RecursiveASTVisitor::TraverseDecltypeTypeLoc(type, qualified);
    --unevaluated_;
    return go_on;
  }
  bool TraverseNestedNameSpecifierLoc(clang::NestedNameSpecifierLoc name) {
    if (name && name.getNestedNameSpecifier().getKind() == clang::NestedNameSpecifier::Kind::Namespace) {
      Add(name.getNestedNameSpecifier().getAsNamespaceAndPrefix().Namespace);
    }
    return RecursiveASTVisitor::TraverseNestedNameSpecifierLoc(name);
  }
  bool VisitVarDecl(clang::VarDecl* variable) {
    const auto* cleanup = variable->getAttr<clang::CleanupAttr>();
    return cleanup == nullptr || Add(cleanup->getFunctionDecl());
  }
  bool VisitDeclRefExpr(clang::DeclRefExpr* expr) { return Add(expr->getDecl()) && Add(expr->getFoundDecl()); }
  bool VisitMemberExpr(clang::MemberExpr* expr) { return Add(expr->getMemberDecl()); }
  bool VisitCXXConstructExpr(clang::CXXConstructExpr* expr) { return Add(expr->getConstructor()); }
  bool VisitOverloadExpr(clang::OverloadExpr* expr) {
    for (const clang::NamedDecl* decl : expr->decls()) Add(decl);
    return true;
  }
  bool VisitTagTypeLoc(clang::TagTypeLoc type) { return Add(type.getDecl()); }
  bool VisitTypedefTypeLoc(clang::TypedefTypeLoc type) { return Add(type.getDecl()); }
  bool VisitTemplateSpecializationTypeLoc(clang::TemplateSpecializationTypeLoc type) {
    const clang::TemplateName name = type.getTypePtr()->getTemplateName();
    if (const clang::UsingShadowDecl* shadow = name.getAsUsingShadowDecl()) Add(shadow->getIntroducer());
    return Add(name.getAsTemplateDecl());
  }
  bool VisitUsingTypeLoc(clang::UsingTypeLoc type) { return Add(type.getDecl()); }

  const std::set<uint64_t>& found() const { return found_; }

 private:
  bool Add(const clang::NamedDecl* decl) {
    if (decl == nullptr || decl->getParentFunctionOrMethod() != nullptr || decl->getCanonicalDecl() == self_)
      return true;
    // Private fields are warned of wherever their class stands.
    const bool is_private_field = llvm::isa<clang::FieldDecl>(decl) && decl->getAccess() == clang::AS_private;
    const clang::SourceLocation place = sources_.getExpansionLoc(decl->getLocation());
    if (is_private_field ? sources_.isInSystemHeader(place) : !sources_.isInMainFile(place)) return true;
    llvm::SmallString<128> usr;
    if (!clang::index::generateUSRForDecl(decl, usr)) {
      found_.insert(llvm::xxh3_64bits(usr.str()) + (unevaluated_ > 0 ? 1 : 0));
    }
    return true;
  }

  const clang::SourceManager& sources_;
  const clang::Decl* self_;
  int unevaluated_ = 0;
  std::set<uint64_t> found_;
};

}  // namespace

uint64_t UsrDigest(std::string_view usr) { return llvm::xxh3_64bits(llvm::StringRef(usr)); }

bool IsSkippable(const clang::FunctionDecl& function) {
  if (function.isImplicit() || function.isConstexpr() || function.isConsteval() || function.isTemplateInstantiation() ||
      function.isDependentContext() || function.isDefaulted() || function.isDeleted() || IsLambdaCall(function) ||
      function.getReturnType()->getContainedDeducedType() != nullptr ||
      function.getParentFunctionOrMethod() != nullptr || llvm::isa<clang::CXXDeductionGuideDecl>(function)) {
    return false;
  }
  // Types of its own are named by where they stand.
  for (const clang::Decl* decl : function.decls()) {
    const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(decl);
    if (record != nullptr && record->isLambda()) continue;
    if (llvm::isa<clang::TagDecl, clang::TypedefNameDecl, clang::FunctionDecl>(decl)) return false;
  }
  // Whether it returns at all is told to its callers.
  return !MayNotReturn(function);
}

std::vector<v1::FunctionRecord> RecordFunctions(const Closures& closures, clang::ASTContext& ast,
                                                const std::string& main_file) {
  const clang::SourceManager& sources = ast.getSourceManager();
  std::vector<v1::FunctionRecord> records;
  std::map<int, uint32_t> index_of;  // by node
  for (const Function& function : closures.functions()) {
    index_of.emplace(function.node, static_cast<uint32_t>(records.size()));
    const clang::FunctionDecl& decl = *function.decl;
    v1::FunctionRecord& out = records.emplace_back();
    // Lambdas have no name of their own that would hold when lines move.
    if (!IsLambdaCall(decl)) out.set_usr(function.usr);
    out.set_closure(function.closure.Bytes());
    out.set_text(function.text.Bytes());
    out.set_is_code(function.is_code);
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&decl);
    out.set_always_explored(method != nullptr &&
                            (method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator()));
    out.set_follows_calls(FollowsCalls(decl));
    out.set_has_text(!decl.isImplicit() && !decl.isTemplateInstantiation() && !IsLambdaCall(decl));
    if (function.extent.file == nullptr || function.extent.file->path != main_file) continue;
    out.set_first_line(function.extent.first_line);
    out.set_last_line(function.extent.last_line);
    const auto* body = llvm::dyn_cast_or_null<clang::CompoundStmt>(decl.getBody());
    if (body != nullptr && body->getLBracLoc().isFileID() && body->getRBracLoc().isFileID() && IsSkippable(decl)) {
      out.set_skippable(true);
      out.set_body_first_line(static_cast<int>(sources.getSpellingLineNumber(body->getLBracLoc())));
    }
    Uses uses(sources, decl);
    uses.TraverseStmt(decl.getBody());
    for (const uint64_t digest : uses.found()) out.add_uses(digest);
  }
  std::map<int, uint64_t> digest_of;  // by node
  for (size_t i = 0; i < records.size(); ++i) {
    std::set<uint64_t> outside;
    for (const int node : closures.functions()[i].reached) {
      const auto found = index_of.find(node);
      if (found != index_of.end()) {
        records[i].add_reaches(found->second);
        continue;
      }
      const auto [elsewhere, inserted] = digest_of.try_emplace(node, 0);
      if (const auto* reached = llvm::dyn_cast<clang::FunctionDecl>(closures.DeclOf(node)); inserted && reached) {
        // An instantiation is told by its template, as findings in it are.
        const clang::FunctionDecl* pattern = reached->getTemplateInstantiationPattern();
        llvm::SmallString<128> usr;
        if (!clang::index::generateUSRForDecl(pattern == nullptr ? reached : pattern, usr)) {
          elsewhere->second = UsrDigest(usr.str());
        }
      }
      if (elsewhere->second != 0) outside.insert(elsewhere->second);
    }
    for (const uint64_t digest : outside) records[i].add_reaches_elsewhere(digest);
    for (const int node : closures.CalledFrom(closures.functions()[i].node)) {
      const auto found = index_of.find(node);
      if (found != index_of.end()) records[i].add_calls(found->second);
    }
  }
  return records;
}

}  // namespace mergegate::analyzers
