// The files that TLS needs, and who may do without.
//
//   const TlsFiles tls{.certificate = "fullchain.pem", .key = "key.pem", .client_authorities = ""};
//   RETURN_IF_ERROR(CheckTlsFiles(tls));
//   RETURN_IF_ERROR(CheckExposure("--listen", "0.0.0.0:7480", tls, /*insecure=*/false));
//
// Thread safety: all functions may be called from any thread.
#ifndef MERGEGATE_SERVER_BASE_TLS_FILES_H_
#define MERGEGATE_SERVER_BASE_TLS_FILES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace mergegate {

struct TlsFiles {
  std::string certificate;         // PEM: the server's, then those that lead to its authority
  std::string key;                 // PEM, without a passphrase
  std::string client_authorities;  // PEM; set: clients must show a certificate of one of these (mTLS)

  bool on() const { return !certificate.empty(); }
};

// Whether TLS can begin with them; empty ones may. kInvalidArgument names the file and says what is wrong with it:
// absent, no PEM, a passphrase, a key of another certificate, lapsed.
absl::Status CheckTlsFiles(const TlsFiles& tls);

// Whether an address is reached from this machine only: "unix:/path", "127.0.0.1:80", "[::1]:80", "localhost:80".
bool IsOfThisMachine(std::string_view address);

// kInvalidArgument for an address that others reach without TLS, unless `insecure`; `flag` is named in it.
absl::Status CheckExposure(std::string_view flag, const std::string& address, const TlsFiles& tls, bool insecure);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_BASE_TLS_FILES_H_
