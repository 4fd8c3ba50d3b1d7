#include "analyzers/preamble.h"

#include <algorithm>
#include <utility>

#include "analyzers/declarations.h"
#include "analyzers/findings.h"
#include "analyzers/source/tree_locations.h"
#include "analyzers/text.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Frontend/PrecompiledPreamble.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Sema/Sema.h"
#include "clang/Serialization/ASTReader.h"
#include "clang/Serialization/ASTWriter.h"
#include "clang/Serialization/PCHContainerOperations.h"
#include "llvm/Support/raw_ostream.h"

namespace mergegate::analyzers {
namespace {

constexpr char kPrecompiledPath[] = "/mergegate/preamble.pch";
constexpr size_t kMaxPrecompiledBytes = size_t{160} << 20;

clang::PreambleBounds BoundsOf(const UnitSide& side, const clang::LangOptions& language) {
  return clang::ComputePreambleBounds(language, llvm::MemoryBufferRef(side.text(), side.main_file()), 0);
}

Digest PreambleKey(const Digest& key, std::string_view lines, bool ends_at_line_start) {
  return DigestBuilder().Add(key).Text(lines).Number(ends_at_line_start ? 1 : 0).Finish();
}

// The driver's answer for the main file, which the bounds and every parse start from.
std::shared_ptr<clang::CompilerInvocation> Invoke(UnitSide& side, TidyRun& tidy) {
  return side.MakeInvocation(tidy).invocation;
}

// Notes the directives that stand in the main file itself.
class IncludeWatch final : public clang::PPCallbacks {
 public:
  IncludeWatch(const clang::SourceManager& sources, v1::PreambleRecord& record) : sources_(sources), record_(record) {}

  void InclusionDirective(clang::SourceLocation hash, const clang::Token& directive, llvm::StringRef name, bool angled,
                          clang::CharSourceRange name_range, clang::OptionalFileEntryRef file,
                          llvm::StringRef search_path, llvm::StringRef relative_path, const clang::Module*, bool,
                          clang::SrcMgr::CharacteristicKind kind) override {
    if (!sources_.isWrittenInMainFile(hash) || !name_range.isValid() ||
        !sources_.isWrittenInMainFile(name_range.getBegin())) {
      return;
    }
    v1::IncludeDirective& out = *record_.add_includes();
    out.set_hash_offset(sources_.getFileOffset(hash));
    out.set_name_offset(sources_.getFileOffset(name_range.getBegin()));
    out.set_name_length(sources_.getFileOffset(name_range.getEnd()) - out.name_offset());
    out.set_name(name.str());
    out.set_angled(angled);
    out.set_directive(directive.getIdentifierInfo()->getName().str());
    if (file) out.set_file(file->getName().str());
    out.set_search_path(search_path.str());
    out.set_relative_path(relative_path.str());
    out.set_kind(kind);
  }

 private:
  const clang::SourceManager& sources_;
  v1::PreambleRecord& record_;
};

}  // namespace

class PreambleBuilder {
 public:
  PreambleBuilder(UnitSide& side, Artifacts& artifacts) : side_(side), artifacts_(artifacts) {}
  std::optional<Preamble> Build();

 private:
  class Action;
  class Consumer;
  class Writer;

  UnitSide& side_;
  Artifacts& artifacts_;
  std::unique_ptr<TidyRun> tidy_;
  std::unique_ptr<source::TreeLocations> locations_;
  std::unique_ptr<TreeDeclarations> declarations_;
  std::shared_ptr<clang::PCHBuffer> buffer_ = std::make_shared<clang::PCHBuffer>();
  v1::PreambleRecord record_;
};

class PreambleBuilder::Writer final : public clang::PCHGenerator {
 public:
  using clang::PCHGenerator::PCHGenerator;
  // Of what was written.
  uint64_t NumberOf(const clang::Decl* decl) { return getWriter().getDeclID(decl).getRawValue(); }
};

class PreambleBuilder::Consumer final : public clang::ASTConsumer {
 public:
  Consumer(PreambleBuilder& builder, clang::CompilerInstance& compiler, Writer& writer)
      : builder_(builder), compiler_(compiler), writer_(writer) {}
  void HandleTranslationUnit(clang::ASTContext& ast) override {
    const auto decls = ast.getTranslationUnitDecl()->decls();
    const std::vector<clang::Decl*> scope(decls.begin(), decls.end());
    builder_.declarations_->Collect(ast, scope, {});
    if (builder_.buffer_->IsComplete) {
      for (const clang::NamedDecl* field : compiler_.getSema().UnusedPrivateFields) {
        builder_.record_.add_unused_private_fields(writer_.NumberOf(field));
      }
    }
    for (const Analyzer* analyzer : builder_.side_.analyzers()) {
      analyzer->Examine({ast, *builder_.locations_, scope}, *builder_.record_.mutable_part());
    }
  }

 private:
  PreambleBuilder& builder_;
  clang::CompilerInstance& compiler_;
  Writer& writer_;
};

class PreambleBuilder::Action final : public clang::ASTFrontendAction {
 public:
  explicit Action(PreambleBuilder& builder) : builder_(builder) {}
  clang::TranslationUnitKind getTranslationUnitKind() override { return clang::TU_Prefix; }
  bool hasASTFileSupport() const override { return false; }

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef file) override {
    builder_.locations_ = std::make_unique<source::TreeLocations>(compiler.getSourceManager(), builder_.side_.tree());
    builder_.declarations_ = std::make_unique<TreeDeclarations>(*builder_.locations_);
    builder_.declarations_->WatchMacros(compiler.getPreprocessor());
    compiler.getPreprocessor().addPPCallbacks(
        std::make_unique<IncludeWatch>(compiler.getSourceManager(), builder_.record_));
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    auto writer = std::make_unique<Writer>(
        compiler.getPreprocessor(), compiler.getModuleCache(), "", "", builder_.buffer_, compiler.getCodeGenOpts(),
        llvm::ArrayRef<std::shared_ptr<clang::ModuleFileExtension>>(), /*AllowASTWithErrors=*/false,
        /*IncludeTimestamps=*/false);
    auto last = std::make_unique<Consumer>(builder_, compiler, *writer);
    consumers.push_back(std::move(writer));
    consumers.push_back(builder_.tidy_->Attach(compiler, file));
    consumers.push_back(std::move(last));
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
  }

 private:
  PreambleBuilder& builder_;
};

std::optional<Preamble> PreambleBuilder::Build() {
  tidy_ = side_.MakeTidyRun(UnitSide::Tier::kMatching);
  std::shared_ptr<clang::CompilerInvocation> invocation = Invoke(side_, *tidy_);
  if (invocation == nullptr) return std::nullopt;
  const clang::PreambleBounds bounds = BoundsOf(side_, invocation->getLangOpts());
  const std::string_view lines = std::string_view(side_.text()).substr(0, bounds.Size);
  if (lines.find('#') == std::string_view::npos) return std::nullopt;

  invocation->getFrontendOpts().ProgramAction = clang::frontend::GeneratePCH;
  invocation->getLangOpts().PCHInstantiateTemplates = true;
  auto& preprocessing = invocation->getPreprocessorOpts();
  preprocessing.PrecompiledPreambleBytes = {0, false};
  preprocessing.GeneratePreamble = true;
  preprocessing.RetainRemappedFileBuffers = false;
  preprocessing.addRemappedFile(
      side_.main_file(),
      llvm::MemoryBuffer::getMemBufferCopy({lines.data(), lines.size()}, side_.main_file()).release());
  {
    clang::CompilerInstance compiler(std::move(invocation));
    compiler.setVirtualFileSystem(side_.fs());
    compiler.setVerboseOutputStream(llvm::nulls());
    compiler.createDiagnostics(&tidy_->diagnostics(), /*ShouldOwnClient=*/false);
    compiler.createFileManager();
    compiler.createSourceManager();
    Action action(*this);
    compiler.ExecuteAction(action);
    FindingWriter writer(side_.tree(), declarations_.get(), side_.unit());
    for (const clang::tidy::ClangTidyError& error : tidy_->Take()) writer.Add(error);
    writer.Write(side_.task().limits().max_findings(), *record_.mutable_part());
    if (declarations_ != nullptr) declarations_->Write(*record_.mutable_part());
  }
  if (!buffer_->IsComplete || tidy_->compile_error() != nullptr || buffer_->Data.size() > kMaxPrecompiledBytes) {
    return std::nullopt;
  }
  record_.mutable_part()->set_suppressed(static_cast<int>(tidy_->suppressed()));

  v1::Manifest manifest = ManifestOf(side_.tree());
  // The main file's first lines are in the key.
  auto& inputs = *manifest.mutable_inputs();
  inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                              [&](const v1::InputFile& input) { return input.path() == side_.unit().main_file(); }),
               inputs.end());

  artifacts_.PutFor("preamble", PreambleKey(side_.CommandKey(), lines, bounds.PreambleEndsAtStartOfLine), manifest,
                    std::string(buffer_->Data.data(), buffer_->Data.size()));
  artifacts_.PutFor("headers", PreambleKey(side_.ChecksKey(), lines, bounds.PreambleEndsAtStartOfLine), manifest,
                    record_.SerializeAsString());
  buffer_.reset();
  auto preamble = FindPreamble(side_, /*with_findings=*/true, artifacts_);
  if (preamble) preamble->reused_ = false;
  return preamble;
}

std::optional<Preamble> BuildPreamble(UnitSide& side, Artifacts& artifacts) {
  return PreambleBuilder(side, artifacts).Build();
}

std::optional<Preamble> FindPreamble(UnitSide& side, bool with_findings, Artifacts& artifacts) {
  // Bounds need the language alone, not all that the driver finds out.
  const std::unique_ptr<TidyRun> tidy = side.MakeTidyRun(UnitSide::Tier::kMatching);
  const std::shared_ptr<clang::CompilerInvocation> invocation = Invoke(side, *tidy);
  if (invocation == nullptr) return std::nullopt;
  const clang::PreambleBounds bounds = BoundsOf(side, invocation->getLangOpts());
  const std::string_view lines = std::string_view(side.text()).substr(0, bounds.Size);
  Preamble preamble;
  preamble.bytes_ = bounds.Size;
  preamble.ends_at_line_start_ = bounds.PreambleEndsAtStartOfLine;
  preamble.reused_ = true;
  const auto manifest = artifacts.FindFor(
      "preamble", PreambleKey(side.CommandKey(), lines, bounds.PreambleEndsAtStartOfLine), side.tree());
  const auto precompiled = manifest ? artifacts.Find(manifest->artifact()) : std::nullopt;
  if (!precompiled || !precompiled->starts_with("CPCH")) return std::nullopt;
  preamble.manifest_ = *manifest;
  preamble.precompiled_ = *precompiled;
  if (!with_findings) return preamble;
  const auto headers =
      artifacts.FindFor("headers", PreambleKey(side.ChecksKey(), lines, bounds.PreambleEndsAtStartOfLine), side.tree());
  const auto record = headers ? artifacts.Find(headers->artifact()) : std::nullopt;
  if (!record || !preamble.record_.ParseFromArray(record->data(), static_cast<int>(record->size()))) {
    return std::nullopt;
  }
  return preamble;
}

std::optional<Preamble> PreambleOf(UnitSide& side, bool with_findings, Artifacts& artifacts) {
  std::optional<Preamble> preamble = FindPreamble(side, with_findings, artifacts);
  return preamble ? std::move(preamble) : BuildPreamble(side, artifacts);
}

void Preamble::Apply(clang::CompilerInvocation& invocation, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>& fs) const {
  invocation.getLangOpts().PCHInstantiateTemplates = true;
  auto& preprocessing = invocation.getPreprocessorOpts();
  preprocessing.PrecompiledPreambleBytes = {bytes_, ends_at_line_start_};
  preprocessing.DisablePCHOrModuleValidation = clang::DisableValidationForModuleKind::PCH;
  preprocessing.UsePredefines = false;  // they are in it
  preprocessing.ImplicitPCHInclude = kPrecompiledPath;
  auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  memory->addFileNoOwn(kPrecompiledPath, 0,
                       llvm::MemoryBufferRef({precompiled_.data(), precompiled_.size()}, kPrecompiledPath));
  auto both = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(fs);
  both->pushOverlay(std::move(memory));
  fs = std::move(both);
}

void Preamble::Replay(clang::CompilerInstance& compiler) const {
  ReplayIncludes(compiler);
  ReplayUnusedFields(compiler);
}

void Preamble::ReplayUnusedFields(clang::CompilerInstance& compiler) const {
  if (record_.unused_private_fields_size() == 0) return;
  clang::ASTReader& reader = *compiler.getASTReader();
  clang::serialization::ModuleFile& file = reader.getModuleManager().getPrimaryModule();
  for (const uint64_t number : record_.unused_private_fields()) {
    const auto* field = llvm::dyn_cast_or_null<clang::FieldDecl>(
        reader.GetLocalDecl(file, clang::LocalDeclID::get(reader, file, number)));
    if (field != nullptr) compiler.getSema().UnusedPrivateFields.insert(field);
  }
}

void Preamble::ReplayIncludes(clang::CompilerInstance& compiler) const {
  clang::Preprocessor& preprocessor = compiler.getPreprocessor();
  clang::PPCallbacks* callbacks = preprocessor.getPPCallbacks();
  if (callbacks == nullptr) return;
  const clang::SourceManager& sources = compiler.getSourceManager();
  const clang::SourceLocation start = sources.getLocForStartOfFile(sources.getMainFileID());
  const auto at = [&](unsigned offset) { return start.getLocWithOffset(static_cast<int>(offset)); };
  for (const v1::IncludeDirective& include : record_.includes()) {
    clang::Token directive;
    directive.startToken();
    directive.setKind(clang::tok::identifier);
    directive.setIdentifierInfo(preprocessor.getIdentifierInfo(include.directive()));
    directive.setLocation(at(include.hash_offset()).getLocWithOffset(1));
    directive.setLength(static_cast<unsigned>(include.directive().size()));
    clang::OptionalFileEntryRef file;
    if (!include.file().empty()) file = compiler.getFileManager().getOptionalFileRef(include.file());
    callbacks->InclusionDirective(at(include.hash_offset()), directive, include.name(), include.angled(),
                                  clang::CharSourceRange::getCharRange(
                                      at(include.name_offset()), at(include.name_offset() + include.name_length())),
                                  file, include.search_path(), include.relative_path(), nullptr,
                                  /*ModuleImported=*/false,
                                  static_cast<clang::SrcMgr::CharacteristicKind>(include.kind()));
  }
}

}  // namespace mergegate::analyzers
