// Reads values of expected types out of a YAML tree and remembers every problem.
//
//   MapReader reader(problems);
//   reader.ReadMap(node, "analysis", {{"header_units", [&](const YamlNode& v) { reader.ReadInt(v, 0, 9, n); }}});
//
// A value that is wrong leaves its target as it was. For one thread; keeps a reference to the problems.
#ifndef MERGEGATE_SERVER_CONFIG_MAP_READER_H_
#define MERGEGATE_SERVER_CONFIG_MAP_READER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/yaml_tree.h"

namespace mergegate::config {

class MapReader {
 public:
  struct Field {
    std::string_view key;
    std::function<void(const YamlNode&)> read;
  };

  explicit MapReader(std::vector<PolicyProblem>& problems) : problems_(problems) {}

  // Problems beyond the first kMaxProblems are dropped: whoever wrote that many will come back.
  static constexpr size_t kMaxProblems = 100;
  void Problem(const YamlNode& at, std::string message);
  bool Full() const { return problems_.size() >= kMaxProblems; }

  // Calls the field of every key. Unknown keys (with the nearest known one) and repeated keys are problems; for a key
  // that has no field, `explain` may give a better text than "unknown key" (empty = it has none).
  void ReadMap(const YamlNode& node, std::string_view what, const std::vector<Field>& fields,
               const std::function<std::string(std::string_view key)>& explain = nullptr);

  void ReadBool(const YamlNode& node, bool& to);
  // True when it was read: a number between the bounds, ends included.
  bool ReadInt(const YamlNode& node, int lowest, int highest, int& to);
  bool ReadNumber(const YamlNode& node, double lowest, double highest, double& to);
  // One line of text without control characters, not empty.
  void ReadText(const YamlNode& node, std::string& to);
  void ReadTexts(const YamlNode& node, std::vector<std::string>& to);

  // One of `words`; index into it, or -1 with a problem.
  int ReadWord(const YamlNode& node, std::string_view what, const std::vector<std::string_view>& words);

 private:
  std::vector<PolicyProblem>& problems_;
};

// The value of a key; nullptr when absent.
const YamlNode* Find(const YamlNode& map, std::string_view key);

// The word of `words` that `word` is most likely meant to be; empty when none is near.
std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& words);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_MAP_READER_H_
