// Shows long text through $MERGEGATE_PAGER or $PAGER, on a terminal only.
//
//     ShowPaged(text, env);
#ifndef MERGEGATE_CLIENT_CLI_PAGER_H_
#define MERGEGATE_CLIENT_CLI_PAGER_H_

#include <string>

#include "client/cli/terminal.h"

namespace mergegate::client {

// The command that would show `text`: empty when it fits the screen, when standard output is no terminal, or when the
// variable is empty, unset or "cat".
std::string PagerFor(const std::string& text, const Environment& env);

// Writes to env.out, or through the pager; ends when the reader quits.
void ShowPaged(const std::string& text, Environment& env);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_PAGER_H_
