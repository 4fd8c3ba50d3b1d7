// What leaves the server for hosts and chats: the parts are built, started and stopped together. No logic.
//
//   PublishWork publishing(parts, file, http, hosts);
//   RETURN_IF_ERROR(publishing.Start());   ...   publishing.Stop();
#ifndef MERGEGATE_SERVER_PUBLISH_WORK_H_
#define MERGEGATE_SERVER_PUBLISH_WORK_H_

#include "server/base/http.h"
#include "server/config/server_file.h"
#include "server/hosts/host_client.h"
#include "server/notify/chat_client.h"
#include "server/pipeline/publish_loop.h"
#include "server/pipeline/reminder_loop.h"
#include "server/pipeline/run_pipeline.h"

namespace mergegate {

class PublishWork {
 public:
  // Borrows `http` and `hosts`.
  PublishWork(const pipeline::PipelineParts& parts, const config::ServerFile& file, Http& http,
              const hosts::Hosts& hosts);

  // Takes back what the process before this one was sending.
  absl::Status Start();
  void Stop();

 private:
  pipeline::PublishParts Publishing(const config::ServerFile& file, const hosts::Hosts& hosts);

  const pipeline::PipelineParts& parts_;
  const bool anything_;
  notify::ChatClient chat_;
  pipeline::PublishLoop loop_;
  pipeline::ReminderLoop reminders_;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_PUBLISH_WORK_H_
