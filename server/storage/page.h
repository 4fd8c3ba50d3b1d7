// One page of a listing.
#ifndef MERGEGATE_SERVER_STORAGE_PAGE_H_
#define MERGEGATE_SERVER_STORAGE_PAGE_H_

#include <string>
#include <vector>

namespace mergegate::storage {

template <typename T>
struct Page {
  std::vector<T> items;
  std::string next_token;  // empty on the last page
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_PAGE_H_
