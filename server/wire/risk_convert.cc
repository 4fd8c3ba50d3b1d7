#include "server/wire/risk_convert.h"

namespace mergegate::wire {
namespace {

// The messages of facts and verdicts have the same fields.
template <typename Proto>
Proto MessageOf(const RiskFacts& risk) {
  Proto proto;
  proto.set_probability(risk.probability);
  proto.set_typical(risk.typical);
  proto.set_examples(risk.examples);
  for (const RiskFactor& factor : risk.factors) {
    auto& added = *proto.add_factors();
    added.set_text(factor.text);
    added.set_milli_bits(factor.milli_bits);
    added.set_size(factor.size);
  }
  proto.set_missing(risk.missing);
  return proto;
}

template <typename Proto>
RiskFacts RiskOf(const Proto& proto) {
  RiskFacts risk{.probability = proto.probability(),
                 .typical = proto.typical(),
                 .examples = proto.examples(),
                 .factors = {},
                 .missing = proto.missing()};
  for (const auto& factor : proto.factors()) {
    risk.factors.push_back({.text = factor.text(), .milli_bits = factor.milli_bits(), .size = factor.size()});
  }
  return risk;
}

}  // namespace

v1::RiskFacts ToProto(const RiskFacts& risk) { return MessageOf<v1::RiskFacts>(risk); }
v1::DefectRisk ToDefectRisk(const RiskFacts& risk) { return MessageOf<v1::DefectRisk>(risk); }
RiskFacts FromProto(const v1::RiskFacts& proto) { return RiskOf(proto); }
RiskFacts FromProto(const v1::DefectRisk& proto) { return RiskOf(proto); }

absl::StatusOr<RiskFacts> ParseRisk(std::string_view bytes) {
  v1::RiskFacts proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the kept risk is not readable");
  }
  return FromProto(proto);
}

}  // namespace mergegate::wire
