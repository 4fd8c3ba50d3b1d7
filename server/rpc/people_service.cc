#include "server/rpc/people_service.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/pipeline/appeals.h"
#include "server/pipeline/judge.h"
#include "server/rpc/serve.h"
#include "server/wire/convert.h"
#include "server/wire/growth_convert.h"
#include "server/wire/renaming.h"
#include "server/wire/review_convert.h"
#include "server/wire/signal_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kPage = 1000;
constexpr size_t kLongestName = 200;

// How reviews and verdicts lose a name. A verdict that follows from its facts is made again from the renamed ones, so
// that it still does.
storage::Renaming ReviewRenaming() {
  storage::Renaming renaming;
  renaming.text = wire::Renamed;
  renaming.event = [](std::string_view event, const std::string& name,
                      const std::string& pseudonym) -> absl::StatusOr<std::string> {
    v1::ReviewEvent proto;
    if (!proto.ParseFromArray(event.data(), static_cast<int>(event.size()))) {
      return absl::DataLossError("a stored review event is not readable");
    }
    wire::Rename(name, pseudonym, proto);
    return wire::Serialize(proto);
  };
  renaming.verdict = [](const std::string& name, const std::string& pseudonym, std::string& facts,
                        std::string& verdict) -> absl::Status {
    v1::Facts proto;
    v1::Verdict judged;
    if (!proto.ParseFromString(facts) || !judged.ParseFromString(verdict)) {
      return absl::DataLossError("a stored verdict is not readable");
    }
    ASSIGN_OR_RETURN(const Facts before, wire::FromProto(proto));
    const bool follows = wire::Serialize(wire::ToProto(pipeline::Judge(before))) == verdict;
    wire::Rename(name, pseudonym, proto);
    facts = wire::Serialize(proto);
    if (follows) {
      ASSIGN_OR_RETURN(const Facts after, wire::FromProto(proto));
      verdict = wire::Serialize(wire::ToProto(pipeline::Judge(after)));
    } else {
      wire::Rename(name, pseudonym, judged);
      verdict = wire::Serialize(judged);
    }
    return absl::OkStatus();
  };
  return renaming;
}

// Whoever links two names lets one act, and read, as the other: nobody but an administrator does that with names of
// their own, or of somebody who may more than they.
absl::Status CheckLink(const Caller& caller, storage::Store& store, absl::Time now, const std::vector<Handle>& names) {
  if (caller.IsAdmin()) return absl::OkStatus();
  std::set<Handle> people;
  for (const Handle& name : names) {
    ASSIGN_OR_RETURN(const Person person, store.ResolvePerson(name));
    people.insert(person.id);
  }
  ASSIGN_OR_RETURN(const Person self, store.ResolvePerson(caller.person));
  if (people.contains(self.id)) {
    return WithDetail(absl::PermissionDeniedError("nobody links names of their own"), "OWN_NAME", "person",
                      "ask another lead, or an administrator");
  }
  ASSIGN_OR_RETURN(const std::vector<AccessToken> tokens, store.ListTokens());
  for (const AccessToken& token : tokens) {
    if (token.revoked || token.expires <= now || AtLeast(caller.role, token.role)) continue;
    ASSIGN_OR_RETURN(const Person holder, store.ResolvePerson(token.person));
    if (!people.contains(holder.id)) continue;
    return WithDetail(
        absl::PermissionDeniedError(absl::StrCat(token.person.value(), " has the role ", std::string(Name(token.role)),
                                                 ", which is more than yours")),
        "ROLE_TOO_LOW", "person", "ask an administrator");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Person> PeopleService::Meant(const Caller& caller, const std::string& person, bool by_admins) const {
  if (person.empty()) {
    ASSIGN_OR_RETURN(const Handle self, NamedPerson(caller));
    return parts_.store.ResolvePerson(self);
  }
  ASSIGN_OR_RETURN(const Handle handle, wire::ParseHandle(person, "person"));
  ASSIGN_OR_RETURN(const Person meant, parts_.store.ResolvePerson(handle));
  if (by_admins && caller.IsAdmin() && caller.projects.empty()) return meant;
  ASSIGN_OR_RETURN(const Person self, parts_.store.ResolvePerson(caller.person));
  if (meant.id == self.id) return meant;
  return WithDetail(absl::PermissionDeniedError("that is another person's"), "NOT_YOURS", "person",
                    by_admins ? "only an administrator of all projects may do that for others"
                              : "only they can: mergegate me export");
}

grpc::Status PeopleService::GetPerson(grpc::ServerContext* context, const v1::GetPersonRequest* request,
                                      v1::Person* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Handle handle, wire::ParseHandle(request->handle(), "handle"));
    ASSIGN_OR_RETURN(Person person, parts_.store.ResolvePerson(handle));
    ASSIGN_OR_RETURN(const auto known, PeopleKnownTo(caller, parts_.store));
    // Of others it is not even said that they are there: the answer is that about anybody.
    if (known && !known->contains(person.id)) person = {.id = handle, .identities = {handle}};
    *response = wire::ToProto(person);
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::ListPeople(grpc::ServerContext* context, const v1::ListPeopleRequest* request,
                                       v1::ListPeopleResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    ASSIGN_OR_RETURN(std::vector<Person> persons, parts_.store.ListPersons());
    ASSIGN_OR_RETURN(const auto known, PeopleKnownTo(caller, parts_.store));
    if (known) std::erase_if(persons, [&](const Person& person) { return !known->contains(person.id); });
    // A token is the id of the last person shown.
    for (const Person& person : persons) {
      if (person.id.value() <= request->page_token()) continue;
      if (response->people_size() == size) {
        response->set_next_page_token(response->people(size - 1).id());
        break;
      }
      *response->add_people() = wire::ToProto(person);
    }
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::LinkIdentity(grpc::ServerContext* context, const v1::LinkIdentityRequest* request,
                                         v1::Person* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Handle person, wire::ParseHandle(request->person(), "person"));
    ASSIGN_OR_RETURN(const Handle identity, wire::ParseHandle(request->identity(), "identity"));
    RETURN_IF_ERROR(CheckLink(caller, parts_.store, parts_.clock.Now(), {person, identity}));
    ASSIGN_OR_RETURN(const Person linked, parts_.store.LinkIdentity(person, identity, DeedOf(caller)));
    *response = wire::ToProto(linked);
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::UnlinkIdentity(grpc::ServerContext* context, const v1::UnlinkIdentityRequest* request,
                                           v1::Person* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Handle identity, wire::ParseHandle(request->identity(), "identity"));
    ASSIGN_OR_RETURN(const Person left, parts_.store.UnlinkIdentity(identity, DeedOf(caller)));
    *response = wire::ToProto(left);
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::DescribePerson(grpc::ServerContext* context, const v1::DescribePersonRequest* request,
                                           v1::Person* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Handle person, wire::ParseHandle(request->person(), "person"));
    RETURN_IF_ERROR(wire::CheckText(request->display_name(), "display_name", kLongestName, /*lines=*/false));
    ASSIGN_OR_RETURN(const Person described,
                     parts_.store.DescribePerson(person, request->display_name(), request->bot(), DeedOf(caller)));
    *response = wire::ToProto(described);
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::SetTeam(grpc::ServerContext* context, const v1::SetTeamRequest* request,
                                    v1::Team* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Team team, wire::FromProto(request->team()));
    RETURN_IF_ERROR(parts_.store.SetTeam(team, DeedOf(caller)));
    ASSIGN_OR_RETURN(const std::vector<Team> teams, parts_.store.ListTeams());
    const auto stored = std::ranges::find(teams, team.id, &Team::id);
    response->set_id(team.id.value());
    if (stored != teams.end()) *response = wire::ToProto(*stored);
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::ListTeams(grpc::ServerContext* context, const v1::ListTeamsRequest* request,
                                      v1::ListTeamsResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<Team> teams, parts_.store.ListTeams());
    ASSIGN_OR_RETURN(const auto known, PeopleKnownTo(caller, parts_.store));
    for (Team& team : teams) {
      if (known) std::erase_if(team.members, [&](const Handle& member) { return !known->contains(member); });
      if (!known || !team.members.empty()) *response->add_teams() = wire::ToProto(team);
    }
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::ExportPerson(grpc::ServerContext* context, const v1::ExportPersonRequest* request,
                                         grpc::ServerWriter<v1::ExportPersonResponse>* writer) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Person person, Meant(caller, request->person(), /*by_admins=*/false));
    RETURN_IF_ERROR(access_.NoteSpeaking(caller, person, "PeopleService.ExportPerson"));
    v1::ExportPersonResponse part;
    *part.mutable_person() = wire::ToProto(person);
    writer->Write(part);
    for (const Handle& name : person.identities) {
      ASSIGN_OR_RETURN(const Availability availability, parts_.store.GetAvailability(name));
      *part.mutable_availability() = wire::ToProto(availability);
      if (availability != Availability{.person = name}) writer->Write(part);
    }
    ASSIGN_OR_RETURN(const std::vector<Team> teams, parts_.store.ListTeams());
    for (const Team& team : teams) {
      if (std::ranges::find(team.members, person.id) == team.members.end()) continue;
      // Who else is in it is the others' data.
      *part.mutable_team() = wire::ToProto(Team{.id = team.id, .members = {person.id}});
      writer->Write(part);
    }
    std::string token;
    do {
      ASSIGN_OR_RETURN(const auto page, parts_.store.ListSignals({.persons = {person.id}}, kPage, token));
      for (const Signal& signal : page.items) {
        *part.mutable_signal() = wire::ToProto(signal);
        if (!writer->Write(part)) return absl::CancelledError("the reader went away");
      }
      token = page.next_token;
    } while (!token.empty());
    for (const Handle& name : person.identities) {
      do {
        ASSIGN_OR_RETURN(const auto page, parts_.store.ListReviews({.person = name, .closed_too = true}, kPage, token));
        for (const storage::StoredReview& review : page.items) {
          part.set_review(wire::FormatReviewName(review.project, review.change));
          if (!writer->Write(part)) return absl::CancelledError("the reader went away");
        }
        token = page.next_token;
      } while (!token.empty());
    }
    constexpr std::array<std::string_view, 2> kReadings = {"appraisal.read", "spoke.for"};
    for (const Handle& name : person.identities) {
      ASSIGN_OR_RETURN(const std::vector<ReportGrant> grants, parts_.store.ListGrants(name));
      for (const ReportGrant& grant : grants) {
        *part.mutable_grant() = wire::ToProto(grant, parts_.clock.Now());
        writer->Write(part);
      }
      ASSIGN_OR_RETURN(std::vector<Appeal> appeals, parts_.store.ListAppeals(name, /*waiting_only=*/false));
      for (Appeal& appeal : appeals) {
        RETURN_IF_ERROR(pipeline::FinishAppeal(parts_, appeal));
        *part.mutable_appeal() = wire::ToProto(appeal);
        part.mutable_appeal()->mutable_signal()->set_source(appeal.source);
        part.mutable_appeal()->mutable_signal()->set_source_id(appeal.source_id);
        writer->Write(part);
      }
      ASSIGN_OR_RETURN(const std::vector<AuditEntry> readings,
                       parts_.store.ListAuditAbout(name, kReadings, std::numeric_limits<int>::max()));
      for (const AuditEntry& reading : readings) {
        *part.mutable_reading() = wire::ReadingOf(reading);
        if (!writer->Write(part)) return absl::CancelledError("the reader went away");
      }
    }
    return absl::OkStatus();
  });
}

grpc::Status PeopleService::ErasePerson(grpc::ServerContext* context, const v1::ErasePersonRequest* request,
                                        v1::ErasePersonResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Person person, Meant(caller, request->person(), /*by_admins=*/true));
    if (HandleOf(request->confirm()) != person.id) {
      return WithDetail(absl::FailedPreconditionError("to forget somebody cannot be undone"), "CONFIRM", "confirm",
                        absl::StrCat("say it again with ", person.id.value()));
    }
    ASSIGN_OR_RETURN(const storage::Erasure erasure,
                     parts_.store.ErasePerson(person.id, ReviewRenaming(), DeedOf(caller)));
    response->set_signals(erasure.signals);
    response->set_identities(static_cast<int>(erasure.identities));
    response->set_reviews(static_cast<int>(erasure.reviews));
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
