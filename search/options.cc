#include "search/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/settings.h"
#include "search/options_json.h"
#include "search/root_rule.h"

namespace tesuji::search {
namespace {

std::vector<std::string> RootRuleNames() {
  std::vector<std::string> names;
  for (const RootRuleKind& rule : RootRules()) names.emplace_back(rule.name);
  return names;
}

/// Validate() refuses other names before a table is made.
SettingChoice RootChoice(SearchOptions* o) {
  return {[o] {
            const RootRuleKind* rule = FindRootRule(o->root);
            return rule == nullptr ? 0 : static_cast<std::size_t>(rule - RootRules().data());
          },
          [o](std::size_t which) { o->root = RootRules()[which].name; }, RootRuleNames()};
}

void DescribePuct(SettingsTable* table, SearchOptions* o) {
  table->AddFormer("cpuct", &o->cpuct, "PUCT exploration constant.",
                   {.minimum = 0, .maximum = 100});
  table->AddFormer("cpuct_log", &o->cpuct_log, "Growth of the constant with log visits.",
                   {.minimum = 0, .maximum = 100});
  table->AddFormer("cpuct_base", &o->cpuct_base, "Visits at which that growth sets in.",
                   {.minimum = 1, .maximum = 1e9});
  table->AddFormer("fpu_reduction", &o->fpu_reduction,
                   "How far below its parent an unvisited child is valued.",
                   {.minimum = 0, .maximum = 2});
  table->Add("root_noise", &o->root_noise, "Exploration at the root, as in self-play.",
             {.scope = SettingScope::kStored});
  table->AddFormer("noise_fraction", &o->noise_fraction, "Share of Dirichlet noise at the root.",
                   {.minimum = 0, .maximum = 1});
  table->AddFormer("noise_total_alpha", &o->noise_total_alpha,
                   "Dirichlet concentration, spread over the legal actions.",
                   {.minimum = 0.001, .maximum = 1e6});
  table->Add("root_policy_temperature", &o->root_policy_temperature,
             "Flattens the prior at the root when above 1.", {.minimum = 0.1, .maximum = 10});
  table->Add("forced_playouts", &o->forced_playouts,
             "k in sqrt(k*P*N) visits forced at the root, pruned from the target; 0: off.",
             {.minimum = 0, .maximum = 100});
}

void DescribeGumbel(SettingsTable* table, SearchOptions* o) {
  table->Add("gumbel_considered", &o->gumbel_considered, "Actions that enter sequential halving.",
             {.minimum = 1, .maximum = 100000});
  table->AddFormer("gumbel_visit_offset", &o->gumbel_visit_offset, "c_visit of the Q transform.",
                   {.minimum = 0, .maximum = 1e6});
  table->Add("gumbel_scale", &o->gumbel_scale, "c_scale of the Q transform.",
             {.minimum = 0, .maximum = 1e6});
  table->Add("gumbel_noise", &o->gumbel_noise,
             "Gumbel noise on the root's choice in self-play; false where chance explores enough.");
}

}  // namespace

void Describe(SettingsTable* table, SearchOptions* o) {
  table->Section("search");
  table->Add("root", RootChoice(o), "How the root chooses what to look at.");
  table->AddFormer("backup",
                   SettingChoice{[o] { return static_cast<std::size_t>(o->backup); },
                                 [o](std::size_t which) { o->backup = static_cast<Backup>(which); },
                                 {"mean", "max"}},
                   "Backup for a lone agent.", {});
  table->Add("simulations", &o->simulations, "Simulations of a full search.",
             {.minimum = 1, .maximum = 1e7});
  DescribePuct(table, o);
  DescribeGumbel(table, o);
  table->AddFormer("prove", &o->prove, "Back up proven wins, losses and draws exactly.", {});
  table->Add("look_ahead", &o->look_ahead,
             "Tries each move of a new position, so that those that end the episode are proven at "
             "once; for cheap rules and sharp endings.",
             {.stored_if_set = true});
  table->AddFormer("reuse_tree", &o->reuse_tree, "Keep the played move's subtree.", {});
  table->Add("max_pending", &o->max_pending, "Leaves of one tree out for evaluation at once.",
             {.minimum = 1, .scope = SettingScope::kStored});
  table->Add("tree_memory_bytes", &o->tree_memory_bytes, "Bytes of one tree.",
             {.minimum = 1 << 16, .scope = SettingScope::kInner});
  table->Add("stored_states", &o->stored_states, "Nodes that keep their state.",
             {.minimum = 0, .scope = SettingScope::kInner});
}

void Describe(SettingsTable* table, EpisodeOptions* o) {
  table->Section("selfplay");
  table->Add("cheap_simulations", &o->cheap_simulations,
             "Playout cap randomisation: simulations of a cheap search; 0: all are full.",
             {.minimum = 0, .maximum = 1e7});
  table->Add("full_search_probability", &o->full_search_probability,
             "Share of moves with a full, recorded search.", {.minimum = 0.001, .maximum = 1});
  table->Add(
      "decided_value", &o->decided_value,
      "An episode whose last four search values were at least this far from even is decided, "
      "and played on with small searches; 0: never.",
      {.minimum = 0, .maximum = 1});
  table->AddFormer("decided_simulations", &o->decided_simulations,
                   "Simulations of a move in a decided episode.", {.minimum = 1, .maximum = 1e7});
  table->AddFormer("decided_full_probability", &o->decided_full_probability,
                   "Share of a decided episode's moves that are searched as before.",
                   {.minimum = 0, .maximum = 1});
  table->AddFormer("temperature", &o->temperature, "Of visit counts at the first move.",
                   {.minimum = 0, .maximum = 1000});
  table->AddFormer("final_temperature", &o->final_temperature, "Where it decays to.",
                   {.minimum = 0, .maximum = 1000});
  table->AddFormer("temperature_halflife", &o->temperature_halflife, "Of that decay, in moves.",
                   {.minimum = 0.01, .maximum = 1e6});
  table->Add("opening_policy_moves", &o->opening_policy_moves,
             "Mean number of first moves, of all players together, sampled from the raw policy.",
             {.minimum = 0, .maximum = 1e6});
  table->Add("opening_temperature", &o->opening_temperature,
             "Of those moves: above 1 they spread beyond the policy's own.",
             {.minimum = 0.01, .maximum = 1000});
  table->Add("opening_one_sided", &o->opening_one_sided,
             "Share of openings in which one player's moves alone are sampled, drawn by lot; the "
             "other's are searched and not taught. For two players.",
             {.minimum = 0, .maximum = 1, .stored_if_set = true});
  table->Add("surprise_weight", &o->surprise_weight,
             "Share of sample weight spread by policy surprise.", {.minimum = 0, .maximum = 1});
}

Json ToJson(const SearchOptions& options) { return SettingValues(options); }

Json ToJson(const EpisodeOptions& options) {
  Json json = SettingValues(options);
  json["full"] = ToJson(options.full);
  return json;
}

Status Validate(const SearchOptions& options) {
  if (FindRootRule(options.root) == nullptr) {
    return Fail(fmt::format("root = {}: expected {}", Json(options.root).dump(),
                            fmt::join(RootRuleNames(), " or ")));
  }
  SearchOptions copy = options;
  SettingsTable table;
  Describe(&table, &copy);
  if (options.look_ahead && !options.prove) {
    return Fail("look_ahead proves the ends it finds, so it needs prove = true");
  }
  return table.Check();
}

Status Validate(const EpisodeOptions& options) {
  if (Status full = Validate(options.full); !full) return full;
  EpisodeOptions copy = options;
  SettingsTable table;
  Describe(&table, &copy);
  return table.Check();
}

}  // namespace tesuji::search
