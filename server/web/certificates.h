// The TLS context of HTTP connections, made anew when its files change. Only server.cc includes this.
//
// Thread safety: Current from any thread.
#ifndef MERGEGATE_SERVER_WEB_CERTIFICATES_H_
#define MERGEGATE_SERVER_WEB_CERTIFICATES_H_

#include <openssl/ssl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/context_base.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/tls_files.h"

namespace mergegate::web {

class Certificates {
 public:
  using Context = boost::asio::ssl::context;

  explicit Certificates(TlsFiles files) : files_(std::move(files)) {}

  // kInvalidArgument names the file that is not in order.
  absl::Status Load() {
    const std::vector<Stamp> seen = Stamps();
    if (absl::Status status = CheckTlsFiles(files_); !status.ok()) return status;
    auto context = std::make_shared<Context>(Context::tls_server);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    boost::system::error_code error;
    context->use_certificate_chain_file(files_.certificate, error);
    if (error) return Bad(files_.certificate, error);
    context->use_private_key_file(files_.key, Context::pem, error);
    if (error) return Bad(files_.key, error);
    if (!files_.client_authorities.empty()) {
      context->load_verify_file(files_.client_authorities, error);
      if (error) return Bad(files_.client_authorities, error);
      context->set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
      // Without a name of its own, a session of a client with a certificate cannot be resumed.
      constexpr unsigned char kName[] = "mergegate";
      SSL_CTX_set_session_id_context(context->native_handle(), kName, sizeof kName - 1);
    }
    current_ = std::move(context);
    seen_ = seen;
    return absl::OkStatus();
  }

  // That of the newest files that were in order; looks for others at most once a second.
  std::shared_ptr<Context> Current() {
    std::lock_guard lock(mutex_);
    if (const absl::Time now = absl::Now(); now - looked_ >= absl::Seconds(1)) {
      looked_ = now;
      if (const std::vector<Stamp> stamps = Stamps(); stamps != seen_) {
        const absl::Status status = Load();
        if (status.ok()) {
          spdlog::info("http: certificate read again from {}", files_.certificate);
        } else if (stamps != complained_) {
          spdlog::error("http: the certificate in use stays: {}", std::string(status.message()));
          complained_ = stamps;
        }
      }
    }
    return current_;
  }

 private:
  using Stamp = std::array<int64_t, 4>;

  static absl::Status Bad(const std::string& path, const boost::system::error_code& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.message()));
  }

  std::vector<Stamp> Stamps() const {
    std::vector<Stamp> stamps;
    for (const std::string& path : {files_.certificate, files_.key, files_.client_authorities}) {
      struct stat file{};
      stat(path.c_str(), &file);
      stamps.push_back({file.st_mtim.tv_sec, file.st_mtim.tv_nsec, file.st_size, static_cast<int64_t>(file.st_ino)});
    }
    return stamps;
  }

  const TlsFiles files_;
  std::mutex mutex_;
  std::shared_ptr<Context> current_;
  std::vector<Stamp> seen_, complained_;
  absl::Time looked_ = absl::InfinitePast();
};

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_CERTIFICATES_H_
