// Search settings as JSON, for provenance. Thread-safety: free functions.
#pragma once

#include "core/json.h"
#include "search/options.h"

namespace tesuji::search {

/// What decides a search's result (virtual loss makes max_pending a part of it); bounds of memory
/// are left out.
Json ToJson(const SearchOptions& options);
Json ToJson(const EpisodeOptions& options);

}  // namespace tesuji::search
