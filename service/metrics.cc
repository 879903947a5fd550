#include "service/metrics.h"

#include <fmt/format.h>

#include <array>
#include <cassert>

namespace tesuji::service {
namespace {

constexpr std::array kBounds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2,
                                0.5,   1.0,   2.0,   5.0,  10.0, 20.0, 60.0};

std::string Braces(const std::string& labels) {
  return labels.empty() ? std::string() : "{" + labels + "}";
}

std::string Bucket(const std::string& labels, const std::string& bound) {
  return fmt::format("{{{}{}le=\"{}\"}}", labels, labels.empty() ? "" : ",", bound);
}

}  // namespace

void Metrics::Declare(const std::string& name, Kind kind, const std::string& help) {
  const std::lock_guard<std::mutex> lock(mutex_);
  families_[name] = {kind, help, {}};
  if (kind != Kind::kHistogram) families_[name].series[""];
}

void Metrics::Count(const std::string& name, const std::string& labels, double by) {
  const std::lock_guard<std::mutex> lock(mutex_);
  assert(families_.contains(name));
  Family& family = families_[name];
  if (!labels.empty() && family.series.contains("")) family.series.erase("");
  family.series[labels].value += by;
}

void Metrics::Set(const std::string& name, double value) {
  const std::lock_guard<std::mutex> lock(mutex_);
  assert(families_.contains(name));
  families_[name].series[""].value = value;
}

void Metrics::Observe(const std::string& name, const std::string& labels, double seconds) {
  const std::lock_guard<std::mutex> lock(mutex_);
  assert(families_.contains(name));
  Series& series = families_[name].series[labels];
  series.buckets.resize(kBounds.size());
  series.value += seconds;
  ++series.count;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    if (seconds <= kBounds[i]) ++series.buckets[i];
  }
}

std::string Metrics::Text() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  for (const auto& [name, family] : families_) {
    constexpr const char* kKinds[] = {"counter", "gauge", "histogram"};
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, family.help,
                        kKinds[static_cast<int>(family.kind)]);
    for (const auto& [labels, series] : family.series) {
      if (family.kind != Kind::kHistogram) {
        text += fmt::format("{}{} {}\n", name, Braces(labels), series.value);
        continue;
      }
      for (std::size_t i = 0; i < series.buckets.size(); ++i) {
        text += fmt::format("{}_bucket{} {}\n", name, Bucket(labels, fmt::format("{}", kBounds[i])),
                            series.buckets[i]);
      }
      text += fmt::format("{0}_bucket{1} {2}\n{0}_sum{3} {4}\n{0}_count{3} {2}\n", name,
                          Bucket(labels, "+Inf"), series.count, Braces(labels), series.value);
    }
  }
  return text;
}

}  // namespace tesuji::service
