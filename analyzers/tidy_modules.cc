#include "analyzers/tidy_modules.h"

namespace clang::tidy {
extern volatile int AbseilModuleAnchorSource, AlteraModuleAnchorSource, AndroidModuleAnchorSource,
    BoostModuleAnchorSource, BugproneModuleAnchorSource, CERTModuleAnchorSource, ConcurrencyModuleAnchorSource,
    CppCoreGuidelinesModuleAnchorSource, DarwinModuleAnchorSource, FuchsiaModuleAnchorSource, GoogleModuleAnchorSource,
    HICPPModuleAnchorSource, LLVMLibcModuleAnchorSource, LLVMModuleAnchorSource, LinuxKernelModuleAnchorSource,
    MPIModuleAnchorSource, MiscModuleAnchorSource, ModernizeModuleAnchorSource, ObjCModuleAnchorSource,
    OpenMPModuleAnchorSource, PerformanceModuleAnchorSource, PortabilityModuleAnchorSource,
    ReadabilityModuleAnchorSource, ZirconModuleAnchorSource;
}  // namespace clang::tidy

namespace mergegate::analyzers {

int LinkTidyModules() {
  int sum = 0;
  for (const volatile int* anchor :
       {&clang::tidy::AbseilModuleAnchorSource,      &clang::tidy::AlteraModuleAnchorSource,
        &clang::tidy::AndroidModuleAnchorSource,     &clang::tidy::BoostModuleAnchorSource,
        &clang::tidy::BugproneModuleAnchorSource,    &clang::tidy::CERTModuleAnchorSource,
        &clang::tidy::ConcurrencyModuleAnchorSource, &clang::tidy::CppCoreGuidelinesModuleAnchorSource,
        &clang::tidy::DarwinModuleAnchorSource,      &clang::tidy::FuchsiaModuleAnchorSource,
        &clang::tidy::GoogleModuleAnchorSource,      &clang::tidy::HICPPModuleAnchorSource,
        &clang::tidy::LLVMLibcModuleAnchorSource,    &clang::tidy::LLVMModuleAnchorSource,
        &clang::tidy::LinuxKernelModuleAnchorSource, &clang::tidy::MPIModuleAnchorSource,
        &clang::tidy::MiscModuleAnchorSource,        &clang::tidy::ModernizeModuleAnchorSource,
        &clang::tidy::ObjCModuleAnchorSource,        &clang::tidy::OpenMPModuleAnchorSource,
        &clang::tidy::PerformanceModuleAnchorSource, &clang::tidy::PortabilityModuleAnchorSource,
        &clang::tidy::ReadabilityModuleAnchorSource, &clang::tidy::ZirconModuleAnchorSource}) {
    sum += *anchor;
  }
  return sum;
}

}  // namespace mergegate::analyzers
