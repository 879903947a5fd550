#include "dataset/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/nearest_word.h"

namespace tesuji::dataset {
namespace {

constexpr SettingRules kShare{.minimum = 0, .maximum = 1};
constexpr SettingRules kCount{.minimum = 0, .maximum = 1e15};

void DescribeSources(SettingsTable* b, Recipe* r) {
  b->Section("dataset");
  b->Add("name", &r->dataset.name, "For people: title of the dataset card.");
  b->Add("description", &r->dataset.description, "One paragraph of the dataset card.");
  b->Add("license", &r->dataset.license, "Licence identifier, such as cc0-1.0.");
  b->Add("url", &r->dataset.url, "Where it will be published; goes into the metadata.");
  b->Add("date", &r->dataset.date, "Of publication, YYYY-MM-DD; no clock is read.");
  b->Add("seed", &r->dataset.seed, "Of splits, caps and sampling.");
  b->Section("select");
  b->AddChoice("status", &r->select.status, {"verified", "rejected", "any"},
               "Which rows of the store.");
  b->AddChoice("campaign_split", &r->select.campaign_split, {"any", "train", "heldout"},
               "Episodes the campaign trained on, or held out.");
  b->Add("environments", &r->select.environments, "Ids of environments; empty: all.");
  b->Add("checkpoints", &r->select.checkpoints,
         "Beginnings of the hash of the network an episode began with; empty: all.");
  b->Add("first_checkpoint", &r->select.first_checkpoint,
         "Only episodes that a network of this generation or later began.", kCount);
  b->Section("verify");
  b->Add("fraction", &r->verify.fraction, "Share of the selected rows that is verified again.",
         kShare);
}

void DescribeDuplicates(SettingsTable* b, Recipe* r) {
  b->Section("dedup");
  b->Add("exact", &r->dedup.exact, "Drop episodes equal up to the environment's symmetries.");
  b->Add("positions", &r->dedup.positions, "Drop repeated positions, up to symmetries too.");
  b->Add("behaviour", &r->dedup.behaviour, "Drop equal behaviour on probe inputs (programs).");
  b->Add("near", &r->dedup.near, "Drop near duplicates: MinHash, then true Jaccard.");
  b->Add("threshold", &r->dedup.threshold, "Jaccard similarity of a near duplicate.",
         {.minimum = 0.01, .maximum = 1});
  b->Add("words", &r->dedup.words, "Words of a shingle.", {.minimum = 1, .maximum = 32});
  b->Add("bands", &r->dedup.bands, "Bands of the MinHash signature.",
         {.minimum = 1, .maximum = 64});
  b->Add("rows", &r->dedup.rows, "Hashes of a band.", {.minimum = 1, .maximum = 32});
  b->Section("decontaminate");
  b->Add("suites", &r->decontaminate.suites,
         "Held-out material: .jsonl, .sgf, .sgfs or .txt files, or folders of them.");
  b->Add("ngram", &r->decontaminate.ngram, "Words of a match.", {.minimum = 2, .maximum = 64});
  b->Add("overlap", &r->decontaminate.overlap,
         "Share of a document's n-grams in the suites that makes it contaminated.",
         {.minimum = 0.001, .maximum = 1});
  b->Add("longest", &r->decontaminate.longest,
         "Words in a row shared with a suite that make it contaminated; 0: off.", {0, 1e6});
  b->Add("behaviour", &r->decontaminate.behaviour, "Also compare behaviour (programs).");
}

void DescribeFilters(SettingsTable* b, Recipe* r) {
  FilterSection& f = r->filter;
  b->Section("filter");
  b->Add("min_length", &f.min_length, "Actions of an episode.", kCount);
  b->Add("max_length", &f.max_length, "Actions of an episode; 0: no limit.", kCount);
  b->Add("min_value", &f.min_value, "Outcome, first player's view.", {.minimum = -1, .maximum = 1});
  b->Add("max_value", &f.max_value, "Outcome, first player's view.", {.minimum = -1, .maximum = 1});
  b->Add("terminations", &f.terminations, "Only these ways to end; empty: all.");
  b->Add("exclude_terminations", &f.exclude_terminations, "None of these ways to end.");
  b->Add("min_mean_visits", &f.min_mean_visits, "Simulations of a full search, on average.",
         kCount);
  b->Add("min_surprise", &f.min_surprise, "Mean KL(search || prior) in nats.",
         {.minimum = 0, .maximum = 1e6});
  b->Add("max_surprise", &f.max_surprise, "The same; 0: no limit.", {0, 1e6});
  b->Add("min_difficulty", &f.min_difficulty, "Mean |search value - outcome|, 0 to 2.",
         {.minimum = 0, .maximum = 2});
  b->Add("max_difficulty", &f.max_difficulty, "The same.", {.minimum = 0, .maximum = 2});
  b->Add("success_value", &f.success_value, "An outcome of at least this counts as passed.",
         {.minimum = -1, .maximum = 1});
  b->Add("min_pass_rate", &f.min_pass_rate, "Share of a task's episodes that passed.", kShare);
  b->Add("max_pass_rate", &f.max_pass_rate, "The same: below 1 drops what is too easy.", kShare);
  b->Section("balance");
  b->Add("per_task", &r->balance.per_task, "At most so many episodes a task; 0: no cap.", kCount);
  b->Add("per_group", &r->balance.per_group, "At most so many a split group; 0: no cap.", kCount);
  b->Add("outcomes", &r->balance.outcomes, "As many episodes of each outcome.");
  b->Add("total", &r->balance.total, "At most so many episodes in all; 0: no cap.", kCount);
  b->Section("split");
  b->AddChoice("by", &r->split.by, {"auto", "opening", "task", "episode"},
               "What must not be in two splits; auto: opening for two players, else task.");
  b->Add("opening_moves", &r->split.opening_moves, "Moves that make an opening.",
         {.minimum = 1, .maximum = 1000});
  b->Add("validation", &r->split.validation, "Share of the groups.", kShare);
  b->Add("test", &r->split.test, "Share of the groups.", kShare);
}

void DescribeViews(SettingsTable* b, Recipe* r) {
  ViewSection& v = r->view;
  b->Section("view");
  b->Add("features", &v.features, "Observation planes in the view positions.");
  b->Add("text", &v.text, "The board as text in the view positions.");
  b->Add("targets_only", &v.targets_only, "Only positions with a full search.");
  b->Add("min_target_visits", &v.min_target_visits, "Simulations of a position's search.", kCount);
  b->Add("preference_margin", &v.preference_margin,
         "How many times more probable the chosen move is than the rejected one.",
         {.minimum = 1, .maximum = 1e9});
  b->Add("step_tolerance", &v.step_tolerance, "Value that a good step may lose.",
         {.minimum = 0, .maximum = 2});
  b->Add("pairs_per_task", &v.pairs_per_task, "Preference pairs between episodes of one task.",
         kCount);
  b->Add("near_misses", &v.near_misses,
         "Preferences of a task without a failed episode: against a near miss (programs).");
  b->Add("trace_moves", &v.trace_moves, "Candidate moves a step that a trace names.",
         {.minimum = 1, .maximum = 100});
  b->Add("system_prompt", &v.system_prompt, "First message of chats; empty: none.");
  b->Section("export");
  b->Add("views", &r->exports.views, "What a row is; several make several folders.");
  b->Add("formats", &r->exports.formats, "File formats, each for every view it can hold.");
  b->Add("shard_rows", &r->exports.shard_rows, "Rows of a shard, about.",
         {.minimum = 1, .maximum = 1e9});
  b->Add("level", &r->exports.level, "Zstandard level.", {.minimum = 1, .maximum = 19});
}

Status CheckNames(const ConfigFile& file, const char* key, const std::vector<std::string>& given,
                  const std::vector<std::string>& known) {
  if (given.empty()) {
    return Fail(fmt::format("{}: expected at least one of {}", file.Where("export", key),
                            fmt::join(known, ", ")));
  }
  for (const std::string& name : given) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string nearest = NearestWord(name, known);
    return Fail(fmt::format("{}: unknown name \"{}\"{}; there are {}", file.Where("export", key),
                            name,
                            nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest),
                            fmt::join(known, ", ")));
  }
  return {};
}

Status Check(const ConfigFile& file, const Recipe& recipe,
             const std::vector<std::string>& record_formats) {
  if (recipe.split.validation + recipe.split.test > 1) {
    return Fail(fmt::format("{}: validation {} and test {} are more than everything",
                            file.Where("split", "test"), recipe.split.validation,
                            recipe.split.test));
  }
  if (recipe.filter.min_value > recipe.filter.max_value) {
    return Fail(fmt::format("{}: {} is above max_value {}", file.Where("filter", "min_value"),
                            recipe.filter.min_value, recipe.filter.max_value));
  }
  if (auto status = CheckNames(file, "views", recipe.exports.views, ViewNames()); !status) {
    return status;
  }
  std::vector<std::string> formats = FormatNames();
  formats.insert(formats.end(), record_formats.begin(), record_formats.end());
  return CheckNames(file, "formats", recipe.exports.formats, formats);
}

/// TOML for a JSON value of the kinds that a recipe holds.
std::string ToToml(const Json& value) { return value.dump(-1, ' ', false); }

}  // namespace

const std::vector<std::string>& FormatNames() {
  static const std::vector<std::string> names = {"jsonl", "parquet", "npz",       "safetensors",
                                                 "trl",   "verl",    "webdataset"};
  return names;
}

void Describe(SettingsTable* table, Recipe* recipe) {
  DescribeSources(table, recipe);
  DescribeDuplicates(table, recipe);
  DescribeFilters(table, recipe);
  DescribeViews(table, recipe);
}

Result<Recipe> ReadRecipe(const ConfigFile& file, const std::vector<std::string>& record_formats) {
  Recipe recipe;
  SettingsTable table;
  Describe(&table, &recipe);
  if (auto status = table.Read(file); !status) return tl::unexpected(status.error());
  if (auto status = Check(file, recipe, record_formats); !status) {
    return tl::unexpected(status.error());
  }
  return recipe;
}

Json RecipeToJson(const Recipe& recipe) {
  Recipe copy = recipe;
  SettingsTable table;
  Describe(&table, &copy);
  return table.Values();
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
  SettingsTable table;
  Describe(&table, &recipe);
  std::string text;
  for (const std::string& section : table.sections()) {
    text += fmt::format("\n### [{}]\n\n| key | type | default | meaning |\n|---|---|---|---|\n",
                        section);
    for (const Setting& row : table.rows()) {
      if (row.section != section) continue;
      const bool choice = std::holds_alternative<SettingChoice>(row.place);
      text += fmt::format("| `{}` | {} | `{}` | {}{} |\n", row.name, row.type(), row.Value().dump(),
                          row.help, choice ? fmt::format(" One of: {}.", row.allowed()) : "");
    }
  }
  return text;
}

}  // namespace tesuji::dataset
