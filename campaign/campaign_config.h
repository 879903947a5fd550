// A campaign file: what is played, how it is searched, learned, stored and evaluated.
// Every key has a default, so an empty file is a complete 9x9 Go campaign.
// campaign/campaign_settings.h has the table of keys: parsing, docs and provenance use it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "api/registry.h"
#include "core/config_file.h"
#include "core/json.h"
#include "core/result.h"
#include "learner/model.h"
#include "learner/replay_window.h"
#include "learner/trainer.h"
#include "search/options.h"

namespace tesuji::campaign {

struct CampaignSection {
  std::string name = "campaign";
  std::uint64_t seed = 1;
  double minutes = 0;                ///< Stop after so long; 0: no limit.
  std::int64_t episodes = 0;         ///< Stop when the store holds so many; 0: no limit.
  std::vector<std::string> plugins;  ///< As in the file: relative to it.
};

struct EnvironmentSection {
  std::string id = "go";
  Json parameters = Json::object();
};

struct SelfplaySection {
  int workers = 2;                ///< Threads.
  int episodes_per_worker = 32;   ///< Interleaved in each worker: the network's batch.
  int first_rollouts = 0;         ///< Of a leaf, until the first training; 0: the network.
  int paused_while_learning = 1;  ///< Workers that make room for the learner while it trains.
  std::int64_t cache_entries = 200'000;  ///< Evaluations kept across workers; 0: no cache.
};

struct LearnerSection {
  learner::TrainerOptions trainer;
  learner::WindowOptions window;
  std::int64_t generation_episodes = 200;  ///< Episodes between two checkpoints.
  double reuse = 4;                        ///< Times each row is used for training, on average.
  std::int64_t first_rows = 1'000;         ///< No training before so many rows exist.
};

struct StorageSection {
  std::string path;                ///< Empty: runs/<campaign name>.db.
  double heldout_fraction = 0.05;  ///< Episodes never trained on; they measure compression.
};

struct EvaluationSection {
  int every = 1;         ///< Generations between matches; 0: none.
  int games = 16;        ///< Per opponent and generation, colours swapped.
  int visits = 64;       ///< Simulations a move in matches.
  int final_games = 40;  ///< At the end, last checkpoint against random and the first trained.
  int heldout_episodes = 200;        ///< The newest so many held-out episodes score a checkpoint.
  std::vector<std::string> engines;  ///< GTP commands played at the end, e.g. "gnugo --mode gtp".
  int engine_games = 0;              ///< Games against each.
};

/// Whoever scores episodes that rules alone cannot.
struct JudgeSection {
  std::string problem;             ///< Folder of a problem package; empty: the environment's own.
  std::string language = "cpp20";  ///< Of the programs that are judged by it.
  double full_score = 0;           ///< Of a scoring problem: worth 1; 0: as its package says.
  int lanes = 1;                   ///< Programs judged at once.
  int capacity = 64;               ///< Episodes that may wait for their judgement.
  double deadline_seconds = 60;    ///< For one judgement.
  double pause_seconds = 0.5;      ///< Before a second attempt.
  int attempts = 3;                ///< Before an episode is dropped.
};

/// The producer that the file chose, with the settings of its own section, complete.
struct ProducerSection {
  std::string section;  ///< Empty: self-play.
  Json settings = Json::object();
};

struct CampaignConfig {
  CampaignSection campaign;
  EnvironmentSection environment;
  search::EpisodeOptions episode;
  SelfplaySection selfplay;
  LearnerSection learner;
  StorageSection storage;
  EvaluationSection evaluation;
  JudgeSection judge;
  ProducerSection producer;
  /// A store that was made with another seed may be gone on with.
  bool may_change_seed = false;
  Json values;  ///< Effective values of every key, for provenance and resuming.
  /// By "section.key": file and line, or the option that gave the value; for messages.
  std::map<std::string, std::string> given_by;

  std::filesystem::path store_path() const;
};

/// Loads campaign.plugins into *registry, relative paths from `folder` (the file's). Before
/// ReadCampaign(), which needs their environments.
Status LoadCampaignPlugins(const ConfigFile& file, const std::filesystem::path& folder,
                           env::Registry* registry);

/// Reads and checks a whole campaign. The environment's own keys are checked by the registry.
Result<CampaignConfig> ReadCampaign(const ConfigFile& file, const env::Registry& registry);

/// How a campaign searched, from its stored values (CampaignConfig::values): what they do not say,
/// or say as this version cannot read it, has its default. Null: all defaults.
search::SearchOptions SearchSettings(const Json& values);

/// The reference of all keys as a Markdown document (docs/campaign-file.md is this text).
std::string CampaignReference(const env::Registry& registry);
/// "[search] root, simulations, …", a line a section, for --help.
std::string KeyNames(const env::Registry& registry);

}  // namespace tesuji::campaign
