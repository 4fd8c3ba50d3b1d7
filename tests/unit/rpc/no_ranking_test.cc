// No method ranks people: every list of the contract whose entries name a person and carry a number is known here, with
// why it is none; and no request asks for an order.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "mergegate/v1/access_service.pb.h"
#include "mergegate/v1/growth_service.pb.h"
#include "mergegate/v1/people_service.pb.h"
#include "mergegate/v1/review_service.pb.h"
#include "mergegate/v1/run_service.pb.h"
#include "mergegate/v1/score_service.pb.h"
#include "mergegate/v1/signal_service.pb.h"
#include "server/rpc/method_roles.h"

namespace mergegate::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Entries of lists that name a person beside a number, and why that is no ranking.
const std::map<std::string, std::string>& Known() {
  static const auto* const kKnown = new std::map<std::string, std::string>{
      {"Signal", "an event with its value; lists are by time"},
      {"ReviewEvent", "an event of one review; lists are by time"},
      {"Review", "a review; lists are by the latest change"},
      {"Expert", "who knows given files, to choose reviewers; says nothing of people's worth"},
      {"PersonLoad", "open reviews, to spread them; says nothing of people's worth"},
      {"Reviewer", "who reviews one change, the responsible one first"},
      {"RankedReviewer", "who knows given files, to choose reviewers"},
      {"Appeal", "an appeal; lists are by number, and but for the own ones without what they changed"},
      {"Help", "the caller's own help, with whom; by time"},
      {"AuditEntry", "a deed; lists are by number"},
      {"Grant", "the caller's own grants, by number"},
      {"Run", "a run; lists are by time"},
      {"WeightVersion", "a version of weights and who approved it; by number"},
      {"Feedback", "words between two people; by time"},
      {"OutboxMessage", "what waits to be sent; its subject is a run or a comment; by number"},
      {"Reading", "a deed about the caller; by time"},
  };
  return *kKnown;
}

bool NamesPerson(const FieldDescriptor& field) {
  static const auto* const kNames = new std::set<std::string>{
      "person", "people", "actor",   "subject", "author", "handle",      "grantee",    "reviewer",
      "reader", "whom",   "members", "from",    "to",     "answered_by", "approved_by"};
  return field.type() == FieldDescriptor::TYPE_STRING && kNames->contains(field.name());
}

bool IsNumber(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return true;
    default:
      return false;
  }
}

// Whether a message, or what it holds once, has a number; times are none.
bool HasNumber(const Descriptor& message, int depth = 0) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (IsNumber(field)) return true;
    const Descriptor* inner = field.message_type();
    if (inner == nullptr || depth > 3 || absl::StartsWith(inner->full_name(), "google.protobuf.")) continue;
    if (HasNumber(*inner, depth + 1)) return true;
  }
  return false;
}

void Walk(const Descriptor& message, std::set<std::string>& seen, std::map<std::string, std::string>& suspects) {
  if (!seen.insert(message.full_name()).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const Descriptor* inner = field.message_type();
    if (inner == nullptr) continue;
    bool named = false;
    for (int k = 0; k < inner->field_count(); ++k) named |= NamesPerson(*inner->field(k));
    if (field.is_repeated() && named && HasNumber(*inner)) suspects[inner->name()] = field.full_name();
    Walk(*inner, seen, suspects);
  }
}

TEST(NoRanking, ListsOfPeopleWithNumbersAreKnown) {
  std::set<std::string> seen;
  std::map<std::string, std::string> suspects;
  for (const MethodRole& row : MethodRoles()) {
    const auto* method =
        google::protobuf::DescriptorPool::generated_pool()->FindMethodByName("mergegate.v1." + std::string(row.method));
    ASSERT_NE(method, nullptr) << row.method;
    Walk(*method->output_type(), seen, suspects);
  }
  EXPECT_GT(seen.size(), 100);
  for (const auto& [message, field] : suspects) {
    EXPECT_TRUE(Known().contains(message))
        << field << " lists people beside numbers: nothing may rank them. If it does not, say here why.";
  }
}

TEST(NoRanking, NoRequestAsksForAnOrder) {
  for (const MethodRole& row : MethodRoles()) {
    const auto* method =
        google::protobuf::DescriptorPool::generated_pool()->FindMethodByName("mergegate.v1." + std::string(row.method));
    ASSERT_NE(method, nullptr) << row.method;
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const std::string& name = method->input_type()->field(i)->name();
      EXPECT_FALSE(absl::StrContains(name, "order") || absl::StrContains(name, "sort") ||
                   absl::StrContains(name, "top"))
          << row.method << "." << name;
    }
  }
}

TEST(NoRanking, WhoIsRecognizedHasNoNumber) {
  EXPECT_FALSE(HasNumber(*v1::RecognizedPerson::descriptor()));
  EXPECT_FALSE(HasNumber(*v1::Person::descriptor()));
  EXPECT_FALSE(HasNumber(*v1::Team::descriptor()));
  EXPECT_TRUE(HasNumber(*v1::Recognition::descriptor())) << "the caller's own has";
}

}  // namespace
}  // namespace mergegate::rpc
