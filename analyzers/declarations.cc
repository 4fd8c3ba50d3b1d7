#include "analyzers/declarations.h"

#include <tuple>
#include <type_traits>
#include <utility>

#include "analyzers/text.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Index/USRGeneration.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

namespace mergegate::analyzers {
namespace {

// The declaration that stands for `decl` in the list; null for locals and the like.
const clang::NamedDecl* Representative(const clang::Decl* decl) {
  if (const auto* constructor = llvm::dyn_cast<clang::ConstructorUsingShadowDecl>(decl)) {
    decl = constructor->getTargetDecl();
  } else if (const auto* shadow = llvm::dyn_cast<clang::UsingShadowDecl>(decl)) {
    decl = shadow->getTargetDecl();
  }
  if (const auto* described = llvm::dyn_cast<clang::TemplateDecl>(decl); described && described->getTemplatedDecl()) {
    decl = described->getTemplatedDecl();
  }
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
    if (const auto* pattern = function->getTemplateInstantiationPattern()) decl = pattern;
  } else if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(decl)) {
    if (const auto* pattern = record->getTemplateInstantiationPattern()) decl = pattern;
  } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
    if (const auto* pattern = variable->getTemplateInstantiationPattern()) decl = pattern;
  } else if (llvm::isa<clang::FieldDecl, clang::IndirectFieldDecl, clang::EnumConstantDecl>(decl)) {
    const auto* parent = llvm::dyn_cast<clang::Decl>(decl->getDeclContext());
    return parent == nullptr ? nullptr : Representative(parent);
  }
  return llvm::dyn_cast<clang::NamedDecl>(decl->getCanonicalDecl());
}

bool IsListed(const clang::Decl* decl) {
  const auto* named = llvm::dyn_cast<clang::NamedDecl>(decl);
  if (named == nullptr || decl->isImplicit() || !named->getDeclName()) return false;
  if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(decl)) return !record->isLambda();
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
    if (variable->getTemplateSpecializationKind() == clang::TSK_ImplicitInstantiation) return false;
    return !variable->isLocalVarDeclOrParm() && !llvm::isa<clang::ParmVarDecl>(variable);
  }
  return llvm::isa<clang::FunctionDecl, clang::TagDecl, clang::TypedefNameDecl>(decl);
}

bool IsDefinition(const clang::Decl* decl) {
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
    return function->isThisDeclarationADefinition();
  }
  if (const auto* tag = llvm::dyn_cast<clang::TagDecl>(decl)) return tag->isThisDeclarationADefinition();
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
    return variable->isThisDeclarationADefinition() == clang::VarDecl::Definition;
  }
  return true;
}

clang::SourceRange WithTemplateHeader(const clang::Decl* decl) {
  clang::SourceRange range = decl->getSourceRange();
  if (const clang::TemplateDecl* described = decl->getDescribedTemplate()) range.setBegin(described->getBeginLoc());
  return range;
}

// The instantiations that a unit makes of templates of the tree, found from the templates: their bodies are not walked.
// An instantiation counts when its body is there; one that only overload resolution looked at does not.
class Instantiations {
 public:
  explicit Instantiations(const clang::ASTContext& ast) : ast_(ast), policy_(ast.getLangOpts()) {
    policy_.FullyQualifiedName = true;
    policy_.PrintAsCanonical = true;
    const clang::SourceManager& sources = ast.getSourceManager();
    if (const auto main = sources.getFileEntryRefForID(sources.getMainFileID())) unit_ = main->getName();
  }

  // Those of one template and of what is declared inside it. `outer`: arguments of the templates around it.
  template <typename Template>
  void Add(const Template& of, const std::string& outer = "") {
    for (auto* made : of.specializations()) {
      if (made->getTemplateSpecializationKind() == clang::TSK_ExplicitSpecialization) continue;
      if constexpr (std::is_same_v<Template, clang::FunctionTemplateDecl>) {
        AddOne(*made, outer + Print(made->getTemplateSpecializationArgs()->asArray()));
      } else {
        AddOne(*made, outer + Print(made->getTemplateArgs().asArray()));
      }
    }
  }

  // An instantiation that was met by itself.
  void AddLate(const clang::Decl& made) {
    std::string arguments;
    for (const clang::Decl* at = &made; at != nullptr;
         at = llvm::dyn_cast_or_null<clang::Decl>(at->getLexicalDeclContext())) {
      if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(at)) {
        if (const auto* list = function->getTemplateSpecializationArgs())
          arguments = Print(list->asArray()) + arguments;
      } else if (const auto* record = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(at)) {
        arguments = Print(record->getTemplateArgs().asArray()) + arguments;
      } else if (const auto* variable = llvm::dyn_cast<clang::VarTemplateSpecializationDecl>(at)) {
        arguments = Print(variable->getTemplateArgs().asArray()) + arguments;
      }
    }
    if (!arguments.empty()) AddOne(made, arguments);
  }

  const std::map<const clang::NamedDecl*, std::set<uint64_t>>& found() const { return found_; }

 private:
  void AddOne(const clang::Decl& made, const std::string& arguments) {
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(&made); function && !function->isDefined()) return;
    if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(&made)) {
      if (!record->isThisDeclarationADefinition()) return;
      for (const clang::Decl* member : record->decls()) AddMember(*member, arguments);
    }
    if (const clang::NamedDecl* pattern = Representative(&made)) {
      found_[pattern].insert(llvm::xxh3_64bits(llvm::StringRef(arguments)));
    }
  }

  void AddMember(const clang::Decl& member, const std::string& arguments) {
    if (member.isImplicit()) return;
    if (const auto* function = llvm::dyn_cast<clang::FunctionTemplateDecl>(&member)) return Add(*function, arguments);
    if (const auto* record = llvm::dyn_cast<clang::ClassTemplateDecl>(&member)) return Add(*record, arguments);
    if (const auto* variable = llvm::dyn_cast<clang::VarTemplateDecl>(&member)) return Add(*variable, arguments);
    if (const auto* made = llvm::dyn_cast<clang::FriendDecl>(&member)) {
      const auto* function = llvm::dyn_cast_or_null<clang::FunctionDecl>(made->getFriendDecl());
      if (function != nullptr && function->getTemplateInstantiationPattern() != nullptr) AddOne(*function, arguments);
    } else if (llvm::isa<clang::FunctionDecl, clang::CXXRecordDecl, clang::VarDecl>(member)) {
      AddOne(member, arguments);
    }
  }

  std::string Print(llvm::ArrayRef<clang::TemplateArgument> arguments) const {
    std::string text;
    llvm::raw_string_ostream out(text);
    out << '<';
    for (const clang::TemplateArgument& argument : arguments) {
      const clang::TemplateArgument canonical = ast_.getCanonicalTemplateArgument(argument);
      canonical.print(policy_, out, /*IncludeType=*/true);
      // Of two units, types of the same name.
      if (canonical.getKind() == clang::TemplateArgument::Type &&
          !clang::isExternallyVisible(canonical.getAsType()->getLinkage())) {
        out << " of " << unit_;
      }
      out << ',';
    }
    out << '>';
    return text;
  }

  const clang::ASTContext& ast_;
  clang::PrintingPolicy policy_;
  llvm::StringRef unit_;
  std::map<const clang::NamedDecl*, std::set<uint64_t>> found_;  // by the canonical declaration of the pattern
};

}  // namespace

class DeclarationVisitor : public clang::RecursiveASTVisitor<DeclarationVisitor> {
 public:
  DeclarationVisitor(clang::ASTContext& ast, TreeDeclarations& out) : ast_(ast), out_(out), instantiations_(ast) {}

  bool TraverseDecl(clang::Decl* decl) {
    const int outer = current_;
    if (decl != nullptr && IsListed(decl)) Enter(decl);
    const bool go_on = RecursiveASTVisitor::TraverseDecl(decl);
    current_ = outer;
    return go_on;
  }

  bool VisitDeclRefExpr(clang::DeclRefExpr* expr) { return Refer(expr->getDecl()); }
  bool VisitMemberExpr(clang::MemberExpr* expr) { return Refer(expr->getMemberDecl()); }
  bool VisitCXXConstructExpr(clang::CXXConstructExpr* expr) { return Refer(expr->getConstructor()); }
  bool VisitOverloadExpr(clang::OverloadExpr* expr) {
    for (const clang::NamedDecl* candidate : expr->decls()) Refer(candidate);
    return true;
  }
  bool VisitTagTypeLoc(clang::TagTypeLoc type) { return Refer(type.getDecl()); }
  bool VisitTypedefTypeLoc(clang::TypedefTypeLoc type) { return Refer(type.getDecl()); }
  bool VisitTemplateSpecializationTypeLoc(clang::TemplateSpecializationTypeLoc type) {
    return Refer(type.getTypePtr()->getTemplateName().getAsTemplateDecl());
  }

  bool VisitFunctionTemplateDecl(clang::FunctionTemplateDecl* decl) { return AddInstantiations(*decl); }
  bool VisitClassTemplateDecl(clang::ClassTemplateDecl* decl) { return AddInstantiations(*decl); }
  bool VisitVarTemplateDecl(clang::VarTemplateDecl* decl) { return AddInstantiations(*decl); }

  void LinkReferences() {
    for (const auto& [from, target] : references_) {
      const auto found = definition_.find(target);
      TreeDeclaration& entry = out_.all_[static_cast<size_t>(from)];
      if (found != definition_.end()) {
        if (found->second != from) entry.references.insert(found->second);
        continue;
      }
      llvm::SmallString<128> usr;
      if (out_.locations_.Find(target->getLocation()) && !clang::index::generateUSRForDecl(target, usr)) {
        entry.outer_references.insert(usr.str().str());
      }
    }
    for (const auto& [index, canonical] : redeclarations_) {
      const int definition = definition_.at(canonical);
      if (definition != index) out_.all_[static_cast<size_t>(definition)].references.insert(index);
      // Declared above what was walked.
      if (definition == index && canonical->isFromASTFile() && out_.locations_.Find(canonical->getLocation())) {
        out_.all_[static_cast<size_t>(index)].outer_references.insert(out_.all_[static_cast<size_t>(index)].usr);
      }
      TreeDeclaration& entry = out_.all_[static_cast<size_t>(index)];
      const auto made = instantiations_.found().find(canonical);
      if (entry.is_template && made != instantiations_.found().end()) entry.instantiations = made->second;
    }
  }

 private:
  void Enter(const clang::Decl* decl) {
    const auto extent = out_.locations_.Cover(WithTemplateHeader(decl), ast_.getLangOpts());
    if (!extent) return;
    TreeDeclaration entry;
    entry.name = llvm::cast<clang::NamedDecl>(decl)->getQualifiedNameAsString();
    llvm::SmallString<128> usr;
    if (!clang::index::generateUSRForDecl(decl, usr)) entry.usr = usr.str().str();
    entry.extent = *extent;
    entry.is_function = llvm::isa<clang::FunctionDecl>(decl);
    entry.is_template = decl->isTemplated();
    current_ = static_cast<int>(out_.all_.size());
    const clang::NamedDecl* canonical = Representative(decl);
    redeclarations_.emplace_back(current_, canonical);
    auto [known, inserted] = definition_.try_emplace(canonical, current_);
    if (!inserted && IsDefinition(decl)) known->second = current_;
    out_.by_file_[extent->file].push_back(current_);
    out_.all_.push_back(std::move(entry));
  }

  bool Refer(const clang::Decl* target) {
    if (target == nullptr || current_ < 0) return true;
    if (const clang::NamedDecl* canonical = Representative(target)) references_.emplace(current_, canonical);
    return true;
  }

  template <typename Template>
  bool AddInstantiations(const Template& decl) {
    if (decl.isCanonicalDecl()) instantiations_.Add(decl);
    return true;
  }

  clang::ASTContext& ast_;
  TreeDeclarations& out_;
  Instantiations instantiations_;
  int current_ = -1;
  std::map<const clang::NamedDecl*, int> definition_;  // canonical declaration to the entry that stands for it
  std::vector<std::pair<int, const clang::NamedDecl*>> redeclarations_;
  std::set<std::pair<int, const clang::NamedDecl*>> references_;
};

class MacroWatch : public clang::PPCallbacks {
 public:
  MacroWatch(const clang::Preprocessor& preprocessor, TreeDeclarations& out) : preprocessor_(preprocessor), out_(out) {}

  void MacroDefined(const clang::Token& name, const clang::MacroDirective* directive) override {
    const clang::MacroInfo* info = directive->getMacroInfo();
    const auto extent =
        out_.locations_.Cover({info->getDefinitionLoc(), info->getDefinitionEndLoc()}, preprocessor_.getLangOpts());
    if (!extent) return;
    TreeDeclaration entry;
    entry.name = name.getIdentifierInfo()->getName().str();
    llvm::SmallString<64> usr;
    if (!clang::index::generateUSRForMacro(entry.name, info->getDefinitionLoc(), preprocessor_.getSourceManager(),
                                           usr)) {
      entry.usr = usr.str().str();
    }
    entry.extent = *extent;
    out_.macros_[info] = static_cast<int>(out_.all_.size());
    out_.by_file_[extent->file].push_back(static_cast<int>(out_.all_.size()));
    out_.all_.push_back(std::move(entry));
  }

  void MacroExpands(const clang::Token& name, const clang::MacroDefinition& definition, clang::SourceRange range,
                    const clang::MacroArgs*) override {
    const clang::MacroInfo* info = definition.getMacroInfo();
    if (info == nullptr) return;
    std::string outer;
    if (!out_.macros_.contains(info)) {
      if (!out_.locations_.Find(info->getDefinitionLoc())) return;
      llvm::SmallString<64> usr;
      if (clang::index::generateUSRForMacro(name.getIdentifierInfo()->getName(), info->getDefinitionLoc(),
                                            preprocessor_.getSourceManager(), usr)) {
        return;
      }
      outer = usr.str().str();
    }
    if (const auto place = out_.locations_.Find(range.getBegin())) out_.macro_uses_.insert({info, *place, outer});
  }

 private:
  const clang::Preprocessor& preprocessor_;
  TreeDeclarations& out_;
};

void TreeDeclarations::WatchMacros(clang::Preprocessor& preprocessor) {
  preprocessor.addPPCallbacks(std::make_unique<MacroWatch>(preprocessor, *this));
}

void TreeDeclarations::Collect(clang::ASTContext& ast, const std::vector<clang::Decl*>& decls,
                               const std::vector<clang::Decl*>& late) {
  DeclarationVisitor visitor(ast, *this);
  for (clang::Decl* decl : decls) {
    if (locations_.Find(decl->getLocation())) visitor.TraverseDecl(decl);
  }
  visitor.LinkReferences();
  for (const MacroUse& use : macro_uses_) {
    const int user = InnermostIndex(use.place.file, use.place.offset, /*functions_first=*/false);
    if (user < 0) continue;
    TreeDeclaration& entry = all_[static_cast<size_t>(user)];
    if (!use.outer.empty()) {
      entry.outer_references.insert(use.outer);
    } else if (const int macro = macros_.at(use.definition); user != macro) {
      entry.references.insert(macro);
    }
  }
  Instantiations made(ast);
  for (const clang::Decl* decl : late) made.AddLate(*decl);
  for (const auto& [pattern, digests] : made.found()) {
    llvm::SmallString<128> usr;
    if (locations_.Find(pattern->getLocation()) && !clang::index::generateUSRForDecl(pattern, usr)) {
      late_instantiations_[usr.str().str()].insert(digests.begin(), digests.end());
    }
  }
}

int TreeDeclarations::InnermostIndex(const source::TreeFile* file, unsigned offset, bool functions_first) const {
  const auto entries = by_file_.find(file);
  if (entries == by_file_.end()) return -1;
  int best = -1;
  for (const int index : entries->second) {
    const TreeDeclaration& entry = all_[static_cast<size_t>(index)];
    if (offset < entry.extent.begin || offset >= entry.extent.end) continue;
    const auto rank = [&](const TreeDeclaration& d) {  // smaller is better
      return std::make_tuple(functions_first && !d.is_function, d.extent.end - d.extent.begin);
    };
    if (best < 0 || rank(entry) < rank(all_[static_cast<size_t>(best)])) best = index;
  }
  return best;
}

const TreeDeclaration* TreeDeclarations::Innermost(const source::TreeFile* file, unsigned offset) const {
  const int index = InnermostIndex(file, offset, /*functions_first=*/true);
  return index < 0 ? nullptr : &all_[static_cast<size_t>(index)];
}

void TreeDeclarations::Write(v1::TaskResult& result) const {
  for (const TreeDeclaration& entry : all_) {
    v1::Declaration& out = *result.add_declarations();
    out.set_usr(ValidUtf8(entry.usr));
    out.set_name(ValidUtf8(entry.name));
    out.set_path(ValidUtf8(entry.extent.file->path));
    out.set_start_line(entry.extent.first_line);
    out.set_end_line(entry.extent.last_line);
    for (const int reference : entry.references) out.add_references(reference);
    out.set_is_template(entry.is_template);
    for (const uint64_t arguments : entry.instantiations) out.add_instantiations(arguments);
  }
}

}  // namespace mergegate::analyzers
