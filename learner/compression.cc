#include "learner/compression.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "core/result.h"

namespace tesuji::learner {
namespace {

// An action the policy gives nothing is charged this many bits at most.
constexpr double kSmallestProbability = 1e-6;

struct Row {
  std::unique_ptr<env::State> state;
  std::vector<env::Action> legal;
  const env::Step* step;
  float outcome;
};

double Bits(const Row& row, const search::Evaluation& evaluation, env::Action action) {
  const auto it = std::lower_bound(row.legal.begin(), row.legal.end(), action);
  const auto prior = evaluation.priors[static_cast<std::size_t>(it - row.legal.begin())];
  return -std::log2(std::max<double>(prior, kSmallestProbability));
}

void Measure(const std::vector<Row>& rows, search::Evaluator* evaluator, CompressionFigure* sum) {
  std::vector<search::EvaluationRequest> requests;
  for (const auto& row : rows) requests.push_back({row.state.get(), row.legal});
  std::vector<search::Evaluation> evaluations(rows.size());
  evaluator->Evaluate(requests, evaluations);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    sum->bits_per_action += Bits(row, evaluations[i], row.step->action);
    sum->uniform_bits_per_action += std::log2(static_cast<double>(row.legal.size()));
    for (const auto& entry : row.step->policy) {
      sum->target_bits_per_action += entry.probability * Bits(row, evaluations[i], entry.action);
    }
    const double error = evaluations[i].value - row.outcome;
    sum->value_mse += error * error;
  }
  sum->rows += static_cast<std::int64_t>(rows.size());
}

}  // namespace

CompressionFigure MeasureCompression(const env::Environment& environment,
                                     std::span<const env::Trajectory> trajectories,
                                     search::Evaluator* evaluator) {
  constexpr std::size_t kBatch = 64;
  CompressionFigure figure;
  std::vector<Row> rows;
  for (const auto& trajectory : trajectories) {
    auto start = environment.NewState(trajectory.task);
    if (!start) throw MachineError("compression figure: " + start.error().message);
    env::State& state = **start;
    for (const auto& step : trajectory.steps) {
      if (step.is_target) {
        Row row{state.Clone(), {}, &step, trajectory.outcome.value};
        row.state->LegalActions(&row.legal);
        rows.push_back(std::move(row));
        if (rows.size() == kBatch) {
          Measure(rows, evaluator, &figure);
          rows.clear();
        }
      }
      state.Apply(step.action);
    }
  }
  if (!rows.empty()) Measure(rows, evaluator, &figure);
  if (figure.rows > 0) {
    for (double* mean : {&figure.bits_per_action, &figure.uniform_bits_per_action,
                         &figure.target_bits_per_action, &figure.value_mse}) {
      *mean /= static_cast<double>(figure.rows);
    }
  }
  return figure;
}

}  // namespace tesuji::learner
