// Finding a network by what a person types: a store (its newest checkpoint), STORE:ID, or a weights
// file (safetensors). The environment comes from the weights' own metadata.
// Thread-safety: free functions.
#pragma once

#include <memory>
#include <string>

#include "api/registry.h"
#include "core/json.h"
#include "core/result.h"
#include "learner/model.h"

namespace tesuji::campaign {

/// Bytes of a checkpoint and what it is called.
struct CheckpointSource {
  std::string name;  ///< "runs/go9.db:12" or the file's path.
  std::string weights;
  Json campaign = {};  ///< The settings of the store's campaign; null for a file.
};

/// "runs/go9.db", "runs/go9.db:12" or "go9.safetensors".
Result<CheckpointSource> FindCheckpoint(const std::string& reference);

struct LoadedCheckpoint {
  std::string name;
  std::unique_ptr<const env::Environment> environment;
  std::shared_ptr<const learner::Network> network;
};

/// Makes the environment that the weights were trained for and loads them for `device`. `overrides`
/// replaces single parameters (komi for play), as far as they leave the network's shape alone.
Result<LoadedCheckpoint> LoadCheckpoint(CheckpointSource source, const env::Registry& registry,
                                        const learner::Device& device,
                                        const Json& overrides = Json::object());
Result<LoadedCheckpoint> LoadCheckpoint(const std::string& reference, const env::Registry& registry,
                                        const learner::Device& device,
                                        const Json& overrides = Json::object());

}  // namespace tesuji::campaign
