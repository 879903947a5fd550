#include "campaign/campaign_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "api/plugin_loader.h"
#include "search/root_rule.h"

namespace tesuji::campaign {
namespace {

void BindSearch(ConfigBinder* binder, search::EpisodeOptions* episode) {
  auto& full = episode->full;
  binder->Section("search");
  std::vector<std::string> rules;
  for (const search::RootRuleKind& rule : search::RootRules()) rules.emplace_back(rule.name);
  int root = static_cast<int>(std::ranges::find(rules, full.root) - rules.begin());
  binder->BindChoice("root", &root, rules, "How the root chooses what to look at.");
  full.root = rules[static_cast<std::size_t>(root)];
  int backup = static_cast<int>(full.backup);
  binder->BindChoice("backup", &backup, {"mean", "max"}, "Backup for a lone agent.");
  full.backup = static_cast<search::Backup>(backup);
  binder->Bind("simulations", &full.simulations, "Simulations of a full search.", {1, 1e7});
  binder->Bind("cpuct", &full.cpuct, "PUCT exploration constant.", {0, 100});
  binder->Bind("cpuct_log", &full.cpuct_log, "Growth of the constant with log visits.", {0, 100});
  binder->Bind("cpuct_base", &full.cpuct_base, "Visits at which that growth sets in.", {1, 1e9});
  binder->Bind("fpu_reduction", &full.fpu_reduction,
               "How far below its parent an unvisited child is valued.", {0, 2});
  binder->Bind("noise_fraction", &full.noise_fraction, "Share of Dirichlet noise at the root.",
               {0, 1});
  binder->Bind("noise_total_alpha", &full.noise_total_alpha,
               "Dirichlet concentration, spread over the legal actions.", {0.001, 1e6});
  binder->Bind("root_policy_temperature", &full.root_policy_temperature,
               "Flattens the prior at the root when above 1.", {0.1, 10});
  binder->Bind("forced_playouts", &full.forced_playouts,
               "k in sqrt(k*P*N) visits forced at the root, pruned from the target; 0: off.",
               {0, 100});
  binder->Bind("gumbel_considered", &full.gumbel_considered,
               "Actions that enter sequential halving.", {1, 100000});
  binder->Bind("gumbel_visit_offset", &full.gumbel_visit_offset, "c_visit of the Q transform.",
               {0, 1e6});
  binder->Bind("gumbel_scale", &full.gumbel_scale, "c_scale of the Q transform.", {0, 1e6});
  binder->Bind(
      "gumbel_noise", &full.gumbel_noise,
      "Gumbel noise on the root's choice in self-play; false where chance explores enough.");
  binder->Bind("prove", &full.prove, "Back up proven wins, losses and draws exactly.");
  binder->Bind(
      "look_ahead", &full.look_ahead,
      "Tries each move of a new position, so that those that end the episode are proven at "
      "once; for cheap rules and sharp endings.");
  binder->Bind("reuse_tree", &full.reuse_tree, "Keep the played move's subtree.");
}

void BindSelfplay(ConfigBinder* binder, CampaignConfig* config) {
  auto& selfplay = config->selfplay;
  auto& episode = config->episode;
  binder->Section("selfplay");
  binder->Bind("workers", &selfplay.workers,
               "Threads that play. 1 makes the whole campaign repeatable from its seed.",
               {1, 1024});
  binder->Bind("episodes_per_worker", &selfplay.episodes_per_worker,
               "Episodes a worker interleaves; the network's batch.", {1, 4096});
  binder->Bind(
      "first_rollouts", &selfplay.first_rollouts,
      "Random playouts that value a leaf until the first training (expert iteration from a "
      "search without a network); 0: the untrained network.",
      {0, 100000});
  binder->Bind("paused_while_learning", &selfplay.paused_while_learning,
               "Workers that make room for the learner while it trains.", {0, 1024});
  binder->Bind("cache_entries", &selfplay.cache_entries,
               "Evaluations remembered across workers; 0: none.", {0, 1e9});
  binder->Bind("cheap_simulations", &episode.cheap_simulations,
               "Playout cap randomisation: simulations of a cheap search; 0: all are full.",
               {0, 1e7});
  binder->Bind("full_search_probability", &episode.full_search_probability,
               "Share of moves with a full, recorded search.", {0.001, 1});
  binder->Bind("decided_value", &episode.decided_value,
               "An episode whose last four search values were at least this far from even is "
               "decided, and played on cheaply; 0: never.",
               {0, 1});
  binder->Bind("decided_simulations", &episode.decided_simulations,
               "Simulations of a move in a decided episode,", {1, 1e7});
  binder->Bind("decided_full_probability", &episode.decided_full_probability,
               "but for this share of its moves, which are searched as before.", {0, 1});
  binder->Bind("temperature", &episode.temperature, "Of visit counts at the first move.", {0, 10});
  binder->Bind("final_temperature", &episode.final_temperature, "Where it decays to.", {0, 10});
  binder->Bind("temperature_halflife", &episode.temperature_halflife, "Of that decay, in moves.",
               {0.01, 1e6});
  binder->Bind("opening_policy_moves", &episode.opening_policy_moves,
               "Mean number of first moves, of all players together, sampled from the raw policy.",
               {0, 1000});
  binder->Bind("opening_temperature", &episode.opening_temperature,
               "Of those: above 1 they spread beyond the policy's own.", {0.01, 1000});
  binder->Bind("opening_one_sided", &episode.opening_one_sided,
               "Share of openings in which one player's moves alone are sampled, drawn by lot; the "
               "other's are searched and not taught. For two players.",
               {0, 1});
  binder->Bind("surprise_weight", &episode.surprise_weight,
               "Share of sample weight spread by policy surprise.", {0, 1});
}

void BindLearner(ConfigBinder* binder, CampaignConfig* config) {
  auto& trainer = config->learner.trainer;
  binder->Section("network");
  binder->Bind("blocks", &trainer.network.blocks, "Residual blocks.", {1, 200});
  binder->Bind("channels", &trainer.network.channels, "Channels of the trunk.", {4, 4096});
  binder->Bind("pooling_every", &trainer.network.pooling_every,
               "Every n-th block pools over the whole board; 0: none.", {0, 200});
  binder->Bind("head_channels", &trainer.network.head_channels, "Channels of each head.",
               {1, 4096});
  int norm = static_cast<int>(trainer.network.norm);
  binder->BindChoice("norm", &norm, {"batch", "fixed"},
                     "What stands behind convolutions: batch normalisation, or a scale and a shift "
                     "without statistics, whose values are more precise.");
  trainer.network.norm = static_cast<learner::Norm>(norm);
  binder->Section("learner");
  auto& learner = config->learner;
  binder->Bind("generation_episodes", &learner.generation_episodes,
               "Episodes between two checkpoints.", {1, 1e9});
  binder->Bind("reuse", &learner.reuse, "Times each row is trained on, on average.", {0.01, 100});
  binder->Bind("first_rows", &learner.first_rows, "Rows before the first training.", {1, 1e9});
  binder->Bind("batch", &trainer.batch, "Rows a training step.", {1, 65536});
  binder->Bind("threads", &trainer.threads, "CPU threads of the learner.", {1, 1024});
  int optimizer = static_cast<int>(trainer.optimizer);
  binder->BindChoice("optimizer", &optimizer, {"sgd", "adam"},
                     "adam where a value must be learned precisely from few, noisy episodes.");
  trainer.optimizer = static_cast<learner::Optimizer>(optimizer);
  binder->Bind("learning_rate", &trainer.learning_rate,
               "Peak learning rate; 0: 0.02 for sgd, 0.001 for adam.", {0, 10});
  binder->Bind("momentum", &trainer.momentum, "Of SGD; beta 1 of Adam.", {0, 0.9999});
  binder->Bind("weight_decay", &trainer.weight_decay, "On convolution weights.", {0, 1});
  binder->Bind("warmup_steps", &trainer.warmup_steps, "Linear warm-up.", {0, 1e9});
  binder->Bind("decay_steps", &trainer.decay_steps,
               "Cosine decay to a tenth over so many steps; 0: constant.", {0, 1e12});
  binder->Bind("gradient_clip", &trainer.gradient_clip, "Largest gradient norm; 0: off.", {0, 1e9});
  binder->Bind("ema_decay", &trainer.ema_decay, "Weight averaging, per step.", {0, 0.999999});
  binder->Bind("value_weight", &trainer.value_weight, "Of the value loss.", {0, 1000});
  binder->Bind("ownership_weight", &trainer.ownership_weight, "Of the ownership loss.", {0, 1000});
  binder->Bind("score_weight", &trainer.score_weight, "Of the score loss.", {0, 1000});
  binder->Bind("window_minimum_rows", &learner.window.minimum_rows,
               "The replay window is never smaller, once there.", {1, 1e12});
  binder->Bind("window_exponent", &learner.window.exponent,
               "Power law of its growth with the rows made.", {0.01, 1});
  binder->Bind("window_scale", &learner.window.scale, "Slope of that growth at the start.",
               {0.001, 10});
  binder->Bind("window_maximum_rows", &learner.window.maximum_rows, "Never larger.", {1, 1e12});
  binder->Bind("value_horizon", &learner.window.value_horizon,
               "Decisions over which later search values are averaged for the value target; 0: the "
               "outcome alone.",
               {0, 1e6});
}

void BindJudge(ConfigBinder* binder, JudgeSection* judge) {
  binder->Section("judge");
  binder->Bind("problem", &judge->problem,
               "Folder of a problem package whose tests judge the artifacts of episodes in the "
               "sandbox, from the working directory; empty: the environment's own judge, if any.");
  binder->Bind("language", &judge->language, "Language of those artifacts; `tesuji judge` has it.");
  binder->Bind("lanes", &judge->lanes, "Artifacts judged at once by the sandbox.", {1, 1024});
  binder->Bind("capacity", &judge->capacity, "Episodes that may wait for a judgement.", {1, 1e6});
  binder->Bind("deadline_seconds", &judge->deadline_seconds,
               "Time for one judgement; then it counts as failed.", {0.01, 1e6});
  binder->Bind("pause_seconds", &judge->pause_seconds,
               "Wait after a failed judgement before the next attempt; doubled each time.",
               {0, 3600});
  binder->Bind("attempts", &judge->attempts,
               "Failed judgements of an episode before it is dropped and played again.", {1, 100});
}

/// The first of the producer's keys that is wrong, with its line.
std::string WrongKey(const ConfigBinder& binder, const env::ProducerFactory& producer,
                     const Json& given, const std::function<Status(const Json&)>& check) {
  for (const auto& [key, value] : given.items()) {
    if (Status good = check(Json{{key, value}}); !good) {
      return fmt::format("{}: {}", binder.Where(producer.section, key), good.error().message);
    }
  }
  return {};
}

/// Checks a producer's section and, where the file chooses it, puts it into *config.
Status ReadProducer(const ConfigBinder& binder, const env::ProducerFactory& producer,
                    const env::Environment& environment, const Json& given,
                    CampaignConfig* config) {
  const bool mine = producer.environment == config->environment.id;
  if (!mine && !given.empty()) {
    return Fail(fmt::format("{}: needs environment.id = \"{}\", found \"{}\"",
                            binder.Where(producer.section, given.begin().key()),
                            producer.environment, config->environment.id));
  }
  if (!mine) return {};
  const auto check = [&](const Json& settings) -> Status {
    auto complete = env::CompleteParameters(producer.parameters, "this section", settings);
    if (!complete) return tl::unexpected(complete.error());
    env::ProducerSetup setup;
    setup.environment = &environment;
    setup.settings = std::move(*complete);
    setup.campaign_seed = config->campaign.seed;
    setup.threads = config->selfplay.workers;
    auto made = producer.make(setup);
    if (!made) return tl::unexpected(made.error());
    return {};
  };
  if (Status good = check(given); !good) {
    const std::string wrong = WrongKey(binder, producer, given, check);
    return Fail(wrong.empty() ? fmt::format("[{}]: {}", producer.section, good.error().message)
                              : wrong);
  }
  const Json complete = *env::CompleteParameters(producer.parameters, "", given);
  if (!producer.chosen_by.empty() && !complete.at(producer.chosen_by).get<bool>()) return {};
  if (!config->producer.section.empty()) {
    return Fail(fmt::format("{}: [{}] is chosen as well; a campaign explores in one way",
                            binder.Where(producer.section, producer.chosen_by),
                            config->producer.section));
  }
  config->producer = {.section = producer.section, .settings = complete};
  return {};
}

/// A Markdown table of a list of parameters.
std::string ParameterTable(const std::vector<env::Parameter>& parameters) {
  std::string text = "| key | default | meaning |\n|---|---|---|\n";
  for (const auto& parameter : parameters) {
    text += fmt::format("| `{}` | `{}` | {} |\n", parameter.name, parameter.default_value.dump(),
                        parameter.help);
  }
  return text;
}

}  // namespace

void BindCampaign(ConfigBinder* binder, CampaignConfig* config) {
  binder->Section("campaign");
  binder->Bind("name", &config->campaign.name, "For people, and the store's default file name.");
  binder->Bind("seed", &config->campaign.seed, "Every random stream derives from it.");
  binder->Bind("minutes", &config->campaign.minutes, "Stop after so many minutes; 0: no limit.",
               {0, 1e7});
  binder->Bind("episodes", &config->campaign.episodes,
               "Stop when the store holds so many episodes; 0: no limit.", {0, 1e12});
  binder->Bind("plugins", &config->campaign.plugins,
               "Shared libraries with environments, relative to this file.");
  binder->Section("environment");
  binder->Bind("id", &config->environment.id, "Which environment; `tesuji envs` lists them.");
  binder->BindRest(&config->environment.parameters);
  BindSearch(binder, &config->episode);
  BindSelfplay(binder, config);
  BindLearner(binder, config);
  binder->Section("storage");
  binder->Bind("path", &config->storage.path, "The store; empty: runs/NAME.db.");
  binder->Bind("heldout_fraction", &config->storage.heldout_fraction,
               "Share of episodes never trained on; they measure compression.", {0, 0.9});
  binder->Section("evaluation");
  auto& evaluation = config->evaluation;
  binder->Bind("every", &evaluation.every, "Generations between matches; 0: none.", {0, 1e6});
  binder->Bind("games", &evaluation.games, "Per opponent and generation, colours swapped.",
               {2, 1e6});
  binder->Bind("visits", &evaluation.visits, "Simulations a move in matches.", {1, 1e7});
  binder->Bind("final_games", &evaluation.final_games,
               "At the end: against uniform random and the first trained checkpoint; 0: none.",
               {0, 1e6});
  binder->Bind("heldout_episodes", &evaluation.heldout_episodes,
               "The newest so many held-out episodes score a checkpoint.", {1, 1e6});
  binder->Bind("engines", &evaluation.engines,
               "Commands of GTP engines to play at the end (Go only).");
  binder->Bind("engine_games", &evaluation.engine_games, "Games against each engine.", {0, 1e6});
  BindJudge(binder, &config->judge);
}

std::filesystem::path CampaignConfig::store_path() const {
  if (!storage.path.empty()) return storage.path;
  return std::filesystem::path("runs") / (campaign.name + ".db");
}

Status LoadCampaignPlugins(const ConfigFile& file, const std::filesystem::path& folder,
                           env::Registry* registry) {
  CampaignConfig config;
  ConfigBinder binder(&file);
  BindCampaign(&binder, &config);  // What else may be wrong is ReadCampaign()'s to say.
  for (const auto& plugin : config.campaign.plugins) {
    if (auto status = env::LoadPlugin(folder / plugin, registry); !status) {
      return Fail(
          fmt::format("{}: {}", binder.Where("campaign", "plugins"), status.error().message));
    }
  }
  return {};
}

Result<CampaignConfig> ReadCampaign(const ConfigFile& file, const env::Registry& registry) {
  CampaignConfig config;
  ConfigBinder binder(&file);
  BindCampaign(&binder, &config);
  std::map<std::string, Json> given;  // Of each producer's section.
  for (const auto& producer : registry.producers()) {
    binder.Section(producer.section);
    given[producer.section] = Json::object();
    binder.BindRest(&given[producer.section]);
  }
  if (auto status = binder.Finish(); !status) return tl::unexpected(status.error());
  if (registry.Find(config.environment.id) == nullptr) {
    std::vector<std::string> ids;
    for (const auto& factory : registry.factories()) ids.push_back(factory.id);
    return Fail(fmt::format("{}: no environment \"{}\"; there are {}",
                            binder.Where("environment", "id"), config.environment.id,
                            fmt::join(ids, ", ")));
  }
  // Each key is tried alone against the registry's list so that the message has its line.
  auto made = registry.Make(config.environment.id, config.environment.parameters);
  if (!made) {
    for (const auto& [key, value] : config.environment.parameters.items()) {
      if (auto alone = registry.Make(config.environment.id, Json{{key, value}}); !alone) {
        return Fail(fmt::format("{}: {}", binder.Where("environment", key), alone.error().message));
      }
    }
    return Fail(fmt::format("{}: {}", binder.Where("environment", "id"), made.error().message));
  }
  for (const auto& producer : registry.producers()) {
    if (auto status = ReadProducer(binder, producer, **made, given[producer.section], &config);
        !status) {
      return tl::unexpected(status.error());
    }
  }
  config.environment.parameters = (*made)->parameters();
  config.values = binder.values();
  config.values["environment"].update(config.environment.parameters);
  for (const auto& producer : registry.producers()) config.values.erase(producer.section);
  if (!config.producer.section.empty()) {
    config.values[config.producer.section] = config.producer.settings;
  }
  config.learner.trainer.seed = config.campaign.seed;
  config.episode.full.root_noise = true;
  return config;
}

Json DefaultValues() {
  CampaignConfig defaults;
  ConfigBinder binder(nullptr);
  BindCampaign(&binder, &defaults);
  return binder.values();
}

search::SearchOptions SearchSettings(const Json& values) {
  ConfigFile file;
  const Json known = values.is_object() ? values.value("search", Json()) : Json();
  for (const auto& [key, value] : known.items()) {
    // Scalars are written alike in JSON and TOML.
    (void)file.Override(fmt::format("search.{}={}", key, value.dump()));
  }
  CampaignConfig config;
  ConfigBinder binder(&file);
  BindCampaign(&binder, &config);  // What cannot be read keeps its default.
  return Validate(config.episode.full) ? config.episode.full : search::SearchOptions();
}

std::string CampaignReference(const env::Registry& registry) {
  CampaignConfig defaults;
  ConfigBinder binder(nullptr);
  BindCampaign(&binder, &defaults);
  std::string text =
      "# The campaign file\n\nTOML. Every key is optional; `--set section.key=value` overrides one "
      "on the command line.\nThis page is printed by `tesuji envs --campaign-reference`.\n";
  std::string section;
  for (const auto& key : binder.keys()) {
    if (key.section != section) {
      section = key.section;
      text += fmt::format("\n## [{}]\n\n| key | type | default | meaning |\n|---|---|---|---|\n",
                          section);
    }
    text +=
        fmt::format("| `{}` | {} | `{}` | {} |\n", key.name, key.type, key.default_value, key.help);
  }
  for (const auto& producer : registry.producers()) {
    text += fmt::format("\n## [{}]\n\n{}. For environment \"{}\"", producer.section,
                        producer.summary, producer.environment);
    if (!producer.chosen_by.empty()) {
      text += fmt::format(", instead of self-play where `{}` is true", producer.chosen_by);
    }
    text += ".\n\n" + ParameterTable(producer.parameters);
  }
  text += "\n## Parameters of each environment, in [environment]\n";
  for (const auto& factory : registry.factories()) {
    text += fmt::format("\n### id = \"{}\"\n\n{}\n\n", factory.id, factory.summary) +
            ParameterTable(factory.parameters);
  }
  return text;
}

}  // namespace tesuji::campaign
