#include "client/cli/format/json.h"

#include <google/protobuf/util/time_util.h>

#include <cmath>

#include "client/cli/format/names.h"
#include "client/cli/format/scores.h"
#include "client/cli/format/sections.h"

namespace mergegate::client {
namespace {

using Json = nlohmann::ordered_json;

// The double nearest to the decimal: prints as that decimal.
double Decimal(int ten_thousandths) { return ten_thousandths / 10000.0; }

double Hundredths(double value) { return std::round(value * 100) / 100; }

double Milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

template <typename Messages>
Json Texts(const Messages& texts) {
  Json list = Json::array();
  for (const auto& text : texts) list.push_back(text);
  return list;
}

template <typename Messages, typename Convert>
Json List(const Messages& messages, Convert convert) {
  Json list = Json::array();
  for (const auto& message : messages) list.push_back(convert(message));
  return list;
}

Json ToJson(const v1::Fix& fix) {
  return {
      {"description", fix.description()},
      {"edits", List(fix.edits(), [](const v1::Edit& edit) {
         return Json{
             {"path", edit.path()},         {"start_line", edit.start_line()},  {"start_column", edit.start_column()},
             {"end_line", edit.end_line()}, {"end_column", edit.end_column()},  {"offset", edit.offset()},
             {"length", edit.length()},     {"replacement", edit.replacement()}};
       })}};
}

Json ToJson(const v1::ConditionResult& condition) {
  return {{"name", condition.name()},         {"kind", condition.kind()},
          {"level", Word(condition.level())}, {"result", Word(condition.state())},
          {"actual", condition.actual()},     {"threshold", condition.threshold()},
          {"reason", condition.reason()},     {"fingerprints", Texts(condition.fingerprints())}};
}

Json ToJson(const v1::AnalysisFailure& failure) {
  return {{"unit", failure.unit()},
          {"analyzer", failure.analyzer()},
          {"kind", Word(failure.kind())},
          {"message", failure.message()},
          {"at_base", failure.at_base()}};
}

Json ToJson(const v1::Coverage& coverage) {
  Json share = nullptr;
  if (coverage.changed_lines() > 0) {
    share = std::round(1e4 * coverage.parsed_lines() / coverage.changed_lines()) / 1e4;
  }
  return {{"changed_lines", coverage.changed_lines()},
          {"parsed_lines", coverage.parsed_lines()},
          {"guessed_lines", coverage.guessed_lines()},
          {"missed_lines", coverage.missed_lines()},
          {"parsed_share", share},
          {"changed_declarations", coverage.changed_declarations()},
          {"units_affected", coverage.units_affected()},
          {"units_analyzed", coverage.units_analyzed()},
          {"files", List(coverage.files(),
                         [](const v1::FileCoverage& file) {
                           return Json{{"path", file.path()},
                                       {"changed_lines", file.changed_lines()},
                                       {"source", Word(file.source())},
                                       {"units", Texts(file.units())},
                                       {"reason", file.reason()}};
                         })},
          {"units_left_out", Texts(coverage.units_left_out())},
          {"sandbox_missing", coverage.sandbox_missing()},
          {"declarations", List(coverage.declarations(), [](const v1::DeclarationCoverage& declaration) {
             return Json{{"name", declaration.name()},
                         {"path", declaration.path()},
                         {"line", declaration.line()},
                         {"at_base", declaration.at_base()},
                         {"units", Texts(declaration.units())},
                         {"instantiations", declaration.instantiations()},
                         {"units_left_out", declaration.units_left_out()},
                         {"reason", declaration.reason()}};
           })}};
}

Json ToJson(const v1::Metric& metric) {
  return {{"value", Decimal(metric.value())},
          {"ledger", List(metric.ledger(),
                          [](const v1::LedgerEntry& entry) {
                            return Json{{"points", Decimal(entry.points())},
                                        {"reason", entry.reason()},
                                        {"evidence", Texts(entry.evidence())}};
                          })},
          {"missing", Texts(metric.missing())}};
}

Json ToJson(const v1::DefectRisk& risk) {
  Json json = {{"missing", risk.missing()}};
  if (!risk.missing().empty()) return json;
  json["probability"] = risk.probability() / 1e6;
  json["typical"] = risk.typical() / 1e6;
  json["odds"] = Hundredths(OddsAgainstTypical(risk));
  json["examples"] = risk.examples();
  json["factors"] = List(risk.factors(), [](const v1::DefectFactor& factor) {
    return Json{{"odds", Hundredths(std::exp2(factor.milli_bits() / 1000.0))},
                {"text", factor.text()},
                {"size", factor.size()}};
  });
  return json;
}

Json ToJson(bool there, const v1::RangedValue& ranged) {
  if (!there) return nullptr;
  return {{"value", Decimal(ranged.value())}, {"low", Decimal(ranged.low())}, {"high", Decimal(ranged.high())}};
}

// null where nothing is known of the project.
Json ToJson(const v1::ProjectM& m) {
  if (!m.has_before()) return nullptr;
  Json before = Json::object(), weights = Json::object();
  for (int i = 0; i < m.metrics_size(); ++i) {
    const std::string letter(Letter(m.metrics(i).kind()));
    before[letter] = ToJson(m.metrics(i).has_score(), m.metrics(i).score());
    if (i < m.weights_size()) weights[letter] = Decimal(m.weights(i));
  }
  return {{"before", ToJson(true, m.before())},
          {"after", ToJson(m.has_after(), m.after())},
          {"most", 1.3},
          {"metrics_before", std::move(before)},
          {"Q_after", ToJson(m.has_quality_after(), m.quality_after())},
          {"weights", std::move(weights)},
          {"weights_version", m.weights_version()}};
}

Json ToJson(const v1::Counterfactual& counterfactual) {
  return {{"reachable", counterfactual.reachable()},
          {"smallest", counterfactual.smallest()},
          {"actions", List(counterfactual.actions(),
                           [](const v1::Action& action) {
                             return Json{{"kind", action.kind()},
                                         {"subject", action.subject()},
                                         {"description", action.description()}};
                           })},
          {"reason", counterfactual.reason()},
          {"q_after", Decimal(counterfactual.q_after())}};
}

Json ToJson(const v1::FunctionMeasurement& measured) {
  return {{"cognitive", measured.cognitive()},   {"cyclomatic", measured.cyclomatic()},
          {"lines", measured.lines()},           {"nesting", measured.nesting()},
          {"parameters", measured.parameters()}, {"start_line", measured.start_line()},
          {"end_line", measured.end_line()}};
}

Json ToJson(const v1::FunctionChange& change) {
  return {{"function", change.function()},
          {"path", change.path()},
          {"line", change.line()},
          {"before", change.has_before() ? ToJson(change.before()) : Json(nullptr)},
          {"after", ToJson(change.after())}};
}

Json ToJson(const v1::DuplicateBlock& block) {
  return {{"path", block.path()},
          {"start_line", block.start_line()},
          {"end_line", block.end_line()},
          {"other_path", block.other_path()},
          {"other_start_line", block.other_start_line()},
          {"other_end_line", block.other_end_line()},
          {"tokens", block.tokens()}};
}

Json ToJson(const v1::RunStats& stats) {
  return {{"wall_seconds", Milliseconds(stats.wall_seconds())},
          {"cpu_seconds", Milliseconds(stats.cpu_seconds())},
          {"peak_memory_kib", stats.peak_memory_kib()},
          {"units_total", stats.units_total()},
          {"units_analyzed", stats.units_analyzed()},
          {"units_from_cache", stats.units_from_cache()},
          {"parses", stats.parses()},
          {"preambles_reused", stats.preambles_reused()},
          {"bodies_skipped", stats.bodies_skipped()},
          {"entries_analyzed", stats.entries_analyzed()},
          {"entries_reused", stats.entries_reused()},
          {"history_read", stats.history_read()},
          {"history_in_all", stats.history_in_all()},
          {"stages", List(stats.stages(), [](const v1::StageCost& stage) {
             return Json{{"stage", stage.stage()},
                         {"wall_seconds", Milliseconds(stage.wall_seconds())},
                         {"cpu_seconds", Milliseconds(stage.cpu_seconds())}};
           })}};
}

Json Time(bool present, const google::protobuf::Timestamp& time) {
  return present ? Json(google::protobuf::util::TimeUtil::ToString(time)) : Json(nullptr);
}

}  // namespace

nlohmann::ordered_json FindingToJson(const v1::Finding& finding) {
  return {{"check", finding.check()},
          {"analyzer", finding.analyzer()},
          {"severity", Word(finding.severity())},
          {"path", finding.path()},
          {"line", finding.line()},
          {"column", finding.column()},
          {"end_line", finding.end_line()},
          {"end_column", finding.end_column()},
          {"message", finding.message()},
          {"state", Word(finding.state())},
          {"fingerprint", finding.fingerprint()},
          {"function", finding.function()},
          {"caused_by", finding.caused_by()},
          {"guessed", finding.guessed()},
          {"suppressed_by_change", finding.suppressed_by_change()},
          {"url", finding.url()},
          {"line_text", finding.line_text()},
          {"unit", finding.unit()},
          {"notes", List(finding.notes(),
                         [](const v1::Note& note) {
                           return Json{{"path", note.path()},
                                       {"line", note.line()},
                                       {"column", note.column()},
                                       {"message", note.message()}};
                         })},
          {"fix", finding.fixes().empty() ? Json(nullptr) : ToJson(finding.fixes(0))}};
}

nlohmann::ordered_json RunToJson(const v1::Run& run) {
  return {{"run", run.name()},
          {"change", run.change()},
          {"state", Word(run.state())},
          {"verdict", Word(run.verdict())},
          {"base", run.base_commit()},
          {"head", run.head_commit()},
          {"created", Time(run.has_create_time(), run.create_time())},
          {"finished", Time(run.has_finish_time(), run.finish_time())}};
}

std::string FormatJson(const v1::GetVerdictResponse& response) {
  const v1::Verdict& verdict = response.verdict();
  // The merge base as compared; as submitted while there is no verdict.
  const bool decided = verdict.state() != v1::VERDICT_STATE_UNSPECIFIED;
  Json json = {{"schema_version", kJsonSchemaVersion},
               {"verdict", Word(verdict.state())},
               {"summary", verdict.summary()},
               {"run", response.run().name()},
               {"change", response.run().change()},
               {"base", decided ? verdict.base_commit() : response.run().base_commit()},
               {"head", decided ? verdict.head_commit() : response.run().head_commit()},
               {"policy", Json{{"source", verdict.policy().source()}, {"digest", verdict.policy().digest()}}},
               {"rules_version", verdict.rules_version()},
               {"tier", Word(verdict.tier())},
               {"conditions", List(verdict.conditions(), [](const auto& condition) { return ToJson(condition); })},
               {"findings", List(verdict.findings(), FindingToJson)},
               {"failures", List(verdict.failures(), [](const auto& failure) { return ToJson(failure); })},
               {"coverage", ToJson(verdict.coverage())},
               {"metrics", Json{{"Q", verdict.has_quality() ? ToJson(verdict.quality()) : Json(nullptr)},
                                {"M", ToJson(verdict.project_m())}}},
               {"risk", verdict.has_risk() ? ToJson(verdict.risk()) : Json(nullptr)},
               {"counterfactual", ToJson(verdict.counterfactual())},
               {"relaxations", List(verdict.relaxations(),
                                    [](const v1::Relaxation& relaxation) {
                                      return Json{{"kind", relaxation.kind()},
                                                  {"path", relaxation.path()},
                                                  {"line", relaxation.line()},
                                                  {"text", relaxation.text()}};
                                    })},
               {"functions", List(verdict.functions(), [](const auto& function) { return ToJson(function); })},
               {"duplicates", List(verdict.duplicates(), [](const auto& block) { return ToJson(block); })},
               {"stats", ToJson(response.stats())}};
  return DumpJson(json);
}

std::string DumpJson(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace) + "\n";
}

}  // namespace mergegate::client
