#include "verifier/judge/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "verifier/judge/in_order.h"
#include "verifier/judge/time_limit.h"
#include "verifier/problem/package_files.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;

namespace {

/// The package's own folders of submissions stand for what lies in them, and `submissions/` for all
/// of these; a folder anywhere else is one submission of several files.
class Unfolding {
 public:
  Unfolding(const Problem& problem, std::vector<std::string>* skipped)
      : problem_(problem),
        all_(fs::weakly_canonical(problem.folder / "submissions", ignored_)),
        skipped_(skipped) {}

  void Add(const std::string& path) {
    auto real = fs::weakly_canonical(path, ignored_);
    if (!real.has_filename()) real = real.parent_path();  // Of "accepted/".
    const bool everything = real == all_;
    if (path == "-" || !problem_.is_package() || (!everything && real.parent_path() != all_) ||
        !fs::is_directory(real, ignored_)) {
      out_.push_back(path);
      return;
    }
    std::vector<fs::path> inside;
    for (const auto& entry : fs::directory_iterator(path, ignored_)) {
      if (IsPassedOver(entry.path())) continue;
      const bool folder = fs::is_directory(entry.symlink_status());
      if (!everything || folder) inside.push_back(entry.path());
      if (everything && entry.is_symlink()) {
        skipped_->push_back(entry.path().string() + ": folders of submissions may not be links");
      }
    }
    std::sort(inside.begin(), inside.end());
    for (const fs::path& entry : inside) {
      if (everything) {
        Add(entry.string());
      } else if (!IsEmpty(entry)) {
        out_.push_back(entry.string());
      }
    }
  }
  const std::vector<std::string>& paths() const { return out_; }

 private:
  /// A folder that nothing but hidden files lies in.
  bool IsEmpty(const fs::path& path) {
    if (!fs::is_directory(fs::symlink_status(path))) return false;
    return std::ranges::all_of(
        fs::directory_iterator(path, ignored_),
        [](const fs::directory_entry& entry) { return IsPassedOver(entry.path()); });
  }

  const Problem& problem_;
  std::error_code ignored_;
  const fs::path all_;
  std::vector<std::string>* skipped_;
  std::vector<std::string> out_;
};

/// All submissions that were asked for. What cannot be read is named in `skipped`, but for what is
/// not there at all.
class Submissions {
 public:
  Submissions(const Problem& problem, const SubmissionRules& rules, const LanguageTable& languages,
              const BatchOptions& options)
      : problem_(problem), rules_(rules), languages_(languages), options_(options) {}

  Status Load(const std::vector<std::string>& paths, std::vector<std::string>* skipped) {
    Unfolding unfolding(problem_, skipped);
    for (const std::string& path : paths) unfolding.Add(path);
    for (const std::string& path : unfolding.paths()) {
      auto submission = path == "-" ? FromStandardInput() : LoadSubmission(path, problem_.folder);
      std::error_code hidden;
      if (!submission && (path == "-" || !fs::exists(fs::symlink_status(path, hidden)))) {
        return tl::unexpected(submission.error());
      }
      if (!submission) {
        skipped->push_back(submission.error().message);
        continue;
      }
      if (Status applied = Apply(path, &*submission); !applied) {
        skipped->push_back(applied.error().message);
        continue;
      }
      all_.push_back(std::move(*submission));
    }
    return {};
  }
  const std::vector<Submission>& all() const { return all_; }

 private:
  Result<Submission> FromStandardInput() {
    if (options_.standard_input == nullptr) return Fail("-: there is no standard input");
    const Language* language = languages_.Find(options_.language);
    if (language == nullptr) {
      return Fail(
          "-: a submission on standard input has no name: say its language, as "
          "--language python3");
    }
    return ReadSubmission(*options_.standard_input, *language);
  }
  Status Apply(const std::string& path, Submission* submission) {
    if (!options_.language.empty()) submission->language = options_.language;
    if (path == "-") return {};
    ApplyPackageRules(problem_, path, options_.judge.time_limit_seconds.has_value(), submission);
    const fs::path inside = problem_.PathOfOwn(path);
    if (inside.empty()) return {};
    return ApplyPlan(rules_.For(inside), languages_, submission);
  }

  const Problem& problem_;
  const SubmissionRules& rules_;
  const LanguageTable& languages_;
  const BatchOptions& options_;
  std::vector<Submission> all_;
};

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

Result<BatchSummary> JudgePackage(const std::filesystem::path& folder,
                                  const std::vector<std::string>& paths, LanguageTable languages,
                                  const BatchOptions& options, const ShowReport& show) {
  auto problem = LoadProblem(folder);
  if (!problem) return tl::unexpected(problem.error());
  BatchSummary summary;
  const auto own = folder / "submissions";
  std::error_code error;
  const bool brings_some = problem->is_package() && fs::is_directory(own, error);
  if (paths.empty() && !brings_some) {
    return Fail(fmt::format("no submissions given, and {} brings none", folder.string()));
  }
  if (!options.language.empty() && languages.Find(options.language) == nullptr) {
    return Fail(fmt::format("no language '{}' in the table", options.language));
  }
  auto rules = SubmissionRules::Load(folder);
  if (!rules) return tl::unexpected(rules.error());
  Submissions all(*problem, *rules, languages, options);
  if (Status loaded = all.Load(paths.empty() ? std::vector{own.string()} : paths, &summary.skipped);
      !loaded) {
    return tl::unexpected(loaded.error());
  }
  const std::vector<Submission>& submissions = all.all();
  auto sandbox = Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  Compiler compiler(std::move(languages), options.compiler);
  const auto start = std::chrono::steady_clock::now();
  if (!problem->limits.time_seconds && !options.judge.time_limit_seconds) {
    Workplace workplace(*sandbox, 0, compiler.mounts());
    problem->limits.time_seconds =
        CalibrateTimeLimit(compiler, workplace, *problem, *rules, [&](const std::string& name) {
          if (options.progress) {
            options.progress({0, submissions.size(), {"time limit from " + name}});
          }
        });
  }
  SubmissionJudge judge(compiler, *problem, options.judge);
  Lanes lanes(*sandbox, options.workers, compiler.mounts());
  InOrder(lanes, show, options.progress)
      .Run(
          submissions.size(),
          [&](std::size_t i) {
            return [&judge, &submission = submissions[i]](Workplace& workplace) {
              return judge.Judge(workplace, submission);
            };
          },
          [&](std::size_t i) { return submissions[i].name; }, &summary.skipped);
  summary.seconds = Seconds(start);
  return summary;
}

}  // namespace tesuji::verifier
