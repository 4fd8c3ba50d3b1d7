// What a change introduced as SARIF 2.1.0, for code scanning. Pure.
#ifndef MERGEGATE_SERVER_PUBLICATION_SARIF_H_
#define MERGEGATE_SERVER_PUBLICATION_SARIF_H_

#include <cstddef>
#include <string>

#include "server/domain/verdict.h"

namespace mergegate::publication {

// GitHub shows 5000 of a run and refuses more than 25000.
inline constexpr size_t kMostSarifResults = 5'000;

// One run of the tool "mergegate"; paths are relative to the root of the repository.
std::string SarifOf(const Verdict& verdict);

}  // namespace mergegate::publication

#endif  // MERGEGATE_SERVER_PUBLICATION_SARIF_H_
