#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "campaign/progress.h"
#include "campaign/verify_store.h"
#include "cli/command.h"
#include "core/printable.h"

namespace tesuji::cli {
namespace {

/// `reason` without its numbers: failures that differ in nothing else are told as one.
std::string KindOf(const std::string& reason) {
  std::string kind;
  for (const char c : reason) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!digit) kind += c;
    if (digit && !kind.ends_with('#')) kind += '#';
  }
  return kind;
}

/// One line a kind of failure, in order of the first of each.
void PrintFailures(const std::vector<campaign::VerifyFailure>& failures) {
  std::map<std::string, std::vector<const campaign::VerifyFailure*>> kinds;
  std::vector<std::string> order;
  for (const auto& failure : failures) {
    auto& same = kinds[KindOf(failure.reason)];
    if (same.empty()) order.push_back(KindOf(failure.reason));
    same.push_back(&failure);
  }
  constexpr std::size_t kNamed = 5;
  for (const std::string& kind : order) {
    const auto& same = kinds[kind];
    std::cout << (same[0]->trajectory > 0 ? fmt::format("trajectory {}", same[0]->trajectory)
                                          : std::string("trajectories"))
              << ": " << Printable(same[0]->reason);
    if (same.size() > 1) {
      std::cout << fmt::format(" ({} trajectories in all:", same.size());
      for (std::size_t i = 0; i < std::min(same.size(), kNamed); ++i) {
        std::cout << " " << same[i]->trajectory;
      }
      std::cout << (same.size() > kNamed ? " …)" : ")");
    }
    std::cout << "\n";
  }
}

std::string Text(const campaign::NotReplayed& group) {
  const std::string made = fmt::format("{} episodes of environment {} version {}", group.episodes,
                                       group.environment, group.version);
  if (group.known_version > 0) {
    return fmt::format("not replayed: {}; this program has version {}", made, group.known_version);
  }
  return fmt::format("not replayed: {}, which is not known here; load its plug-in (--plugin FILE)",
                     made);
}

std::string Text(const storage::TableReport& table, const storage::TableReport::Problem& problem) {
  return fmt::format("{}{}{}: {}", table.table, problem.row.empty() ? "" : " ", problem.row,
                     problem.reason);
}

/// One line a kind of problem, as PrintFailures().
void PrintProblems(const storage::TableReport& table) {
  std::map<std::string, std::int64_t> kinds;
  for (const auto& problem : table.problems) ++kinds[KindOf(problem.reason)];
  for (const auto& problem : table.problems) {
    const auto kind = kinds.find(KindOf(problem.reason));
    if (kind == kinds.end()) continue;  // Told with the first of its kind.
    std::cout << Printable(Text(table, problem));
    if (kind->second > 1) std::cout << fmt::format(" ({} rows in all)", kind->second);
    std::cout << "\n";
    kinds.erase(kind);
  }
}

/// What is left of a store in which something is damaged.
std::string Readable(const std::vector<storage::TableReport>& tables) {
  std::string text;
  for (const auto& table : tables) {
    if (table.table.starts_with('(') || table.table == "counters") continue;
    const std::string expected =
        table.expected < 0 ? std::string("an unknown number") : fmt::format("{}", table.expected);
    text += fmt::format("{}{} of {} {}", text.empty() ? "can still be read: " : ", ",
                        table.readable, expected, table.table);
  }
  return text;
}

void PrintReport(const campaign::VerifyReport& report) {
  PrintFailures(report.failures);
  for (const auto& table : report.tables) PrintProblems(table);
  for (const auto& group : report.not_replayed) std::cout << Printable(Text(group)) << "\n";
  const bool lost = std::ranges::any_of(report.tables, [](const auto& table) {
    return table.readable != table.expected || !table.problems.empty();
  });
  if (lost) std::cout << Readable(report.tables) << "\n";
  std::cout << fmt::format("{} checked, {} failed\n", report.checked,
                           std::ssize(report.failures) + report.table_problems());
}

Json ToJson(const campaign::VerifyReport& report) {
  Json failures = Json::array();
  for (const auto& failure : report.failures) {
    failures.push_back({{"trajectory", failure.trajectory}, {"reason", failure.reason}});
  }
  Json tables = Json::array();
  for (const auto& table : report.tables) {
    tables.push_back({{"table", table.table},
                      {"rows", table.expected},
                      {"readable", table.readable},
                      {"problems", table.problems.size()}});
    for (const auto& problem : table.problems) {
      // Trajectory 0 stands for the store itself.
      failures.push_back({{"trajectory", 0},
                          {"reason", Text(table, problem)},
                          {"table", table.table},
                          {"row", problem.row}});
    }
  }
  Json not_replayed = Json::array();
  for (const auto& group : report.not_replayed) {
    not_replayed.push_back({{"environment", group.environment},
                            {"version", group.version},
                            {"known_version", group.known_version},
                            {"episodes", group.episodes}});
  }
  return {{"checked", report.checked},
          {"failed", failures.size()},
          {"failures", failures},
          {"not_replayed", not_replayed},
          {"tables", tables}};
}

int Verify(const std::string& path, std::int64_t sample, bool json, const env::Registry& registry) {
  auto store = storage::Store::Open(path, storage::OpenMode::kInspect);
  if (!store) return Complain(store.error().message);
  campaign::VerifyReport report;
  {
    campaign::ProgressLine progress;
    report = campaign::VerifyStore(**store, registry, sample, [&](std::int64_t checked) {
      if (checked % 64 == 0) progress.Show(fmt::format("{} trajectories checked", checked));
    });
  }
  if (json) {
    PrintJson(ToJson(report));
  } else {
    PrintReport(report);
  }
  return report.clean() ? kDone : kFailed;
}

}  // namespace

void AddVerifyCommand(Command app, Context* context) {
  auto path = std::make_shared<std::string>();
  auto sample = std::make_shared<std::int64_t>(0);
  auto json = std::make_shared<bool>(false);
  auto command = AddCommand(app, context, "verify",
                            "Check every table and replay stored trajectories; exit 1 on any "
                            "mismatch.",
                            [=] { return Verify(*path, *sample, *json, context->registry); });
  command.Add("store", *path, "The campaign's store.").Required();
  command.Add("--sample", *sample, "Check about so many, spread evenly; 0: all.").NotNegative();
  AddPluginOption(command, context);
  command.AddFlag("--json", *json, "One JSON object.");
  command.Footer("Example: tesuji verify runs/go9.db --json");
}

}  // namespace tesuji::cli
