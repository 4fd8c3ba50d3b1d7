// UTF-8, as far as escaping and layout need it. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_UNICODE_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_UNICODE_H_

#include <cstdint>
#include <string_view>

namespace mergegate::client {

struct CodePoint {
  char32_t value = 0;
  int bytes = 0;  // 1 to 4; 0 when the bytes are not well-formed UTF-8 (overlong, surrogate, cut off)
};

// Decodes the first code point of a text that is not empty.
CodePoint DecodeFirst(std::string_view text);

// Columns that a code point takes on a terminal: 0 for combining marks, 2 for East Asian wide ones and emoji.
int ColumnsOf(char32_t code_point);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_UNICODE_H_
