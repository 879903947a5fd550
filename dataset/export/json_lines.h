// Rows as JSON, one a line: what several formats write, each into a file of its own kind.
// Thread-safety: free functions; a shard has one caller at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dataset/export/format.h"

namespace tesuji::dataset {

struct JsonLines final : Prepared {
  std::string text;
};

std::unique_ptr<JsonLines> ToJsonLines(const Schema& schema, const Batch& batch);

/// Lines into a File, which has Write() and Close().
template <class File>
class JsonLinesShard final : public ShardWriter {
 public:
  template <class... Arguments>
  explicit JsonLinesShard(Arguments&&... arguments)
      : file_(std::forward<Arguments>(arguments)...) {}
  void Append(const Prepared& batch) override {
    file_.Write(static_cast<const JsonLines&>(batch).text);
  }
  std::vector<WrittenFile> Close() override { return {file_.Close()}; }

 private:
  File file_;
};

}  // namespace tesuji::dataset
