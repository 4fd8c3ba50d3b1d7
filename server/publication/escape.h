// Text of strangers (messages, paths, names) as Markdown that shows it and does nothing else: no HTML, no links, no
// pictures, nobody mentioned, nothing referred to, no command of the host.
//
//   Inline("<b>@all</b> see #1", 100) == "\\<b\\>@\u200ball\\</b\\> see \\#\u200b1"
//   Code("a`b") == "`` a`b ``"
//
// For GitHub and GitLab (GitHub Flavored Markdown and their references). Pure.
#ifndef MERGEGATE_SERVER_PUBLICATION_ESCAPE_H_
#define MERGEGATE_SERVER_PUBLICATION_ESCAPE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace mergegate::publication {

// One line of valid UTF-8: line ends and tabs become blanks; other control characters, those that turn the direction of
// writing, and bytes that are no UTF-8 become U+FFFD. Cut to `most` bytes, "..." included, between characters.
std::string OneLine(std::string_view text, size_t most);

// In the middle of a line. At most `most` bytes of the text are shown.
std::string Inline(std::string_view text, size_t most);

// As a code span, in which hosts look for nothing. Not for cells of tables.
std::string Code(std::string_view text, size_t most = 200);

// A block of code, fenced so that the text cannot end it. `info` is ours.
std::string Fenced(std::string_view text, std::string_view info);

// "[text](url)" where `url` is http or https, else the text alone; `text` is Markdown of ours.
std::string Link(std::string_view text, std::string_view url);

// A path as a part of a URL; slashes stay.
std::string UrlPath(std::string_view path);

// Cuts finished Markdown to `most` bytes (more than 100) at the end of a line and says so there.
std::string CutMarkdown(std::string text, size_t most);

}  // namespace mergegate::publication

#endif  // MERGEGATE_SERVER_PUBLICATION_ESCAPE_H_
