#include "server/wire/risk_convert.h"

namespace mergegate::wire {

v1::RiskFacts ToProto(const RiskFacts& risk) {
  v1::RiskFacts proto;
  proto.set_probability(risk.probability);
  proto.set_typical(risk.typical);
  proto.set_examples(risk.examples);
  for (const RiskFactor& factor : risk.factors) {
    v1::RiskFactor& added = *proto.add_factors();
    added.set_text(factor.text);
    added.set_milli_bits(factor.milli_bits);
    added.set_size(factor.size);
  }
  proto.set_missing(risk.missing);
  return proto;
}

RiskFacts FromProto(const v1::RiskFacts& proto) {
  RiskFacts risk{.probability = proto.probability(),
                 .typical = proto.typical(),
                 .examples = proto.examples(),
                 .factors = {},
                 .missing = proto.missing()};
  for (const v1::RiskFactor& factor : proto.factors()) {
    risk.factors.push_back({.text = factor.text(), .milli_bits = factor.milli_bits(), .size = factor.size()});
  }
  return risk;
}

}  // namespace mergegate::wire
