#include "client/cli/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace mergegate::client {
namespace {

constexpr std::string_view kDefaultServer = "127.0.0.1:7480";
constexpr size_t kTokenLimit = 64 << 10;
constexpr std::string_view kKeys[] = {"server", "project", "color", "ca_file", "tls_cert", "tls_key", "as"};

using ConfigValues = std::map<std::string, std::string>;

std::string Folder(const VariableLookup& variable, const char* xdg, const char* below_home) {
  // The XDG specification: relative values are to be ignored.
  if (const auto base = variable(xdg); base && base->starts_with('/')) return *base + "/mergegate";
  if (const auto home = variable("HOME"); home && home->starts_with('/')) return *home + below_home;
  return "";
}

absl::StatusOr<ConfigValues> ReadConfig(const std::string& path) {
  ConfigValues values;
  std::ifstream file(path);
  if (!file) return values;
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(file);
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(fmt::format("{}: {}", path, error.what()));
  }
  for (const CLI::ConfigItem& item : items) {
    const std::string name = item.fullname();
    if (name == "token") {
      return absl::InvalidArgumentError(
          fmt::format("{}: a token does not belong here; put it alone into {} and run: "
                      "chmod 600 {}",
                      path, std::filesystem::path(path).parent_path().string() + "/token",
                      std::filesystem::path(path).parent_path().string() + "/token"));
    }
    if (std::ranges::find(kKeys, name) == std::end(kKeys)) {
      return absl::InvalidArgumentError(
          fmt::format("{}: unknown key \"{}\"; known keys: {}", path, name, fmt::join(kKeys, ", ")));
    }
    if (item.inputs.size() != 1) {
      return absl::InvalidArgumentError(fmt::format("{}: \"{}\" needs exactly one value", path, name));
    }
    values[name] = item.inputs[0];
  }
  return values;
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return absl::InvalidArgumentError(fmt::format("token file {}: not found", path));
  if (S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
    return absl::InvalidArgumentError(fmt::format("token file {}: others can read it (mode {:03o}); run: chmod 600 {}",
                                                  path, info.st_mode & 0777, path));
  }
  auto text = ReadFile(path, kTokenLimit);
  if (!text.ok()) return text.status();
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  const auto first = std::ranges::find_if_not(*text, is_space);
  const auto last = std::find_if_not(text->rbegin(), text->rend(), is_space).base();
  if (first >= last) return absl::InvalidArgumentError(fmt::format("token file {}: it is empty", path));
  return std::string(first, last);
}

absl::StatusOr<std::string> ResolveToken(const ConnectionFlags& flags, const VariableLookup& variable) {
  std::string token;
  if (!flags.token_file.empty()) {
    auto read = ReadToken(flags.token_file);
    if (!read.ok()) return read.status();
    token = *std::move(read);
  } else if (const auto value = variable("MERGEGATE_TOKEN"); value && !value->empty()) {
    token = *value;
  } else if (const auto file = variable("MERGEGATE_TOKEN_FILE"); file && !file->empty()) {
    auto read = ReadToken(*file);
    if (!read.ok()) return read.status();
    token = *std::move(read);
  } else if (const std::string path = ConfigFolder(variable) + "/token"; std::filesystem::exists(path)) {
    auto read = ReadToken(path);
    if (!read.ok()) return read.status();
    token = *std::move(read);
  }
  // gRPC refuses anything else in a header, with a message that would show the token.
  if (!std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7f; })) {
    return absl::InvalidArgumentError("the token holds a blank, a line break or another character that is not allowed");
  }
  return token;
}

absl::StatusOr<ColorMode> ParseColor(const std::string& text) {
  if (text.empty() || text == "auto") return ColorMode::kAuto;
  if (text == "always") return ColorMode::kAlways;
  if (text == "never") return ColorMode::kNever;
  return absl::InvalidArgumentError(fmt::format("color: \"{}\" is none of auto, always, never", text));
}

bool IsLoopback(std::string_view host_port) {
  std::string_view host = host_port;
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else if (const size_t colon = host.rfind(':'); colon != std::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (host == "localhost" || host == "::1") return true;
  // 127.0.0.0/8, numbers only: "127.0.0.1.example.com" is another machine.
  return host.starts_with("127.") &&
         std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

bool HasPort(std::string_view host_port) {
  const size_t bracket = host_port.rfind(']');
  const size_t colon = host_port.rfind(':');
  return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket) &&
         colon + 1 < host_port.size();
}

}  // namespace

bool IsPerson(std::string_view text) {
  return !text.empty() && text.size() <= 200 &&
         std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

std::string ConfigFolder(const VariableLookup& variable) {
  return Folder(variable, "XDG_CONFIG_HOME", "/.config/mergegate");
}

std::string StateFolder(const VariableLookup& variable) {
  return Folder(variable, "XDG_STATE_HOME", "/.local/state/mergegate");
}

std::string CacheFolder(const VariableLookup& variable) {
  return Folder(variable, "XDG_CACHE_HOME", "/.cache/mergegate");
}

absl::StatusOr<Settings> ResolveSettings(const ConnectionFlags& flags, const VariableLookup& variable) {
  const auto config = ReadConfig(ConfigFolder(variable) + "/config");
  if (!config.ok()) return config.status();
  const auto pick = [&](const std::string& flag, const char* name, const std::string& key, std::string_view otherwise) {
    if (!flag.empty()) return flag;
    if (const auto value = variable(name); value && !value->empty()) return *value;
    const auto it = config->find(key);
    return it != config->end() ? it->second : std::string(otherwise);
  };
  Settings settings;
  settings.server = pick(flags.server, "MERGEGATE_SERVER", "server", kDefaultServer);
  settings.project = pick(flags.project, "MERGEGATE_PROJECT", "project", "");
  settings.ca_file = pick(flags.ca_file, "MERGEGATE_CA_FILE", "ca_file", "");
  settings.tls_cert = pick(flags.tls_cert, "MERGEGATE_TLS_CERT", "tls_cert", "");
  settings.tls_key = pick(flags.tls_key, "MERGEGATE_TLS_KEY", "tls_key", "");
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    return absl::InvalidArgumentError("a certificate of one's own needs both --tls-cert and --tls-key");
  }
  if (!settings.project.empty() && !IsProjectId(settings.project)) {
    return absl::InvalidArgumentError(fmt::format(
        "project \"{}\": an id is 1 to 63 of a-z 0-9 . _ - and begins with a letter or digit; \"{}\" would do",
        settings.project, ProjectIdFrom(settings.project)));
  }
  const auto color = ParseColor(pick(flags.color, "MERGEGATE_COLOR", "color", "auto"));
  if (!color.ok()) return color.status();
  settings.color = *color;
  settings.as = pick(flags.as, "MERGEGATE_AS", "as", "");
  if (!IsPerson(settings.as) && !settings.as.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" is no person: write a mail or a login, ASCII without blanks", settings.as));
  }
  auto token = ResolveToken(flags, variable);
  if (!token.ok()) return token.status();
  settings.token = *std::move(token);
  return settings;
}

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view address) {
  const auto bad = [&](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format(
        "server address \"{}\": {}; write host:port, https://host, tls:host:port or unix:/path", address, why));
  };
  if (address.starts_with("unix:")) {
    if (address.size() == 5) return bad("the path is missing");
    return Endpoint{std::string(address), false};
  }
  const auto strip = [&](std::string_view prefix) {
    if (!address.starts_with(prefix)) return false;
    address.remove_prefix(prefix.size());
    return true;
  };
  const bool https = strip("https://");
  const bool tls = https || strip("tls:");
  const bool http = !tls && strip("http://");
  while (address.ends_with('/')) address.remove_suffix(1);
  if (address.empty() || address.find_first_of("/ @") != std::string_view::npos) return bad("no host and port in it");
  std::string target(address);
  if (!HasPort(address)) {
    if (!https) return bad("the port is missing");
    target += ":443";
  }
  const bool loopback = IsLoopback(target);
  if (http && !loopback) {
    return bad("without TLS only this machine is spoken to, because sources and tokens would travel in the clear");
  }
  return Endpoint{target, tls || !loopback};
}

bool IsProjectId(std::string_view text) {
  const auto lower_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 63 && lower_or_digit(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return lower_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

std::string ProjectIdFrom(std::string_view url_or_path) {
  while (url_or_path.ends_with('/')) url_or_path.remove_suffix(1);
  if (url_or_path.ends_with("/.git")) url_or_path.remove_suffix(5);
  if (url_or_path.ends_with(".git")) url_or_path.remove_suffix(4);
  if (const size_t cut = url_or_path.find_last_of("/:"); cut != std::string_view::npos) {
    url_or_path.remove_prefix(cut + 1);
  }
  std::string id;
  for (const char c : url_or_path) {
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    id += IsProjectId(std::string(1, lower)) || lower == '.' || lower == '_' ? lower : '-';
  }
  id.erase(0, std::min(id.find_first_not_of("._-"), id.size()));
  id.resize(std::min<size_t>(id.size(), 63));
  return id.empty() ? "project" : id;
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (!file || std::filesystem::is_directory(path, error)) {
    return absl::InvalidArgumentError(fmt::format("{}: cannot be read", path));
  }
  std::string text;
  char buffer[65536];
  while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
    text.append(buffer, static_cast<size_t>(file.gcount()));
    if (text.size() > limit) {
      return absl::InvalidArgumentError(fmt::format("{}: larger than {} MiB", path, limit >> 20));
    }
  }
  return text;
}

}  // namespace mergegate::client
