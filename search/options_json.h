// Search settings as JSON, for provenance.
#pragma once

#include "core/json.h"
#include "search/options.h"

namespace tesuji::search {

/// What decides a search's result; memory bounds and batching are left out.
Json ToJson(const SearchOptions& options);
Json ToJson(const EpisodeOptions& options);

}  // namespace tesuji::search
