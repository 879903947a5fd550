#include "arena/elo.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

namespace tesuji::arena {
namespace {

constexpr double kQuantile95 = 1.959963984540054;
constexpr double kEloPerNat = 173.71779276130073;  // 400 / ln 10

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }

// All games between two players, i < j, with the prior's imaginary draws in `games` and `score`.
struct Pairing {
  std::size_t i = 0;
  std::size_t j = 0;
  double games = 0;
  double score = 0;  // Of i.
};

struct Table {
  std::vector<Rating> ratings;
  std::vector<Pairing> pairings;
};

Status Check(const PairResult& result) {
  for (const double count : {result.wins, result.draws, result.losses}) {
    if (!(count >= 0) || !std::isfinite(count)) {
      return Fail("result of \"" + result.player + "\" against \"" + result.opponent +
                  "\": counts must be finite and not negative");
    }
  }
  if (result.player == result.opponent) {
    return Fail("player \"" + result.player + "\" cannot be rated by games against itself");
  }
  return {};
}

Result<Table> Tabulate(const std::vector<PairResult>& results) {
  Table table;
  std::map<std::string, std::size_t> numbers;
  const auto number_of = [&](const std::string& name) {
    const auto [place, added] = numbers.emplace(name, table.ratings.size());
    if (added) {
      table.ratings.emplace_back();
      table.ratings.back().player = name;
    }
    return place->second;
  };
  std::map<std::pair<std::size_t, std::size_t>, Pairing> pairings;
  for (const PairResult& result : results) {
    if (const Status status = Check(result); !status) return tl::unexpected(status.error());
    const std::size_t a = number_of(result.player);
    const std::size_t b = number_of(result.opponent);
    const double games = result.wins + result.draws + result.losses;
    const auto add = [&](std::size_t player, double wins, double losses) {
      Rating& rating = table.ratings[player];
      rating.games += games;
      rating.wins += wins;
      rating.draws += result.draws;
      rating.losses += losses;
    };
    add(a, result.wins, result.losses);
    add(b, result.losses, result.wins);
    if (games == 0) continue;
    Pairing& pairing = pairings[std::minmax(a, b)];
    pairing.i = std::min(a, b);
    pairing.j = std::max(a, b);
    pairing.games += games;
    pairing.score += result.draws / 2 + (a < b ? result.wins : result.losses);
  }
  for (const auto& [players, pairing] : pairings) table.pairings.push_back(pairing);
  return table;
}

void AddPrior(double draws, Table* table) {
  for (Pairing& pairing : table->pairings) {
    const double games = pairing.games;
    const double extra =
        draws * (games / table->ratings[pairing.i].games + games / table->ratings[pairing.j].games);
    pairing.games += extra;
    pairing.score += extra / 2;
  }
}

// Number of the connected component of each player.
std::vector<std::size_t> Components(const Table& table) {
  std::vector<std::size_t> component(table.ratings.size());
  for (std::size_t i = 0; i < component.size(); ++i) component[i] = i;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Pairing& pairing : table.pairings) {
      const std::size_t least = std::min(component[pairing.i], component[pairing.j]);
      changed = changed || component[pairing.i] != least || component[pairing.j] != least;
      component[pairing.i] = component[pairing.j] = least;
    }
  }
  return component;
}

// Without a prior a finite maximum exists exactly when everybody can be reached from everybody by
// steps from a player to one that took points off it (Ford 1957), within each component.
bool HasFiniteMaximum(const Table& table, const std::vector<std::size_t>& component) {
  const std::size_t n = table.ratings.size();
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
  for (const Pairing& pairing : table.pairings) {
    if (pairing.score > 0) reach[pairing.j][pairing.i] = true;
    if (pairing.score < pairing.games) reach[pairing.i][pairing.j] = true;
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      if (!reach[i][k]) continue;
      for (std::size_t j = 0; j < n; ++j) reach[i][j] = reach[i][j] || reach[k][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i != j && component[i] == component[j] && !reach[i][j]) return false;
    }
  }
  return true;
}

// Symmetric positive definite matrix, factored in place as L L^T (Cholesky).
class Cholesky {
 public:
  explicit Cholesky(std::vector<std::vector<double>> matrix) : l_(std::move(matrix)) {
    for (std::size_t i = 0; i < l_.size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = l_[i][j];
        for (std::size_t k = 0; k < j; ++k) sum -= l_[i][k] * l_[j][k];
        l_[i][j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / l_[j][j];
      }
    }
  }

  std::vector<double> Solve(std::vector<double> b) const {
    const std::size_t n = l_.size();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < i; ++k) b[i] -= l_[i][k] * b[k];
      b[i] /= l_[i][i];
    }
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t k = i + 1; k < n; ++k) b[i] -= l_[k][i] * b[k];
      b[i] /= l_[i][i];
    }
    return b;
  }

 private:
  std::vector<std::vector<double>> l_;
};

// Maximises the likelihood over all players but one of each component, which stays at 0; those
// have no column. Ratings here are in nats.
class Solver {
 public:
  Solver(const Table& table, const std::vector<bool>& fixed)
      : table_(table), ratings_(table.ratings.size(), 0.0), column_(table.ratings.size(), kFixed) {
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      if (!fixed[i]) column_[i] = columns_++;
    }
  }

  void Run() {
    constexpr int kMostSteps = 200;
    for (int step = 0; step < kMostSteps; ++step) {
      const std::vector<double> move = Cholesky(Information()).Solve(Gradient());
      // The likelihood is concave, but a full step may overshoot far from the maximum.
      double largest = 0;
      for (const double m : move) largest = std::max(largest, std::abs(m));
      const double scale = largest > 1 ? 1 / largest : 1;
      for (std::size_t i = 0; i < ratings_.size(); ++i) {
        if (column_[i] != kFixed) ratings_[i] += scale * move[column_[i]];
      }
      if (largest < 1e-10) return;
    }
  }

  double rating(std::size_t player) const { return ratings_[player]; }

  // Variance of each player's difference to the fixed player of its component.
  std::vector<double> Variances() const {
    const Cholesky cholesky(Information());
    std::vector<double> variances(ratings_.size(), 0.0);
    for (std::size_t i = 0; i < ratings_.size(); ++i) {
      if (column_[i] == kFixed) continue;
      std::vector<double> unit(columns_, 0.0);
      unit[column_[i]] = 1;
      variances[i] = cholesky.Solve(unit)[column_[i]];
    }
    return variances;
  }

 private:
  static constexpr std::size_t kFixed = ~std::size_t{0};

  std::vector<double> Gradient() const {
    std::vector<double> gradient(columns_, 0.0);
    for (const Pairing& p : table_.pairings) {
      const double surplus = p.score - p.games * Logistic(ratings_[p.i] - ratings_[p.j]);
      if (column_[p.i] != kFixed) gradient[column_[p.i]] += surplus;
      if (column_[p.j] != kFixed) gradient[column_[p.j]] -= surplus;
    }
    return gradient;
  }

  // The negative Hessian.
  std::vector<std::vector<double>> Information() const {
    std::vector<std::vector<double>> matrix(columns_, std::vector<double>(columns_, 0.0));
    for (const Pairing& p : table_.pairings) {
      const double expected = Logistic(ratings_[p.i] - ratings_[p.j]);
      const double weight = p.games * expected * (1 - expected);
      const std::size_t i = column_[p.i];
      const std::size_t j = column_[p.j];
      if (i != kFixed) matrix[i][i] += weight;
      if (j != kFixed) matrix[j][j] += weight;
      if (i != kFixed && j != kFixed) {
        matrix[i][j] -= weight;
        matrix[j][i] -= weight;
      }
    }
    return matrix;
  }

  const Table& table_;
  std::vector<double> ratings_;
  std::vector<std::size_t> column_;
  std::size_t columns_ = 0;
};

}  // namespace

Result<std::vector<Rating>> EstimateElo(const std::vector<PairResult>& results,
                                        const EloOptions& options) {
  Result<Table> tabulated = Tabulate(results);
  if (!tabulated) return tl::unexpected(tabulated.error());
  Table& table = *tabulated;
  std::vector<Rating>& ratings = table.ratings;
  if (ratings.empty()) return ratings;
  if (!(options.prior_draws >= 0)) return Fail("prior_draws must not be negative");

  std::size_t anchor = 0;
  if (!options.anchor.empty()) {
    while (anchor < ratings.size() && ratings[anchor].player != options.anchor) ++anchor;
    if (anchor == ratings.size()) {
      return Fail("anchor \"" + options.anchor + "\" is not among the players of the results");
    }
  }

  const std::vector<std::size_t> component = Components(table);
  AddPrior(options.prior_draws, &table);
  if (options.prior_draws == 0 && !HasFiniteMaximum(table, component)) {
    return Fail("a player won or lost everything: no finite rating without prior_draws > 0");
  }
  std::vector<bool> fixed(ratings.size(), false);
  for (std::size_t i = 0; i < ratings.size(); ++i) {
    fixed[i] = component[i] == component[anchor] ? i == anchor : component[i] == i;
  }
  Solver solver(table, fixed);
  solver.Run();

  const std::vector<double> variances = solver.Variances();
  std::map<std::size_t, std::pair<double, int>> sums;  // Per component.
  for (std::size_t i = 0; i < ratings.size(); ++i) {
    sums[component[i]].first += solver.rating(i);
    sums[component[i]].second += 1;
  }
  for (std::size_t i = 0; i < ratings.size(); ++i) {
    Rating& rating = ratings[i];
    rating.connected = component[i] == component[anchor];
    const auto& [sum, members] = sums[component[i]];
    const double origin = rating.connected ? 0 : sum / members;
    rating.elo = options.anchor_elo + kEloPerNat * (solver.rating(i) - origin);
    if (rating.connected) rating.error = kEloPerNat * kQuantile95 * std::sqrt(variances[i]);
  }
  return ratings;
}

}  // namespace tesuji::arena
