#include "analyzers/closure/closures.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "analyzers/closure/closure_walk.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Index/USRGeneration.h"
#include "clang/Lex/Lexer.h"

namespace mergegate::analyzers {
namespace {

// The declaration that speaks for all of its kind: the definition, else the first.
const clang::Decl* Speaker(const clang::Decl* decl) {
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
    const clang::FunctionDecl* definition = nullptr;
    if (function->hasBody(definition)) return definition;
    return function->getCanonicalDecl();
  }
  if (const auto* tag = llvm::dyn_cast<clang::TagDecl>(decl)) {
    if (const clang::TagDecl* definition = tag->getDefinition()) return definition;
  } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
    if (const clang::VarDecl* definition = variable->getDefinition()) return definition;
  }
  return decl->getCanonicalDecl();
}

std::vector<std::pair<unsigned, std::string>> SuppressedBlocks(const std::string& text) {
  std::vector<std::pair<unsigned, std::string>> blocks;
  if (text.find("NOLINTBEGIN") == std::string::npos) return blocks;
  for (size_t at = text.find("NOLINT"); at != std::string::npos; at = text.find("NOLINT", at + 1)) {
    const std::string_view rest = std::string_view(text).substr(at);
    if (!rest.starts_with("NOLINTBEGIN") && !rest.starts_with("NOLINTEND")) continue;
    blocks.emplace_back(at, std::string(rest.substr(0, rest.find('\n'))));
  }
  return blocks;
}

// What a method overrides, however far up: canonical declarations.
void AddOverridden(const clang::CXXMethodDecl* method, std::set<const clang::CXXMethodDecl*>& overridden) {
  for (const clang::CXXMethodDecl* base : method->overridden_methods()) {
    if (overridden.insert(base->getCanonicalDecl()).second) AddOverridden(base, overridden);
  }
}

// A suppression, or one that was taken away (source/suppressions.h).
bool MaySuppress(std::string_view lines) {
  return lines.find("NOLINT") != std::string_view::npos || lines.find("NOXINT") != std::string_view::npos;
}

// The tokens of some lines, comments left out.
void AddTokens(std::string_view lines, const clang::LangOptions& language, DigestBuilder& builder) {
  const std::string text(lines);  // ends with NUL, as the lexer wants it
  clang::Lexer lexer(clang::SourceLocation(), language, text.data(), text.data(), text.data() + text.size());
  clang::Token token;
  for (bool at_end = false; !at_end;) {
    at_end = lexer.LexFromRawLexer(token);
    const auto end = static_cast<size_t>(lexer.getBufferLocation() - text.data());
    builder.Text(std::string_view(text).substr(end - token.getLength(), token.getLength()));
  }
}

// Functions with a body in a declaration, in the order of the source.
class FunctionFinder : public clang::RecursiveASTVisitor<FunctionFinder> {
 public:
  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; }
  bool shouldWalkTypesOfTypeLocs() const { return false; }
  bool VisitFunctionDecl(clang::FunctionDecl* function) {
    if (function->isThisDeclarationADefinition() && function->hasBody() && !function->isDependentContext()) {
      found.push_back(function);
    }
    return true;
  }
  std::vector<clang::FunctionDecl*> found;
};

}  // namespace

Closures::Closures(clang::ASTContext& ast, source::TreeLocations& locations)
    : ast_(ast), locations_(locations), printing_(ast.getPrintingPolicy()) {
  printing_.AnonymousTagLocations = false;
  printing_.FullyQualifiedName = true;
  printing_.SuppressScope = false;
  printing_.SuppressUnwrittenScope = false;
}

Closures::~Closures() = default;

void Closures::AddFunctionsOf(const std::vector<clang::Decl*>& decls) {
  FunctionFinder finder;
  for (clang::Decl* decl : decls) finder.TraverseDecl(decl);
  const clang::SourceManager& sources = ast_.getSourceManager();
  for (const clang::FunctionDecl* decl : finder.found) {
    const int node = NodeFor(decl);
    if (node < 0) continue;
    Function function;
    function.decl = decl;
    function.node = node;
    llvm::SmallString<128> usr;
    if (!clang::index::generateUSRForDecl(decl, usr)) function.usr = usr.str().str();
    // As the static analyzer tells code from headers.
    const clang::SourceLocation start = sources.getExpansionLoc(decl->getBody()->getBeginLoc());
    function.is_code = sources.isInMainFile(start.isValid() ? start : sources.getExpansionLoc(decl->getLocation()));
    if (const auto extent = locations_.Cover(decl->getSourceRange(), ast_.getLangOpts())) function.extent = *extent;
    functions_.push_back(std::move(function));
  }
}

void Closures::Finish() {
  size_t expanded = 0;
  bool more = true;
  while (more) {
    for (; expanded < nodes_.size(); ++expanded) Expand(static_cast<int>(expanded));  // grows while it is walked
    more = LinkPassedFunctions();
    more = LinkOverriders() || more;
  }
  // Ordered by digest, so that a closure does not depend on the order of the source.
  std::vector<int> ordered(nodes_.size()), rank(nodes_.size());
  std::iota(ordered.begin(), ordered.end(), 0);
  std::sort(ordered.begin(), ordered.end(),
            [&](int a, int b) { return nodes_[static_cast<size_t>(a)].own < nodes_[static_cast<size_t>(b)].own; });
  for (size_t i = 0; i < ordered.size(); ++i) rank[static_cast<size_t>(ordered[i])] = static_cast<int>(i);
  for (Function& function : functions_) {
    const Node& node = nodes_[static_cast<size_t>(function.node)];
    function.text = node.text;
    function.reached = ReachedBy(function.node);
    std::vector<int> ranks;
    ranks.reserve(function.reached.size());
    for (const int reached : function.reached) ranks.push_back(rank[static_cast<size_t>(reached)]);
    std::sort(ranks.begin(), ranks.end());
    DigestBuilder builder;
    builder.Add(node.own).Number(function.is_code ? 1 : 0);
    for (const int at : ranks) builder.Add(nodes_[static_cast<size_t>(ordered[static_cast<size_t>(at)])].own);
    function.closure = builder.Finish();
  }
}

// True when that reached something new.
bool Closures::LinkPassedFunctions() {
  Methods overridden;
  for (const Node& node : nodes_) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(node.decl);
    if (method != nullptr && method->hasBody()) AddOverridden(method, overridden);
  }
  const size_t before = nodes_.size();
  for (const Passed& passed : passed_) {
    if (!overridden.contains(passed.callee->getCanonicalDecl())) continue;
    const int to = NodeFor(passed.function);
    if (to < 0 || to == passed.from) continue;
    nodes_[static_cast<size_t>(passed.from)].edges.insert(to);
    nodes_[static_cast<size_t>(passed.from)].calls.insert(to);
  }
  return nodes_.size() != before;
}

int Closures::NodeOf(const clang::FunctionDecl* function) const {
  const auto found = node_of_.find(Speaker(function));
  return found == node_of_.end() ? -1 : found->second;
}

// Finds the overriders of what is called somewhere. True when there are more than before.
bool Closures::LinkOverriders() {
  bool more = false;
  for (size_t node = 0; node < nodes_.size(); ++node) {
    const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(nodes_[node].decl);
    if (record == nullptr || !record->hasDefinition() || record->isDependentContext() || !record->isPolymorphic()) {
      continue;
    }
    for (const clang::CXXMethodDecl* method : record->methods()) {
      if (!method->isVirtual() || !method->hasBody()) continue;
      Methods overridden;
      AddOverridden(method, overridden);
      const auto is_called = [&](const clang::CXXMethodDecl* base) { return called_.contains(base); };
      if (std::none_of(overridden.begin(), overridden.end(), is_called)) continue;
      const int function = NodeFor(method);
      std::vector<Overrider>& known = overriders_[static_cast<int>(node)];
      const auto is_known = [&](const Overrider& overrider) { return overrider.function == function; };
      if (function < 0 || std::any_of(known.begin(), known.end(), is_known)) continue;
      known.push_back({function, std::move(overridden)});
      more = true;
    }
  }
  return more;
}

std::vector<int> Closures::ReachedBy(int node) const {
  std::vector<bool> reached(nodes_.size());
  std::vector<int> open, types;
  Methods called;
  const auto reach = [&](int next) {
    if (reached[static_cast<size_t>(next)]) return;
    reached[static_cast<size_t>(next)] = true;
    open.push_back(next);
  };
  reach(node);
  while (!open.empty()) {
    const int at = open.back();
    open.pop_back();
    const Node& from = nodes_[static_cast<size_t>(at)];
    for (const int next : from.edges) reach(next);
    for (const clang::CXXMethodDecl* method : from.virtual_calls) {
      if (!called.insert(method).second) continue;
      for (const int type : types) {
        for (const Overrider& overrider : overriders_.at(type)) {
          if (overrider.overridden.contains(method)) reach(overrider.function);
        }
      }
    }
    const auto found = overriders_.find(at);
    if (found == overriders_.end()) continue;
    types.push_back(at);
    for (const Overrider& overrider : found->second) {
      const auto is_called = [&](const clang::CXXMethodDecl* method) { return called.contains(method); };
      if (std::any_of(overrider.overridden.begin(), overrider.overridden.end(), is_called)) reach(overrider.function);
    }
  }
  std::vector<int> all;
  for (size_t i = 0; i < reached.size(); ++i) {
    if (reached[i]) all.push_back(static_cast<int>(i));
  }
  return all;
}

std::vector<int> Closures::CalledFrom(int node) const {
  std::vector<bool> reached(nodes_.size());
  std::vector<int> all = {node};
  reached[static_cast<size_t>(node)] = true;
  for (size_t i = 0; i < all.size(); ++i) {
    for (const int next : nodes_[static_cast<size_t>(all[i])].calls) {
      if (!reached[static_cast<size_t>(next)]) all.push_back(next);
      reached[static_cast<size_t>(next)] = true;
    }
  }
  return all;
}

bool Closures::IsSystem(const clang::Decl* decl) const {
  const clang::SourceManager& sources = ast_.getSourceManager();
  const clang::SourceLocation location = sources.getExpansionLoc(decl->getLocation());
  return location.isInvalid() || sources.isInSystemHeader(location);
}

bool Closures::ArgumentsMentionTree(llvm::ArrayRef<clang::TemplateArgument> arguments) {
  return llvm::any_of(arguments, [&](const clang::TemplateArgument& argument) {
    switch (argument.getKind()) {
      case clang::TemplateArgument::Type:
        return TypeMentionsTree(argument.getAsType());
      case clang::TemplateArgument::Declaration:
        return MentionsTree(argument.getAsDecl());
      case clang::TemplateArgument::Pack:
        return ArgumentsMentionTree(argument.pack_elements());
      case clang::TemplateArgument::Template:
        return argument.getAsTemplate().getAsTemplateDecl() != nullptr &&
               MentionsTree(argument.getAsTemplate().getAsTemplateDecl());
      default:
        return false;
    }
  });
}

bool Closures::TypeMentionsTree(clang::QualType type) {
  type = type.getCanonicalType();
  while (true) {
    if (const auto* array = type->getAsArrayTypeUnsafe()) {
      type = array->getElementType();
    } else if (const auto* member = type->getAs<clang::MemberPointerType>()) {
      if (const auto* record = member->getMostRecentCXXRecordDecl(); record != nullptr && MentionsTree(record)) {
        return true;
      }
      type = member->getPointeeType();
    } else if (!type->getPointeeType().isNull()) {
      type = type->getPointeeType();
    } else {
      break;
    }
  }
  if (const auto* function = type->getAs<clang::FunctionProtoType>()) {
    return TypeMentionsTree(function->getReturnType()) ||
           llvm::any_of(function->param_types(), [&](clang::QualType t) { return TypeMentionsTree(t); });
  }
  const clang::TagDecl* tag = type->getAsTagDecl();
  return tag != nullptr && MentionsTree(tag);
}

bool Closures::MentionsTree(const clang::Decl* decl) {
  if (!IsSystem(decl)) return true;
  auto [known, inserted] = mentions_.try_emplace(decl->getCanonicalDecl(), false);
  if (!inserted) return known->second;
  bool mentions = false;
  for (const clang::Decl* at = decl; at != nullptr && !mentions;
       at = llvm::dyn_cast_or_null<clang::Decl>(at->getDeclContext())) {
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(at)) {
      if (const auto* arguments = function->getTemplateSpecializationArgs()) {
        mentions = ArgumentsMentionTree(arguments->asArray());
      }
    } else if (const auto* record = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(at)) {
      mentions = ArgumentsMentionTree(record->getTemplateArgs().asArray());
    } else if (const auto* variable = llvm::dyn_cast<clang::VarTemplateSpecializationDecl>(at)) {
      mentions = ArgumentsMentionTree(variable->getTemplateArgs().asArray());
    } else if (llvm::isa<clang::NamespaceDecl, clang::TranslationUnitDecl>(at)) {
      break;
    }
  }
  mentions_[decl->getCanonicalDecl()] = mentions;
  return mentions;
}

int Closures::NodeFor(const clang::Decl* decl) {
  if (const auto* shadow = llvm::dyn_cast<clang::UsingShadowDecl>(decl)) decl = shadow->getTargetDecl();
  if (llvm::isa<clang::FieldDecl, clang::IndirectFieldDecl, clang::EnumConstantDecl>(decl)) {
    decl = llvm::dyn_cast<clang::Decl>(decl->getDeclContext());
    if (decl == nullptr) return -1;
  }
  if (!llvm::isa<clang::FunctionDecl, clang::VarDecl, clang::TagDecl>(decl) || llvm::isa<clang::ParmVarDecl>(decl)) {
    return -1;
  }
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
    if (variable->isLocalVarDecl() || !variable->hasGlobalStorage()) return -1;  // walked where it stands
  }
  decl = Speaker(decl);
  const auto found = node_of_.find(decl);
  if (found != node_of_.end()) return found->second;
  const int node = MentionsTree(decl) ? static_cast<int>(nodes_.size()) : -1;
  node_of_[decl] = node;
  if (node >= 0) nodes_.push_back({.decl = decl});
  return node;
}

const Closures::TypeEntry& Closures::EntryOf(clang::QualType type) {
  type = type.getCanonicalType();
  auto [known, inserted] = types_.try_emplace(type.getAsOpaquePtr());
  if (!inserted) return known->second;
  TypeEntry entry{DigestBuilder().Text(type.getAsString(printing_)).Finish(), nullptr};
  clang::QualType rest = type;
  while (true) {
    if (!rest->getPointeeType().isNull()) {
      rest = rest->getPointeeType().getCanonicalType();
    } else if (const auto* array = rest->getAsArrayTypeUnsafe()) {
      rest = array->getElementType().getCanonicalType();
    } else if (const auto* atomic = rest->getAs<clang::AtomicType>()) {
      rest = atomic->getValueType().getCanonicalType();
    } else {
      break;
    }
  }
  entry.tag = rest->getAsTagDecl();
  return types_[type.getAsOpaquePtr()] = entry;
}

std::string Closures::NameOf(const clang::NamedDecl* decl) const {
  std::string name;
  llvm::raw_string_ostream out(name);
  decl->getNameForDiagnostic(out, printing_, /*Qualified=*/true);
  if (const auto* value = llvm::dyn_cast<clang::ValueDecl>(decl); value && llvm::isa<clang::FunctionDecl>(decl)) {
    out << ' ' << value->getType().getCanonicalType().getAsString(printing_);
  }
  return name;
}

// Whole lines of every place in the tree that declares it: as they are laid out for the node's text, without layout and
// comments, unless those may say NOLINT, for the builder.
void Closures::AddText(const clang::Decl* decl, int node, DigestBuilder& builder) {
  DigestBuilder layout;
  for (const clang::Decl* place : decl->redecls()) {
    const auto extent = locations_.Cover(place->getSourceRange(), ast_.getLangOpts());
    if (!extent || extent->file == nullptr) continue;
    const std::string& text = extent->file->text;
    if (extent->begin >= text.size()) continue;
    const size_t before = extent->begin == 0 ? std::string::npos : text.rfind('\n', extent->begin - 1);
    const size_t begin = before == std::string::npos ? 0 : before + 1;
    const size_t end = std::min(text.find('\n', std::min<size_t>(extent->end, text.size())), text.size());
    const std::string_view lines = std::string_view(text).substr(begin, end - begin);
    layout.Text(lines);
    if (MaySuppress(lines)) {
      builder.Text(lines);
    } else {
      AddTokens(lines, ast_.getLangOpts(), builder);
    }
    if (begin >= 2) {
      const size_t previous = text.rfind('\n', begin - 2);
      const size_t start = previous == std::string::npos ? 0 : previous + 1;
      const std::string_view line = std::string_view(text).substr(start, begin - 1 - start);
      if (MaySuppress(line)) builder.Text(line);
    }
    auto [blocks, inserted] = blocks_.try_emplace(extent->file);
    if (inserted) blocks->second = SuppressedBlocks(text);
    for (const auto& [at, words] : blocks->second) {
      if (at < begin) builder.Text(words);
    }
  }
  nodes_[static_cast<size_t>(node)].text = layout.Finish();
}

// What others see of a record: layout, bases and members' signatures. Bodies of members are nodes of their own.
void Closures::AddRecord(const clang::RecordDecl* record, int node, DigestBuilder& builder) {
  ClosureWalk walk(*this, node, builder);
  builder.Number(static_cast<uint64_t>(record->getTagKind()));
  for (const clang::Attr* attribute : record->attrs()) builder.Number(attribute->getKind());
  const auto* cxx = llvm::dyn_cast<clang::CXXRecordDecl>(record);
  if (!record->isCompleteDefinition()) return;
  if (cxx != nullptr) {
    for (const clang::CXXBaseSpecifier& base : cxx->bases()) {
      builder.Number(base.isVirtual() ? 1 : 0).Number(base.getAccessSpecifier());
      walk.AddType(base.getType());
    }
    if (const clang::CXXDestructorDecl* destructor = cxx->getDestructor()) walk.AddEdge(destructor);
  }
  for (const clang::Decl* member : record->decls()) {
    if (member->isImplicit()) continue;
    builder.Number(member->getKind()).Number(member->getAccess());
    for (const clang::Attr* attribute : member->attrs()) builder.Number(attribute->getKind());
    if (const auto* named = llvm::dyn_cast<clang::NamedDecl>(member)) builder.Text(NameOf(named));
    if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(member)) {
      walk.AddType(field->getType());
      builder.Number(field->isMutable() ? 1 : 0);
      if (field->isBitField()) walk.TraverseStmt(field->getBitWidth());
      if (field->hasInClassInitializer() && !record->isDependentContext()) {
        walk.TraverseStmt(field->getInClassInitializer());
      }
    } else if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(member)) {
      builder.Number((method->isVirtual() ? 1U : 0U) | (method->isPureVirtual() ? 2U : 0U) |
                     (method->isDeleted() ? 4U : 0U) | (method->isDefaulted() ? 8U : 0U) |
                     (method->isConstexpr() ? 16U : 0U));
    }
  }
}

void Closures::Expand(int node) {
  const clang::Decl* decl = nodes_[static_cast<size_t>(node)].decl;
  DigestBuilder builder;
  ClosureWalk walk(*this, node, builder);
  builder.Number(decl->getKind()).Number(IsSystem(decl) ? 1 : 0);
  builder.Text(NameOf(llvm::cast<clang::NamedDecl>(decl)));
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
    AddText(function, node, builder);
    for (const clang::Attr* attribute : function->attrs()) builder.Number(attribute->getKind());
    walk.AddType(function->getReturnType());
    for (const clang::ParmVarDecl* parameter : function->parameters()) walk.AddType(parameter->getType());
    if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function)) walk.AddEdge(method->getParent());
    if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function)) {
      for (const clang::CXXCtorInitializer* initializer : constructor->inits()) {
        if (const clang::FieldDecl* field = initializer->getAnyMember()) builder.Text(field->getName());
        walk.TraverseStmt(initializer->getInit());
      }
    }
    if (const auto* destructor = llvm::dyn_cast<clang::CXXDestructorDecl>(function)) {
      if (const clang::FunctionDecl* deallocator = destructor->getOperatorDelete()) walk.AddEdge(deallocator);
    }
    if (function->doesThisDeclarationHaveABody()) walk.TraverseStmt(function->getBody());
  } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
    AddText(variable, node, builder);
    walk.AddType(variable->getType());
    if (const clang::Expr* initializer = variable->getAnyInitializer();
        initializer != nullptr && !initializer->isValueDependent()) {
      walk.TraverseStmt(const_cast<clang::Expr*>(initializer));
    }
  } else if (const auto* record = llvm::dyn_cast<clang::RecordDecl>(decl)) {
    AddRecord(record, node, builder);
  } else if (const auto* enumeration = llvm::dyn_cast<clang::EnumDecl>(decl)) {
    AddText(enumeration, node, builder);
    for (const clang::EnumConstantDecl* constant : enumeration->enumerators()) {
      builder.Text(constant->getName());
      llvm::SmallString<32> digits;
      constant->getInitVal().toString(digits);
      builder.Text(digits.str());
    }
  }
  nodes_[static_cast<size_t>(node)].own = builder.Finish();
}

}  // namespace mergegate::analyzers
