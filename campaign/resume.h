// What a campaign checks and reads when it resumes from a store.
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <vector>

#include "campaign/campaign_config.h"
#include "core/result.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// A failure: the store belongs to another campaign. Names the key and both values.
/// `has_network`: the network's keys count too.
Status CheckSameCampaign(const storage::Store& store, const CampaignConfig& config,
                         bool has_network);

/// The numbers of all stored episodes of this seed, rejected ones included.
std::vector<std::uint64_t> EpisodeNumbers(const storage::Store& store, std::uint64_t seed);

}  // namespace tesuji::campaign
