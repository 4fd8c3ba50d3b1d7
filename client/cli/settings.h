// Settings from flags, environment and the XDG config folder, in this order of precedence:
//
//     --server ADDR  >  MERGEGATE_SERVER  >  server = "ADDR" in $XDG_CONFIG_HOME/mergegate/config  >  127.0.0.1:7480
//
// A token is never a flag's value (other users see command lines): MERGEGATE_TOKEN, --token-file, MERGEGATE_TOKEN_FILE
// or $XDG_CONFIG_HOME/mergegate/token, which must be readable by its owner only. Pure but for reading these files.
#ifndef MERGEGATE_CLIENT_CLI_SETTINGS_H_
#define MERGEGATE_CLIENT_CLI_SETTINGS_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/cli/terminal.h"

namespace mergegate::client {

// What the command line says; empty means "not given".
struct ConnectionFlags {
  std::string server;
  std::string project;
  std::string repository = ".";
  std::string token_file;
  std::string ca_file;
  std::string tls_cert;
  std::string tls_key;
  std::string color;
  std::string as;
  bool local = false;
};

struct Settings {
  std::string server;    // as written; see ParseEndpoint
  std::string project;   // project id; empty when not set: derived from the repository
  std::string token;     // empty when there is none
  std::string ca_file;   // PEM file of certificate authorities; empty: the system's
  std::string tls_cert;  // PEM file of one's own certificate and of its key, for servers that want one; or empty
  std::string tls_key;
  ColorMode color = ColorMode::kAuto;
  std::string as;           // who the user is: mail or login; empty when not set: git's user.email
  bool as_default = false;  // nobody said it: it is git's user.email
};

// kInvalidArgument with the file, the line or the command to run when something is wrong.
absl::StatusOr<Settings> ResolveSettings(const ConnectionFlags& flags, const VariableLookup& variable);

// $XDG_CONFIG_HOME/mergegate or ~/.config/mergegate; likewise with STATE and .local/state, CACHE and .cache. Empty when
// neither variable is set.
std::string ConfigFolder(const VariableLookup& variable);
std::string StateFolder(const VariableLookup& variable);
std::string CacheFolder(const VariableLookup& variable);

// Where and how to connect.
struct Endpoint {
  std::string target;  // as gRPC takes it: "host:port" or "unix:/path"
  bool tls = false;
};

// "host:port", "http://host:port", "https://host[:port]", "tls:host:port", "unix:/path". Without TLS only loopback
// addresses and sockets are accepted: sources and tokens do not travel in the clear. A plain "host:port" of another
// machine means TLS.
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view address);

// A project id out of any text ("git@host:Group/My Repo.git" -> "my-repo"); "project" when nothing is left.
std::string ProjectIdFrom(std::string_view url_or_path);

// True for what can name a person to a server: 1 to 200 printable ASCII characters without blanks.
bool IsPerson(std::string_view text);

// True for [a-z0-9][a-z0-9._-]{0,62}.
bool IsProjectId(std::string_view text);

// Reads a whole file. kInvalidArgument that names the file when it cannot be read or exceeds `limit` bytes.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_SETTINGS_H_
