// Files of TLS that are not in order are named, with what to do.
#include "server/base/tls_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace mergegate {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsFilesTest : public ::testing::Test {
 protected:
  TlsFilesTest() : folder_(::testing::TempDir() + "/tls_files_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~TlsFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  // `name`.pem and `name`.key by the openssl of the system.
  void Make(const std::string& name) const {
    const std::string command = absl::StrCat(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=", name,
        " -keyout ", Path(name + ".key"), " -out ", Path(name + ".pem"), " 2>/dev/null");
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  TlsFiles Files(const std::string& certificate, const std::string& key) const {
    return {.certificate = Path(certificate), .key = Path(key), .client_authorities = ""};
  }
  static std::string Why(const TlsFiles& tls) { return std::string(CheckTlsFiles(tls).message()); }

  const std::string folder_;
};

TEST_F(TlsFilesTest, APairIsInOrderAndNoneIsToo) {
  Make("a");
  EXPECT_TRUE(CheckTlsFiles({}).ok());
  EXPECT_TRUE(CheckTlsFiles(Files("a.pem", "a.key")).ok());
  TlsFiles mutual = Files("a.pem", "a.key");
  mutual.client_authorities = Path("a.pem");
  EXPECT_TRUE(CheckTlsFiles(mutual).ok());
}

TEST_F(TlsFilesTest, TheFileThatIsNotInOrderIsNamed) {
  Make("a");
  Make("b");
  std::ofstream(Path("text")) << "no PEM\n";
  EXPECT_THAT(Why(Files("absent", "a.key")), AllOf(HasSubstr("/absent"), HasSubstr("cannot be read")));
  EXPECT_THAT(Why(Files("text", "a.key")), AllOf(HasSubstr("/text"), HasSubstr("no certificate")));
  EXPECT_THAT(Why(Files("a.pem", "text")), AllOf(HasSubstr("/text"), HasSubstr("no private key")));
  EXPECT_THAT(Why(Files("a.pem", "b.key")),
              AllOf(HasSubstr("/b.key"), HasSubstr("is not the key"), HasSubstr("/a.pem")));
  EXPECT_THAT(Why({.certificate = "a", .key = "", .client_authorities = ""}),
              HasSubstr("both --tls-cert and --tls-key"));
  TlsFiles mutual = Files("a.pem", "a.key");
  mutual.client_authorities = Path("text");
  EXPECT_THAT(Why(mutual), HasSubstr("/text"));
}

TEST_F(TlsFilesTest, AKeyWithAPassphraseIsRefusedWithTheCommandThatTakesItOff) {
  Make("a");
  const std::string command =
      absl::StrCat("openssl pkey -in ", Path("a.key"), " -aes128 -passout pass:x -out ", Path("c.key"));
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(Why(Files("a.pem", "c.key")), AllOf(HasSubstr("passphrase"), HasSubstr("openssl pkey")));
}

TEST(IsOfThisMachine, LoopbackAndSocketsAre) {
  for (const char* here : {"unix:/run/s", "127.0.0.1:7480", "127.9.9.9:1", "[::1]:7480", "localhost:7480"}) {
    EXPECT_TRUE(IsOfThisMachine(here)) << here;
  }
  for (const char* there :
       {"0.0.0.0:7480", "[::]:7480", "192.0.2.1:1", "127.0.0.1.example:1", "gate.example:443", ""}) {
    EXPECT_FALSE(IsOfThisMachine(there)) << there;
  }
}

TEST(CheckExposure, OtherMachinesNeedTlsOrAWord) {
  const TlsFiles on{.certificate = "c", .key = "k", .client_authorities = ""};
  EXPECT_TRUE(CheckExposure("--http", "0.0.0.0:80", on, false).ok());
  EXPECT_TRUE(CheckExposure("--http", "0.0.0.0:80", {}, true).ok());
  EXPECT_TRUE(CheckExposure("--http", "127.0.0.1:80", {}, false).ok());
  const absl::Status status = CheckExposure("--http", "0.0.0.0:80", {}, false);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("--http 0.0.0.0:80"), HasSubstr("--tls-cert"), HasSubstr("--insecure")));
}

}  // namespace
}  // namespace mergegate
