// The one fingerprint algorithm: identity of a finding across commits, free of path and line.
#ifndef MERGEGATE_SERVER_DOMAIN_FINGERPRINT_H_
#define MERGEGATE_SERVER_DOMAIN_FINGERPRINT_H_

#include <vector>

#include "server/domain/finding.h"

namespace mergegate {

// Sets `fingerprint` of every finding: "v1:<32 hex>:<n>". The hex digits are a 128-bit hash of check, enclosing
// declaration, line text without blanks, and message with numbers and quoted names kept; n counts from 1 the findings
// with equal hash in the order of (path, line, column, message). The order of the vector is not changed.
void AssignFingerprints(std::vector<Finding>& findings);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_FINGERPRINT_H_
