// A recipe: the one TOML file that says what becomes of a store's rows on their way into a dataset.
// Selection, verification, duplicates, contamination, filters, balance, splits, views, formats.
//
// Every key has a default that needs no reading; docs/datasets.md explains them and
// RecipeReference() prints them. Equal recipes over equal rows give equal bytes.
// Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config_file.h"
#include "core/json.h"
#include "core/result.h"
#include "core/settings.h"

namespace tesuji::dataset {

struct DatasetSection {
  std::string name = "dataset";
  std::string description;
  std::string license = "unknown";  ///< SPDX identifier, lower case: "cc0-1.0".
  std::string url;                  ///< Where it will be published; for the metadata.
  std::string date;                 ///< Of publication, YYYY-MM-DD; no clock is read.
  std::uint64_t seed = 1;           ///< Of splits, caps and sampling.
};

struct SelectSection {
  int status = 0;                         ///< 0 verified, 1 rejected, 2 any.
  int campaign_split = 0;                 ///< Of the store: 0 any, 1 train, 2 heldout.
  std::vector<std::string> environments;  ///< Ids; empty: all.
  std::vector<std::string> checkpoints;   ///< Prefixes of the hash an episode began with.
  std::int64_t first_checkpoint = 0;      ///< Generation of the network an episode began with.
};

struct VerifySection {
  double fraction = 1;  ///< Of the selected rows that are verified again, by hash.
};

struct DedupSection {
  bool exact = true;      ///< Equal episodes up to the environment's symmetries.
  bool positions = true;  ///< Equal positions, in the views made of positions.
  bool behaviour = true;  ///< Equal behaviour, where the environment can tell.
  bool near = false;      ///< MinHash candidates whose true Jaccard similarity is high enough.
  double threshold = 0.72;
  int words = 5;   ///< Of a shingle.
  int bands = 14;  ///< Of `rows` hashes each.
  int rows = 8;
};

struct DecontaminateSection {
  std::vector<std::string> suites;  ///< Held-out files: .jsonl, .sgf, .txt, or folders of them.
  int ngram = 10;                   ///< Words of a match.
  double overlap = 0.2;             ///< Share of a document's n-grams found in the suites, or …
  int longest = 30;                 ///< … so many words in a row: contaminated. 0: off.
  bool behaviour = true;
};

struct FilterSection {
  std::int64_t min_length = 0;  ///< Actions.
  std::int64_t max_length = 0;  ///< 0: no limit.
  double min_value = -1;        ///< First player's view.
  double max_value = 1;
  std::vector<std::string> terminations;          ///< Only these; empty: all.
  std::vector<std::string> exclude_terminations;  ///< None of these.
  double min_mean_visits = 0;                     ///< Simulations a searched move.
  double min_surprise = 0;                        ///< Mean KL(search || prior) in nats.
  double max_surprise = 0;                        ///< 0: no limit.
  double min_difficulty = 0;                      ///< Mean |root value - outcome|, 0 to 2.
  double max_difficulty = 2;
  double success_value = 0.5;  ///< An outcome of at least this passed.
  double min_pass_rate = 0;    ///< Passed of a task's episodes.
  double max_pass_rate = 1;
};

struct BalanceSection {
  std::int64_t per_task = 0;   ///< At most so many episodes a task; 0: no cap.
  std::int64_t per_group = 0;  ///< At most so many a group of the split.
  bool outcomes = false;       ///< As many wins as losses (and draws, when there are any).
  std::int64_t total = 0;      ///< At most so many episodes in all.
};

struct SplitSection {
  int by = 0;  ///< 0 automatic, 1 opening, 2 task, 3 episode.
  int opening_moves = 8;
  double validation = 0.05;
  double test = 0.05;
};

struct ViewSection {
  bool features = true;             ///< Observation planes in the view "positions".
  bool text = true;                 ///< The board as text there.
  bool targets_only = true;         ///< Only moves of a full search.
  double min_target_visits = 0;     ///< In positions, solutions, preferences, rl.
  double preference_margin = 4;     ///< Chosen move over rejected move, in policy probability.
  double step_tolerance = 0.1;      ///< A step is good that loses no more value than this.
  std::int64_t pairs_per_task = 8;  ///< Preferences between episodes of one task.
  bool near_misses = true;          ///< Pairs with an answer made wrong, where no episode is.
  int trace_moves = 4;              ///< Candidates a step that a trace names.
  std::string system_prompt;        ///< Of chat messages; empty: none.
};

struct ExportSection {
  std::vector<std::string> views = {"trajectories", "positions"};
  std::vector<std::string> formats = {"jsonl"};
  std::int64_t shard_rows = 200000;  ///< A shard is closed when about so many rows are in it.
  int level = 3;                     ///< Zstandard level of .jsonl.zst and Parquet.
};

struct Recipe {
  DatasetSection dataset;
  SelectSection select;
  VerifySection verify;
  DedupSection dedup;
  DecontaminateSection decontaminate;
  FilterSection filter;
  BalanceSection balance;
  SplitSection split;
  ViewSection view;
  ExportSection exports;
};

/// Every key once; see core/settings.h.
void Describe(SettingsTable* table, Recipe* recipe);

/// Reads and checks a recipe; failures name file, line and key. `record_formats`: formats of the
/// families (env::RecordNames()), which export.formats may name beside FormatNames().
Result<Recipe> ReadRecipe(const ConfigFile& file, const std::vector<std::string>& record_formats);

/// All effective values, {section: {key: value}}; what a manifest keeps.
Json RecipeToJson(const Recipe& recipe);
/// The way back. Fails on anything a recipe file may not hold either.
Result<Recipe> RecipeFromJson(const Json& values, const std::vector<std::string>& record_formats);

/// Every key with its default and meaning, as Markdown.
std::string RecipeReference();

/// Views (the list is in view/view.cc), and formats that any family's rows can have; for messages
/// and checks.
const std::vector<std::string>& ViewNames();
/// Does the view have rows of single positions, if only of two players?
bool IsOfPositions(const std::string& view);
const std::vector<std::string>& FormatNames();

}  // namespace tesuji::dataset
