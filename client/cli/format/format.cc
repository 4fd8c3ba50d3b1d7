#include "client/cli/format/format.h"

#include <algorithm>
#include <iterator>

#include "client/cli/format/codeclimate.h"
#include "client/cli/format/github.h"
#include "client/cli/format/json.h"
#include "client/cli/format/markdown.h"
#include "client/cli/format/sarif.h"
#include "client/cli/format/text.h"

namespace mergegate::client {
namespace {

template <std::string (*Format)(const v1::GetVerdictResponse&)>
std::string Plain(const v1::GetVerdictResponse& response, const TextStyle&) {
  return Format(response);
}

constexpr FormatRow kFormats[] = {
    {"text", FormatText, true},
    {"json", Plain<FormatJson>, true},
    {"sarif", Plain<FormatSarif>, false},
    {"codeclimate", Plain<FormatCodeClimate>, false},
    {"github", Plain<FormatGithub>, false},
    {"markdown", Plain<FormatMarkdown>, false},
};

}  // namespace

const FormatRow* FindFormat(std::string_view name) {
  const auto* const row = std::ranges::find(kFormats, name, &FormatRow::name);
  return row == std::end(kFormats) ? nullptr : row;
}

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const FormatRow& row : kFormats) names.emplace_back(row.name);
  return names;
}

}  // namespace mergegate::client
