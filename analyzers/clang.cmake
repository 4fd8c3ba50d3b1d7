# The analyzers: library mg_analyzers and the program mergegate-analyze. Only what is listed here sees LLVM.
find_package(LLVM 22.1 CONFIG REQUIRED PATHS /usr/lib/llvm-22/lib/cmake/llvm NO_DEFAULT_PATH)
find_package(Clang CONFIG REQUIRED PATHS /usr/lib/llvm-22/lib/cmake/clang NO_DEFAULT_PATH)

set(CLANG_RESOURCE_DIR ${LLVM_LIBRARY_DIR}/clang/${LLVM_VERSION_MAJOR})
if(NOT EXISTS ${CLANG_RESOURCE_DIR}/include/stddef.h)
  message(FATAL_ERROR "clang's own headers are not in ${CLANG_RESOURCE_DIR}/include: install libclang-common-22-dev")
endif()

separate_arguments(LLVM_DEFINITION_LIST NATIVE_COMMAND "${LLVM_DEFINITIONS}")
file(GLOB TIDY_MODULES ${LLVM_LIBRARY_DIR}/libclangTidy*Module.a)
list(FILTER TIDY_MODULES EXCLUDE REGEX CustomModule)

file(GLOB ANALYZER_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cc ${CMAKE_CURRENT_LIST_DIR}/source/*.cc
     ${CMAKE_CURRENT_LIST_DIR}/closure/*.cc)
list(FILTER ANALYZER_SOURCES EXCLUDE REGEX "/main\\.cc$")
add_library(mg_analyzers STATIC ${ANALYZER_SOURCES})
target_include_directories(mg_analyzers SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${CLANG_INCLUDE_DIRS})
target_compile_definitions(mg_analyzers
  PUBLIC ${LLVM_DEFINITION_LIST}
  PRIVATE MERGEGATE_CLANG_RESOURCE_DIR="${CLANG_RESOURCE_DIR}" MERGEGATE_VERSION="${PROJECT_VERSION}")
target_precompile_headers(mg_analyzers PRIVATE
  <clang-tidy/ClangTidy.h> <clang-tidy/ClangTidyDiagnosticConsumer.h> <clang/AST/ASTContext.h>
  <clang/AST/RecursiveASTVisitor.h> <clang/Frontend/CompilerInstance.h> <clang/Lex/Preprocessor.h>)
# The modules refer to each other and to the libraries below them; those exist as static libraries only, and
# everything else of clang comes from the shared one.
target_link_libraries(mg_analyzers
  PUBLIC mg_options mg_proto mg_cache absl::status absl::statusor absl::strings
  PRIVATE PkgConfig::LIBGIT2 nlohmann_json::nlohmann_json
          -Wl,--start-group ${TIDY_MODULES} ${LLVM_LIBRARY_DIR}/libclangTidyUtils.a ${LLVM_LIBRARY_DIR}/libclangTidy.a
          ${LLVM_LIBRARY_DIR}/libclangIncludeCleaner.a ${LLVM_LIBRARY_DIR}/libclangQuery.a
          ${LLVM_LIBRARY_DIR}/libclangDynamicASTMatchers.a -Wl,--end-group clang-cpp LLVM)

add_executable(mergegate-analyze ${CMAKE_CURRENT_LIST_DIR}/main.cc)
target_link_libraries(mergegate-analyze PRIVATE mg_analyzers mg_worker_sandbox)
target_link_options(mergegate-analyze PRIVATE -Wl,--build-id)
