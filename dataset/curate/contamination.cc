#include "dataset/curate/contamination.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/dataset_hooks.h"
#include "api/record.h"
#include "dataset/curate/canonical.h"
#include "dataset/curate/minhash.h"

namespace tesuji::dataset {
namespace {

/// The actions that a text names one after the other; none: it does not.
std::optional<std::vector<env::Action>> NamedActions(const env::Environment& environment,
                                                     const std::string& text) {
  const auto state = environment.NewState({.id = environment.spec().id});
  if (!state) return std::nullopt;
  auto actions = env::PlayActions(state->get(), text);
  if (!actions) return std::nullopt;
  return std::move(*actions);
}

}  // namespace

void Suites::Index::Add(const std::string& name, const std::vector<std::uint64_t>& words,
                        int ngram) {
  const auto document = static_cast<std::uint32_t>(names.size());
  names.push_back(name);
  const auto runs = WordRuns(words, ngram);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    auto& places = ngrams[runs[i]];
    // A phrase that is everywhere says little; its first places are enough to find it.
    if (places.size() < 64) places.push_back({document, static_cast<std::uint32_t>(i)});
  }
}

std::unique_ptr<Suites::Index> Suites::BuildIndex(const env::Environment& environment,
                                                  bool are_actions) const {
  auto index = std::make_unique<Index>();
  if (!entries_.empty()) index->tasks = env::ReadHeldOut(environment, entries_);
  for (const Document& document : documents_) {
    const auto state = environment.FromArtifact(document.text);
    if (state && (*state)->phase() != env::Phase::kOngoing) {
      const auto described = env::DescribeForCuration(environment, **state);
      if (!described.behaviour.empty()) {
        index->behaviours.emplace(described.behaviour, document.name);
      }
      if (!are_actions && !described.document.empty()) {
        index->Add(document.name, TextWords(described.document), options_.ngram);
      }
    }
    if (!are_actions) {
      index->Add(document.name, TextWords(document.text), options_.ngram);
      continue;
    }
    auto actions = state ? env::ActionsTo(environment, **state) : std::nullopt;
    if (!actions) actions = NamedActions(environment, document.text);
    if (!actions) continue;
    for (const env::Symmetry& symmetry : environment.spec().symmetries) {
      std::vector<env::Action> image;
      for (const env::Action action : *actions) {
        image.push_back(symmetry.actions[static_cast<std::size_t>(action)]);
      }
      index->Add(document.name, ActionWords(image), options_.ngram);
    }
  }
  return index;
}

const Suites::Index& Suites::IndexFor(const env::Environment& environment, bool are_actions) const {
  const std::lock_guard lock(mutex_);
  auto& index = indices_[{&environment, are_actions}];
  if (index == nullptr) index = BuildIndex(environment, are_actions);
  return *index;
}

std::vector<std::string> Suites::Notes() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> notes;
  for (const auto& [key, index] : indices_) {
    if (index == nullptr || index->tasks == nullptr) continue;
    notes.push_back(fmt::format("suites: {} of {} JSON objects are tasks of {}",
                                index->tasks->size(), entries_.size(), key.first->spec().id));
  }
  std::ranges::sort(notes);
  const auto rest = std::ranges::unique(notes);
  notes.erase(rest.begin(), rest.end());
  return notes;
}

std::optional<ContaminationHit> Suites::Find(const env::Environment& environment,
                                             const std::vector<std::uint64_t>& words,
                                             bool are_actions, const std::string& behaviour,
                                             const env::State* finished) const {
  if (empty()) return std::nullopt;
  const Index& index = IndexFor(environment, are_actions);
  if (options_.behaviour && !behaviour.empty()) {
    if (const auto it = index.behaviours.find(behaviour); it != index.behaviours.end()) {
      return ContaminationHit{"behaviour", "behaves as " + it->second};
    }
  }
  if (index.tasks != nullptr && finished != nullptr) {
    if (auto hit = index.tasks->Find(*finished, options_.behaviour)) {
      return ContaminationHit{std::move(hit->how), std::move(hit->detail)};
    }
  }
  const auto runs = WordRuns(words, options_.ngram);
  std::size_t found = 0;
  std::uint32_t most = 0;
  std::string most_name;
  // Length, in n-grams, of the run that ends at each place of the previous n-gram.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> before;
  for (const std::uint64_t run : runs) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> now;
    if (const auto it = index.ngrams.find(run); it != index.ngrams.end()) {
      ++found;
      for (const Place& place : it->second) {
        std::uint32_t length = 1;
        if (place.position > 0) {
          const auto previous = before.find({place.document, place.position - 1});
          if (previous != before.end()) length += previous->second;
        }
        now[{place.document, place.position}] = length;
        if (length > most) {
          most = length;
          most_name = index.names[place.document];
        }
      }
    }
    before = std::move(now);
  }
  if (found == 0) return std::nullopt;
  const auto longest = static_cast<int>(most) + options_.ngram - 1;
  if (options_.longest > 0 && longest >= options_.longest) {
    return ContaminationHit{"longest", fmt::format("{} words in a row of {}", longest, most_name)};
  }
  const double share = static_cast<double>(found) / static_cast<double>(runs.size());
  if (share >= options_.overlap) {
    return ContaminationHit{"ngram", fmt::format("{:.0f} % of its {}-grams, most in {}",
                                                 100 * share, options_.ngram, most_name)};
  }
  return std::nullopt;
}

}  // namespace tesuji::dataset
