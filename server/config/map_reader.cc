#include "server/config/map_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace mergegate::config {
namespace {

constexpr size_t kTextShown = 60;

// A value as a message shows it.
std::string Shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      if (node.text.size() > kTextShown) return absl::StrCat("\"", node.text.substr(0, kTextShown), "\"...");
      return absl::StrCat("\"", node.text, "\"");
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "nothing";
}

std::string Listed(const std::vector<std::string_view>& words) {
  return absl::StrJoin(words, ", ", [](std::string* out, std::string_view word) { out->append(word); });
}

// Levenshtein distance; quadratic, so callers bound the lengths.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& words) {
  if (word.size() > kTextShown) return "";
  std::string_view nearest;
  size_t least = word.size() / 3 + 2;  // farther off, a suggestion would only confuse
  for (const std::string_view candidate : words) {
    if (const size_t distance = Distance(word, candidate); distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

const YamlNode* Find(const YamlNode& map, std::string_view key) {
  for (size_t i = 0; i < map.keys.size(); ++i) {
    if (map.keys[i].kind == YamlNode::Kind::kScalar && map.keys[i].text == key) return &map.items[i];
  }
  return nullptr;
}

void MapReader::Problem(const YamlNode& at, std::string message) {
  if (!Full()) problems_.push_back({.line = at.line, .column = at.column, .message = std::move(message)});
}

void MapReader::ReadMap(const YamlNode& node, std::string_view what, const std::vector<Field>& fields,
                        const std::function<std::string(std::string_view key)>& explain) {
  if (node.kind != YamlNode::Kind::kMap) {
    Problem(node, absl::StrCat(std::string(what), " must be a map of keys to values, not ", Shown(node)));
    return;
  }
  std::vector<std::string_view> keys;
  for (const Field& field : fields) keys.push_back(field.key);
  std::set<std::string_view> seen;
  for (size_t i = 0; i < node.keys.size() && !Full(); ++i) {
    const YamlNode& name = node.keys[i];
    if (name.kind != YamlNode::Kind::kScalar) {
      Problem(name, absl::StrCat("a key must be a word, not ", Shown(name)));
      continue;
    }
    if (!seen.insert(name.text).second) {
      Problem(name, absl::StrCat("key ", Shown(name), " is given twice in ", std::string(what)));
      continue;
    }
    const auto field = std::ranges::find(fields, name.text, &Field::key);
    if (field != fields.end()) {
      field->read(node.items[i]);
      continue;
    }
    std::string message = explain ? explain(name.text) : "";
    if (message.empty()) {
      const std::string_view nearest = Nearest(name.text, keys);
      message = absl::StrCat("unknown key ", Shown(name), " in ", std::string(what),
                             nearest.empty() ? absl::StrCat("; it has: ", Listed(keys))
                                             : absl::StrCat("; did you mean \"", std::string(nearest), "\"?"));
    }
    Problem(name, std::move(message));
  }
}

void MapReader::ReadBool(const YamlNode& node, bool& to) {
  if (node.kind == YamlNode::Kind::kScalar && !node.quoted && (node.text == "true" || node.text == "false")) {
    to = node.text == "true";
  } else {
    Problem(node, absl::StrCat("must be true or false, not ", Shown(node)));
  }
}

bool MapReader::ReadInt(const YamlNode& node, int lowest, int highest, int& to) {
  double number = 0;
  if (!ReadNumber(node, lowest, highest, number)) return false;
  if (number != std::floor(number)) {
    Problem(node, absl::StrCat("must be a whole number, not ", Shown(node)));
    return false;
  }
  to = static_cast<int>(number);
  return true;
}

bool MapReader::ReadNumber(const YamlNode& node, double lowest, double highest, double& to) {
  double number = 0;
  const bool numeric = node.kind == YamlNode::Kind::kScalar && !node.quoted &&
                       node.text.find_first_not_of("+-.0123456789eE") == std::string::npos &&
                       absl::SimpleAtod(node.text, &number) && std::isfinite(number);
  if (!numeric) {
    Problem(node, absl::StrCat("must be a number, not ", Shown(node)));
  } else if (number < lowest || number > highest) {
    const auto bound = [](double of) {
      return of == std::floor(of) ? absl::StrCat(static_cast<int64_t>(of)) : absl::StrCat(of);
    };
    Problem(node, absl::StrCat("must be from ", bound(lowest), " to ", bound(highest), ", not ", Shown(node)));
  } else {
    to = number;
    return true;
  }
  return false;
}

void MapReader::ReadText(const YamlNode& node, std::string& to) {
  if (node.kind != YamlNode::Kind::kScalar) {
    Problem(node, absl::StrCat("must be a text, not ", Shown(node)));
  } else if (node.text.empty()) {
    Problem(node, "must not be empty");
  } else if (std::ranges::any_of(node.text, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) {
    Problem(node, "must be one line without control characters");
  } else {
    to = node.text;
  }
}

void MapReader::ReadTexts(const YamlNode& node, std::vector<std::string>& to) {
  if (node.kind != YamlNode::Kind::kList) {
    Problem(node, absl::StrCat("must be a list ([\"a\", \"b\"]), not ", Shown(node)));
    return;
  }
  std::vector<std::string> texts(node.items.size());
  for (size_t i = 0; i < texts.size(); ++i) ReadText(node.items[i], texts[i]);
  to = std::move(texts);
}

int MapReader::ReadWord(const YamlNode& node, std::string_view what, const std::vector<std::string_view>& words) {
  if (node.kind == YamlNode::Kind::kScalar) {
    const auto found = std::ranges::find(words, node.text);
    if (found != words.end()) return static_cast<int>(found - words.begin());
    if (const std::string_view nearest = Nearest(node.text, words); !nearest.empty()) {
      Problem(node, absl::StrCat("unknown ", std::string(what), " ", Shown(node), "; did you mean \"",
                                 std::string(nearest), "\"?"));
      return -1;
    }
  }
  Problem(node, absl::StrCat(std::string(what), " must be one of ", Listed(words), ", not ", Shown(node)));
  return -1;
}

}  // namespace mergegate::config
