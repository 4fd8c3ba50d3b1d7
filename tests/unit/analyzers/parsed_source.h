// A small source with the closures of its functions, while its syntax tree lives.
//
//   WithClosures({{"a.cc", "int F() { return 1; }\n"}}, [](const Closures& closures, clang::ASTContext& ast) { ... });
//
// Fails the test when "a.cc" does not compile as C++20.
#ifndef MERGEGATE_TESTS_UNIT_ANALYZERS_PARSED_SOURCE_H_
#define MERGEGATE_TESTS_UNIT_ANALYZERS_PARSED_SOURCE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "analyzers/analyze.h"
#include "analyzers/closure/closures.h"
#include "analyzers/unit_parse.h"
#include "tests/support/test_repo.h"

namespace mergegate::analyzers {

inline void WithClosures(const testing::Files& files,
                         const std::function<void(const Closures&, clang::ASTContext&)>& use) {
  testing::TestRepo repo;
  v1::AnalysisTask task;
  task.set_commit(repo.Commit(files).value());
  v1::UnitTask& unit = *task.mutable_unit();
  unit.set_main_file("a.cc");
  unit.set_directory("/src");
  unit.add_arguments("-std=c++20");
  unit.add_analyzers("clang-tidy");
  unit.set_checks("-*,clang-diagnostic-*");
  const auto tree = source::GitTree::Open(repo.path(), task.commit()).value();
  std::vector<std::string> roots = DefaultRoots();
  roots.push_back(ResourceDir());
  const Environment environment{repo.path(), roots, ResourceDir()};
  UnitSide side(task, *tree, *tree, environment);
  ASSERT_EQ(side.problem(), "");
  const std::unique_ptr<TidyRun> tidy = side.MakeTidyRun(UnitSide::Tier::kMatching);
  UnitParse parse(side, nullptr, *tidy);
  parse.with_checks = false;
  bool parsed = false;
  parse.on_parsed = [&](clang::CompilerInstance& compiler, source::TreeLocations& locations) {
    ASSERT_EQ(tidy->compile_error(), nullptr) << tidy->compile_error()->message;
    std::vector<clang::Decl*> in_tree;
    for (clang::Decl* decl : parse.scope()) {
      if (locations.Find(decl->getLocation())) in_tree.push_back(decl);
    }
    Closures closures(compiler.getASTContext(), locations);
    closures.AddFunctionsOf(in_tree);
    closures.Finish();
    use(closures, compiler.getASTContext());
    parsed = true;
  };
  EXPECT_EQ(parse.Run(), "");
  EXPECT_TRUE(parsed);
}

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_TESTS_UNIT_ANALYZERS_PARSED_SOURCE_H_
