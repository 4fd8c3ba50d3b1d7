#include "server/domain/glob.h"

#include <algorithm>
#include <bitset>
#include <optional>

namespace mergegate {
namespace {

struct Token {
  enum class Kind {
    kOneOf,     // one character of `set`
    kStar,      // any run of characters but '/'
    kGlobStar,  // any run of characters
    kDirs,      // "**/" at the start of a segment: any number of whole directories, none included
  };
  Kind kind = Kind::kOneOf;
  std::bitset<256> set;
};

size_t Index(char c) { return static_cast<unsigned char>(c); }

Token Literal(char c) {
  Token token;
  token.set.set(Index(c));
  return token;
}

// The class that opens at pattern[at] == '['; advances `at` past its ']'. nullopt when it is not closed.
std::optional<Token> ParseClass(std::string_view pattern, size_t& at) {
  size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  Token token;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      if (negated) token.set.flip();
      token.set.reset(Index('/'));
      at = i + 1;
      return token;
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const size_t low = Index(pattern[i++]);
    size_t high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      high = Index(pattern[i + 1]);
      i += 2;
    }
    for (size_t c = low; c <= high; ++c) token.set.set(c);
  }
  return std::nullopt;
}

std::vector<Token> Parse(std::string_view pattern) {
  std::vector<Token> tokens;
  size_t i = 0;
  while (i < pattern.size()) {
    const char c = pattern[i];
    if (c == '*') {
      const bool starts_segment = i == 0 || pattern[i - 1] == '/';
      const size_t end = std::min(pattern.find_first_not_of('*', i), pattern.size());
      const bool crosses = end - i > 1;
      i = end;
      if (crosses && starts_segment && i < pattern.size() && pattern[i] == '/') {
        tokens.push_back({Token::Kind::kDirs, {}});
        ++i;
      } else {
        tokens.push_back({crosses ? Token::Kind::kGlobStar : Token::Kind::kStar, {}});
      }
    } else if (c == '?') {
      Token token;
      token.set.set().reset(Index('/'));
      tokens.push_back(token);
      ++i;
    } else if (c == '[') {
      std::optional<Token> token = ParseClass(pattern, i);
      if (!token) ++i;  // a '[' that is never closed stands for itself
      tokens.push_back(token.value_or(Literal('[')));
    } else {
      if (c == '\\' && i + 1 < pattern.size()) ++i;
      tokens.push_back(Literal(pattern[i]));
      ++i;
    }
  }
  return tokens;
}

// Walks all states of the pattern at once, so no text makes it go back.
bool Matches(const std::vector<Token>& tokens, std::string_view text) {
  // kInside: in the middle of a kDirs token, which may be left only after a '/'.
  enum State : char { kOut, kInside, kEntered };
  std::vector<State> now(tokens.size() + 1, kOut);
  std::vector<State> next(tokens.size() + 1, kOut);
  const auto skip_empty = [&](std::vector<State>& states) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (states[i] == kEntered && tokens[i].kind != Token::Kind::kOneOf) states[i + 1] = kEntered;
    }
  };
  now[0] = kEntered;
  skip_empty(now);
  for (const char c : text) {
    std::ranges::fill(next, kOut);
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (now[i] == kOut) continue;
      switch (tokens[i].kind) {
        case Token::Kind::kOneOf:
          if (tokens[i].set.test(Index(c))) next[i + 1] = kEntered;
          break;
        case Token::Kind::kStar:
          if (c != '/') next[i] = kEntered;
          break;
        case Token::Kind::kGlobStar:
          next[i] = kEntered;
          break;
        case Token::Kind::kDirs:
          next[i] = std::max(next[i], kInside);
          if (c == '/') next[i + 1] = kEntered;
          break;
      }
    }
    skip_empty(next);
    std::swap(now, next);
  }
  return now.back() == kEntered;
}

}  // namespace

bool GlobMatches(std::string_view pattern, std::string_view text) {
  // As in .gitignore: "dir/" is everything below dir, at any depth when it holds no other '/'; a leading '/' anchors.
  std::string whole(pattern);
  if (whole.size() > 1 && whole.ends_with('/')) {
    if (whole.find('/') == whole.size() - 1) whole.insert(0, "**/");
    whole += "**";
  }
  if (whole.find('/') == std::string::npos) {
    text.remove_prefix(text.rfind('/') + 1);  // npos + 1 == 0
  } else if (whole.starts_with('/')) {
    whole.erase(0, 1);
  }
  return Matches(Parse(whole), text);
}

bool AnyGlobMatches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [text](const std::string& pattern) { return GlobMatches(pattern, text); });
}

}  // namespace mergegate
