#include "campaign/campaign_settings.h"

#include "learner/settings.h"

namespace tesuji::campaign {
namespace {

constexpr OnResume kFree = OnResume::kFree;
constexpr OnResume kRefused = OnResume::kRefused;

void DescribeCampaign(SettingsTable* table, CampaignSection* section) {
  table->Section("campaign");
  table->Add("name", &section->name, "For people, and the store's default file name.",
             {.on_resume = kFree, .may_be_empty = false});
  table->Add("seed", &section->seed, "Every random stream derives from it.",
             {.on_resume = kRefused});
  table->Add("minutes", &section->minutes,
             "Stop after so many minutes; final games may take a quarter more; 0: no limit.",
             {.minimum = 0, .maximum = 1e7, .on_resume = kFree});
  table->Add("episodes", &section->episodes,
             "Stop when the store holds so many episodes; 0: no limit.",
             {.minimum = 0, .maximum = 1e12, .on_resume = kFree});
  table->Add("plugins", &section->plugins,
             "Shared libraries with environments, relative to this file.", {.on_resume = kFree});
}

void DescribeEnvironment(SettingsTable* table, EnvironmentSection* section) {
  table->Section("environment");
  table->Add("id", &section->id, "Which environment; `tesuji envs` lists them.",
             {.on_resume = kRefused});
  table->AddRest(&section->parameters);
}

void DescribeSelfplay(SettingsTable* table, SelfplaySection* section) {
  table->Section("selfplay");
  table->Add("workers", &section->workers,
             "Threads that play. 1 makes the whole campaign repeatable from its seed.",
             {.minimum = 1, .maximum = 1024});
  table->Add("episodes_per_worker", &section->episodes_per_worker,
             "Episodes a worker interleaves; the network's batch.",
             {.minimum = 1, .maximum = 4096});
  table->Add("first_rollouts", &section->first_rollouts,
             "Random playouts that value a leaf until the first training (expert iteration from a "
             "search without a network); 0: the untrained network.",
             {.minimum = 0, .maximum = 100000});
  table->Add("paused_while_learning", &section->paused_while_learning,
             "Workers that make room for the learner while it trains.",
             {.minimum = 0, .maximum = 1024});
  table->Add("cache_entries", &section->cache_entries,
             "Evaluations remembered across workers; 0: none.", {.minimum = 0, .maximum = 1e9});
}

void DescribeLearner(SettingsTable* table, LearnerSection* section) {
  Describe(table, &section->trainer.network);
  Describe(table, &section->trainer.device);
  table->Section("learner");
  table->Add("generation_episodes", &section->generation_episodes,
             "Episodes between two checkpoints.", {.minimum = 1, .maximum = 1e9});
  table->Add("reuse", &section->reuse, "Times each row is trained on, on average.",
             {.minimum = 0.01, .maximum = 100});
  table->Add("first_rows", &section->first_rows, "Rows before the first training.",
             {.minimum = 1, .maximum = 1e9});
  Describe(table, &section->trainer);
  Describe(table, &section->window);
}

void DescribeStorage(SettingsTable* table, StorageSection* section) {
  table->Section("storage");
  table->Add("path", &section->path, "The store; empty: runs/NAME.db.", {.on_resume = kFree});
  table->Add("heldout_fraction", &section->heldout_fraction,
             "Share of episodes never trained on; they measure compression.",
             {.minimum = 0, .maximum = 0.9});
}

void DescribeEvaluation(SettingsTable* table, EvaluationSection* section) {
  table->Section("evaluation");
  table->Add("every", &section->every, "Generations between matches; 0: none.",
             {.minimum = 0, .maximum = 1e6});
  table->Add("games", &section->games, "Per opponent and generation, colours swapped.",
             {.minimum = 2, .maximum = 1e6});
  table->Add("visits", &section->visits, "Simulations a move in matches.",
             {.minimum = 1, .maximum = 1e7});
  table->Add("final_games", &section->final_games,
             "At the end: against uniform random and the first trained checkpoint; 0: none. What "
             "does not fit into a quarter of campaign.minutes is left to the next run.",
             {.minimum = 0, .maximum = 1e6});
  table->Add("heldout_episodes", &section->heldout_episodes,
             "The newest so many held-out episodes score a checkpoint.",
             {.minimum = 1, .maximum = 1e6});
  table->Add("engines", &section->engines, "Commands of GTP engines to play at the end (Go only).");
  table->Add("engine_games", &section->engine_games, "Games against each engine.",
             {.minimum = 0, .maximum = 1e6});
}

void DescribeJudge(SettingsTable* table, JudgeSection* section) {
  table->Section("judge");
  table->Add("problem", &section->problem,
             "Folder of a problem package whose tests judge the artifacts of episodes in the "
             "sandbox, from the working directory; empty: the environment's own judge, if any.");
  table->Add("language", &section->language, "Language of those artifacts; `tesuji judge` has it.",
             {.may_be_empty = false});
  table->Add(
      "full_score", &section->full_score,
      "Of a scoring problem: the score whose value is 1; 0: the best that its package allows.",
      {.minimum = 0, .maximum = 1e12});
  table->Add("lanes", &section->lanes, "Artifacts judged at once by the sandbox.",
             {.minimum = 1, .maximum = 1024});
  table->Add("capacity", &section->capacity, "Episodes that may wait for a judgement.",
             {.minimum = 1, .maximum = 1e6});
  table->Add("deadline_seconds", &section->deadline_seconds,
             "Time for one judgement; then it counts as failed.",
             {.minimum = 0.01, .maximum = 1e6});
  table->Add("pause_seconds", &section->pause_seconds,
             "Wait after a failed judgement before the next attempt; doubled each time.",
             {.minimum = 0, .maximum = 3600});
  table->Add("attempts", &section->attempts,
             "Failed judgements of an episode before it is dropped and played again.",
             {.minimum = 1, .maximum = 100});
}

}  // namespace

void Describe(SettingsTable* table, CampaignConfig* config) {
  DescribeCampaign(table, &config->campaign);
  DescribeEnvironment(table, &config->environment);
  Describe(table, &config->episode.full);
  DescribeSelfplay(table, &config->selfplay);
  Describe(table, &config->episode);
  DescribeLearner(table, &config->learner);
  DescribeStorage(table, &config->storage);
  DescribeEvaluation(table, &config->evaluation);
  DescribeJudge(table, &config->judge);
}

}  // namespace tesuji::campaign
