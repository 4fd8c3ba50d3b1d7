// How people are named where everybody reads: by a login, never by a mail address.
//
//   PublicName(store, Handle("ann@example.org"))                        "ann-gh", or "ann" where no login is known
//   WithoutMails(store, "get the approval of ann@example.org")          "get the approval of ann-gh"
//
// Thread safety: as the store's.
#ifndef MERGEGATE_SERVER_PIPELINE_PUBLIC_NAME_H_
#define MERGEGATE_SERVER_PIPELINE_PUBLIC_NAME_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/domain/verdict.h"
#include "server/storage/store.h"

namespace mergegate::pipeline {

// Logins that a person may have at `host` (empty: at any): "host:login", other names that are no mail address, and the
// hosts' own addresses for those who hide theirs.
std::vector<std::string> LoginsOf(storage::Store& store, const Handle& handle, std::string_view host = "");

std::string PublicName(storage::Store& store, const Handle& handle);

// Each mail address in a text becomes the name of whose it is.
std::string WithoutMails(storage::Store& store, const std::string& text);

// The same in all that a verdict says of people; what it says of code stays.
void HideMails(storage::Store& store, Verdict& verdict);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_PUBLIC_NAME_H_
