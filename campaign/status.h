// What a campaign has done so far, from its store alone: as JSON for programs and as a table of
// generations for people.
// Thread-safety: free functions; the store says for itself.
#pragma once

#include <string>

#include "core/json.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// {store, episodes, verified, rejected, dropped, heldout, unfinished, actions, players[…],
/// checkpoints[{id, hash, episodes, training_steps, loss, bits_per_action,
/// uniform_bits_per_action, previous_bits_per_action, elo, elo_error, …}], matches[…]}.
/// Figures that were not measured are null.
Json StatusJson(const storage::Store& store);

/// The same for people: totals, a row per generation, and the final matches.
std::string StatusTable(const Json& status);

}  // namespace tesuji::campaign
