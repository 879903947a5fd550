#include "search/evaluation_cache.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

namespace tesuji::search {
namespace {

constexpr std::size_t kShards = 64;
constexpr std::size_t kWays = 4;

struct Entry {
  Key128 key;
  std::uint64_t tag = 0;
  bool used = false;
  Evaluation evaluation;
};

struct Set {
  std::array<Entry, kWays> ways;
  std::uint8_t next = 0;  ///< The oldest, which is replaced next.
};

}  // namespace

struct EvaluationCache::Shard {
  std::mutex mutex;
  std::vector<Set> sets;
};

EvaluationCache::EvaluationCache(std::size_t entries)
    : shards_(std::make_unique<Shard[]>(kShards)),
      sets_per_shard_(std::max<std::size_t>(1, entries / (kShards * kWays))) {
  for (std::size_t i = 0; i < kShards; ++i) shards_[i].sets.resize(sets_per_shard_);
}

EvaluationCache::~EvaluationCache() = default;

EvaluationCache::Shard& EvaluationCache::ShardOf(const Key128& key) const {
  return shards_[key.high % kShards];
}

bool EvaluationCache::Find(const Key128& key, std::uint64_t checkpoint_tag, std::size_t legal_count,
                           Evaluation* out) {
  Shard& shard = ShardOf(key);
  {
    const std::lock_guard lock(shard.mutex);
    for (const Entry& entry : shard.sets[key.low % sets_per_shard_].ways) {
      if (!entry.used || entry.key != key || entry.tag != checkpoint_tag) continue;
      if (entry.evaluation.priors.size() != legal_count) continue;
      *out = entry.evaluation;
      return true;
    }
  }
  return false;
}

void EvaluationCache::Put(const Key128& key, std::uint64_t checkpoint_tag,
                          const Evaluation& evaluation) {
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  Set& set = shard.sets[key.low % sets_per_shard_];
  for (Entry& entry : set.ways) {
    if (entry.used && entry.key == key && entry.tag == checkpoint_tag) return;
  }
  set.ways[set.next] = {key, checkpoint_tag, true, evaluation};
  set.next = static_cast<std::uint8_t>((set.next + 1) % kWays);
}

std::uint64_t CheckpointTag(const std::string& checkpoint_hash) {
  // FNV-1a: stable across machines, unlike std::hash.
  std::uint64_t tag = 0xcbf29ce484222325ULL;
  for (const char byte : checkpoint_hash) {
    tag = (tag ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  }
  return tag;
}

}  // namespace tesuji::search
