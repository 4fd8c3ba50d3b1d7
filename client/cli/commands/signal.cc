#include "client/cli/commands/signal.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/layout.h"
#include "client/cli/format/proto_json.h"
#include "client/cli/session.h"
#include "client/cli/signal_import.h"
#include "client/importing/signal_rows.h"

namespace mergegate::client {
namespace {

using google::protobuf::util::TimeUtil;

struct SignalOptions {
  ConnectionFlags connection;
  std::string file, kind, source, format, person, object, part, to, text, value, at, id, corrects, since, until;
  std::vector<std::string> map, kinds;
  int limit = 50;
  bool dry_run = false, day_first = false, all = false, retract = false, ids = false;
};

absl::Status ReadMap(const SignalOptions& options, SignalMap& map) {
  for (const std::string& item : options.map) {
    const size_t equals = item.rfind('=');
    const std::string field = equals == std::string::npos ? "" : item.substr(equals + 1);
    if (std::ranges::find(SignalFields(), field) == SignalFields().end()) {
      return absl::InvalidArgumentError(fmt::format("--map \"{}\": write COLUMN=FIELD, with one of the fields {}",
                                                    EscapeControl(item), fmt::join(SignalFields(), ", ")));
    }
    map.columns[item.substr(0, equals)] = field;
  }
  if (!options.kind.empty()) {
    const auto kind = ParseKind(options.kind);
    if (!kind) {
      return absl::InvalidArgumentError(fmt::format("--kind: there are {}", fmt::join(KindNames(), ", ")));
    }
    map.kind = *kind;
  }
  map.project = options.connection.project;
  map.day_first = options.day_first;
  return absl::OkStatus();
}

int Import(const SignalOptions& options, Environment& env) {
  SignalMap map;
  if (const absl::Status status = ReadMap(options, map); !status.ok()) return Report(status, env);
  const bool piped = options.file == "-";
  map.source = !options.source.empty() ? options.source
               : piped                 ? "import:stdin"
                                       : "import:" + std::filesystem::path(options.file).filename().string();
  std::ifstream file;
  if (!piped) {
    file.open(options.file, std::ios::binary);
    if (!file || std::filesystem::is_directory(options.file)) {
      return Report(absl::InvalidArgumentError(fmt::format("{}: cannot be read", options.file)), env);
    }
  }
  const bool json = options.format.empty() ? options.file.ends_with(".jsonl") || options.file.ends_with(".ndjson")
                                           : options.format == "jsonl";
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  ImportCount count;
  const auto send = [&](const v1::RecordSignalsRequest& part) { return session->connection().RecordSignals(part); };
  const absl::Status status =
      ImportSignals(piped ? std::cin : file, json ? RowFormat::kJsonLines : RowFormat::kCsv, map, options.dry_run, send,
                    count, [&](int64_t line, const std::string& why) {
                      env.err << fmt::format("{}:{}: {}\n", EscapeControl(options.file), line, EscapeControl(why));
                    });
  env.out << fmt::format("{} {}, {} known already, {} refused\n", count.fresh,
                         options.dry_run ? "would be stored, unless they are known" : "new", count.known,
                         count.refused);
  if (!status.ok()) {
    env.err << fmt::format("stopped after line {}: import it again, nothing counts twice\n", count.lines);
    return Report(status, env);
  }
  return count.refused == 0 ? kExitPass : kExitUsage;
}

int Record(const SignalOptions& options, Environment& env) {
  SignalMap map;
  if (const absl::Status status = ReadMap(options, map); !status.ok()) return Report(status, env);
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  std::string who = options.person;
  if (who.empty()) {
    const auto me = session->connection().WhoAmI();
    if (!me.ok()) return Report(me.status(), env);
    who = me->person();
  }
  map.source = options.source.empty() ? "cli" : options.source;
  Row row{.line = 1};
  const std::string now = TimeUtil::ToString(TimeUtil::GetCurrentTime());
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"actor", who},
                                                        {"subject", options.to},
                                                        {"object", options.object},
                                                        {"part", options.part},
                                                        {"value", options.value},
                                                        {"text", options.text},
                                                        {"at", options.at.empty() ? now : options.at},
                                                        {"source_id", options.id},
                                                        {"corrects", options.corrects},
                                                        {"retracted", options.retract ? "true" : ""}}) {
    row.fields.emplace_back(name, text);
  }
  auto signal = SignalOf(row, map);
  if (!signal.ok()) return Report(signal.status(), env);
  v1::RecordSignalsRequest request;
  *request.add_signals() = *std::move(signal);
  const auto answer = session->connection().RecordSignals(request);
  if (!answer.ok()) return Report(answer.status(), env);
  const v1::SignalResult& result = answer->results(0);
  if (result.outcome() == v1::SIGNAL_OUTCOME_REFUSED) {
    return Report(absl::InvalidArgumentError(result.problem()), env);
  }
  env.out << fmt::format("{} {}\n", result.outcome() == v1::SIGNAL_OUTCOME_NEW ? "recorded" : "known already:",
                         EscapeControl(request.signals(0).source_id()));
  return kExitPass;
}

absl::StatusOr<v1::ListSignalsRequest> ListRequest(const SignalOptions& options, const Session& session) {
  v1::ListSignalsRequest request;
  request.set_parent(options.all || session.project().empty() ? "projects/-" : session.ProjectName());
  request.set_person(options.person);
  request.set_object(options.object);
  for (const std::string& name : options.kinds) {
    const auto kind = ParseKind(name);
    if (!kind) {
      return absl::InvalidArgumentError(fmt::format("--kind: there are {}", fmt::join(KindNames(), ", ")));
    }
    request.add_kinds(*kind);
  }
  const auto set = [&](const std::string& text, google::protobuf::Timestamp* to) {
    const auto moment = ParseMoment(text, /*day_first=*/false);
    if (moment) *to = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*moment));
    return moment.has_value();
  };
  if ((!options.since.empty() && !set(options.since, request.mutable_since())) ||
      (!options.until.empty() && !set(options.until, request.mutable_until()))) {
    return absl::InvalidArgumentError("--since and --until are days or moments: 2026-11-26, 2026-11-26T13:45:00Z");
  }
  return request;
}

std::vector<std::string> RowOf(const v1::Signal& signal, bool ids) {
  std::string what = EscapeControl(signal.object());
  for (const std::string* more : {&signal.part(), &signal.text()}) {
    if (!more->empty()) what += (what.empty() ? "" : "; ") + EscapeControl(*more);
  }
  if (ids) what = EscapeControl(signal.source() + "#" + signal.source_id()) + (what.empty() ? "" : "; ") + what;
  const std::string who =
      EscapeControl(signal.actor()) + (signal.subject().empty() ? "" : " > " + EscapeControl(signal.subject()));
  return {TimeUtil::ToString(signal.at()).substr(0, 16), KindName(signal.kind()), who, what};
}

int List(const SignalOptions& options, Environment& env) {
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  auto request = ListRequest(options, *session);
  if (!request.ok()) return Report(request.status(), env);
  std::vector<std::vector<std::string>> rows;
  int left = options.limit == 0 ? std::numeric_limits<int>::max() : options.limit;
  do {
    request->set_page_size(std::min(left, 1000));
    const auto page = session->connection().ListSignals(*request);
    if (!page.ok()) return Report(page.status(), env);
    for (const v1::Signal& signal : page->signals()) {
      if (options.format == "json") {
        env.out << JsonLine(signal);
      } else {
        rows.push_back(RowOf(signal, options.ids));
      }
    }
    left -= page->signals_size();
    request->set_page_token(page->next_page_token());
  } while (!request->page_token().empty() && left > 0);
  if (options.format == "json") return kExitPass;
  env.out << (rows.empty() ? "no signals\n" : Table(rows, "", env.terminal.columns));
  return kExitPass;
}

}  // namespace

void AddSignal(CLI::App& program, Environment& env) {
  auto options = std::make_shared<SignalOptions>();
  CLI::App* verb = program.add_subcommand("signal", "Import, record and list events about people's work");
  verb->footer(
      "Examples:\n  mergegate signal import grades.csv --kind course_completed --source coursera\n"
      "  mergegate signal record --kind kudos --to ben@example.org --text \"thanks for the review\"\n"
      "  mergegate signal list --person ben@example.org");
  verb->require_subcommand(1);

  CLI::App* import =
      verb->add_subcommand("import", "Import a CSV or JSON Lines export; exits with 2 when rows are refused");
  import->footer(
      "Examples:\n  mergegate signal import jira.csv --kind task_done --map \"Issue "
      "key=object,Assignee=actor,Resolved=at\"\n"
      "  mergegate signal import courses.jsonl --dry-run\n  export-tool | mergegate signal import - --format csv");
  import->add_option("file", options->file, "The file; - reads standard input")->required()->type_name("FILE");
  import->add_option("--map", options->map, "Which column is which field [by usual names]")
      ->type_name("COLUMN=FIELD")
      ->delimiter(',');
  import->add_option("--kind", options->kind, "What happened, in rows that do not say")->type_name("KIND");
  import->add_option("--source", options->source, "Who tells; ids are unique within it [import:FILE]")
      ->type_name("NAME");
  import->add_option("--format", options->format, "csv or jsonl [by the file's name]")
      ->check(CLI::IsMember({"csv", "jsonl"}));
  import->add_flag("--day-first", options->day_first, "03/04/2026 is the third of April");
  import->add_flag("--dry-run", options->dry_run, "Only say what would be refused");
  AddConnectionFlags(*import, options->connection);
  AddCallerFlag(*import, options->connection);
  import->callback([&env, options] { env.exit_code = Import(*options, env); });

  CLI::App* record = verb->add_subcommand("record", "Record one event");
  record->footer(
      "Examples:\n  mergegate signal record --kind kudos --to ben@example.org --text thanks\n"
      "  mergegate signal record --kind task_done --who ann --object JIRA-7 --corrects row/12 --id fix-12");
  record->add_option("--kind", options->kind, "What happened")->required()->type_name("KIND");
  record->add_option("--who", options->person, "Who did it [you]")->type_name("PERSON");
  record->add_option("--to", options->to, "Whom it was about")->type_name("PERSON");
  record->add_option("--object", options->object, "What it was about")->type_name("TEXT");
  record->add_option("--part", options->part, "Which part of it")->type_name("TEXT");
  record->add_option("--value", options->value, "A number, or a grade")->type_name("VALUE");
  record->add_option("--text", options->text, "Words")->type_name("TEXT");
  record->add_option("--at", options->at, "When [now]")->type_name("TIME");
  record->add_option("--source", options->source, "Who tells [cli]")->type_name("NAME");
  record->add_option("--id", options->id, "Unique within the source [made of the rest]")->type_name("ID");
  auto* corrects =
      record->add_option("--corrects", options->corrects, "Id that this stands in the place of")->type_name("ID");
  record->add_flag("--retract", options->retract, "Take that away")->needs(corrects);
  AddConnectionFlags(*record, options->connection);
  AddCallerFlag(*record, options->connection);
  record->callback([&env, options] { env.exit_code = Record(*options, env); });

  CLI::App* list = verb->add_subcommand("list", "List events that count, latest first");
  list->footer(
      "Examples:\n  mergegate signal list --person me@example.org --since 2026-11-01\n"
      "  mergegate signal list --all --limit 0 --format json > signals.jsonl");
  list->add_option("--person", options->person, "Only with this person")->type_name("PERSON");
  list->add_option("--kind", options->kinds, "Only these, comma-separated")->type_name("KIND")->delimiter(',');
  list->add_option("--object", options->object, "Only about this")->type_name("TEXT");
  list->add_option("--since", options->since, "Only from then on")->type_name("TIME");
  list->add_option("--until", options->until, "Only before")->type_name("TIME");
  list->add_flag("--ids", options->ids, "With SOURCE#ID of each, as `mergegate me appeal` wants it");
  list->add_option("--limit", options->limit, "At most so many; 0: all")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 30));
  list->add_flag("--all", options->all, "Of all projects and of none, not only of this one");
  list->add_option("--format", options->format, "text, or json: an object a line [text]")
      ->check(CLI::IsMember({"text", "json"}));
  AddConnectionFlags(*list, options->connection);
  AddCallerFlag(*list, options->connection);
  list->callback([&env, options] { env.exit_code = List(*options, env); });
}

}  // namespace mergegate::client
