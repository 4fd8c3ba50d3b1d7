#include "client/cli/format/layout.h"

#include <algorithm>

#include "client/cli/format/unicode.h"

namespace mergegate::client {
namespace {

constexpr int kNarrowestColumn = 20;

std::string_view Code(Ink ink) {
  switch (ink) {
    case Ink::kBold:
      return "\x1b[1m";
    case Ink::kDim:
      return "\x1b[2m";
    case Ink::kRed:
      return "\x1b[31m";
    case Ink::kGreen:
      return "\x1b[32m";
    case Ink::kYellow:
      return "\x1b[33m";
    case Ink::kCyan:
      return "\x1b[36m";
    case Ink::kPlain:
      break;
  }
  return "";
}

}  // namespace

std::string TextStyle::Paint(Ink ink, std::string_view text) const {
  if (!color || ink == Ink::kPlain) return std::string(text);
  return std::string(Code(ink)).append(text).append("\x1b[0m");
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const CodePoint point = DecodeFirst(text);
    width += point.bytes == 0 ? 1 : ColumnsOf(point.value);
    text.remove_prefix(static_cast<size_t>(std::max(1, point.bytes)));
  }
  return width;
}

std::string PadRight(std::string_view text, int width) {
  return std::string(text) + std::string(static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ');
}

std::string PadLeft(std::string_view text, int width) {
  return std::string(static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ') + std::string(text);
}

std::string Wrap(std::string_view text, const Indent& indent, int width) {
  std::string out;
  std::string line = indent.first;
  int columns = DisplayWidth(line);
  bool empty = true;
  while (!text.empty()) {
    const size_t begin = std::min(text.find_first_not_of(' '), text.size());
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    if (word.empty()) break;
    const int word_width = DisplayWidth(word);
    if (!empty && columns + 1 + word_width > width) {
      out += line + '\n';
      line = indent.rest;
      columns = DisplayWidth(line);
      empty = true;
    }
    if (!empty) {
      line += ' ';
      ++columns;
    }
    line += word;
    columns += word_width;
    empty = false;
  }
  return out + line + '\n';
}

std::string Table(const std::vector<std::vector<std::string>>& rows, std::string_view indent, int width) {
  std::vector<int> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line(indent);
    for (size_t i = 0; i + 1 < row.size(); ++i) line += PadRight(row[i], widths[i]) + "  ";
    const int column = DisplayWidth(line);
    const std::string& last = row.back();
    if (last.empty()) {
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + '\n';
    } else if (width - column >= kNarrowestColumn) {
      out += Wrap(last, {line, std::string(static_cast<size_t>(column), ' ')}, width);
    } else {
      // No room beside the other columns: below them.
      line.erase(line.find_last_not_of(' ') + 1);
      const std::string deeper = std::string(indent) + "    ";
      out += line + '\n' + Wrap(last, {deeper, deeper}, width);
    }
  }
  return out;
}

}  // namespace mergegate::client
