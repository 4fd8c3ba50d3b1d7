// A YAML text as a plain tree with positions, for files that people write by hand.
//
//   YamlTree tree = ParseYaml("version: 1\n");
//   tree.root->keys[0].text == "version";   tree.root->items[0].column == 10
//
// Narrower than YAML on purpose: one document, no aliases (they are how small texts grow without bound), at most 32
// levels, 100000 values and 1 MiB; no tabs in indentation. Everything else is a problem with a position. Never throws.
// Pure.
#ifndef MERGEGATE_SERVER_CONFIG_YAML_TREE_H_
#define MERGEGATE_SERVER_CONFIG_YAML_TREE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/policy.h"

namespace mergegate::config {

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  int line = 1;                 // 1-based
  int column = 1;               // 1-based, in bytes
  std::string text;             // of a scalar
  bool quoted = false;          // a scalar that can only be a string
  std::vector<YamlNode> items;  // of a list, or the values of a map
  std::vector<YamlNode> keys;   // of a map: keys[i] belongs to items[i]; in order of the text, duplicates kept
};

struct YamlTree {
  std::optional<YamlNode> root;         // absent when there are problems or the text is empty
  std::vector<PolicyProblem> problems;  // ordered by position
};

YamlTree ParseYaml(std::string_view text);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_YAML_TREE_H_
