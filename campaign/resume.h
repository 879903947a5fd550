// What a campaign checks and reads when it resumes from a store.
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <vector>

#include "campaign/campaign_config.h"
#include "core/json.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// Compares the campaign with the settings in the store. A failure names a key that may not change,
/// both values and what to do. Keys of earlier versions take the store's values into *config.
/// `has_network`: the network's keys count too. The result lists what changes and is recorded:
/// [{"key", "from", "to"}].
Result<Json> CompareWithStore(const storage::Store& store, bool has_network,
                              CampaignConfig* config);

/// Writes the settings, and what CompareWithStore() found with the number of episodes and the time,
/// behind earlier changes in the fact "campaign_changes".
void RecordSettings(storage::Store* store, const CampaignConfig& config, const Json& changes);

/// The numbers of all stored episodes of this seed, rejected ones included.
std::vector<std::uint64_t> EpisodeNumbers(const storage::Store& store, std::uint64_t seed);

}  // namespace tesuji::campaign
