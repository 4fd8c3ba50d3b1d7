// Append-only files of frames: a first line that names the format, then (length, checksum, bytes) again and again.
//
//   FrameFile file("/data/histories/leveldb", "mergegate-history 1\n");
//   file.Read([&](std::string_view bytes) { return Decode(bytes, records); });  // ends at the first that is not good
//   file.Append(Encode(more));                                                  // behind the last good one
//
// What is torn or damaged ends what is read, and is overwritten by what is appended. One thread at a time.
#ifndef MERGEGATE_SERVER_GIT_FRAMES_H_
#define MERGEGATE_SERVER_GIT_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace mergegate::git {

class FrameFile {
 public:
  FrameFile(std::string path, std::string first_line) : path_(std::move(path)), first_line_(std::move(first_line)) {}

  // Gives every whole frame to `take`, until it says that one is not good. Nothing for a file of another format.
  void Read(const std::function<bool(std::string_view bytes)>& take);

  // Adds a frame behind the last good one. False when the disk does not take it.
  bool Append(std::string_view bytes);

  // What comes next replaces the file.
  void StartAnew() { good_bytes_ = 0; }

 private:
  const std::string path_, first_line_;
  size_t good_bytes_ = 0;
};

void PutNumber(std::string& out, uint64_t number);
void PutText(std::string& out, std::string_view text);

// Reads what Put wrote; `ok` turns false, and stays so, at the first thing that is not there.
class FrameReader {
 public:
  explicit FrameReader(std::string_view bytes) : rest_(bytes) {}

  uint64_t Number() {
    uint64_t number = 0;
    if (rest_.size() < sizeof number) return Fail();
    std::memcpy(&number, rest_.data(), sizeof number);
    rest_.remove_prefix(sizeof number);
    return number;
  }
  // A count of things of which each takes eight bytes at least.
  uint64_t Count() {
    const uint64_t count = Number();
    return count <= rest_.size() / 8 ? count : Fail();
  }
  std::string Text() {
    const uint64_t size = Number();
    if (size > rest_.size()) return Fail(), "";
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }

 private:
  uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_FRAMES_H_
