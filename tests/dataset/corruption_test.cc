// Nothing false goes into a dataset: rows corrupted in many ways are each caught, with a reason.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>

#include "dataset/inspect.h"
#include "dataset/random_episode.h"
#include "tests/dataset/support.h"

namespace tesuji::dataset {
namespace {

struct Corruption {
  const char* name;
  std::function<void(env::Trajectory*)> in_memory;  ///< Then stored with right checksums.
  const char* sql = nullptr;                        ///< Or done to the file afterwards.
};

const std::vector<Corruption>& Corruptions() {
  static const std::vector<Corruption> all = {
      {"an action that is not legal", [](auto* t) { t->steps[5].action = t->steps[4].action; }},
      {"the wrong winner", [](auto* t) { t->outcome.value = -t->outcome.value; }},
      {"the wrong score", [](auto* t) { t->outcome.score += 2; }},
      {"another owner of a point",
       [](auto* t) {
         auto& owner = t->outcome.ownership[3];
         owner = static_cast<std::int8_t>(owner == 1 ? -1 : 1);
       }},
      {"a policy that sums to two",
       [](auto* t) {
         for (auto& entry : t->steps[2].policy) entry.probability *= 2;
       }},
      {"a policy on an occupied point",
       [](auto* t) {
         t->steps[6].policy = {{t->steps[5].action, 1.0F}};
       }},
      {"the end cut off", [](auto* t) { t->steps.resize(t->steps.size() - 3); }},
      {"the record of another game",
       [](auto* t) { t->artifact.replace(t->artifact.find(";B["), 5, ";B[aa"); }},
      {"a weight that is no number",
       [](auto* t) { t->steps[1].weight = std::numeric_limits<float>::quiet_NaN(); }},
      {"a fingerprint of another position", [](auto* t) { t->final_fingerprint.low ^= 1; }},
      {"the rules of another version", [](auto* t) { t->provenance.environment_version += 1; }},
      {"a search value outside its range", [](auto* t) { t->steps[0].root_value = 3; }},
      {"bytes flipped in the file",
       {},
       "UPDATE trajectories SET bytes = CAST(substr(bytes, 1, 99) || x'5a5a' || substr(bytes, 102) "
       "AS BLOB) WHERE id = ?"},
      {"bytes cut off in the file",
       {},
       "UPDATE trajectories SET bytes = substr(bytes, 1, length(bytes) - 40) WHERE id = ?"},
      {"another value in its column", {}, "UPDATE trajectories SET value = -value WHERE id = ?"},
      {"another hash in its column",
       {},
       "UPDATE trajectories SET hash = '0123456789' || substr(hash, 11) WHERE id = ?"},
      {"status made verified again", {}, "UPDATE trajectories SET split = 'heldout' WHERE id = ?"},
      {"a row taken out", {}, "DELETE FROM trajectories WHERE id = ?"},
  };
  return all;
}

TEST(Corruption, EveryKindIsCaughtAndListedWithItsReason) {
  constexpr std::size_t kRows = 1800;  // One percent of them are corrupted, in eighteen ways.
  constexpr std::size_t kStride = 100;
  ASSERT_EQ(Corruptions().size() * kStride, kRows);
  const auto environment = env::BuiltInEnvironments().Make("go", {{"size", 7}}).value();
  std::vector<env::Trajectory> rows;
  std::map<std::int64_t, std::string> corrupted;  // By row, from 0.
  for (std::size_t i = 0; i < kRows; ++i) {
    rows.push_back(
        RandomEpisode(*environment, {.episode = i, .policy_entries = 2, .max_moves = 24}));
    if (i % kStride != 50) continue;
    const Corruption& how = Corruptions()[i / kStride];
    if (how.in_memory) how.in_memory(&rows.back());
    corrupted[static_cast<std::int64_t>(i)] = how.name;
  }
  TestFolder folder;
  WriteStore(folder / "s.db", rows);
  {
    SQLite::Database database(folder / "s.db", SQLite::OPEN_READWRITE);
    for (const auto& [row, name] : corrupted) {
      const char* sql = Corruptions()[static_cast<std::size_t>(row) / kStride].sql;
      if (sql == nullptr) continue;
      SQLite::Statement statement(database, sql);
      statement.bind(1, row + 1);
      ASSERT_EQ(statement.exec(), 1) << name;
    }
  }
  BuildOptions options;
  options.stores = {folder / "s.db"};
  options.out = folder / "out";
  options.recipe.exports.views = {"trajectories"};
  options.recipe.dedup.exact = false;
  const auto report = Build(options);
  EXPECT_EQ(report.rows_in, static_cast<std::int64_t>(kRows));
  EXPECT_EQ(report.rows_out, static_cast<std::int64_t>(kRows - corrupted.size()));
  std::set<std::int64_t> listed;
  ASSERT_TRUE(ForEachJsonLine(folder / "out/ledger.jsonl.zst", [&](const Json& line) {
    if (line["fate"] != "dropped") return true;
    listed.insert(line["row"].get<std::int64_t>());
    const std::string reason = line["reason"];
    EXPECT_TRUE(reason == "unreadable" || reason.starts_with("verify:")) << line;
    EXPECT_FALSE(line.value("detail", "").empty()) << line;
    return true;
  }));
  for (const auto& [row, name] : corrupted) EXPECT_TRUE(listed.contains(row)) << name;
  EXPECT_EQ(listed.size(), corrupted.size());
}

}  // namespace
}  // namespace tesuji::dataset
