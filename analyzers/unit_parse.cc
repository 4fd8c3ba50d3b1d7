#include "analyzers/unit_parse.h"

#include <utility>

#include "clang/AST/ASTMutationListener.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Lex/PPCallbacks.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/raw_ostream.h"

namespace mergegate::analyzers {

// Runs before the checks: remembers what stands and what is instantiated below the preamble, and limits them to it.
class UnitParse::First final : public clang::ASTConsumer, public clang::ASTMutationListener {
 public:
  First(UnitParse& parse, clang::CompilerInstance& compiler) : parse_(parse), compiler_(compiler) {}

  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    for (clang::Decl* decl : group) {
      // Instantiations are told here, too; they are walked with their templates.
      const auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl);
      if (function != nullptr && function->isTemplateInstantiation()) continue;
      parse_.scope_.push_back(decl);
    }
    return true;
  }
  void HandleInterestingDecl(clang::DeclGroupRef) override {}  // of the preamble
  bool shouldSkipFunctionBody(clang::Decl* decl) override {
    return parse_.skip_body != nullptr && parse_.skip_body(decl, compiler_);
  }
  clang::ASTMutationListener* GetASTMutationListener() override { return this; }

  void AddedCXXTemplateSpecialization(const clang::ClassTemplateDecl* of,
                                      const clang::ClassTemplateSpecializationDecl* made) override {
    Note(of, made);
  }
  void AddedCXXTemplateSpecialization(const clang::VarTemplateDecl* of,
                                      const clang::VarTemplateSpecializationDecl* made) override {
    Note(of, made);
  }
  void AddedCXXTemplateSpecialization(const clang::FunctionTemplateDecl* of, const clang::FunctionDecl* made) override {
    Note(of, made);
  }
  void FunctionDefinitionInstantiated(const clang::FunctionDecl* made) override {
    if (const auto* pattern = made->getTemplateInstantiationPattern()) Note(pattern, made);
  }

  void HandleTranslationUnit(clang::ASTContext& ast) override {
    if (parse_.preamble_ == nullptr) {
      const auto decls = ast.getTranslationUnitDecl()->decls();
      parse_.scope_.assign(decls.begin(), decls.end());
      return;
    }
    // What lies below another one is walked with it.
    for (const clang::Decl* made : candidates_) {
      bool nested = false;
      for (const clang::DeclContext* at = made->getLexicalDeclContext(); at != nullptr && !nested;
           at = at->getLexicalParent()) {
        nested = candidates_.contains(llvm::cast<clang::Decl>(at)) || noted_.contains(llvm::cast<clang::Decl>(at));
      }
      if (!nested && parse_.locations_->Find(made->getLocation())) {
        parse_.late_.push_back(const_cast<clang::Decl*>(made));
      }
    }
    // In the order of the source, then of making: pointers must not decide.
    std::vector<clang::Decl*> scope = parse_.scope_;
    scope.insert(scope.end(), parse_.late_.begin(), parse_.late_.end());
    ast.setTraversalScope(scope);
  }

 private:
  void Note(const clang::Decl* of, const clang::Decl* made) {
    if (parse_.preamble_ != nullptr && of->isFromASTFile() && !made->isFromASTFile() && noted_.insert(made).second) {
      candidates_.insert(made);
    }
    if (parse_.preamble_ != nullptr && made->isFromASTFile() && noted_.insert(made).second) candidates_.insert(made);
  }

  UnitParse& parse_;
  clang::CompilerInstance& compiler_;
  llvm::DenseSet<const clang::Decl*> noted_;
  llvm::SetVector<const clang::Decl*> candidates_;
};

// Tells checks of the preamble's includes once they know that the main file has begun. Callbacks are called last first,
// so this one must be there before those of the checks.
class UnitParse::Replay final : public clang::PPCallbacks {
 public:
  Replay(const Preamble& preamble, clang::CompilerInstance& compiler) : preamble_(preamble), compiler_(compiler) {}
  void FileChanged(clang::SourceLocation place, FileChangeReason reason, clang::SrcMgr::CharacteristicKind,
                   clang::FileID) override {
    if (done_ || reason != EnterFile || !compiler_.getSourceManager().isInMainFile(place)) return;
    done_ = true;
    preamble_.Replay(compiler_);
  }

 private:
  const Preamble& preamble_;
  clang::CompilerInstance& compiler_;
  bool done_ = false;
};

class UnitParse::Last final : public clang::ASTConsumer {
 public:
  Last(UnitParse& parse, clang::CompilerInstance& compiler) : parse_(parse), compiler_(compiler) {}
  void HandleTranslationUnit(clang::ASTContext&) override {
    if (parse_.on_parsed) parse_.on_parsed(compiler_, *parse_.locations_);
  }

 private:
  UnitParse& parse_;
  clang::CompilerInstance& compiler_;
};

class UnitParse::Action final : public clang::ASTFrontendAction {
 public:
  explicit Action(UnitParse& parse) : parse_(parse) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef file) override {
    parse_.locations_ = std::make_unique<source::TreeLocations>(compiler.getSourceManager(), parse_.side_.tree());
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(std::make_unique<First>(parse_, compiler));
    if (parse_.with_checks && parse_.preamble_ != nullptr) {
      compiler.getPreprocessor().addPPCallbacks(std::make_unique<Replay>(*parse_.preamble_, compiler));
    }
    if (parse_.with_checks) consumers.push_back(parse_.tidy_.Attach(compiler, file));
    if (parse_.on_begin) parse_.on_begin(compiler, *parse_.locations_);
    consumers.push_back(std::make_unique<Last>(parse_, compiler));
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
  }

 private:
  UnitParse& parse_;
};

std::string UnitParse::Run() {
  source::Invocation made = side_.MakeInvocation(tidy_);
  if (made.invocation == nullptr) return made.problem;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> fs = side_.fs();
  if (preamble_ != nullptr) preamble_->Apply(*made.invocation, fs);
  made.invocation->getFrontendOpts().SkipFunctionBodies = skip_body != nullptr;
  clang::CompilerInstance compiler(std::move(made.invocation));
  compiler.setVirtualFileSystem(std::move(fs));
  compiler.setVerboseOutputStream(llvm::nulls());
  compiler.createDiagnostics(&tidy_.diagnostics(), /*ShouldOwnClient=*/false);
  compiler.createFileManager();
  compiler.createSourceManager();
  Action action(*this);
  compiler.ExecuteAction(action);
  return "";
}

}  // namespace mergegate::analyzers
