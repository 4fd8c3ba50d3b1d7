// mergegate training, recognition.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/growth.h"
#include "client/cli/commands/page.h"
#include "client/cli/format/escape.h"
#include "client/cli/format/growth.h"
#include "client/cli/format/proto_json.h"
#include "client/importing/course_rows.h"

namespace mergegate::client {
namespace {

constexpr size_t kLargestDocument = 64 << 20;
constexpr int kPart = 500;

struct TrainingOptions {
  ConnectionFlags connection;
  std::string file, provider, team, format = "text", file_format;
  std::vector<std::string> map;
  bool dry_run = false, show = false, hide = false;
};

absl::Status ReadMap(const TrainingOptions& options, CourseMap& map) {
  for (const std::string& item : options.map) {
    const size_t equals = item.rfind('=');
    const std::string field = equals == std::string::npos ? "" : item.substr(equals + 1);
    if (std::ranges::find(CourseFields(), field) == CourseFields().end()) {
      return absl::InvalidArgumentError(fmt::format("--map \"{}\": write COLUMN=FIELD, with one of the fields {}",
                                                    EscapeControl(item), fmt::join(CourseFields(), ", ")));
    }
    map.columns[item.substr(0, equals)] = field;
  }
  map.provider = options.provider;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Row>> ReadRows(const TrainingOptions& options) {
  std::ifstream file;
  const bool piped = options.file == "-";
  if (!piped) {
    file.open(options.file, std::ios::binary);
    if (!file || std::filesystem::is_directory(options.file)) {
      return absl::InvalidArgumentError(fmt::format("{}: cannot be read", EscapeControl(options.file)));
    }
  }
  std::istream& stream = piped ? std::cin : file;
  std::string format = options.file_format;
  if (format.empty()) {
    format = options.file.ends_with(".json")                                         ? "json"
             : options.file.ends_with(".jsonl") || options.file.ends_with(".ndjson") ? "jsonl"
                                                                                     : "csv";
  }
  std::vector<Row> rows;
  if (format == "json") {
    std::string text;
    for (std::istreambuf_iterator<char> at(stream), end; at != end; ++at) {
      if (text.size() >= kLargestDocument) {
        return absl::InvalidArgumentError(
            fmt::format("{}: over 64 MiB\nhint: give it as JSON Lines or CSV", EscapeControl(options.file)));
      }
      text += *at;
    }
    return JsonElements(text);
  }
  RowReader reader(stream, format == "jsonl" ? RowFormat::kJsonLines : RowFormat::kCsv, JsonLists::kJoined);
  while (std::optional<Row> row = reader.Next()) rows.push_back(*std::move(row));
  return rows;
}

int Import(const TrainingOptions& options, Environment& env) {
  CourseMap map;
  if (const absl::Status status = ReadMap(options, map); !status.ok()) return Report(status, env);
  const auto rows = ReadRows(options);
  if (!rows.ok()) return Report(rows.status(), env);
  auto session = Session::Open(options.connection, Session::Needs::kServer, "", env);
  if (!session.ok()) return Report(session.status(), env);
  int64_t stored = 0, refused = 0;
  const auto refuse = [&](int64_t line, const std::string& why) {
    ++refused;
    env.err << fmt::format("{}:{}: {}\n", EscapeControl(options.file), line, EscapeControl(why));
  };
  v1::ImportCoursesRequest request;
  request.set_dry_run(options.dry_run);
  std::vector<int64_t> lines;
  const auto send = [&]() -> absl::Status {
    if (lines.empty()) return absl::OkStatus();
    const auto answer = session->connection().ImportCourses(request);
    if (!answer.ok()) return answer.status();
    for (int i = 0; i < answer->results_size() && i < static_cast<int>(lines.size()); ++i) {
      if (answer->results(i).stored()) {
        ++stored;
      } else {
        refuse(lines[static_cast<size_t>(i)], answer->results(i).problem());
      }
    }
    request.clear_courses();
    lines.clear();
    return absl::OkStatus();
  };
  for (const Row& row : *rows) {
    auto course = CourseOf(row, map);
    if (!course.ok()) {
      refuse(row.line, std::string(course.status().message()));
      continue;
    }
    *request.add_courses() = *std::move(course);
    lines.push_back(row.line);
    if (request.courses_size() < kPart) continue;
    if (const absl::Status status = send(); !status.ok()) return Report(status, env);
  }
  if (const absl::Status status = send(); !status.ok()) return Report(status, env);
  env.out << fmt::format("{} {}, {} refused\n", stored, options.dry_run ? "would be stored" : "stored", refused);
  return refused == 0 ? kExitPass : kExitUsage;
}

absl::Status ListCourses(const TrainingOptions& options, Session& session, Environment& env) {
  v1::ListCoursesRequest request;
  request.set_page_size(1000);
  bool any = false;
  do {
    const auto page = session.connection().ListCourses(request);
    if (!page.ok()) return page.status();
    for (const v1::Course& course : page->courses()) {
      any = true;
      env.out << (options.format == "json" ? JsonLine(course) : FormatCourse(course, StyleFor(session, env)));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (!any && options.format != "json") env.out << "no courses (mergegate training import FILE)\n";
  return absl::OkStatus();
}

absl::Status ShowRecognition(const TrainingOptions& options, Session& session, Environment& env) {
  if (!options.team.empty()) {
    constexpr std::string_view kTeam = "team:";
    if (!options.team.starts_with(kTeam)) {
      return absl::InvalidArgumentError("whose? Give team:NAME, or nothing for your own");
    }
    const auto people = session.connection().ListRecognized("teams/" + options.team.substr(kTeam.size()));
    if (!people.ok()) return people.status();
    env.out << (options.format == "json" ? JsonLine(*people) : FormatRecognized(*people, StyleFor(session, env)));
    return absl::OkStatus();
  }
  const auto mine = options.show || options.hide ? session.connection().ShowRecognition(options.show)
                                                 : session.connection().GetRecognition();
  if (!mine.ok()) return mine.status();
  env.out << (options.format == "json" ? JsonLine(*mine) : FormatRecognition(*mine, StyleFor(session, env)));
  return absl::OkStatus();
}

}  // namespace

void AddTraining(CLI::App& program, Environment& env) {
  auto options = std::make_shared<TrainingOptions>();
  CLI::App* verb = program.add_subcommand("training", "The catalogue of courses that plans choose from");
  verb->footer(
      "Examples:\n  mergegate training import courses.csv --provider ours\n  mergegate training import catalog.json "
      "--provider udacity\n  mergegate training list");
  verb->require_subcommand(1);
  CLI::App* import = verb->add_subcommand("import", "Add courses, or replace those with the same provider and id");
  import->footer(
      "Examples:\n  mergegate training import courses.csv --map \"Learning path=topics\"\n"
      "  mergegate training import catalog.json --provider udacity --dry-run\n\n"
      "Columns are known by their usual names: provider, id, title, url, topics, checks\n"
      "(globs, as bugprone-*), hours. A course is proposed for a class of findings when a\n"
      "glob matches its checks, or a topic names the class (mergegate me plan).");
  import->add_option("file", options->file, "CSV, JSON Lines or a JSON document; - for standard input")
      ->required()
      ->type_name("FILE");
  import->add_option("--provider", options->provider, "Of rows that do not say")->type_name("NAME");
  import->add_option("--map", options->map, "What a column means, as Topic=topics")->type_name("COLUMN=FIELD");
  import->add_option("--format", options->file_format, "Of the file [by its name]")
      ->check(CLI::IsMember({"csv", "json", "jsonl"}));
  import->add_flag("--dry-run", options->dry_run, "Only say what would be refused");
  AddConnectionFlags(*import, options->connection);
  AddCallerFlag(*import, options->connection);
  import->callback([&env, options] { env.exit_code = Import(*options, env); });

  CLI::App* list =
      Page(*verb, "list", "List the courses", "mergegate training list", options->connection, options->format);
  list->callback([&env, options] {
    env.exit_code =
        WithSession(options->connection, env, [&](Session& session) { return ListCourses(*options, session, env); });
  });
}

void AddRecognition(CLI::App& program, Environment& env) {
  auto options = std::make_shared<TrainingOptions>();
  CLI::App* verb = Page(program, "recognition", "Your verified help; who of a team helped and wants that shown",
                        "mergegate recognition\n  mergegate recognition --show\n  mergegate recognition team:core",
                        options->connection, options->format);
  verb->add_option("team", options->team, "team:NAME: by name, without numbers")->type_name("team:NAME");
  CLI::Option* show = verb->add_flag("--show", options->show, "Let your teams see your name from now on");
  verb->add_flag("--hide", options->hide, "Hide it again")->excludes(show);
  verb->callback([&env, options] {
    env.exit_code = WithSession(options->connection, env,
                                [&](Session& session) { return ShowRecognition(*options, session, env); });
  });
}

}  // namespace mergegate::client
