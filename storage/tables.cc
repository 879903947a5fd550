#include "storage/tables.h"

#include <utility>

namespace tesuji::storage {
namespace {

const char* StatusName(TrajectoryStatus status) {
  return status == TrajectoryStatus::kVerified ? "verified" : "rejected";
}

ColumnValue GetStatus(const TrajectoryRow& row) { return std::string(StatusName(row.status)); }
void SetStatus(TrajectoryRow* row, ColumnValue value) {
  row->status = std::get<std::string>(value) == "verified" ? TrajectoryStatus::kVerified
                                                           : TrajectoryStatus::kRejected;
}

ColumnValue GetKind(const UnfinishedEpisode& row) {
  return std::string(row.kind == UnfinishedKind::kPlaying ? "playing" : "unjudged");
}
void SetKind(UnfinishedEpisode* row, ColumnValue value) {
  row->kind = std::get<std::string>(value) == "unjudged" ? UnfinishedKind::kUnjudged
                                                         : UnfinishedKind::kPlaying;
}

}  // namespace

Table<CounterRow> CounterTable() {
  Table<CounterRow> table("counters", {"name"});
  table.Text<&CounterRow::name>("name", "what is counted, below").Constraint("PRIMARY KEY");
  table.Integer<&CounterRow::value>("value", "how many");
  table.Checksum("checksum", "over the columns above");
  return std::move(table.WithoutRowNumber());
}

Table<FactRow> FactTable() {
  Table<FactRow> table("facts", {"name"});
  table.Text<&FactRow::name>("name", "\"campaign\": the configuration; others: small state")
      .Constraint("PRIMARY KEY");
  table.Text<&FactRow::value>("value", "JSON");
  table.Checksum("checksum", "over the columns above");
  return std::move(table.WithoutRowNumber());
}

Table<EnvironmentRow> EnvironmentTable() {
  using Row = EnvironmentRow;
  Table<Row> table("environments", {"id"});
  table.Integer<&Row::id>("id", "1, 2, 3, … in order of arrival").RowNumber();
  table.Text<&Row::environment>("environment", "its id, such as \"go\"");
  table.Integer<&Row::version>("version", "of its rules");
  table.Text<&Row::parameters>("parameters", "JSON. Unique together with the two above");
  table.Integer<&Row::episodes>("episodes", "stored ones, rejected ones included");
  table.Checksum("checksum", "over the columns above");
  table.IndexOn({"environments_key", "environment, version, parameters", true});
  return table;
}

Table<TrajectoryRow> TrajectoryTable() {
  using Row = TrajectoryRow;
  Table<Row> table("trajectories", {"id"});
  table.Integer<&Row::id>("id", "1, 2, 3, … in order of arrival").RowNumber();
  table.Text<&Row::hash>("hash", "content hash: of everything but times. Unique");
  table.Integer<&Row::campaign_seed>("campaign_seed", "of which campaign, …");
  table.Integer<&Row::episode>("episode", "… which episode. Unique together");
  table.Text<&Row::environment>("environment", "its id, such as \"go\"");
  table.Integer<&Row::environment_version>("environment_version", "of its rules");
  table.Text<&Row::task>("task", "the task's id");
  table
      .Add({"status", ColumnType::kText,
            "`verified`, or `rejected`: kept with its evidence, never taught"},
           {GetStatus, SetStatus})
      .Constraint("CHECK(status IN ('verified', 'rejected'))");
  table.Text<&Row::split>("split", "`train` or `heldout`");
  table.Integer<&Row::steps>("steps", "actions");
  table.Integer<&Row::targets>("targets", "actions whose search is a training target");
  table.Real<&Row::value>("value", "outcome");
  table.Real<&Row::score>("score", "outcome");
  table.Text<&Row::termination>("termination", "\"two-passes\", \"judged:AC\", …");
  table.Text<&Row::first_checkpoint>("first_checkpoint", "hash of the network it began with");
  table.Text<&Row::last_checkpoint>("last_checkpoint", "hash of the newest network it used");
  table.Integer < [](auto& row) -> auto& { return row.timing.started_unix_ms; }
  > ("started_unix_ms", "when it began");
  table.Integer < [](auto& row) -> auto& { return row.timing.wall_ms; }
  > ("wall_ms", "how long it took");
  table.Integer < [](auto& row) -> auto& { return row.timing.evaluations; }
  > ("evaluations", "network evaluations spent");
  table.Integer<&Row::created_unix_ms>("created_unix_ms", "when it was stored");
  table.Text<&Row::bytes_checksum>("bytes_checksum", "checksum of `bytes`");
  table.Checksum("row_checksum", "over the columns above");
  table.Blob<&Row::bytes>("bytes", "the whole trajectory, next section").Unchecked();
  table.IndexOn({"trajectories_hash", "hash", true});
  table.IndexOn({"trajectories_episode", "campaign_seed, episode", true});
  table.IndexOn({"trajectories_checkpoint", "first_checkpoint, status", false});
  return table;
}

Table<CheckpointRow> CheckpointTable() {
  using Row = CheckpointRow;
  Table<Row> table("checkpoints", {"id"});
  table.Integer<&Row::id>("id", "generation; 0 is the untrained network").RowNumber();
  table.Text<&Row::hash>("hash", "SHA-256 of the weight bytes");
  table.Integer<&Row::episodes>("episodes", "in the store when it was made");
  table.Integer<&Row::training_steps>("training_steps", "since the untrained network");
  table.Integer<&Row::created_unix_ms>("created_unix_ms", "when it was made");
  table.Text<&Row::info_json>("info", "JSON: network configuration, losses");
  table.Checksum("checksum", "over the columns above");
  return table;
}

Table<BlobRow> BlobTable() {
  using Row = BlobRow;
  Table<Row> table("checkpoint_blobs", {"checkpoint", "kind"});
  table.Integer<&Row::checkpoint>("checkpoint", "→ `checkpoints.id`")
      .Constraint("REFERENCES checkpoints(id)");
  table
      .Text<&Row::kind>(
          "kind", "`weights` (a safetensors file), or `learner_state` (newest checkpoint only)")
      .Constraint("CHECK(kind IN ('weights', 'learner_state'))");
  table.Text<&Row::sha256>("sha256", "of `bytes`");
  table.Blob<&Row::bytes>("bytes", "as they are, not compressed");
  table.IndexOn({"checkpoint_blobs_kind", "checkpoint, kind", true});
  return table;
}

Table<Metric> MetricTable() {
  Table<Metric> table("metrics", {"checkpoint", "name"});
  table.Integer<&Metric::checkpoint>("checkpoint", "whose figure it is");
  table.Text<&Metric::name>("name", "\"bits_per_action\", \"loss\", …");
  table.Real<&Metric::value>("value", "the figure");
  table.Checksum("checksum", "over the columns above");
  return std::move(table.KeyIsPrimary().WithoutRowNumber());
}

Table<MatchRow> MatchTable() {
  using Row = MatchRow;
  Table<Row> table("matches", {"id"});
  table.Integer<&Row::id>("id", "in order of arrival; not in the checksum").RowNumber().Unchecked();
  table.Text<&Row::player>("player", "\"checkpoint:12\", …; the figures are from its view");
  table.Text<&Row::opponent>("opponent", "\"gnugo-1\", …");
  table.Integer<&Row::wins>("wins", "games");
  table.Integer<&Row::draws>("draws", "games");
  table.Integer<&Row::losses>("losses", "games");
  table.Text<&Row::settings_json>("settings", "JSON: whatever decides the figures");
  table.Integer<&Row::created_unix_ms>("created_unix_ms", "when it was stored");
  table.Checksum("checksum", "over the columns above but `id`");
  return table;
}

Table<UnfinishedEpisode> UnfinishedTable() {
  using Row = UnfinishedEpisode;
  Table<Row> table("unfinished", {"episode"});
  table.Integer<&Row::episode>("episode", "begun and not stored at the last stop").RowNumber();
  table
      .Add({"kind", ColumnType::kText,
            "`playing`: `bytes` are its producer's; `unjudged`: it is played and awaits its judge"},
           {GetKind, SetKind})
      .Constraint("DEFAULT 'playing' CHECK(kind IN ('playing', 'unjudged'))");
  table.Checksum("checksum", "over `episode`, `kind` and the checksum of `bytes`");
  table.Blob<&Row::bytes>("bytes", "what is needed to go on");
  return table;
}

std::vector<TableShape> AllTables() {
  return {CounterTable().shape(),    FactTable().shape(),       EnvironmentTable().shape(),
          TrajectoryTable().shape(), CheckpointTable().shape(), BlobTable().shape(),
          MetricTable().shape(),     MatchTable().shape(),      UnfinishedTable().shape()};
}

}  // namespace tesuji::storage
