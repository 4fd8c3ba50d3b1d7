#include "server/config/yaml_tree.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <sstream>
#include <utility>

namespace mergegate::config {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;
constexpr size_t kMaxDepth = 32;
constexpr size_t kMaxValues = 100000;
constexpr std::string_view kQuoteHint = " (a pattern that starts with '*' or '&' must be quoted: \"*.cc\")";

// Length of the well-formed UTF-8 sequence at the start of `text` (Unicode, table 3-7); 0 when there is none.
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0; };
  const auto tail = [&](size_t i, int low = 0x80, int high = 0xBF) { return byte(i) >= low && byte(i) <= high; };
  const int lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    return tail(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    return tail(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

// What is wrong with the bytes themselves.
std::vector<PolicyProblem> CheckBytes(std::string_view text) {
  if (text.size() > kMaxBytes) return {{.line = 1, .column = 1, .message = "the file is larger than 1 MiB"}};
  std::vector<PolicyProblem> problems;
  int line = 1, column = 1;
  bool indentation = true;
  for (size_t i = 0; i < text.size();) {
    const size_t length = Utf8Length(text.substr(i));
    if (length == 0) return {{.line = line, .column = column, .message = "not valid UTF-8; save the file as UTF-8"}};
    if (text[i] == '\0') return {{.line = line, .column = column, .message = "a NUL byte; is this a text file?"}};
    if (text[i] == '\t' && indentation) {
      problems.push_back({.line = line, .column = column, .message = "a tab in the indentation; YAML wants spaces"});
    }
    indentation = indentation && text[i] == ' ';
    column += static_cast<int>(length);
    if (text[i] == '\n') {
      ++line;
      column = 1;
      indentation = true;
    }
    i += length;
  }
  return problems;
}

PolicyProblem ProblemAt(const YAML::Mark& mark, std::string message) {
  return {.line = std::max(mark.line, 0) + 1, .column = std::max(mark.column, 0) + 1, .message = std::move(message)};
}

// Thrown through yaml-cpp to stop it; caught below.
struct Refused {
  PolicyProblem problem;
};

// Builds the tree. yaml-cpp announces a list or map before it descends, so refusing here bounds its recursion too.
class TreeBuilder final : public YAML::EventHandler {
 public:
  YamlNode Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Refused{ProblemAt(mark, "a second document; a policy is one document, without '---'")};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Add(Make(YamlNode::Kind::kNull, mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{ProblemAt(mark, "aliases are not supported; write the value out" + std::string(kQuoteHint))};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    YamlNode node = Make(YamlNode::Kind::kScalar, mark);
    node.text = value;
    node.quoted = tag != "?" && !tag.empty();
    const bool null = !node.quoted && (value == "~" || value == "null" || value == "Null" || value == "NULL");
    if (null) node.kind = YamlNode::Kind::kNull;
    Add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Open(Make(YamlNode::Kind::kList, mark), mark);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Open(Make(YamlNode::Kind::kMap, mark), mark);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map that is not closed yet, and the key that waits for its value.
  struct Frame {
    YamlNode node;
    std::optional<YamlNode> key;
  };

  YamlNode Make(YamlNode::Kind kind, const YAML::Mark& mark) {
    if (++values_ > kMaxValues) throw Refused{ProblemAt(mark, "more than 100000 values")};
    YamlNode node;
    node.kind = kind;
    node.line = std::max(mark.line, 0) + 1;
    node.column = std::max(mark.column, 0) + 1;
    return node;
  }
  void Open(YamlNode node, const YAML::Mark& mark) {
    if (open_.size() >= kMaxDepth) throw Refused{ProblemAt(mark, "nested more than 32 levels deep")};
    open_.push_back({.node = std::move(node), .key = std::nullopt});
  }
  void Close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    Add(std::move(node));
  }
  void Add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (Frame& frame = open_.back(); frame.node.kind == YamlNode::Kind::kList) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      frame.key = std::move(node);
    } else {
      frame.node.keys.push_back(*std::move(frame.key));
      frame.node.items.push_back(std::move(node));
      frame.key.reset();
    }
  }

  YamlNode root_;
  std::vector<Frame> open_;
  size_t values_ = 0;
  int documents_ = 0;
};

}  // namespace

YamlTree ParseYaml(std::string_view text) {
  YamlTree tree;
  tree.problems = CheckBytes(text);
  if (!tree.problems.empty()) return tree;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    if (!parser.HandleNextDocument(builder)) return tree;
    while (parser.HandleNextDocument(builder)) {
    }
    tree.root = builder.Take();
  } catch (const Refused& refused) {
    tree.problems.push_back(refused.problem);
  } catch (const YAML::Exception& e) {
    const bool about_alias = e.msg.find("alias") != std::string::npos || e.msg.find("anchor") != std::string::npos;
    tree.problems.push_back(ProblemAt(e.mark, "not valid YAML: " + e.msg + std::string(about_alias ? kQuoteHint : "")));
  } catch (const std::exception& e) {
    tree.problems.push_back({.line = 1, .column = 1, .message = std::string("not valid YAML: ") + e.what()});
  }
  return tree;
}

}  // namespace mergegate::config
