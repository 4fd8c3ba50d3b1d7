#include "analyzers/remainder.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "analyzers/closure/closures.h"
#include "analyzers/declarations.h"
#include "analyzers/findings.h"
#include "analyzers/function_record.h"
#include "analyzers/skipped_bodies.h"
#include "analyzers/text.h"
#include "analyzers/unit_parse.h"

namespace mergegate::analyzers {

void SortDeclarations(v1::UnitRecord& record) {
  auto& declarations = *record.mutable_part()->mutable_declarations();
  std::vector<int> order(static_cast<size_t>(declarations.size()));
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&](int i) {
    const v1::Declaration& d = declarations[i];
    return std::make_tuple(d.path(), d.start_line(), -d.end_line(), d.usr(), d.name(), i);
  };
  std::sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
  std::vector<int> moved(order.size());
  google::protobuf::RepeatedPtrField<v1::Declaration> sorted;
  for (size_t i = 0; i < order.size(); ++i) {
    moved[static_cast<size_t>(order[i])] = static_cast<int>(i);
    sorted.Add(std::move(declarations[order[i]]));
  }
  for (v1::Declaration& declaration : sorted) {
    auto& references = *declaration.mutable_references();
    for (int& reference : references) reference = moved[static_cast<size_t>(reference)];
    std::sort(references.begin(), references.end());
  }
  declarations = std::move(sorted);
  for (v1::OuterReference& outer : *record.mutable_outer_references()) {
    outer.set_declaration(static_cast<uint32_t>(moved[outer.declaration()]));
  }
}

Remainder ParseRemainder(UnitSide& side, const Preamble* preamble, const FunctionRecords* base,
                         const BodyChange* change) {
  Remainder rest;
  v1::TaskResult& part = *rest.record.mutable_part();
  const std::unique_ptr<TidyRun> tidy = side.MakeTidyRun(UnitSide::Tier::kMatching);
  std::unique_ptr<TreeDeclarations> declarations;
  UnitParse parse(side, preamble, *tidy);
  if (change != nullptr) parse.skip_body = SkipUnchanged(*base, *change, rest.bodies_skipped);
  parse.on_begin = [&](clang::CompilerInstance& compiler, source::TreeLocations& locations) {
    declarations = std::make_unique<TreeDeclarations>(locations);
    declarations->WatchMacros(compiler.getPreprocessor());
  };
  parse.on_parsed = [&](clang::CompilerInstance& compiler, source::TreeLocations& locations) {
    clang::ASTContext& ast = compiler.getASTContext();
    declarations->Collect(ast, parse.scope(), parse.late());
    for (const Analyzer* analyzer : side.analyzers()) analyzer->Examine({ast, locations, parse.scope()}, part);
    if (preamble == nullptr || tidy->compile_error() != nullptr) return;
    Closures closures(ast, locations);
    closures.AddFunctionsOf(parse.scope());
    closures.Finish();
    const auto functions = RecordFunctions(closures, ast, side.unit().main_file());
    rest.record.mutable_functions()->Add(functions.begin(), functions.end());
    if (change != nullptr) rest.bodies_missed = LacksBodies(closures, *base, *change);
  };
  rest.problem = parse.Run();

  FindingWriter writer(side.tree(), declarations.get(), side.unit());
  for (const clang::tidy::ClangTidyError& error : tidy->Take()) writer.Add(error);
  writer.Write(side.task().limits().max_findings(), part);
  if (declarations != nullptr) {
    declarations->Write(part);
    for (size_t i = 0; i < declarations->all().size(); ++i) {
      for (const std::string& usr : declarations->all()[i].outer_references) {
        v1::OuterReference& out = *rest.record.add_outer_references();
        out.set_declaration(static_cast<uint32_t>(i));
        out.set_usr(ValidUtf8(usr));
      }
    }
    for (const auto& [usr, digests] : declarations->late_instantiations()) {
      v1::OuterInstantiations& out = *rest.record.add_outer_instantiations();
      out.set_usr(ValidUtf8(usr));
      for (const uint64_t digest : digests) out.add_digests(digest);
    }
  }
  for (const TidyRun::Hidden& hidden : tidy->hidden()) {
    v1::HiddenFinding& out = *rest.record.add_hidden();
    out.set_check(ValidUtf8(hidden.check));
    out.set_line(static_cast<int>(hidden.line));
  }
  SortDeclarations(rest.record);
  if (tidy->compile_error() != nullptr) rest.error = *tidy->compile_error();
  rest.configuration_problems = tidy->configuration_problems();
  return rest;
}

Remainder ExamineRemainder(UnitSide& side, const Preamble* preamble) {
  return ParseRemainder(side, preamble, nullptr, nullptr);
}

void NameByLine(const v1::TaskResult& headers, v1::Finding& finding) {
  const v1::Declaration* best = nullptr;
  const auto rank = [](const v1::Declaration& d) {
    const bool is_function = d.usr().find("@F@") != std::string::npos || d.usr().find("@FT@") != std::string::npos;
    return std::make_tuple(!is_function, d.end_line() - d.start_line());
  };
  for (const v1::Declaration& declaration : headers.declarations()) {
    if (declaration.path() != finding.path() || declaration.start_line() > finding.line() ||
        declaration.end_line() < finding.line()) {
      continue;
    }
    if (best == nullptr || rank(declaration) < rank(*best)) best = &declaration;
  }
  if (best == nullptr) return;
  finding.set_function(best->name());
  finding.set_usr(best->usr());
}

namespace {

// Of several places that declare the same thing, the one that refers to the others stands for it.
std::map<std::string, int> Speakers(const v1::TaskResult& part) {
  std::map<std::string, int> speakers;
  for (int i = 0; i < part.declarations_size(); ++i) {
    const v1::Declaration& declaration = part.declarations(i);
    auto [known, inserted] = speakers.try_emplace(declaration.usr(), i);
    if (inserted) continue;
    for (const int other : declaration.references()) {
      if (part.declarations(other).usr() == declaration.usr()) known->second = i;
    }
  }
  return speakers;
}

void JoinDeclarations(const v1::TaskResult& headers, const v1::UnitRecord& rest, v1::TaskResult& result) {
  const int shift = headers.declarations_size();
  *result.mutable_declarations() = headers.declarations();
  for (const v1::Declaration& declaration : rest.part().declarations()) {
    v1::Declaration& out = *result.add_declarations();
    out = declaration;
    for (int& reference : *out.mutable_references()) reference += shift;
  }
  const std::map<std::string, int> speakers = Speakers(headers);
  for (const v1::OuterReference& outer : rest.outer_references()) {
    const auto found = speakers.find(outer.usr());
    if (found == speakers.end()) continue;
    auto& references =
        *result.mutable_declarations(shift + static_cast<int>(outer.declaration()))->mutable_references();
    references.Add(found->second);
    std::sort(references.begin(), references.end());
  }
  // What the headers declare and the rest defines: who refers to the one reaches the other.
  std::map<int, int> defined;
  for (const v1::OuterReference& outer : rest.outer_references()) {
    const int definition = shift + static_cast<int>(outer.declaration());
    const auto found = speakers.find(outer.usr());
    if (found != speakers.end() && result.declarations(definition).usr() == outer.usr()) {
      defined[found->second] = definition;
    }
  }
  for (int i = 0; i < shift; ++i) {
    auto& references = *result.mutable_declarations(i)->mutable_references();
    for (int r = references.size() - 1; r >= 0; --r) {
      if (const auto found = defined.find(references[r]); found != defined.end()) references.Add(found->second);
    }
  }
  std::map<std::string, const v1::OuterInstantiations*> made;
  for (const v1::OuterInstantiations& outer : rest.outer_instantiations()) made[outer.usr()] = &outer;
  for (int i = 0; i < shift; ++i) {
    v1::Declaration& declaration = *result.mutable_declarations(i);
    const auto found = made.find(declaration.usr());
    if (found == made.end() || !declaration.is_template()) continue;
    auto& all = *declaration.mutable_instantiations();
    all.MergeFrom(found->second->digests());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }
}

}  // namespace

void WriteUnit(const Preamble* preamble, const v1::UnitRecord& rest, v1::TaskResult& result) {
  const v1::TaskResult& headers = preamble == nullptr ? v1::TaskResult::default_instance() : preamble->record().part();
  JoinDeclarations(headers, rest, result);
  std::vector<v1::Finding> findings(headers.findings().begin(), headers.findings().end());
  for (v1::Finding finding : rest.part().findings()) {
    if (preamble != nullptr && finding.usr().empty()) NameByLine(headers, finding);
    findings.push_back(std::move(finding));
  }
  std::sort(findings.begin(), findings.end(),
            [](const auto& a, const auto& b) { return FindingKey(a) < FindingKey(b); });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [](const auto& a, const auto& b) { return FindingKey(a) == FindingKey(b); }),
                 findings.end());
  result.mutable_findings()->Add(findings.begin(), findings.end());

  std::vector<v1::FunctionMeasurement> measurements(headers.measurements().begin(), headers.measurements().end());
  measurements.insert(measurements.end(), rest.part().measurements().begin(), rest.part().measurements().end());
  const auto key = [](const v1::FunctionMeasurement& m) {
    return std::make_tuple(m.path(), m.start_line(), m.end_line(), m.usr());
  };
  std::sort(measurements.begin(), measurements.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  measurements.erase(std::unique(measurements.begin(), measurements.end(),
                                 [&](const auto& a, const auto& b) { return key(a) == key(b); }),
                     measurements.end());
  result.mutable_measurements()->Add(measurements.begin(), measurements.end());
  result.mutable_failures()->MergeFrom(headers.failures());
  result.mutable_failures()->MergeFrom(rest.part().failures());
  result.set_suppressed(headers.suppressed() + rest.hidden_size());
}

}  // namespace mergegate::analyzers
