#include "analyzers/worker/sandbox/frame.h"

#include <cstdint>

namespace mergegate::sandbox {

std::string FrameHeader(size_t payload_bytes) {
  std::string header;
  for (size_t i = 0; i < kFrameHeaderBytes; ++i) header.push_back(static_cast<char>(payload_bytes >> (8 * i)));
  return header;
}

std::string MakeFrame(std::string_view payload) {
  std::string frame = FrameHeader(payload.size());
  frame.reserve(kFrameHeaderBytes + payload.size());
  return frame.append(payload);
}

std::optional<std::string_view> ParseFrame(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderBytes) return std::nullopt;
  uint64_t length = 0;
  for (size_t i = 0; i < kFrameHeaderBytes; ++i) {
    length |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  if (bytes.size() - kFrameHeaderBytes != length) return std::nullopt;
  return bytes.substr(kFrameHeaderBytes);
}

}  // namespace mergegate::sandbox
