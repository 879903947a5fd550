// What lz-analyze and kata-analyze are asked for and what they print, as Sabaki, Lizzie and gogui
// read it. Sources: the answers' formats in Leela Zero's README and KataGo's GTP_Extensions.md.
//
// All figures are from the view of the player to move. Win rates come from values in [-1, 1]; "lcb"
// is the lower end of a 95 % interval that assumes the largest variance such a value can have.
// Thread-safety: pure functions on values.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "env/go/go_state.h"
#include "search/mcts.h"

namespace tesuji::gtp {

enum class AnalysisFormat : std::uint8_t { kLeela, kKata };

struct AnalysisRequest {
  env::go::Color color = env::go::Color::kBlack;
  std::chrono::milliseconds interval{0};  ///< Between two reports; 0: only the last one.
  int min_moves = 0;                      ///< Also unvisited ones, to make up this number.
  int max_moves = 1'000'000;
  std::vector<env::Action> avoid = {};  ///< Not reported, and not played by genmove_analyze.
  std::vector<env::Action> allow = {};  ///< When not empty, only these are.
  bool ownership = false;
  bool root_info = false;

  bool Allows(env::Action action) const;
};

/// Reads the words after lz-analyze and its like: [color] [centiseconds] and any of interval,
/// avoid, allow, minmoves, maxmoves, ownership, rootInfo; other switches of KataGo are accepted
/// and change nothing. Without a colour, `to_play` is taken.
Result<AnalysisRequest> ParseAnalysis(const env::go::Rules& rules, env::go::Color to_play,
                                      std::span<const std::string> words);

/// One report: a line without line break.
std::string FormatAnalysis(AnalysisFormat format, const env::go::Rules& rules,
                           const AnalysisRequest& request, const search::SearchResult& result,
                           std::span<const float> ownership);

/// The moves of a result from best to worst: the chosen one, then by visits, value, prior.
std::vector<search::ActionStats> RankedMoves(const search::SearchResult& result,
                                             env::go::Color color);

}  // namespace tesuji::gtp
