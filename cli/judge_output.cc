#include "cli/judge_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/command.h"
#include "core/printable.h"

namespace tesuji::cli {
namespace {

double SlowestMilliseconds(const verifier::Report& report) {
  double cpu = 0;
  for (const auto& test : report.tests) {
    cpu = std::max(cpu, static_cast<double>(test.cpu.count()) * 1e-6);
  }
  return cpu;
}

std::int64_t MostKib(const verifier::Report& report) {
  std::int64_t memory = 0;
  for (const auto& test : report.tests) memory = std::max(memory, test.memory_bytes / 1024);
  return memory;
}

/// Each line indented, at most eight of them; they quote what hostile programs print.
std::string Indented(const std::string& text) {
  std::string out;
  int lines = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) {
      if (++lines > 8) return out + "      […]\n";
      out += "      " + Printable(std::string_view(text).substr(at, end - at)) + "\n";
    }
    at = end + 1;
  }
  return out;
}

/// The last two parts of a path: "accepted/a.cc".
std::string Tail(const std::string& name) {
  const std::filesystem::path path = name;
  return (path.parent_path().filename() / path.filename()).string();
}

}  // namespace

void PrintReport(const verifier::Report& report, bool json) {
  if (json) {
    PrintJson(report.ToJson());
    return;
  }
  std::string unexpected;
  if (!report.as_expected()) {
    if (report.expected.empty()) unexpected = "  UNEXPECTED";
    for (const auto verdict : report.expected) {
      unexpected += fmt::format("{}{}", unexpected.empty() ? "  EXPECTED " : " or ",
                                env::VerdictName(verdict));
    }
  }
  const std::string score = report.score ? fmt::format("{:>8.6g} ", *report.score) : "";
  std::cout << fmt::format("{:<4}{}{:>4} tests {:>9.1f} ms {:>8} KiB  {}{}\n",
                           env::VerdictName(report.verdict), score, report.tests.size(),
                           SlowestMilliseconds(report), MostKib(report),
                           Printable(report.submission), unexpected);
  if (report.verdict != env::Verdict::kAccepted) {
    // With --all the first test that failed is of interest, not the last one.
    std::string told;
    for (const auto& test : report.tests) {
      if (test.verdict == env::Verdict::kAccepted) continue;
      told = test.reason;
      std::cout << Indented(test.name + ": " + told);
      break;
    }
    if (report.message != told) std::cout << Indented(report.message);
  }
  for (const auto& group : report.groups) {
    std::cout << fmt::format("      {:<4}{:>8.6g}  {}{}{}\n", env::VerdictName(group.verdict),
                             group.score, Printable(group.name), group.reason.empty() ? "" : ": ",
                             Printable(group.reason));
  }
  for (const std::string& difference : report.differences) {
    std::cout << Indented("unexpected: " + difference);
  }
  std::cout.flush();
}

void Tally::Add(const verifier::Report& report) {
  Row& row = rows_[std::string(env::VerdictName(report.verdict))];
  ++row.count;
  row.slowest = std::max(row.slowest, SlowestMilliseconds(report));
  row.memory = std::max(row.memory, MostKib(report));
  ++total_;
  const std::string sanitizers = report.evidence.value("sanitizers", "");
  if (sanitizers.starts_with("not run")) ++not_sanitized_[sanitizers];
  unexpected_ += report.as_expected() ? 0 : 1;
  foretold_ += report.expected.empty() && !report.has_rules ? 0 : 1;
}

int Tally::Count(const std::string& verdict) const {
  const auto found = rows_.find(verdict);
  return found == rows_.end() ? 0 : found->second.count;
}

std::string Tally::Line(const verifier::BatchProgress& now, double seconds) const {
  constexpr std::size_t kWidth = 24;
  const std::size_t filled = now.total == 0 ? kWidth : now.done * kWidth / now.total;
  std::string line = fmt::format("[{}{}] {}/{}", std::string(filled, '='),
                                 std::string(kWidth - filled, ' '), now.done, now.total);
  for (const auto& [verdict, row] : rows_) line += fmt::format("  {} {}", verdict, row.count);
  line += fmt::format("  {:.0f} s", seconds);
  if (!now.running.empty()) line += "  judging " + Printable(Tail(now.running.front()));
  if (now.running.size() > 1) line += fmt::format(" and {} more", now.running.size() - 1);
  return line;
}

std::string Tally::Table(double seconds) const {
  std::string table = fmt::format("{:<8}{:>12}{:>14}{:>14}\n", "verdict", "submissions",
                                  "slowest, ms", "most, KiB");
  for (const auto& [verdict, row] : rows_) {
    table +=
        fmt::format("{:<8}{:>12}{:>14.1f}{:>14}\n", verdict, row.count, row.slowest, row.memory);
  }
  table += fmt::format("{} judged in {:.1f} s, {:.1f} a second\n", total_, seconds,
                       seconds > 0 ? total_ / seconds : 0);
  if (foretold_ > 0) {
    table += fmt::format("{} of {} as the package expects\n", foretold_ - unexpected_, foretold_);
  }
  return table;
}

std::vector<std::string> Tally::NotSanitized() const {
  std::vector<std::string> lines;
  for (const auto& [reason, count] : not_sanitized_) {
    lines.push_back(fmt::format("--sanitize, {} accepted: {}", count, reason));
  }
  return lines;
}

}  // namespace tesuji::cli
