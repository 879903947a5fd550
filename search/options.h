// Every knob of tree search, with defaults that need no reading. Plain data.
// Papers: AlphaZero (Silver et al. 2018), KataGo (Wu 2019, arXiv 1902.10565), Gumbel MuZero
// (Danihelka et al., ICLR 2022).
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"

namespace tesuji {
class SettingsTable;
}

namespace tesuji::search {

/// How a lone agent's values are backed up.
enum class Backup : std::uint8_t { kMean, kMax };

struct SearchOptions {
  std::string root = "puct";  ///< A name of RootRules() (search/root_rule.h).
  Backup backup = Backup::kMean;
  int simulations = 100;  ///< Evaluated or terminal leaves per search, >= 1.

  // PUCT
  double cpuct = 1.1;  ///< c in (c + c_log*log((N+base)/base)) * P * sqrt(N)/(1+n).
  double cpuct_log = 0.45;
  double cpuct_base = 500;
  double fpu_reduction = 0.2;  ///< First-play urgency below the parent's value.
  bool root_noise = false;     ///< Adds exploration at the root (self-play only): the switch of
                               ///< the four below; no FPU reduction at the root either.
  double noise_fraction = 0.25;
  double noise_total_alpha = 10.83;  ///< Dirichlet total concentration, spread over legal moves.
  double root_policy_temperature = 1.0;
  double forced_playouts = 0;  ///< k of sqrt(k*P*N); 0: off. Pruned from the target again.

  // Gumbel
  int gumbel_considered = 16;       ///< m: actions that enter sequential halving.
  double gumbel_visit_offset = 50;  ///< c_visit of sigma.
  double gumbel_scale = 1.0;        ///< c_scale of sigma.
  bool gumbel_noise = true;         ///< False: deterministic, for play in earnest.

  bool prove = true;  ///< Back up proven wins, losses and draws exactly.
  /// Tries each move of a position when it is first evaluated: those that end the episode are
  /// proven at once. For cheap rules and sharp endings. REQUIRES: prove.
  bool look_ahead = false;
  bool reuse_tree = true;  ///< Keep the played child's subtree as the next root.
  int max_pending = 1;     ///< Leaves of one tree out for evaluation at once; more than 1
                           ///< uses virtual loss.
  /// Of one tree's nodes and edges. A search ends early rather than grow beyond it; a subtree of
  /// more than half of it is not reused.
  std::int64_t tree_memory_bytes = std::int64_t{256} << 20;
  int stored_states = 0;  ///< Nodes that keep their state so that no path is replayed; 0: none.
};

/// How an episode uses searches: playout cap randomisation, temperature, openings.
struct EpisodeOptions {
  SearchOptions full;                    ///< Recorded, noisy.
  int cheap_simulations = 0;             ///< 0: every search is a full one.
  double full_search_probability = 1.0;  ///< Playout cap randomisation (KataGo: 0.25).
  /// An episode whose last four search values were all this close to a win or a loss, or closer, is
  /// decided: it is played to its end (a resignation would be a label that no rule gave) but
  /// cheaply. 0: never.
  double decided_value = 0;
  int decided_simulations = 4;            ///< Of a search once decided, not taught, but for
  double decided_full_probability = 0.2;  ///< this share of moves, which are searched as before.
  double temperature = 1.0;               ///< Of visit counts, at the first move…
  double final_temperature = 0.15;        ///< …decaying to this,
  double temperature_halflife = 9;        ///< in moves (KataGo: board side).
  double opening_policy_moves = 0;        ///< Mean number of first moves sampled from the raw
                                          ///< policy (geometric); not taught.
  double opening_temperature = 1;  ///< Of those: above 1 they spread beyond the policy's own.
  /// Share of openings in which only one of two players, drawn by lot, plays such moves;
  /// the other's are searched as cheap moves are (fully where there are none) and not taught.
  double opening_one_sided = 0;
  double surprise_weight = 0.5;  ///< Share of sample weight given in proportion to
                                 ///< surprise within an episode.
};

/// Every member once, in section [search]: core/settings.h.
void Describe(SettingsTable* table, SearchOptions* options);
/// The members that are not in `full`, in section [selfplay].
void Describe(SettingsTable* table, EpisodeOptions* options);

/// Whether the numbers make sense; the message names the field, its value and what was expected.
Status Validate(const SearchOptions& options);
Status Validate(const EpisodeOptions& options);

}  // namespace tesuji::search
