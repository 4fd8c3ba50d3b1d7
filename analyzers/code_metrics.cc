#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "analyzers/registry.h"
#include "analyzers/source/tree_locations.h"
#include "analyzers/text.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Index/USRGeneration.h"

namespace mergegate::analyzers {
namespace {

struct Complexity {
  int cognitive = 0;
  int cyclomatic = 1;
  int nesting = 0;
};

// Counts one function.
//
// Cognitive complexity follows G. Ann Campbell, "Cognitive Complexity", SonarSource:
//   - if, ?:, switch, loops and catch cost 1, plus 1 for every level of nesting around them;
//   - else and else-if cost 1 without the nesting; goto costs 1; recursion costs 1 once;
//   - a run of like logical operators costs 1 ("a && b && c": 1, "a && b || c": 2); a negation starts a new run;
//   - these structures and lambdas nest what is inside them.
// Cyclomatic complexity is McCabe's: decisions (if, loops, case labels, catch, ?:, && and ||) + 1.
// Nesting counts if, switch, loops and catch; an else-if chain is one level.
class Counter {
 public:
  explicit Counter(const clang::FunctionDecl& function) : function_(function.getCanonicalDecl()) {
    if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(&function)) {
      for (const clang::CXXCtorInitializer* init : constructor->inits()) {
        if (init->isWritten()) Walk(init->getInit(), {});
      }
    }
    Walk(function.getBody(), {});
    if (recursive_) ++complexity_.cognitive;
  }

  const Complexity& complexity() const { return complexity_; }

 private:
  struct Depth {
    int cognitive = 0;  // structures and lambdas around
    int control = 0;    // control statements around
  };

  // A statement that costs 1 plus its nesting; returns the depth of what is inside.
  Depth EnterStructure(Depth depth) {
    complexity_.cognitive += 1 + depth.cognitive;
    complexity_.nesting = std::max(complexity_.nesting, depth.control + 1);
    return {depth.cognitive + 1, depth.control + 1};
  }

  void WalkChildren(const clang::Stmt* statement, Depth depth) {
    for (const clang::Stmt* child : statement->children()) Walk(child, depth);
  }

  void WalkIf(const clang::IfStmt* statement, Depth depth, bool is_else_if) {
    ++complexity_.cyclomatic;
    Depth inside = depth;
    if (is_else_if) {
      inside = {depth.cognitive + 1, depth.control + 1};
    } else {
      inside = EnterStructure(depth);
    }
    Walk(statement->getInit(), depth);
    Walk(statement->getConditionVariableDeclStmt(), depth);
    if (statement->getConditionVariable() == nullptr) Walk(statement->getCond(), depth);
    Walk(statement->getThen(), inside);
    if (statement->getElse() == nullptr) return;
    ++complexity_.cognitive;  // "else" and "else if" alike
    if (const auto* chained = llvm::dyn_cast<clang::IfStmt>(statement->getElse())) {
      WalkIf(chained, depth, /*is_else_if=*/true);
    } else {
      Walk(statement->getElse(), inside);
    }
  }

  // Takes a tree of logical operators apart, in the order of the source text.
  void Flatten(const clang::Expr* expr, std::vector<clang::BinaryOperatorKind>& operators, Depth depth) {
    const clang::Expr* bare = expr->IgnoreParenImpCasts();
    const auto* logical = llvm::dyn_cast<clang::BinaryOperator>(bare);
    if (logical == nullptr || !logical->isLogicalOp()) {
      Walk(expr, depth);
      return;
    }
    Flatten(logical->getLHS(), operators, depth);
    operators.push_back(logical->getOpcode());
    Flatten(logical->getRHS(), operators, depth);
  }

  void WalkLogical(const clang::BinaryOperator* expr, Depth depth) {
    std::vector<clang::BinaryOperatorKind> operators;
    Flatten(expr, operators, depth);
    complexity_.cyclomatic += static_cast<int>(operators.size());
    complexity_.cognitive += 1;
    for (size_t i = 1; i < operators.size(); ++i) complexity_.cognitive += operators[i] != operators[i - 1] ? 1 : 0;
  }

  void WalkLambda(const clang::LambdaExpr* lambda, Depth depth) {
    for (const clang::Expr* init : lambda->capture_inits()) Walk(init, depth);
    Walk(lambda->getBody(), {depth.cognitive + 1, depth.control});
  }

  void WalkCall(const clang::CallExpr* call, Depth depth) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee != nullptr) {
      if (const clang::FunctionDecl* pattern = callee->getTemplateInstantiationPattern()) callee = pattern;
      recursive_ = recursive_ || callee->getCanonicalDecl() == function_;
    } else if (const auto* name = llvm::dyn_cast<clang::UnresolvedLookupExpr>(call->getCallee())) {
      // In a template a call is not bound yet; the only candidate is as good as bound.
      if (name->getNumDecls() == 1) {
        const clang::NamedDecl* only = (*name->decls_begin())->getUnderlyingDecl();
        const clang::FunctionDecl* candidate = only->getAsFunction();
        recursive_ = recursive_ || (candidate != nullptr && candidate->getCanonicalDecl() == function_);
      }
    }
    WalkChildren(call, depth);
  }

  void Walk(const clang::Stmt* statement, Depth depth) {
    if (statement == nullptr) return;
    if (const auto* branch = llvm::dyn_cast<clang::IfStmt>(statement)) return WalkIf(branch, depth, false);
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) return WalkCall(call, depth);
    if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement)) return WalkLambda(lambda, depth);
    if (const auto* body = llvm::dyn_cast<clang::CoroutineBodyStmt>(statement)) return Walk(body->getBody(), depth);
    if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(statement); binary && binary->isLogicalOp()) {
      return WalkLogical(binary, depth);
    }
    if (const auto* loop = llvm::dyn_cast<clang::CXXForRangeStmt>(statement)) {  // its other children are implicit
      ++complexity_.cyclomatic;
      const Depth inside = EnterStructure(depth);
      Walk(loop->getInit(), depth);
      Walk(loop->getRangeInit(), depth);
      return Walk(loop->getBody(), inside);
    }
    if (const auto* loop = llvm::dyn_cast<clang::ForStmt>(statement)) {
      ++complexity_.cyclomatic;
      const Depth inside = EnterStructure(depth);
      for (const clang::Stmt* head : {loop->getInit(), static_cast<const clang::Stmt*>(loop->getCond()),
                                      static_cast<const clang::Stmt*>(loop->getInc())}) {
        Walk(head, depth);
      }
      return Walk(loop->getBody(), inside);
    }
    if (const auto* loop = llvm::dyn_cast<clang::WhileStmt>(statement)) {
      ++complexity_.cyclomatic;
      const Depth inside = EnterStructure(depth);
      Walk(loop->getCond(), depth);
      return Walk(loop->getBody(), inside);
    }
    if (const auto* loop = llvm::dyn_cast<clang::DoStmt>(statement)) {
      ++complexity_.cyclomatic;
      const Depth inside = EnterStructure(depth);
      Walk(loop->getCond(), depth);
      return Walk(loop->getBody(), inside);
    }
    if (const auto* choice = llvm::dyn_cast<clang::SwitchStmt>(statement)) {
      const Depth inside = EnterStructure(depth);
      Walk(choice->getInit(), depth);
      Walk(choice->getCond(), depth);
      return Walk(choice->getBody(), inside);
    }
    if (const auto* handler = llvm::dyn_cast<clang::CXXCatchStmt>(statement)) {
      ++complexity_.cyclomatic;
      return Walk(handler->getHandlerBlock(), EnterStructure(depth));
    }
    if (const auto* choice = llvm::dyn_cast<clang::AbstractConditionalOperator>(statement)) {
      ++complexity_.cyclomatic;
      complexity_.cognitive += 1 + depth.cognitive;
      const Depth inside = {depth.cognitive + 1, depth.control};
      if (const auto* elvis = llvm::dyn_cast<clang::BinaryConditionalOperator>(choice)) {
        Walk(elvis->getCommon(), inside);
      } else {
        Walk(choice->getCond(), inside);
        Walk(choice->getTrueExpr(), inside);
      }
      return Walk(choice->getFalseExpr(), inside);
    }
    if (llvm::isa<clang::CaseStmt>(statement)) ++complexity_.cyclomatic;
    if (llvm::isa<clang::GotoStmt, clang::IndirectGotoStmt>(statement)) ++complexity_.cognitive;
    WalkChildren(statement, depth);
  }

  const clang::FunctionDecl* function_;
  Complexity complexity_;
  bool recursive_ = false;
};

std::string Signature(const clang::FunctionDecl& function) {
  clang::PrintingPolicy policy = function.getASTContext().getPrintingPolicy();
  policy.SuppressTagKeyword = true;
  policy.FullyQualifiedName = false;
  std::string text = function.getQualifiedNameAsString() + "(";
  for (const clang::ParmVarDecl* parameter : function.parameters()) {
    if (parameter != function.getParamDecl(0)) text += ", ";
    text += parameter->getType().getAsString(policy);
  }
  if (function.isVariadic()) text += function.getNumParams() == 0 ? "..." : ", ...";
  text += ")";
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  return method != nullptr && method->isConst() ? text + " const" : text;
}

// Finds the functions that the source text defines: no instantiations, nothing implicit.
class Functions : public clang::RecursiveASTVisitor<Functions> {
 public:
  Functions(const ParsedUnit& unit, std::vector<v1::FunctionMeasurement>& out) : unit_(unit), out_(out) {}

  bool VisitFunctionDecl(clang::FunctionDecl* function) {
    if (function->isImplicit() || !function->isThisDeclarationADefinition() || !function->hasBody() ||
        function->isDefaulted() || function->isDeleted()) {
      return true;
    }
    clang::SourceRange range = function->getSourceRange();
    if (const auto* described = function->getDescribedFunctionTemplate()) range.setBegin(described->getBeginLoc());
    const auto extent = unit_.locations.Cover(range, unit_.ast.getLangOpts());
    if (!extent) return true;
    const Complexity complexity = Counter(*function).complexity();
    v1::FunctionMeasurement& out = out_.emplace_back();
    llvm::SmallString<128> usr;
    if (!clang::index::generateUSRForDecl(function, usr)) out.set_usr(ValidUtf8({usr.data(), usr.size()}));
    out.set_function(ValidUtf8(Signature(*function)));
    out.set_path(ValidUtf8(extent->file->path));
    out.set_start_line(extent->first_line);
    out.set_end_line(extent->last_line);
    out.set_cognitive(complexity.cognitive);
    out.set_cyclomatic(complexity.cyclomatic);
    out.set_lines(extent->last_line - extent->first_line + 1);
    out.set_nesting(complexity.nesting);
    out.set_parameters(static_cast<int>(function->getNumParams()));
    return true;
  }

 private:
  const ParsedUnit& unit_;
  std::vector<v1::FunctionMeasurement>& out_;
};

class CodeMetrics final : public Analyzer {
 public:
  std::string_view name() const override { return "code-metrics"; }
  std::string_view summary() const override { return "Complexity, nesting, length and parameters of every function."; }

  void Examine(const ParsedUnit& unit, v1::TaskResult& result) const override {
    std::vector<v1::FunctionMeasurement> measurements;
    Functions functions(unit, measurements);
    for (clang::Decl* decl : unit.scope) {
      if (unit.locations.Find(decl->getLocation())) functions.TraverseDecl(decl);
    }
    // A header without guards may be read twice.
    const auto key = [](const v1::FunctionMeasurement& m) {
      return std::make_tuple(m.path(), m.start_line(), m.end_line(), m.usr());
    };
    std::sort(measurements.begin(), measurements.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    const auto repeated = std::unique(measurements.begin(), measurements.end(),
                                      [&](const auto& a, const auto& b) { return key(a) == key(b); });
    result.mutable_measurements()->Add(measurements.begin(), repeated);
  }
};

}  // namespace

const Analyzer& CodeMetricsAnalyzer() {
  static const CodeMetrics analyzer;
  return analyzer;
}

}  // namespace mergegate::analyzers
