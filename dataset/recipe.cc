#include "dataset/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace tesuji::dataset {
namespace {

constexpr ConfigRange kShare{0, 1};
constexpr ConfigRange kCount{0, 1e15};

void BindSources(ConfigBinder* b, Recipe* r) {
  b->Section("dataset");
  b->Bind("name", &r->dataset.name, "For people: title of the dataset card.");
  b->Bind("description", &r->dataset.description, "One paragraph of the dataset card.");
  b->Bind("license", &r->dataset.license, "Licence identifier, such as cc0-1.0.");
  b->Bind("url", &r->dataset.url, "Where it will be published; goes into the metadata.");
  b->Bind("date", &r->dataset.date, "Of publication, YYYY-MM-DD; no clock is read.");
  b->Bind("seed", &r->dataset.seed, "Of splits, caps and sampling.");
  b->Section("select");
  b->BindChoice("status", &r->select.status, {"verified", "rejected", "any"},
                "Which rows of the store.");
  b->BindChoice("campaign_split", &r->select.campaign_split, {"any", "train", "heldout"},
                "Episodes the campaign trained on, or held out.");
  b->Bind("environments", &r->select.environments, "Ids of environments; empty: all.");
  b->Bind("checkpoints", &r->select.checkpoints,
          "Beginnings of the hash of the network an episode began with; empty: all.");
  b->Bind("first_checkpoint", &r->select.first_checkpoint,
          "Only episodes that a network of this generation or later began.", kCount);
  b->Section("verify");
  b->Bind("fraction", &r->verify.fraction, "Share of the selected rows that is verified again.",
          kShare);
}

void BindDuplicates(ConfigBinder* b, Recipe* r) {
  b->Section("dedup");
  b->Bind("exact", &r->dedup.exact, "Drop episodes equal up to the environment's symmetries.");
  b->Bind("positions", &r->dedup.positions, "Drop repeated positions, up to symmetries too.");
  b->Bind("behaviour", &r->dedup.behaviour, "Drop equal behaviour on probe inputs (programs).");
  b->Bind("near", &r->dedup.near, "Drop near duplicates: MinHash, then true Jaccard.");
  b->Bind("threshold", &r->dedup.threshold, "Jaccard similarity of a near duplicate.", {0.01, 1});
  b->Bind("words", &r->dedup.words, "Words of a shingle.", {1, 32});
  b->Bind("bands", &r->dedup.bands, "Bands of the MinHash signature.", {1, 64});
  b->Bind("rows", &r->dedup.rows, "Hashes of a band.", {1, 32});
  b->Section("decontaminate");
  b->Bind("suites", &r->decontaminate.suites,
          "Held-out material: .jsonl, .sgf, .sgfs or .txt files, or folders of them.");
  b->Bind("ngram", &r->decontaminate.ngram, "Words of a match.", {2, 64});
  b->Bind("overlap", &r->decontaminate.overlap,
          "Share of a document's n-grams in the suites that makes it contaminated.", {0.001, 1});
  b->Bind("longest", &r->decontaminate.longest,
          "Words in a row shared with a suite that make it contaminated; 0: off.", {0, 1e6});
  b->Bind("behaviour", &r->decontaminate.behaviour, "Also compare behaviour (programs).");
}

void BindFilters(ConfigBinder* b, Recipe* r) {
  FilterSection& f = r->filter;
  b->Section("filter");
  b->Bind("min_length", &f.min_length, "Actions of an episode.", kCount);
  b->Bind("max_length", &f.max_length, "Actions of an episode; 0: no limit.", kCount);
  b->Bind("min_value", &f.min_value, "Outcome, first player's view.", {-1, 1});
  b->Bind("max_value", &f.max_value, "Outcome, first player's view.", {-1, 1});
  b->Bind("terminations", &f.terminations, "Only these ways to end; empty: all.");
  b->Bind("exclude_terminations", &f.exclude_terminations, "None of these ways to end.");
  b->Bind("min_mean_visits", &f.min_mean_visits, "Simulations of a full search, on average.",
          kCount);
  b->Bind("min_surprise", &f.min_surprise, "Mean KL(search || prior) in nats.", {0, 1e6});
  b->Bind("max_surprise", &f.max_surprise, "The same; 0: no limit.", {0, 1e6});
  b->Bind("min_difficulty", &f.min_difficulty, "Mean |search value - outcome|, 0 to 2.", {0, 2});
  b->Bind("max_difficulty", &f.max_difficulty, "The same.", {0, 2});
  b->Bind("success_value", &f.success_value, "An outcome of at least this counts as passed.",
          {-1, 1});
  b->Bind("min_pass_rate", &f.min_pass_rate, "Share of a task's episodes that passed.", kShare);
  b->Bind("max_pass_rate", &f.max_pass_rate, "The same: below 1 drops what is too easy.", kShare);
  b->Section("balance");
  b->Bind("per_task", &r->balance.per_task, "At most so many episodes a task; 0: no cap.", kCount);
  b->Bind("per_group", &r->balance.per_group, "At most so many a split group; 0: no cap.", kCount);
  b->Bind("outcomes", &r->balance.outcomes, "As many episodes of each outcome.");
  b->Bind("total", &r->balance.total, "At most so many episodes in all; 0: no cap.", kCount);
  b->Section("split");
  b->BindChoice("by", &r->split.by, {"auto", "opening", "task", "episode"},
                "What must not be in two splits; auto: opening for two players, else task.");
  b->Bind("opening_moves", &r->split.opening_moves, "Moves that make an opening.", {1, 1000});
  b->Bind("validation", &r->split.validation, "Share of the groups.", kShare);
  b->Bind("test", &r->split.test, "Share of the groups.", kShare);
}

void BindViews(ConfigBinder* b, Recipe* r) {
  ViewSection& v = r->view;
  b->Section("view");
  b->Bind("features", &v.features, "Observation planes in the view positions.");
  b->Bind("text", &v.text, "The board as text in the view positions.");
  b->Bind("targets_only", &v.targets_only, "Only positions with a full search.");
  b->Bind("min_target_visits", &v.min_target_visits, "Simulations of a position's search.", kCount);
  b->Bind("preference_margin", &v.preference_margin,
          "How many times more probable the chosen move is than the rejected one.", {1, 1e9});
  b->Bind("step_tolerance", &v.step_tolerance, "Value that a good step may lose.", {0, 2});
  b->Bind("pairs_per_task", &v.pairs_per_task, "Preference pairs between episodes of one task.",
          kCount);
  b->Bind("near_misses", &v.near_misses,
          "Preferences of a task without a failed episode: against a near miss (programs).");
  b->Bind("trace_moves", &v.trace_moves, "Candidate moves a step that a trace names.", {1, 100});
  b->Bind("system_prompt", &v.system_prompt, "First message of chats; empty: none.");
  b->Section("export");
  b->Bind("views", &r->exports.views, "What a row is; several make several folders.");
  b->Bind("formats", &r->exports.formats, "File formats, each for every view it can hold.");
  b->Bind("shard_rows", &r->exports.shard_rows, "Rows of a shard, about.", {1, 1e9});
  b->Bind("level", &r->exports.level, "Zstandard level.", {1, 19});
}

Status CheckNames(const ConfigBinder& binder, const char* key,
                  const std::vector<std::string>& given, const std::vector<std::string>& known) {
  if (given.empty()) {
    return Fail(fmt::format("{}: expected at least one of {}", binder.Where("export", key),
                            fmt::join(known, ", ")));
  }
  for (const std::string& name : given) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string nearest = NearestWord(name, known);
    return Fail(fmt::format("{}: unknown name \"{}\"{}; there are {}", binder.Where("export", key),
                            name,
                            nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest),
                            fmt::join(known, ", ")));
  }
  return {};
}

Status Check(const ConfigBinder& binder, const Recipe& recipe,
             const std::vector<std::string>& record_formats) {
  if (auto status = binder.Finish(); !status) return status;
  if (recipe.split.validation + recipe.split.test > 1) {
    return Fail(fmt::format("{}: validation {} and test {} are more than everything",
                            binder.Where("split", "test"), recipe.split.validation,
                            recipe.split.test));
  }
  if (recipe.filter.min_value > recipe.filter.max_value) {
    return Fail(fmt::format("{}: {} is above max_value {}", binder.Where("filter", "min_value"),
                            recipe.filter.min_value, recipe.filter.max_value));
  }
  if (auto status = CheckNames(binder, "views", recipe.exports.views, ViewNames()); !status) {
    return status;
  }
  std::vector<std::string> formats = FormatNames();
  formats.insert(formats.end(), record_formats.begin(), record_formats.end());
  return CheckNames(binder, "formats", recipe.exports.formats, formats);
}

/// TOML for a JSON value of the kinds that a recipe holds.
std::string ToToml(const Json& value) { return value.dump(-1, ' ', false); }

}  // namespace

const std::vector<std::string>& ViewNames() {
  static const std::vector<std::string> names = {
      "positions", "trajectories", "solutions", "preferences", "steps", "traces", "rl"};
  return names;
}

const std::vector<std::string>& FormatNames() {
  static const std::vector<std::string> names = {"jsonl", "parquet", "npz",       "safetensors",
                                                 "trl",   "verl",    "webdataset"};
  return names;
}

void BindRecipe(ConfigBinder* binder, Recipe* recipe) {
  BindSources(binder, recipe);
  BindDuplicates(binder, recipe);
  BindFilters(binder, recipe);
  BindViews(binder, recipe);
}

Result<Recipe> ReadRecipe(const ConfigFile& file, const std::vector<std::string>& record_formats) {
  Recipe recipe;
  ConfigBinder binder(&file);
  BindRecipe(&binder, &recipe);
  if (auto status = Check(binder, recipe, record_formats); !status)
    return tl::unexpected(status.error());
  return recipe;
}

Json RecipeToJson(const Recipe& recipe) {
  Recipe copy = recipe;
  ConfigBinder binder(nullptr);
  BindRecipe(&binder, &copy);
  return binder.values();
}

Result<Recipe> RecipeFromJson(const Json& values, const std::vector<std::string>& record_formats) {
  if (!values.is_object()) return Fail("recipe: expected an object of sections");
  std::string toml;
  for (const auto& [section, keys] : values.items()) {
    if (!keys.is_object()) return Fail(fmt::format("recipe: [{}]: expected an object", section));
    toml += fmt::format("[{}]\n", section);
    for (const auto& [key, value] : keys.items()) {
      toml += fmt::format("{} = {}\n", key, ToToml(value));
    }
  }
  auto file = ConfigFile::Parse(toml, "recipe");
  if (!file) return tl::unexpected(file.error());
  return ReadRecipe(*file, record_formats);
}

std::string RecipeReference() {
  Recipe recipe;
  ConfigBinder binder(nullptr);
  BindRecipe(&binder, &recipe);
  std::ostringstream text;
  std::string section;
  for (const ConfigKey& key : binder.keys()) {
    if (key.section != section) {
      section = key.section;
      text << fmt::format("\n### [{}]\n\n| key | type | default | meaning |\n|---|---|---|---|\n",
                          section);
    }
    text << fmt::format("| `{}` | {} | `{}` | {} |\n", key.name, key.type, key.default_value,
                        key.help);
  }
  return text.str();
}

}  // namespace tesuji::dataset
