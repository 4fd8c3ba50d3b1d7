#include "server/config/policy_file.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/config/condition_kinds.h"
#include "server/config/map_reader.h"
#include "server/config/scores_section.h"
#include "server/config/yaml_tree.h"
#include "server/domain/names.h"

namespace mergegate::config {
namespace {

constexpr int kKnownVersion = 1;
constexpr size_t kMaxConditions = 200;

template <typename Values>
std::vector<std::string_view> Words(const Values& values) {
  std::vector<std::string_view> words;
  for (const auto value : values) words.push_back(Name(value));
  return words;
}

class PolicyReader {
 public:
  explicit PolicyReader(std::vector<PolicyProblem>& problems) : reader_(problems) {}

  Policy Read(const YamlNode& root) {
    Policy policy;
    reader_.ReadMap(root, "the policy",
                    {{"version", [&](const YamlNode& node) { ReadVersion(node, policy); }},
                     {"analysis", [&](const YamlNode& node) { ReadAnalysis(node, policy.analysis); }},
                     {"reviewers", [&](const YamlNode& node) { ReadReviewers(node, policy.reviewers); }},
                     {"scores", [&](const YamlNode& node) { ReadScores(reader_, node, policy.scores); }},
                     {"conditions", [&](const YamlNode& node) { ReadConditions(node, policy.conditions); }}});
    if (root.kind == YamlNode::Kind::kMap && Find(root, "version") == nullptr) {
      reader_.Problem(root, "key \"version\" is missing; start with \"version: 1\"");
    }
    return policy;
  }

 private:
  void ReadVersion(const YamlNode& node, Policy& policy) {
    if (!reader_.ReadInt(node, 0, static_cast<int>(kMost), policy.version)) return;
    if (policy.version != kKnownVersion) {
      reader_.Problem(
          node, absl::StrCat("version ", policy.version, " is not known; this build reads version ", kKnownVersion));
    }
  }

  void ReadAnalysis(const YamlNode& node, AnalysisPolicy& analysis) {
    const auto whole = [this](int lowest, int highest, int& to) {
      return [this, lowest, highest, &to](const YamlNode& value) { reader_.ReadInt(value, lowest, highest, to); };
    };
    const auto yes_no = [this](bool& to) {
      return [this, &to](const YamlNode& value) { reader_.ReadBool(value, to); };
    };
    reader_.ReadMap(
        node, "analysis",
        {{"checks", [&](const YamlNode& value) { reader_.ReadText(value, analysis.checks); }},
         {"static_analyzer", yes_no(analysis.static_analyzer)},
         {"tier",
          [&](const YamlNode& value) {
            const int index = reader_.ReadWord(value, "tier", Words(kTiers));
            if (index >= 0) analysis.tier = kTiers[index];
          }},
         {"analyzer_steps", whole(0, 1'000'000'000, analysis.analyzer_steps)},
         {"header_units", whole(0, 1000, analysis.header_units)},
         {"unit_seconds", whole(1, 86400, analysis.unit_seconds)},
         {"unit_memory_mib", whole(64, 1 << 20, analysis.unit_memory_mib)},
         {"duplication_min_tokens", whole(10, 100000, analysis.duplication_min_tokens)},
         {"require_sandbox", yes_no(analysis.require_sandbox)},
         {"exclude_paths", [&](const YamlNode& value) { reader_.ReadTexts(value, analysis.exclude_paths); }},
         {"test_paths", [&](const YamlNode& value) { reader_.ReadTexts(value, analysis.test_paths); }}});
  }

  void ReadReviewers(const YamlNode& node, ReviewersPolicy& reviewers) {
    const auto texts = [this](std::vector<std::string>& to) {
      return [this, &to](const YamlNode& value) { reader_.ReadTexts(value, to); };
    };
    reader_.ReadMap(
        node, "reviewers",
        {{"count", [&](const YamlNode& value) { reader_.ReadInt(value, 0, 20, reviewers.count); }},
         {"load_weight", [&](const YamlNode& value) { reader_.ReadNumber(value, 0, 1, reviewers.load_weight); }},
         {"respond_hours", [&](const YamlNode& value) { reader_.ReadInt(value, 1, 1000, reviewers.respond_hours); }},
         {"required", texts(reviewers.required)},
         {"exclude", texts(reviewers.exclude)},
         {"fallback", [&](const YamlNode& value) { reader_.ReadText(value, reviewers.fallback); }},
         {"groups", [&](const YamlNode& value) { ReadGroups(value, reviewers.groups); }}});
  }

  void ReadGroups(const YamlNode& node, std::map<std::string, std::vector<std::string>>& groups) {
    if (node.kind != YamlNode::Kind::kMap) {
      reader_.ReadMap(node, "groups", {});  // says what it should be
      return;
    }
    for (size_t i = 0; i < node.keys.size() && !reader_.Full(); ++i) {
      std::string name;
      reader_.ReadText(node.keys[i], name);
      if (groups.contains(name)) {
        reader_.Problem(node.keys[i], absl::StrCat("group \"", name, "\" is given twice"));
      } else {
        reader_.ReadTexts(node.items[i], groups[name]);
      }
    }
  }

  void ReadConditions(const YamlNode& node, std::vector<Condition>& conditions) {
    if (node.kind != YamlNode::Kind::kList) {
      reader_.Problem(node, "conditions must be a list, each item starting with \"- name: ...\"");
      return;
    }
    if (node.items.size() > kMaxConditions) {
      reader_.Problem(node.items[kMaxConditions], absl::StrCat("more than ", kMaxConditions, " conditions"));
      return;
    }
    std::set<std::string> names;
    for (const YamlNode& item : node.items) {
      Condition condition = ReadCondition(item);
      if (!condition.name.empty() && !names.insert(condition.name).second) {
        reader_.Problem(*Find(item, "name"),
                        absl::StrCat("another condition is called \"", condition.name, "\" already"));
      }
      conditions.push_back(std::move(condition));
    }
  }

  Condition ReadCondition(const YamlNode& node) {
    Condition condition;
    if (node.kind != YamlNode::Kind::kMap) {
      reader_.ReadMap(node, "a condition", {});
      return condition;
    }
    for (const std::string_view key : {"name", "kind"}) {
      if (Find(node, key) == nullptr) {
        reader_.Problem(node, absl::StrCat("the condition has no \"", std::string(key), "\""));
      }
    }
    const ConditionShape* shape = nullptr;
    if (const YamlNode* kind = Find(node, "kind")) {
      const int index = reader_.ReadWord(*kind, "kind", Words(kConditionKinds));
      if (index >= 0) shape = &*std::ranges::find(kConditionShapes, kConditionKinds[index], &ConditionShape::kind);
    }
    if (shape == nullptr) {
      // Which keys belong is unknown; what every kind has is still read.
      std::vector<MapReader::Field> fields = CommonFields(condition);
      for (const std::string_view key : kKeysOfSomeKinds) fields.push_back({key, [](const YamlNode&) {}});
      reader_.ReadMap(node, "the condition", fields);
      return condition;
    }
    condition.kind = shape->kind;
    reader_.ReadMap(node, absl::StrCat("a condition of kind ", std::string(Name(shape->kind))),
                    FieldsOf(*shape, condition), [shape](std::string_view key) { return WhyNotHere(*shape, key); });
    const std::string_view required = shape->kind == ConditionKind::kRequiredReports ? "tools" : shape->bound;
    if (!required.empty() && Find(node, required) == nullptr) {
      reader_.Problem(node, absl::StrCat("a condition of kind ", std::string(Name(shape->kind)), " needs \"",
                                         std::string(required), "\""));
    }
    return condition;
  }

  static constexpr std::array<std::string_view, 8> kKeysOfSomeKinds = {"max",    "min",   "severity",      "states",
                                                                       "checks", "paths", "exclude_paths", "tools"};

  // For a key that other kinds have.
  static std::string WhyNotHere(const ConditionShape& shape, std::string_view key) {
    if (std::ranges::find(kKeysOfSomeKinds, key) == kKeysOfSomeKinds.end()) return "";
    const std::string kind(Name(shape.kind));
    if (key == "max" || key == "min") {
      return shape.bound.empty() ? absl::StrCat("kind ", kind, " has no bound; remove \"", std::string(key), "\"")
                                 : absl::StrCat("kind ", kind, " has a \"", std::string(shape.bound), "\", not a \"",
                                                std::string(key), "\"");
    }
    if (key == "tools") return absl::StrCat("\"tools\" belongs to kind required_reports, not to ", kind);
    const std::string hint =
        key == "paths" ? "; to limit where the condition applies use applies_when: {paths: [...]}" : "";
    return absl::StrCat("\"", std::string(key), "\" belongs to kind findings, not to ", kind, hint);
  }

  std::vector<MapReader::Field> CommonFields(Condition& condition) {
    return {{"name", [&](const YamlNode& value) { reader_.ReadText(value, condition.name); }},
            {"kind", [](const YamlNode&) {}},  // read before the others
            {"level",
             [&](const YamlNode& value) {
               const int index = reader_.ReadWord(value, "level", Words(kConditionLevels));
               if (index >= 0) condition.level = kConditionLevels[index];
             }},
            {"applies_when", [&](const YamlNode& value) { ReadAppliesWhen(value, condition.applies_when); }},
            {"override_roles", [&](const YamlNode& value) { reader_.ReadTexts(value, condition.override_roles); }}};
  }

  std::vector<MapReader::Field> FieldsOf(const ConditionShape& shape, Condition& condition) {
    std::vector<MapReader::Field> fields = CommonFields(condition);
    if (!shape.bound.empty()) {
      fields.push_back({shape.bound, [&](const YamlNode& value) { ReadBound(value, shape, condition.threshold); }});
    }
    if (shape.kind == ConditionKind::kRequiredReports) {
      fields.push_back({"tools", [&](const YamlNode& value) { ReadTools(value, condition.tools); }});
    }
    if (shape.kind == ConditionKind::kFindings) {
      FindingFilter& filter = condition.filter;
      fields.push_back({"severity", [&](const YamlNode& value) {
                          const int index = reader_.ReadWord(value, "severity", Words(kSeverities));
                          if (index >= 0) filter.min_severity = kSeverities[index];
                        }});
      fields.push_back({"states", [&](const YamlNode& value) { ReadStates(value, filter.states); }});
      fields.push_back({"checks", [&](const YamlNode& value) { reader_.ReadTexts(value, filter.checks); }});
      fields.push_back({"paths", [&](const YamlNode& value) { reader_.ReadTexts(value, filter.paths); }});
      fields.push_back(
          {"exclude_paths", [&](const YamlNode& value) { reader_.ReadTexts(value, filter.exclude_paths); }});
    }
    return fields;
  }

  void ReadBound(const YamlNode& node, const ConditionShape& shape, double& to) {
    if (!shape.whole) {
      reader_.ReadNumber(node, shape.lowest, shape.highest, to);
      return;
    }
    int whole = 0;
    if (reader_.ReadInt(node, static_cast<int>(shape.lowest), static_cast<int>(shape.highest), whole)) to = whole;
  }

  void ReadTools(const YamlNode& node, std::vector<std::string>& to) {
    reader_.ReadTexts(node, to);
    if (node.kind == YamlNode::Kind::kList && node.items.empty()) reader_.Problem(node, "tools must name a tool");
  }

  void ReadStates(const YamlNode& node, std::vector<BaselineState>& to) {
    if (node.kind != YamlNode::Kind::kList || node.items.empty()) {
      reader_.Problem(node, "states must be a list of some of new, caused, unchanged, fixed");
      return;
    }
    to.clear();
    for (const YamlNode& item : node.items) {
      const int index = reader_.ReadWord(item, "state", Words(kBaselineStates));
      if (index < 0) continue;
      if (std::ranges::find(to, kBaselineStates[index]) != to.end()) {
        reader_.Problem(item, "the state is listed twice");
      } else {
        to.push_back(kBaselineStates[index]);
      }
    }
  }

  void ReadAppliesWhen(const YamlNode& node, AppliesWhen& when) {
    reader_.ReadMap(node, "applies_when",
                    {{"paths", [&](const YamlNode& value) { reader_.ReadTexts(value, when.paths); }},
                     {"min_lines_added", [&](const YamlNode& value) {
                        int lines = 0;
                        if (reader_.ReadInt(value, 0, static_cast<int>(kMost), lines)) when.min_lines_added = lines;
                      }}});
  }

  MapReader reader_;
};

}  // namespace

ParsedPolicy ParsePolicy(std::string_view yaml) {
  ParsedPolicy parsed;
  YamlTree tree = ParseYaml(yaml);
  parsed.problems = std::move(tree.problems);
  if (!parsed.problems.empty()) return parsed;
  if (!tree.root || tree.root->kind == YamlNode::Kind::kNull) {
    parsed.problems.push_back({.line = 1, .column = 1, .message = "the policy is empty; start with \"version: 1\""});
    return parsed;
  }
  parsed.policy = PolicyReader(parsed.problems).Read(*tree.root);
  std::ranges::sort(parsed.problems, {}, [](const PolicyProblem& p) { return std::tie(p.line, p.column, p.message); });
  return parsed;
}

}  // namespace mergegate::config
