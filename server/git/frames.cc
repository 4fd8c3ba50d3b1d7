#include "server/git/frames.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "server/domain/hash.h"

namespace mergegate::git {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFrameHead = 16;  // length, checksum

}  // namespace

void PutNumber(std::string& out, uint64_t number) {
  char bytes[8];
  std::memcpy(bytes, &number, sizeof bytes);
  out.append(bytes, sizeof bytes);
}

void PutText(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out.append(text);
}

void FrameFile::Read(const std::function<bool(std::string_view bytes)>& take) {
  good_bytes_ = 0;
  std::ifstream file(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!bytes.starts_with(first_line_)) return;
  good_bytes_ = first_line_.size();
  std::string_view rest = std::string_view(bytes).substr(first_line_.size());
  while (rest.size() >= kFrameHead) {
    FrameReader head(rest.substr(0, kFrameHead));
    const uint64_t length = head.Number(), checksum = head.Number();
    if (length > rest.size() - kFrameHead) break;
    const std::string_view frame = rest.substr(kFrameHead, length);
    if (Hash64(frame, 0) != checksum || !take(frame)) break;
    good_bytes_ += kFrameHead + length;
    rest.remove_prefix(kFrameHead + length);
  }
}

bool FrameFile::Append(std::string_view bytes) {
  std::string frame;
  PutNumber(frame, bytes.size());
  PutNumber(frame, Hash64(bytes, 0));
  frame.append(bytes);
  std::error_code error;
  fs::create_directories(fs::path(path_).parent_path(), error);
  if (good_bytes_ == 0) {
    const std::string fresh = path_ + ".new";
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    if (!(file << first_line_ << frame).flush()) return false;
    file.close();
    fs::rename(fresh, path_, error);
    if (error) return false;
    good_bytes_ = first_line_.size() + frame.size();
    return true;
  }
  error.clear();
  if (fs::file_size(path_, error) != good_bytes_) fs::resize_file(path_, good_bytes_, error);
  std::ofstream file(path_, std::ios::binary | std::ios::app);
  if (error || !(file << frame).flush()) return false;
  good_bytes_ += frame.size();
  return true;
}

}  // namespace mergegate::git
