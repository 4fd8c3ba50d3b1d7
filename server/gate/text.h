// Numbers and counts as verdicts show them.
#ifndef MERGEGATE_SERVER_GATE_TEXT_H_
#define MERGEGATE_SERVER_GATE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mergegate::gate {

// Up to four decimals without trailing zeros, never rounded past them upwards: "0.5999", "0.6", "25".
std::string Number(double value);
// part / whole as a percentage with up to two decimals, rounded down: "12.5%". whole > 0.
std::string Percent(int64_t part, int64_t whole);
// "1 finding", "3 findings".
std::string Count(int64_t n, std::string_view noun);
// Ascending lines as ranges, at most ten: "3-5, 9", "1, 3, ... and 4 more".
std::string ShowLines(const std::vector<int>& lines);

}  // namespace mergegate::gate

#endif  // MERGEGATE_SERVER_GATE_TEXT_H_
