// Which text of a row is which field: by the map that the caller gives, else by the names under which exports know it.
//
//   const FieldNames kHours{.field = "hours", .names = {"hours", "estimated hours"}};
//   FindField(row, {{"Length", "hours"}}, kHours)      // of the column "Length"
//
// Pure.
#ifndef MERGEGATE_CLIENT_IMPORTING_FIELDS_H_
#define MERGEGATE_CLIENT_IMPORTING_FIELDS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/importing/rows.h"

namespace mergegate::client {

struct FieldNames {
  std::string_view field;
  std::vector<std::string_view> names;  // lower case, best first
};

// Lower case, '_' as a blank, without blanks around it.
std::string Folded(std::string_view name);
// Without blanks around it.
std::string Stripped(std::string_view text);

// What a row says of a field, stripped; nullopt when it says nothing. `columns`: column -> field; a column that is
// mapped says nothing else.
std::optional<std::string> FindField(const Row& row, const std::map<std::string, std::string>& columns,
                                     const FieldNames& field);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_IMPORTING_FIELDS_H_
