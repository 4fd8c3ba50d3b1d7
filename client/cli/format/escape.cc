#include "client/cli/format/escape.h"

#include <fmt/format.h>

#include "client/cli/format/unicode.h"

namespace mergegate::client {
namespace {

constexpr std::string_view kZeroWidthSpace = "\u200b";

// Characters that change how others look without being seen: bidirectional controls, invisible operators, separators.
bool IsInvisible(char32_t c) {
  return c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

bool IsPlain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~' || c == '/';
}

std::string EscapeWorkflow(std::string_view text, std::string_view more) {
  std::string out;
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) end = text.size();
    if (begin > 0) out += "%0A";
    for (const char c : EscapeControl(text.substr(begin, end - begin))) {
      if (c == '%' || more.find(c) != std::string_view::npos) {
        out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      } else {
        out += c;
      }
    }
    begin = end + 1;
  }
  return out;
}

}  // namespace

std::string EscapeControl(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = DecodeFirst(text);
    const size_t length = point.bytes == 0 ? 1 : static_cast<size_t>(point.bytes);
    if (point.bytes == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (point.value == '\n') {
      out += "\\n";
    } else if (point.value == '\t') {
      out += "\\t";
    } else if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0)) {
      out += fmt::format("\\x{:02x}", static_cast<uint32_t>(point.value));
    } else if (IsInvisible(point.value)) {
      out += fmt::format("\\u{{{:04x}}}", static_cast<uint32_t>(point.value));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string EscapeMarkdown(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()#+-!|~$:";
  std::string out;
  for (const char c : EscapeControl(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '@') {
      // A mention is looked for after rendering, so an entity would not do.
      out += '@';
      out += kZeroWidthSpace;
    } else {
      if (kMarkup.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string EscapeWorkflowMessage(std::string_view text) { return EscapeWorkflow(text, ""); }

std::string EscapeWorkflowProperty(std::string_view text) { return EscapeWorkflow(text, ":,"); }

std::string PathToUri(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    uri += IsPlain(byte) ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

}  // namespace mergegate::client
