#include "server/rpc/project_service.h"

#include <google/protobuf/util/time_util.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/serve.h"
#include "server/wire/convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kMaxCommitsAsked = 10'000;
constexpr size_t kMaxChunkBytes = 4 << 20;

v1::Project ToProto(const Project& project) {
  v1::Project proto;
  proto.set_name(wire::ProjectName(project.id));
  proto.set_remote(project.remote);
  *proto.mutable_create_time() =
      google::protobuf::util::TimeUtil::MillisecondsToTimestamp(absl::ToUnixMillis(project.created));
  return proto;
}

absl::StatusOr<std::vector<CommitId>> CommitIds(const google::protobuf::RepeatedPtrField<std::string>& hex,
                                                std::string_view field) {
  if (hex.size() > kMaxCommitsAsked) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(field), ": ", hex.size(), " commits, at most ", kMaxCommitsAsked));
  }
  std::vector<CommitId> ids;
  for (const std::string& id : hex) {
    ASSIGN_OR_RETURN(ids.emplace_back(), wire::ParseCommitId(id, field));
  }
  return ids;
}

}  // namespace

absl::StatusOr<std::unique_ptr<git::Mirror>> ProjectService::OpenMirror(const std::string& name) {
  ASSIGN_OR_RETURN(const ProjectId id, wire::ParseProjectName(name));
  RETURN_IF_ERROR(parts_.store.GetProject(id).status());
  return parts_.mirrors.Open(id);
}

grpc::Status ProjectService::CreateProject(grpc::ServerContext* context, const v1::CreateProjectRequest* request,
                                           v1::Project* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const ProjectId id, wire::ParseProjectName(absl::StrCat("projects/", request->project_id())));
    v1::GetProjectRequest named;
    named.set_name(wire::ProjectName(id));
    RETURN_IF_ERROR(CheckScope(caller, named));
    ASSIGN_OR_RETURN(
        const Project project,
        parts_.store.CreateProject({.id = id, .remote = request->project().remote(), .created = parts_.clock.Now()}));
    *response = ToProto(project);
    return absl::OkStatus();
  });
}

grpc::Status ProjectService::GetProject(grpc::ServerContext* context, const v1::GetProjectRequest* request,
                                        v1::Project* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const ProjectId id, wire::ParseProjectName(request->name()));
    ASSIGN_OR_RETURN(const Project project, parts_.store.GetProject(id));
    *response = ToProto(project);
    return absl::OkStatus();
  });
}

grpc::Status ProjectService::ListProjects(grpc::ServerContext* context, const v1::ListProjectsRequest* request,
                                          v1::ListProjectsResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    ASSIGN_OR_RETURN(const auto page, parts_.store.ListProjects(size, request->page_token()));
    for (const Project& project : page.items) {
      if (caller.MaySee(project.id)) *response->add_projects() = ToProto(project);
    }
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

grpc::Status ProjectService::FetchMirror(grpc::ServerContext* context, const v1::FetchMirrorRequest* request,
                                         v1::FetchMirrorResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const ProjectId id, wire::ParseProjectName(request->name()));
    ASSIGN_OR_RETURN(const Project project, parts_.store.GetProject(id));
    if (project.remote.empty()) {
      return WithDetail(absl::FailedPreconditionError(absl::StrCat(request->name(), " has no remote to fetch from")),
                        "REMOTE_MISSING", "name", "create the project with a remote, or push commits with PushPack");
    }
    std::vector<std::string> refspecs(request->refspecs().begin(), request->refspecs().end());
    if (refspecs.empty()) refspecs = {"+refs/heads/*:refs/heads/*"};
    ASSIGN_OR_RETURN(const auto mirror, parts_.mirrors.Open(id));
    ASSIGN_OR_RETURN(const git::FetchStats stats, mirror->Fetch(project.remote, refspecs));
    response->set_received_objects(stats.received_objects);
    response->set_received_bytes(stats.received_bytes);
    if (const auto head = mirror->DefaultBranch(); head.ok()) {
      Submission base;
      base.project = id;
      base.base = *head;
      parts_.on_base(base);
    }
    return absl::OkStatus();
  });
}

grpc::Status ProjectService::FindMissingCommits(grpc::ServerContext* context,
                                                const v1::FindMissingCommitsRequest* request,
                                                v1::FindMissingCommitsResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto commits, CommitIds(request->commits(), "commits"));
    ASSIGN_OR_RETURN(const auto mirror, OpenMirror(request->name()));
    for (const CommitId& commit : commits) {
      if (!mirror->HasHistory(commit)) response->add_missing(commit.value());
    }
    return absl::OkStatus();
  });
}

absl::Status ProjectService::Receive(const Caller& caller, grpc::ServerReader<v1::PushPackRequest>* reader,
                                     v1::PushPackResponse* response) {
  v1::PushPackRequest part;
  if (!reader->Read(&part) || !part.has_header()) {
    return WithDetail(absl::InvalidArgumentError("the first message of PushPack must carry the header"),
                      "FIELD_INVALID", "header", "send header first, then chunks");
  }
  RETURN_IF_ERROR(CheckScope(caller, part));
  const v1::PushPackHeader header = part.header();
  ASSIGN_OR_RETURN(const std::vector<CommitId> tips, CommitIds(header.tips(), "header.tips"));
  ASSIGN_OR_RETURN(const auto mirror, OpenMirror(header.name()));
  ASSIGN_OR_RETURN(const auto writer, mirror->ReceivePack());
  while (reader->Read(&part)) {
    if (!part.has_chunk() || part.chunk().size() > kMaxChunkBytes) {
      return WithDetail(absl::InvalidArgumentError("after the header only chunks of at most 4 MiB may follow"),
                        "FIELD_INVALID", "chunk", "split the pack into smaller chunks");
    }
    RETURN_IF_ERROR(writer->Append(part.chunk()));
  }
  const absl::StatusOr<int64_t> objects = writer->Finish(tips, header.shallow());
  if (!objects.ok()) {
    return WithDetail(objects.status(), "PACK_REFUSED", "chunk", "the mirror is unchanged; push a whole pack again");
  }
  response->set_objects(*objects);
  return absl::OkStatus();
}

grpc::Status ProjectService::PushPack(grpc::ServerContext* context, grpc::ServerReader<v1::PushPackRequest>* reader,
                                      v1::PushPackResponse* response) {
  // The scope of the caller is checked with the header.
  return Serve(access_, context, v1::PushPackRequest(),
               [&](const Caller& caller) { return Receive(caller, reader, response); });
}

}  // namespace mergegate::rpc
