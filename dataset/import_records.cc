#include "dataset/import_records.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "api/record_format.h"
#include "core/files.h"
#include "core/version.h"
#include "dataset/curate/hash.h"
#include "dataset/sources.h"
#include "storage/holdings.h"
#include "storage/store.h"

namespace tesuji::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20;
constexpr std::size_t kTransactionRows = 256;

struct FileList {
  std::vector<std::string> files;
  std::vector<std::string> no_files;  ///< Pipes, sockets, links that lead nowhere.
  std::int64_t others = 0;
};

/// Has the name one of the extensions, in any case, also with ".gz" behind it?
bool HasExtension(const fs::path& path, const env::RecordFormat& format) {
  std::string name = path.filename().string();
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with("." + format.name()) || name.ends_with("." + format.collection_name());
}

Result<FileList> ListFiles(const std::vector<std::string>& paths, const env::RecordFormat& format) {
  FileList list;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return Fail(fmt::format("{}: does not exist", path));
    if (!fs::is_directory(path, error)) {
      list.files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code unknown;  // Of a link that leads nowhere; the walk goes on.
      if (it->is_directory(unknown)) continue;
      if (!HasExtension(it->path(), format)) {
        ++list.others;
      } else if (it->is_regular_file(unknown)) {
        found.push_back(it->path().string());
      } else {
        list.no_files.push_back(it->path().string());  // Reading a pipe may never end.
      }
    }
    if (error) return Fail(fmt::format("{}: {}", path, error.message()));
    std::ranges::sort(found);
    std::ranges::move(found, std::back_inserter(list.files));
  }
  std::ranges::sort(list.no_files);
  if (list.files.empty() && list.no_files.empty()) {
    return Fail(fmt::format("no .{} or .{} file there", format.name(), format.collection_name()));
  }
  return list;
}

/// What the importer knows of an episode and its record does not.
void CompleteProvenance(const std::string& file, env::RecordedEpisode* episode) {
  env::Provenance& made_by = episode->trajectory.provenance;
  made_by.software_version = kSoftwareVersion;
  // The episode itself is its seed: bringing it in twice changes nothing.
  made_by.campaign_seed = Fold(IdentityKey(episode->trajectory.artifact));
  made_by.checkpoints = {"record"};
  Json notes = std::move(episode->notes);
  notes["file"] = fs::path(file).filename().string();
  made_by.search_settings = {{"import", std::move(notes)}};
}

class Importer {
 public:
  Importer(const ImportOptions& options, const ImportContext& context, env::RecordReader* reader,
           storage::Store* store)
      : environments_(*context.registry),
        verify_(context.verify),
        split_(options.split),
        reader_(reader),
        store_(store),
        holdings_(*store, *context.registry) {}

  void AddFile(const std::string& path) {
    ++report_.files;
    const auto bytes = ReadFile(path, kMaxFileBytes);
    if (!bytes) return Reject(path, 0, {"unreadable", bytes.error().message});
    std::int64_t number = 0;
    const Status read = reader_->Read(*bytes, [&](auto record) {
      ++report_.records;
      ++number;
      if (!record) return Reject(path, number, record.error());
      if (!record->remark.empty()) {
        report_.remarks.push_back({path, number, std::move(record->remark)});
      }
      CompleteProvenance(path, &*record);
      Add(path, number, std::move(record->trajectory));
    });
    if (!read) Reject(path, 0, {"unreadable", read.error().message});
  }

  void AddUnreadable(const std::string& path) {
    ++report_.files;
    Reject(path, 0, {"unreadable", "is no regular file"});
  }

  void Flush() {
    for (const auto id : store_->AppendTrajectories(waiting_)) {
      ++(id == 0 ? report_.already_there : report_.imported);
    }
    waiting_.clear();
  }
  /// Fails once it is known that the store can take no record of this format.
  const Status& possible() const { return possible_; }
  ImportReport Take() { return std::move(report_); }

 private:
  void Reject(const std::string& file, std::int64_t number, env::RecordRefusal why) {
    report_.rejected.push_back({file, number, std::move(why.reason), std::move(why.detail)});
  }

  void Add(const std::string& file, std::int64_t number, env::Trajectory trajectory) {
    const auto environment = environments_.Get(trajectory.provenance);
    if (!environment) return Reject(file, number, {"environment", environment.error().message});
    if (auto takes = holdings_.TakesRecords(**environment); !takes) {
      // Of another environment all records are; other parameters (a board) one record may have.
      if (holdings_.IsOfAnother(**environment)) possible_ = takes;
      return Reject(file, number, {"another environment", takes.error().message});
    }
    if (auto wrong = verify_(**environment, trajectory); !wrong.empty()) {
      return Reject(file, number, {"verify", std::move(wrong)});
    }
    storage::Store::Append append;
    append.trajectory = std::move(trajectory);
    append.split = split_;
    waiting_.push_back(std::move(append));
    if (waiting_.size() >= kTransactionRows) Flush();
  }

  EnvironmentCache environments_;
  const VerifyTrajectory& verify_;
  std::string split_;
  env::RecordReader* reader_;
  storage::Store* store_;
  storage::Holdings holdings_;  // As they were before this import.
  std::vector<storage::Store::Append> waiting_;
  ImportReport report_;
  Status possible_;
};

Result<const env::RecordFormat*> FindFormat(const std::string& name,
                                            const env::Registry& registry) {
  const env::RecordFormat* format = env::FindRecords(registry, name);
  if (format != nullptr) return format;
  return Fail(
      fmt::format("unknown record format \"{}\"; there are: {} (one from a plug-in needs "
                  "--plugin FILE.so)",
                  name, fmt::join(env::RecordNames(registry), ", ")));
}

}  // namespace

Result<ImportReport> ImportRecords(const ImportOptions& options, const ImportContext& context) {
  const auto format = FindFormat(options.format, *context.registry);
  if (!format) return tl::unexpected(format.error());
  const auto list = ListFiles(options.paths, **format);
  if (!list) return tl::unexpected(list.error());
  const auto reader = (*format)->NewReader(options.parameters);
  if (!reader) return Fail("--parameters: " + reader.error().message);
  auto store = storage::Store::Open(options.store, storage::OpenMode::kCreateOrOpen);
  if (!store) return tl::unexpected(store.error());
  Importer importer(options, context, reader->get(), store->get());
  std::int64_t done = 0;
  for (const std::string& path : list->no_files) importer.AddUnreadable(path);
  for (const std::string& file : list->files) {
    if (*context.stop) break;
    importer.AddFile(file);
    if (const Status possible = importer.possible(); !possible) {
      return tl::unexpected(possible.error());
    }
    if (context.progress) context.progress(++done, static_cast<std::int64_t>(list->files.size()));
  }
  importer.Flush();
  ImportReport report = importer.Take();
  report.other_files = list->others;
  return report;
}

}  // namespace tesuji::dataset
