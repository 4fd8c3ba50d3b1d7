// Untrusted text (paths, messages, names out of a change) made safe for where it is shown. Everything printed passes
// through one of these. Pure; safe from any thread.
//
//     EscapeControl("a\x1b[31mb")  ->  "a\\x1b[31mb"
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_ESCAPE_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_ESCAPE_H_

#include <string>
#include <string_view>

namespace mergegate::client {

// One line without control characters: line breaks and tabs become \n and \t, other C0 and C1 characters, bidirectional
// and invisible formatting characters and bytes that are not UTF-8 become \xNN or \u{NNNN}. Printable text is
// unchanged.
std::string EscapeControl(std::string_view text);

// Text inside a Markdown line or table cell, for GitHub and GitLab: EscapeControl, then no markup, no HTML, no
// mentions, no references. Not for use at the start of a line (quick actions).
std::string EscapeMarkdown(std::string_view text);

// The message and a property of a GitHub workflow command ("::error file=PROPERTY::MESSAGE").
std::string EscapeWorkflowMessage(std::string_view text);
std::string EscapeWorkflowProperty(std::string_view text);

// A path as a relative URI: every byte but unreserved characters and '/' is percent-encoded.
std::string PathToUri(std::string_view path);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_ESCAPE_H_
