// Counters, gauges and histograms in Prometheus' text format (version 0.0.4).
// Every family is declared before it is used, with its help.
// Thread-safety: all methods from any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tesuji::service {

class Metrics {
 public:
  enum class Kind { kCounter, kGauge, kHistogram };
  void Declare(const std::string& name, Kind kind, const std::string& help);

  /// `labels` as they stand between the braces: `path="/run_code",status="200"`.
  void Count(const std::string& name, const std::string& labels = "", double by = 1);
  void Set(const std::string& name, double value);
  void Observe(const std::string& name, const std::string& labels, double seconds);
  std::string Text() const;

 private:
  struct Series {
    double value = 0;  ///< A histogram's sum.
    std::vector<double> buckets;
    double count = 0;
  };
  struct Family {
    Kind kind = Kind::kCounter;
    std::string help;
    std::map<std::string, Series> series;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

}  // namespace tesuji::service
