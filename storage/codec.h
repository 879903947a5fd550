// Trajectories as bytes: a canonical, versioned layout, compressed with zstd.
// Layout byte by byte: storage/FORMAT.md.
//
// Canonical: equal trajectories give equal content, and every field but Timing takes part in it.
// Floats go by their bit patterns; JSON by its text with sorted keys (bytes that are not UTF-8
// become U+FFFD and NaN becomes null, as JSON has neither).
// Decoding trusts nothing: whatever the input, it ends with a trajectory or one clear line, and
// memory stays within a small multiple of kMaxContentBytes.
// Thread-safety: free functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/trajectory.h"
#include "core/result.h"

namespace tesuji::storage {

inline constexpr int kCodecVersion = 1;
/// Nothing larger is written or read. A 19x19 game of full searches takes about 1 MiB.
inline constexpr std::size_t kMaxContentBytes = std::size_t{64} << 20;
/// All JSON text of one trajectory together.
inline constexpr std::size_t kMaxJsonBytes = std::size_t{8} << 20;
inline constexpr int kMaxJsonDepth = 100;

struct EncodedTrajectory {
  std::string bytes;  ///< One zstd frame over the content followed by the Timing.
  std::string hash;   ///< ContentHash() of the trajectory.
};

struct DecodedTrajectory {
  env::Trajectory trajectory;
  std::string hash;  ///< SHA-256 of the content bytes that were read.
};

/// The canonical bytes, uncompressed, without Timing. Throws MachineError when over the limits
/// above (it could never be read back).
std::string EncodeContent(const env::Trajectory& trajectory);

/// SHA-256 of EncodeContent(), 64 lower-case hexadecimal digits.
std::string ContentHash(const env::Trajectory& trajectory);

/// Bytes for keeping. Throws MachineError like EncodeContent().
EncodedTrajectory EncodeTrajectory(const env::Trajectory& trajectory);

/// Reads what EncodeTrajectory() wrote.
Result<DecodedTrajectory> DecodeTrajectory(std::string_view bytes);

/// The part of DecodeTrajectory() after decompression: content followed by Timing.
Result<DecodedTrajectory> DecodePayload(std::string_view payload);

/// A JSON value as the canonical text that content and checksums use.
std::string CanonicalJson(const Json& value);

}  // namespace tesuji::storage
