// Text for terminals: colours, widths, wrapping, tables. Give it escaped text only. Pure; safe from any thread.
//
//     style.Paint(Ink::kRed, "FAIL")                        "\x1b[31mFAIL\x1b[0m", or "FAIL" without colour
//     Wrap("a long sentence", {.first = "  - ", .rest = "    "}, 80)
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_LAYOUT_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_LAYOUT_H_

#include <string>
#include <string_view>
#include <vector>

namespace mergegate::client {

enum class Ink { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

struct TextStyle {
  bool color = false;
  int width = 80;  // columns, at least 40

  std::string Paint(Ink ink, std::string_view text) const;
};

// Columns that escaped text without colours takes.
int DisplayWidth(std::string_view text);

// Filled with blanks to `width` columns; unchanged when wider.
std::string PadRight(std::string_view text, int width);
std::string PadLeft(std::string_view text, int width);

struct Indent {
  std::string first;
  std::string rest;
};

// Breaks at blanks so that lines have at most `width` columns; longer words get a line of their own. Ends with a line
// break.
std::string Wrap(std::string_view text, const Indent& indent, int width);

// Columns two blanks apart; the last one is wrapped below itself. Rows need not be equally long.
std::string Table(const std::vector<std::vector<std::string>>& rows, std::string_view indent, int width);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_LAYOUT_H_
