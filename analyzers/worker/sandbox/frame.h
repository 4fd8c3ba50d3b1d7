// How mergegate-worker and mergegate-analyze tell messages apart on a pipe: four bytes of length, least significant
// first, then that many bytes.
//
//   WriteAll(MakeFrame("abc"))          // 3 0 0 0 'a' 'b' 'c'
//   ParseFrame(bytes)                   // "abc", or nullopt when `bytes` is not exactly one frame
//
// Thread safety: pure functions.
#ifndef MERGEGATE_ANALYZERS_WORKER_SANDBOX_FRAME_H_
#define MERGEGATE_ANALYZERS_WORKER_SANDBOX_FRAME_H_

#include <optional>
#include <string>
#include <string_view>

namespace mergegate::sandbox {

// Bytes of the length.
inline constexpr size_t kFrameHeaderBytes = 4;

// Largest answer of an analyzer: a result of 32 MiB, and what a later task can use again.
inline constexpr size_t kMaxAnswerBytes = size_t{288} << 20;

// What stands before a payload of so many bytes, fewer than 4 GiB.
std::string FrameHeader(size_t payload_bytes);

// `payload` must be smaller than 4 GiB.
std::string MakeFrame(std::string_view payload);

// The payload, a view into `bytes`; nullopt when `bytes` is cut short or has anything behind the frame.
std::optional<std::string_view> ParseFrame(std::string_view bytes);

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_ANALYZERS_WORKER_SANDBOX_FRAME_H_
