// The table of a campaign file's keys.
// Thread-safety: free functions.
#pragma once

#include "campaign/campaign_config.h"
#include "core/settings.h"

namespace tesuji::campaign {

/// Every key but those of producers' sections and environments' parameters.
void Describe(SettingsTable* table, CampaignConfig* config);

}  // namespace tesuji::campaign
