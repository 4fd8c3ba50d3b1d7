#include "server/base/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace mergegate {
namespace {

using File = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

absl::Status Bad(const std::string& path, const std::string& why) {
  ERR_clear_error();  // this thread's list of OpenSSL's errors
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", why));
}

absl::StatusOr<File> Open(const std::string& path) {
  File file(BIO_new_file(path.c_str(), "r"), &BIO_free);
  if (file == nullptr) return Bad(path, "cannot be read");
  return file;
}

// The first one of the file.
absl::StatusOr<Certificate> ReadCertificate(const std::string& path) {
  ASSIGN_OR_RETURN(const File file, Open(path));
  Certificate certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), &X509_free);
  if (certificate == nullptr) return Bad(path, "holds no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")");
  return certificate;
}

absl::StatusOr<Key> ReadKey(const std::string& path) {
  ASSIGN_OR_RETURN(const File file, Open(path));
  bool passphrase = false;
  const auto refuse = [](char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
  };
  Key key(PEM_read_bio_PrivateKey(file.get(), nullptr, refuse, &passphrase), &EVP_PKEY_free);
  if (passphrase) return Bad(path, "has a passphrase; write it without: openssl pkey -in FILE -out NEW");
  if (key == nullptr) return Bad(path, "holds no private key in PEM (\"-----BEGIN PRIVATE KEY-----\")");
  return key;
}

// "host" of "host:port", "[host]:port".
std::string_view HostOf(std::string_view address) {
  address = address.substr(0, address.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  return address;
}

}  // namespace

absl::Status CheckTlsFiles(const TlsFiles& tls) {
  if (tls.certificate.empty() && tls.key.empty() && tls.client_authorities.empty()) return absl::OkStatus();
  if (tls.certificate.empty() || tls.key.empty()) {
    return absl::InvalidArgumentError("TLS needs both --tls-cert and --tls-key");
  }
  ASSIGN_OR_RETURN(const Certificate certificate, ReadCertificate(tls.certificate));
  ASSIGN_OR_RETURN(const Key key, ReadKey(tls.key));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Bad(tls.key, absl::StrCat("is not the key of the first certificate in ", tls.certificate));
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0) {
    return Bad(tls.certificate, "the certificate has lapsed");
  }
  return tls.client_authorities.empty() ? absl::OkStatus() : ReadCertificate(tls.client_authorities).status();
}

bool IsOfThisMachine(std::string_view address) {
  if (address.starts_with("unix:")) return true;
  const std::string_view host = HostOf(address);
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

absl::Status CheckExposure(std::string_view flag, const std::string& address, const TlsFiles& tls, bool insecure) {
  if (tls.on() || insecure || IsOfThisMachine(address)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(flag), " ", address,
                   ": other machines would send sources and tokens in the clear; give --tls-cert and ",
                   "--tls-key, or listen on 127.0.0.1, or say --insecure where a proxy before it speaks TLS"));
}

}  // namespace mergegate
