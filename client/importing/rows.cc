#include "client/importing/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mergegate::client {
namespace {

constexpr size_t kLongestRow = 1 << 20;
constexpr size_t kMostFields = 1000;
constexpr int kDeepest = 8;
constexpr std::string_view kMark = "\xEF\xBB\xBF";

char SeparatorOf(std::string_view header) {
  char best = ',';
  for (const char candidate : {',', ';', '\t'}) {
    if (std::ranges::count(header, candidate) > std::ranges::count(header, best)) best = candidate;
  }
  return best;
}

// Whether a quote is open at the end of a line, as in the first line of a field with a line break. A quote opens at the
// beginning of a field only, so that a stray one spoils one row and not the rest of the file.
bool InsideQuotes(std::string_view line, bool inside, std::string_view separators) {
  bool begins = !inside;
  for (size_t i = 0; i < line.size(); ++i) {
    if (inside && line[i] == '"') {
      if (i + 1 < line.size() && line[i + 1] == '"') {
        ++i;
      } else {
        inside = false;
      }
    } else if (!inside) {
      inside = begins && line[i] == '"';
      begins = separators.find(line[i]) != std::string_view::npos;
    }
  }
  return inside;
}

// False when a quote stands where none may.
bool SplitCsv(std::string_view record, char separator, std::vector<std::string>& fields) {
  size_t at = 0;
  while (true) {
    std::string field;
    if (at < record.size() && record[at] == '"') {
      while (true) {
        const size_t end = record.find('"', at + 1);
        if (end == std::string_view::npos) return false;
        field += record.substr(at + 1, end - at - 1);
        at = end + 1;
        if (at >= record.size() || record[at] != '"') break;
        field += '"';
      }
      if (at < record.size() && record[at] != separator) return false;
    } else {
      const size_t end = std::min(record.find(separator, at), record.size());
      field = record.substr(at, end - at);
      if (field.find('"') != std::string::npos) return false;
      at = end;
    }
    fields.push_back(std::move(field));
    if (fields.size() > kMostFields) return false;
    if (at >= record.size()) return true;
    ++at;  // the separator
  }
}

void Flatten(const nlohmann::json& value, const std::string& name, int depth, JsonLists lists, Row& row) {
  if (row.fields.size() > kMostFields) return;
  if (value.is_object() && depth < kDeepest) {
    for (const auto& [key, inner] : value.items()) {
      Flatten(inner, name.empty() ? key : fmt::format("{}.{}", name, key), depth + 1, lists, row);
    }
  } else if (value.is_array() && lists == JsonLists::kJoined) {
    std::string joined;
    for (const auto& item : value) {
      if (item.is_string()) joined += (joined.empty() ? "" : ";") + item.get<std::string>();
    }
    if (!joined.empty()) row.fields.emplace_back(name, std::move(joined));
  } else if (value.is_string()) {
    row.fields.emplace_back(name, value.get<std::string>());
  } else if (value.is_number() || value.is_boolean()) {
    row.fields.emplace_back(name, value.dump());
  }  // null is absent
}

}  // namespace

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80                   ? 1
                          : lead >= 0xC2 && lead < 0xE0 ? 2
                          : lead >= 0xE0 && lead < 0xF0 ? 3
                          : lead >= 0xF0 && lead < 0xF5 ? 4
                                                        : 0;
    if (length == 0 || lead == 0 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    // Overlong forms, surrogates, beyond U+10FFFF.
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second >= 0x90)) {
      return false;
    }
    i += length;
  }
  return true;
}

bool RowReader::ReadRecord(std::string& record, std::string& problem) {
  record.clear();
  problem.clear();
  bool inside = false;
  std::string line;
  while (true) {
    // Character by character, so that a line without an end is not read into memory.
    line.clear();
    bool ended = false;
    std::streambuf& buffer = *stream_.rdbuf();
    for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
      ended = true;
      if (c == '\n') break;
      if (record.size() + line.size() < kLongestRow) {
        line += static_cast<char>(c);
      } else {
        problem = "over 1 MiB; is a quote missing?";
      }
    }
    if (!ended) return !record.empty() || inside;
    ++line_;
    if (line.ends_with('\r')) line.pop_back();
    if (format_ == RowFormat::kCsv) {
      inside = InsideQuotes(line, inside, columns_.empty() ? ",;\t" : std::string_view(&separator_, 1));
    }
    record += line;
    if (!problem.empty() || !inside) return true;
    record += '\n';
    if (buffer.sgetc() == std::char_traits<char>::eof()) {
      problem = "a quote that never closes";
      return true;
    }
  }
}

Row RowReader::CsvRow(std::string_view record, int64_t line) {
  Row row{.line = line};
  std::vector<std::string> fields;
  if (!SplitCsv(record, separator_, fields)) {
    row.problem = "a quote in a place where none may be";
  } else if (fields.size() != columns_.size()) {
    row.problem = fmt::format("{} fields, and the first line names {}", fields.size(), columns_.size());
  } else {
    for (size_t i = 0; i < fields.size(); ++i) row.fields.emplace_back(columns_[i], std::move(fields[i]));
  }
  return row;
}

Row RowOfJson(std::string_view text, int64_t line, JsonLists lists) {
  Row row{.line = line};
  const nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded() || !value.is_object()) {
    row.problem = "is no JSON object";
    return row;
  }
  Flatten(value, "", 0, lists, row);
  if (row.fields.size() > kMostFields) {
    row.fields.clear();
    row.problem = "more than 1000 fields";
  }
  return row;
}

std::optional<Row> RowReader::Next() {
  std::string record, problem;
  while (true) {
    const int64_t line = line_ + 1;
    if (!ReadRecord(record, problem)) return std::nullopt;
    if (line == 1 && record.starts_with(kMark)) record.erase(0, kMark.size());
    if (problem.empty() && !IsUtf8(record)) problem = "is not UTF-8 text";
    const bool header = format_ == RowFormat::kCsv && columns_.empty();
    if (problem.empty() && record.find_first_not_of(" \t") == std::string::npos) continue;
    if (header && problem.empty()) {
      separator_ = SeparatorOf(record);
      if (SplitCsv(record, separator_, columns_)) continue;
      columns_.clear();
      problem = "the first line must name the columns";
    }
    if (!problem.empty()) return Row{.line = line, .fields = {}, .problem = problem};
    return format_ == RowFormat::kCsv ? CsvRow(record, line) : RowOfJson(record, line, lists_);
  }
}

}  // namespace mergegate::client
