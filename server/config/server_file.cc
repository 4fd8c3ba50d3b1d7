#include "server/config/server_file.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/config/hosts_section.h"
#include "server/config/map_reader.h"
#include "server/config/notify_section.h"
#include "server/config/recognition_section.h"
#include "server/config/yaml_tree.h"

namespace mergegate::config {

ServerFile ParseServerFile(std::string_view yaml) {
  ServerFile file;
  YamlTree tree = ParseYaml(yaml);
  file.problems = std::move(tree.problems);
  if (!tree.root) return file;  // empty, or no YAML
  MapReader reader(file.problems);
  reader.ReadMap(*tree.root, "the configuration",
                 {{"hosts", [&](const YamlNode& node) { ReadHosts(reader, node, file.hosts); }},
                  {"notify", [&](const YamlNode& node) { ReadNotify(reader, node, file.chats); }},
                  {"recognition", [&](const YamlNode& node) { ReadRecognition(reader, node, file.recognition); }}});
  return file;
}

absl::StatusOr<ServerFile> LoadServerFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("the configuration ", path, " cannot be read"));
  std::ostringstream text;
  text << stream.rdbuf();
  ServerFile file = ParseServerFile(text.str());
  if (file.problems.empty()) return file;
  return absl::InvalidArgumentError(
      absl::StrJoin(file.problems, "\n", [&](std::string* out, const PolicyProblem& problem) {
        absl::StrAppend(out, path, ":", problem.line, ":", problem.column, ": ", problem.message);
      }));
}

}  // namespace mergegate::config
