#include "verifier/problem/package_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

constexpr int kDeepestFolder = 24;
/// Links to folders multiply: a few hundred of them may stand for millions of files.
constexpr std::size_t kMostPackageFiles = 200'000;

bool IsInside(const fs::path& root, const fs::path& path) {
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end();
}

class LinkChecker {
 public:
  explicit LinkChecker(fs::path root) : root_(std::move(root)) {}

  Status Check(const fs::path& path, int depth) {
    const fs::file_status status = fs::symlink_status(path);
    if (fs::is_symlink(status)) return Link(path, depth);
    if (fs::is_regular_file(status)) return {};
    if (!fs::is_directory(status)) {
      return Fail(fmt::format("{}: is neither a file nor a folder: not opened", path.string()));
    }
    if (depth > kDeepestFolder) return TooDeep(path);
    for (const auto& entry : fs::directory_iterator(path)) {
      if (Status checked = Check(entry.path(), depth + 1); !checked) return checked;
    }
    return {};
  }

  static Status TooDeep(const fs::path& path) {
    return Fail(fmt::format(
        "{}: folders are nested more than {} deep; does a link lead to a folder above it?",
        path.string(), kDeepestFolder));
  }

 private:
  /// What it leads to is checked as if it lay here.
  Status Link(const fs::path& path, int depth) {
    std::error_code error;
    const fs::path target = fs::canonical(path, error);
    if (error) {
      return Fail(
          fmt::format("{}: is a link that leads nowhere ({})", path.string(), error.message()));
    }
    if (!IsInside(root_, target)) {
      return Fail(
          fmt::format("{}: is a link that leads out of {}: not followed; put the file itself there",
                      path.string(), root_.string()));
    }
    const fs::file_status status = fs::status(target, error);
    if (!fs::is_regular_file(status) && !fs::is_directory(status)) {
      return Fail(fmt::format("{}: is a link to what is neither a file nor a folder: not opened",
                              path.string()));
    }
    // The same folder may be linked to many times.
    if (!fs::is_directory(status) || !seen_.insert(target).second) return {};
    return Check(target, depth + 1);
  }

  const fs::path root_;
  std::set<fs::path> seen_;
};

Status Collect(const fs::path& folder, int depth, std::vector<fs::path>* files) {
  if (depth > kDeepestFolder) return LinkChecker::TooDeep(folder);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) {
      if (Status done = Collect(entry.path(), depth + 1, files); !done) return done;
    } else if (entry.is_regular_file()) {
      files->push_back(entry.path());
      if (files->size() > kMostPackageFiles) {
        return Fail(fmt::format("{}: more than {} files", folder.string(), kMostPackageFiles));
      }
    }
  }
  return {};
}

}  // namespace

Status CheckInside(const fs::path& root, const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(root, error);
  if (error) return Fail(fmt::format("{}: {}", root.string(), error.message()));
  if (!fs::exists(fs::symlink_status(path, error))) return {};
  return LinkChecker(real).Check(path, 0);
}

Result<std::vector<fs::path>> FilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  if (Status done = Collect(folder, 0, &files); !done) return tl::unexpected(done.error());
  std::sort(files.begin(), files.end());
  return files;
}

bool IsHidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.empty() || name.front() == '.' || name.front() == '-';
}

bool IsPassedOver(const fs::path& path) {
  const std::string name = path.filename().string();
  return IsHidden(path) || name.front() == '#' || name.back() == '~' || name == "__pycache__" ||
         name == "disabled" || name.find(".disabled") != std::string::npos;
}

bool IsCompiledCode(const fs::path& path, std::string_view text) {
  static const std::set<std::string> kExtensions = {".pyc", ".pyo", ".pyd", ".so",  ".o",
                                                    ".a",   ".obj", ".dll", ".exe", ".class",
                                                    ".jar", ".hi",  ".cmi", ".cmo", ".cmx"};
  for (const fs::path& part : path) {
    if (part == "__pycache__") return true;
  }
  return kExtensions.contains(path.extension().string()) || text.starts_with(
                                                                "\x7f"
                                                                "ELF");
}

}  // namespace tesuji::verifier
