// The one fingerprint algorithm: identity of a finding across commits, free of path and line.
#ifndef MERGEGATE_SERVER_DOMAIN_FINGERPRINT_H_
#define MERGEGATE_SERVER_DOMAIN_FINGERPRINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/domain/finding.h"

namespace mergegate {

// The line without spaces, tabs and line breaks: indentation is nobody's identity.
std::string WithoutBlanks(std::string_view text);

// The message without the places that compilers put into some ("enum at a.h:4:1"): they move when code moves.
//
//   StableMessage("enum '(unnamed enum at include/a.h:4:1)' is large")    "enum '(unnamed enum at )' is large"
std::string StableMessage(std::string_view message);

// Sets `fingerprint` of every finding: "v1:<32 hex>:<n>". The hex digits are a 128-bit hash of check, enclosing
// declaration, line text without blanks, and stable message; n counts from 1 the findings
// with equal hash in the order of (path, line, column, message). The order of the vector is not changed.
void AssignFingerprints(std::vector<Finding>& findings);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_FINGERPRINT_H_
