#include "dataset/inspect.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <utility>

#include "api/replay.h"
#include "core/untrusted_json.h"

namespace tesuji::dataset {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeStream {
  void operator()(ZSTD_DCtx* stream) const { ZSTD_freeDCtx(stream); }
};

/// Cuts text into lines and hands each over as JSON.
class LineReader {
 public:
  explicit LineReader(const std::function<bool(const Json&)>& visit) : visit_(visit) {}
  /// False: no more is wanted, or a line was bad.
  bool Add(std::string_view text) {
    rest_ += text;
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
      ++line_;
      const auto value = ParseUntrustedJson(std::string_view(rest_).substr(begin, end - begin));
      begin = end + 1;
      if (!value || !value->is_object()) {
        bad_ = true;
        return false;
      }
      if (!visit_(*value)) return false;
    }
    rest_.erase(0, begin);
    return true;
  }
  bool bad() const { return bad_; }
  std::int64_t line() const { return line_; }

 private:
  const std::function<bool(const Json&)>& visit_;
  std::string rest_;
  std::int64_t line_ = 0;
  bool bad_ = false;
};

std::string Shown(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.find('\n') == std::string::npos ? text : fmt::format("\n{}", text);
  }
  constexpr std::size_t kShown = 12;
  if (!value.is_array() || value.size() <= kShown) return value.dump();
  // Of a long list of numbers, what is not zero says most.
  std::vector<std::pair<double, std::size_t>> largest;
  if (value.front().is_number()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const double number = value[i].get<double>();
      if (number != 0) largest.emplace_back(-number, i);
    }
  }
  std::string text = fmt::format("{} values", value.size());
  if (largest.empty()) return text;
  text += fmt::format(", {} not zero; largest:", largest.size());
  std::ranges::sort(largest);
  for (std::size_t i = 0; i < std::min<std::size_t>(6, largest.size()); ++i) {
    text += fmt::format(" [{}]={:.4g}", largest[i].second, -largest[i].first);
  }
  return text;
}

std::string DescribeSearch(const env::Step& step, const env::State& state) {
  std::string text = fmt::format("played {}; {} simulations, value {:+.3f} (first player's view)\n",
                                 state.ActionToText(step.action), step.visits, step.root_value);
  if (!step.is_target) return text + "no target: the search was a cheap one\n";
  text += fmt::format("surprise {:.3f} nats, weight {:.3f}; search policy:\n", step.surprise,
                      step.weight);
  auto policy = step.policy;
  std::ranges::stable_sort(policy, std::ranges::greater(), &env::PolicyEntry::probability);
  for (std::size_t i = 0; i < std::min<std::size_t>(8, policy.size()); ++i) {
    text += fmt::format("  {:<8} {:6.2f} %\n", state.ActionToText(policy[i].action),
                        100 * policy[i].probability);
  }
  return text;
}

}  // namespace

Result<std::string> DescribeEpisode(const storage::StoredTrajectory& stored,
                                    const env::Environment& environment, std::int64_t step) {
  const env::Trajectory& trajectory = stored.trajectory;
  const auto length = static_cast<std::int64_t>(trajectory.steps.size());
  if (step >= length) {
    return Fail(fmt::format("step {}: the episode has {} steps, from 0", step, length));
  }
  std::string moves;
  std::string at_step;
  std::string at_end;
  env::ReplayOptions replay;
  replay.limit = std::numeric_limits<std::size_t>::max();  // What does not hold is shown, too.
  replay.visit = [&](std::size_t i, const env::State& before) {
    const env::Step& now = trajectory.steps[i];
    if (std::cmp_equal(i, step)) at_step = before.ToText() + DescribeSearch(now, before);
    if (i > 0) moves += ' ';
    moves += before.ActionToText(now.action);
  };
  replay.visit_end = [&](const env::State& end) { at_end = end.ToText(); };
  const auto problems = env::ReplayTrajectory(environment, trajectory, replay);
  const auto& made_by = trajectory.provenance;
  std::string text = fmt::format(
      "trajectory {}, {}, split {}\nhash {}\nenvironment {} {}\ntask {}\nseed {} episode {}, "
      "network {}\n{} steps, value {:+g}, score {:+g}, {}\n",
      stored.id, stored.status == storage::TrajectoryStatus::kVerified ? "verified" : "rejected",
      stored.split, stored.hash, made_by.environment_id, made_by.environment_parameters.dump(),
      trajectory.task.parameters.dump(), made_by.campaign_seed, made_by.episode,
      made_by.checkpoints.empty() ? "?" : made_by.checkpoints.front(), length,
      trajectory.outcome.value, trajectory.outcome.score, trajectory.outcome.termination);
  for (std::size_t i = 0; i < std::min<std::size_t>(8, problems.size()); ++i) {
    text += fmt::format("does not hold: {}\n", problems[i]);
  }
  if (problems.size() > 8) text += fmt::format("and {} problems more\n", problems.size() - 8);
  if (step >= 0 && !at_step.empty()) text += fmt::format("\nbefore step {}:\n{}", step, at_step);
  if (step >= 0) return text;
  return fmt::format("{}\n{}\nmoves: {}\n", text, at_end, moves);
}

std::string DescribeManifest(const Json& manifest) {
  std::string text = fmt::format("{} (dataset id {})\n", manifest.value("name", "?"),
                                 manifest.value("dataset_id", "?"));
  for (const Json& view : manifest["views"]) {
    text += fmt::format("\n{}:", view.value("name", "?"));
    for (const auto& [split, total] : view["splits"].items()) {
      text += fmt::format("  {} {}", split, total.value("rows", 0));
    }
    text += "\n";
    for (const Json& column : view["columns"]) {
      text += fmt::format("  {:<14} {:<10} {}\n", column.value("name", "?"),
                          column.value("type", "?"), column.value("meaning", ""));
    }
  }
  text += "\nfiles:\n";
  for (const Json& file : manifest["files"]) {
    text += fmt::format("  {:<46} {:>9} rows {:>12} bytes\n", file.value("path", "?"),
                        file.value("rows", 0), file.value("bytes", 0));
  }
  return text;
}

std::string DescribeRow(const Json& row) {
  std::string text;
  for (const auto& [name, value] : row.items()) {
    text += fmt::format("{}: {}\n", name, Shown(value));
  }
  return text;
}

std::string TextField(const Json& line, const char* key) {
  const auto it = line.find(key);
  return it != line.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::int64_t NumberField(const Json& line, const char* key) {
  const auto it = line.find(key);
  return it != line.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

Status ForEachJsonLine(const std::filesystem::path& path,
                       const std::function<bool(const Json&)>& visit) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Fail(fmt::format("{}: cannot open", path.string()));
  const bool compressed = path.extension() == ".zst";
  const std::unique_ptr<ZSTD_DCtx, FreeStream> stream(ZSTD_createDCtx());
  if (stream == nullptr) throw std::bad_alloc();
  LineReader lines(visit);
  std::string in(ZSTD_DStreamInSize(), '\0');
  std::string out(ZSTD_DStreamOutSize(), '\0');
  std::size_t state = 0;
  while (const std::size_t got = std::fread(in.data(), 1, in.size(), file.get())) {
    if (!compressed) {
      if (!lines.Add(std::string_view(in).substr(0, got))) break;
      continue;
    }
    ZSTD_inBuffer input{in.data(), got, 0};
    bool go_on = true;
    while (go_on && input.pos < input.size) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      state = ZSTD_decompressStream(stream.get(), &output, &input);
      if (ZSTD_isError(state) != 0U) {
        return Fail(fmt::format("{}: damaged: {}", path.string(), ZSTD_getErrorName(state)));
      }
      go_on = lines.Add(std::string_view(out).substr(0, output.pos));
    }
    if (!go_on) {
      state = 0;
      break;
    }
  }
  if (lines.bad()) {
    return Fail(fmt::format("{}:{}: expected a JSON object", path.string(), lines.line()));
  }
  if (state != 0) return Fail(fmt::format("{}: ends early", path.string()));
  return {};
}

}  // namespace tesuji::dataset
