#include "api/record_format.h"

#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <utility>

#include "api/guard.h"
#include "api/registry.h"

namespace tesuji::env {
namespace {

/// Calls `function` and turns what it throws into a fault.
template <class F>
auto CallRecords(const std::string& origin, const char* method, F&& function) {
  const auto fault = [&](const std::string& what) {
    return EnvironmentFault(origin, method, "reading or writing records", what);
  };
  try {
    return function();
  } catch (const EnvironmentFault&) {
    throw;
  } catch (const MachineError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw fault(fmt::format("threw \"{}\"", error.what()));
  } catch (...) {
    throw fault("threw");
  }
}

class GuardedReader final : public RecordReader {
 public:
  GuardedReader(std::unique_ptr<RecordReader> inside, std::string origin)
      : inside_(std::move(inside)), origin_(std::move(origin)) {}
  Status Read(std::string_view file, const RecordVisitor& visit) override {
    // What visit() throws is the caller's own and passes through unchanged.
    std::exception_ptr callers;
    const RecordVisitor watched = [&](tl::expected<RecordedEpisode, RecordRefusal> record) {
      try {
        visit(std::move(record));
      } catch (...) {
        callers = std::current_exception();
        throw;
      }
    };
    try {
      return CallRecords(origin_, "RecordReader::Read",
                         [&] { return inside_->Read(file, watched); });
    } catch (...) {
      if (callers) std::rethrow_exception(callers);
      throw;
    }
  }

 private:
  std::unique_ptr<RecordReader> inside_;
  std::string origin_;
};

class GuardedRecords final : public RecordFormat {
 public:
  GuardedRecords(std::shared_ptr<const RecordFormat> inside, std::string origin)
      : inside_(std::move(inside)), origin_(std::move(origin)) {}
  std::string name() const override {
    return CallRecords(origin_, "RecordFormat::name", [&] { return inside_->name(); });
  }
  std::string collection_name() const override {
    return CallRecords(origin_, "RecordFormat::collection_name",
                       [&] { return inside_->collection_name(); });
  }
  std::string media_type() const override {
    return CallRecords(origin_, "RecordFormat::media_type", [&] { return inside_->media_type(); });
  }
  Result<std::vector<std::string>> Split(std::string_view file) const override {
    return CallRecords(origin_, "RecordFormat::Split", [&] { return inside_->Split(file); });
  }
  Result<std::unique_ptr<RecordReader>> NewReader(const Json& parameters) const override {
    auto reader = CallRecords(origin_, "RecordFormat::NewReader",
                              [&] { return inside_->NewReader(parameters); });
    if (!reader) return reader;
    if (*reader == nullptr) {
      throw EnvironmentFault(origin_, "RecordFormat::NewReader", "reading records",
                             "returned no reader");
    }
    return std::make_unique<GuardedReader>(std::move(*reader), origin_);
  }
  Result<std::string> Write(const Trajectory& trajectory) const override {
    return CallRecords(origin_, "RecordFormat::Write", [&] { return inside_->Write(trajectory); });
  }

 private:
  std::shared_ptr<const RecordFormat> inside_;
  std::string origin_;
};

}  // namespace

const RecordFormat* FindRecords(const Registry& registry, std::string_view name) {
  for (const EnvironmentFactory& factory : registry.factories()) {
    const RecordFormat* records = factory.records.get();
    if (records == nullptr) continue;
    if (records->name() == name || records->collection_name() == name) return records;
  }
  return nullptr;
}

std::vector<std::string> RecordNames(const Registry& registry) {
  std::vector<std::string> names;
  for (const EnvironmentFactory& factory : registry.factories()) {
    if (factory.records == nullptr) continue;
    names.push_back(factory.records->name());
    names.push_back(factory.records->collection_name());
  }
  return names;
}

std::shared_ptr<const RecordFormat> GuardRecords(std::shared_ptr<const RecordFormat> format,
                                                 const std::string& origin) {
  return std::make_shared<const GuardedRecords>(std::move(format), origin);
}

}  // namespace tesuji::env
