// Self-play by tree search with the campaign's network: the producer of every environment for which
// the campaign file chooses no other.
// Thread-safety: a free function.
#pragma once

#include <memory>

#include "api/producer.h"
#include "campaign/campaign_config.h"

namespace tesuji::campaign {

std::unique_ptr<env::Producer> MakeSelfplayProducer(const CampaignConfig& config);

}  // namespace tesuji::campaign
