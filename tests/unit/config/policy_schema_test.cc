// The schema and the parser agree: what one refuses, so does the other, as far as a schema can tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "server/config/policy_file.h"
#include "server/domain/names.h"
#include "server/scoring/sub_index.h"

namespace mergegate::config {
namespace {

using Json = nlohmann::json;

Json ToJson(const YAML::Node& node) {
  if (node.IsMap()) {
    Json object = Json::object();
    for (const auto& entry : node) object[entry.first.as<std::string>()] = ToJson(entry.second);
    return object;
  }
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& item : node) list.push_back(ToJson(item));
    return list;
  }
  if (node.Tag() == "!") return node.as<std::string>();  // quoted
  if (int64_t whole; YAML::convert<int64_t>::decode(node, whole)) return whole;
  if (double number; YAML::convert<double>::decode(node, number)) return number;
  if (node.Scalar() == "true" || node.Scalar() == "false") return node.Scalar() == "true";
  return node.IsNull() ? Json() : Json(node.as<std::string>());
}

bool SchemaAccepts(std::string_view yaml) {
  const Json schema_text = Json::parse(PolicyJsonSchema());
  valijson::Schema schema;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_text), schema);
  const Json document = ToJson(YAML::Load(std::string(yaml)));
  valijson::ValidationResults results;
  return valijson::Validator(valijson::Validator::kStrongTypes)
      .validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results);
}

TEST(PolicyJsonSchemaTest, AcceptsTheDefaultPolicy) { EXPECT_TRUE(SchemaAccepts(DefaultPolicyText())); }

TEST(PolicyJsonSchemaTest, AcceptsWhatTheParserAccepts) {
  for (const char* yaml : {
           "version: 1\n",
           "version: 1\nconditions: [{name: a, kind: size, max: 10, applies_when: {min_lines_added: 2}}]\n",
           "version: 1\nconditions: [{name: a, kind: required_reports, tools: [ruff], override_roles: [x]}]\n",
           "version: 1\nconditions: [{name: a, kind: findings, max: 0, paths: [\"src/**\"], states: [fixed]}]\n",
           "version: 1\nscores: {weights: {E: 0.4, Q: 0.4}, sub_indices: {rounds: 0}, adapt: {mode: \"off\", "
           "dwell_days: 7}}\n",
           "version: 1\nanalysis: {header_units: 0, checks: \"-*\", require_sandbox: true}\n",
       }) {
    EXPECT_TRUE(ParsePolicy(yaml).problems.empty()) << yaml;
    EXPECT_TRUE(SchemaAccepts(yaml)) << yaml;
  }
}

TEST(PolicyJsonSchemaTest, RefusesWhatTheParserRefuses) {
  for (const char* yaml : {
           "conditions: []\n",
           "version: 2\n",
           "version: 1\nextra: 1\n",
           "version: 1\nanalysis: {header_unit: 3}\n",
           "version: 1\nanalysis: {static_analyzer: 1}\n",
           "version: 1\nanalysis: {unit_seconds: 0}\n",
           "version: 1\nanalysis: {exclude_paths: src}\n",
           "version: 1\nanalysis: {exclude_paths: [\"\"]}\n",
           "version: 1\nconditions: [{name: a, kind: nonsense, max: 1}]\n",
           "version: 1\nconditions: [{name: a, kind: q, max: 1}]\n",
           "version: 1\nconditions: [{name: a, kind: q, min: 1.5}]\n",
           "version: 1\nconditions: [{name: a, kind: duplication, max: 2}]\n",
           "version: 1\nconditions: [{name: a, kind: size, max: 1.5}]\n",
           "version: 1\nconditions: [{name: a, kind: size, max: -1}]\n",
           "version: 1\nconditions: [{name: a, kind: size, max: 1, severity: major}]\n",
           "version: 1\nconditions: [{name: a, kind: findings}]\n",
           "version: 1\nconditions: [{name: a, kind: findings, max: 0, states: []}]\n",
           "version: 1\nconditions: [{name: a, kind: findings, max: 0, states: [new, new]}]\n",
           "version: 1\nconditions: [{name: a, kind: findings, max: 0, severity: severe}]\n",
           "version: 1\nconditions: [{name: a, kind: findings, max: 0, level: error}]\n",
           "version: 1\nconditions: [{name: a, kind: findings, max: 0, tools: [x]}]\n",
           "version: 1\nconditions: [{name: a, kind: required_reports, tools: []}]\n",
           "version: 1\nscores: {weights: {X: 1}}\n",
           "version: 1\nscores: {sub_indices: {lines_written: 3}}\n",
           "version: 1\nscores: {sub_indices: {rounds: 101}}\n",
           "version: 1\nscores: {adapt: {mode: perhaps}}\n",
           "version: 1\nconditions: [{kind: size, max: 1}]\n",
           "version: 1\nconditions: [{name: a, kind: size, max: 1, applies_when: {min_lines: 1}}]\n",
       }) {
    EXPECT_FALSE(ParsePolicy(yaml).problems.empty()) << yaml;
    EXPECT_FALSE(SchemaAccepts(yaml)) << yaml;
  }
}

TEST(PolicyJsonSchemaTest, KnowsTheSameWords) {
  const Json condition = Json::parse(PolicyJsonSchema())["definitions"]["condition"]["properties"];
  const auto words = [](const auto& values) {
    std::vector<std::string> names;
    for (const auto value : values) names.emplace_back(Name(value));
    return names;
  };
  EXPECT_EQ(condition["kind"]["enum"], words(kConditionKinds));
  EXPECT_EQ(condition["severity"]["enum"], words(kSeverities));
  EXPECT_EQ(condition["states"]["items"]["enum"], words(kBaselineStates));
  EXPECT_EQ(condition["level"]["enum"], words(kConditionLevels));
  std::vector<std::string> sub_indices;
  for (const scoring::SubIndexRow& row : scoring::SubIndices()) sub_indices.emplace_back(row.name);
  EXPECT_EQ(
      Json::parse(PolicyJsonSchema())["definitions"]["scores"]["properties"]["sub_indices"]["propertyNames"]["enum"],
      sub_indices);
}

}  // namespace
}  // namespace mergegate::config
