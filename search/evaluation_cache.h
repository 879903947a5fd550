// Evaluations that were made before, shared by all threads: bounded, sharded, set-associative.
// A hit needs all 128 bits of the state's fingerprint, the checkpoint and the number of legal
// actions to agree, so a new network never gets the evaluations of an old one.
// Thread-safety: all methods may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/key128.h"
#include "search/evaluator.h"

namespace tesuji::search {

class EvaluationCache {
 public:
  /// Holds about `entries` evaluations, at least a few; older ones of a set give way.
  explicit EvaluationCache(std::size_t entries);
  ~EvaluationCache();
  EvaluationCache(const EvaluationCache&) = delete;
  EvaluationCache& operator=(const EvaluationCache&) = delete;

  /// `checkpoint_tag` stands for the network; see CheckpointTag(). False: not there.
  bool Find(const Key128& key, std::uint64_t checkpoint_tag, std::size_t legal_count,
            Evaluation* out);
  void Put(const Key128& key, std::uint64_t checkpoint_tag, const Evaluation& evaluation);

 private:
  struct Shard;
  Shard& ShardOf(const Key128& key) const;

  std::unique_ptr<Shard[]> shards_;
  std::size_t sets_per_shard_;
};

/// 64 bits of a checkpoint's hash text.
std::uint64_t CheckpointTag(const std::string& checkpoint_hash);

}  // namespace tesuji::search
