// What `tesuji judge` prints: a report each, a line of progress, and a table at the end.
// Thread-safety: one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "verifier/judge/batch.h"

namespace tesuji::cli {

void PrintReport(const verifier::Report& report, bool json);

/// What all reports together came to, and the line that is shown meanwhile.
class Tally {
 public:
  void Add(const verifier::Report& report);
  int total() const { return total_; }
  int unexpected() const { return unexpected_; }
  int Count(const std::string& verdict) const;
  /// No estimate of the rest: submissions differ too much for one that would hold.
  std::string Line(const verifier::BatchProgress& now, double seconds) const;
  std::string Table(double seconds) const;
  /// A line for each reason why sanitizers that were asked for did not run.
  std::vector<std::string> NotSanitized() const;

 private:
  struct Row {
    int count = 0;
    double slowest = 0;
    std::int64_t memory = 0;
  };
  std::map<std::string, Row> rows_;
  std::map<std::string, int> not_sanitized_;  // By reason.
  int total_ = 0;
  int foretold_ = 0;    // Of which the package says what they must get,
  int unexpected_ = 0;  // and that got something else.
};

}  // namespace tesuji::cli
