#include "dataset/export/arrays.h"

#include <algorithm>

#include "api/dataset_hooks.h"
#include "core/json.h"
#include "dataset/export/npy.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

/// Texts in a column of bytes: content hashes and ids are never longer than this.
constexpr std::int64_t kTextBytes = 64;

struct AppendRaw {
  std::string* out;
  void Raw(const void* data, std::size_t size) const {
    out->append(static_cast<const char*>(data), size);
  }
  void operator()(std::int64_t value) const { Raw(&value, sizeof value); }
  void operator()(float value) const { Raw(&value, sizeof value); }
  void operator()(bool value) const { *out += static_cast<char>(value); }
  void operator()(const std::string& text) const {
    std::string padded = text.substr(0, kTextBytes);
    padded.resize(kTextBytes, '\0');
    *out += padded;
  }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    if constexpr (std::is_arithmetic_v<T>) Raw(values.data(), values.size() * sizeof(T));
  }
  void operator()(const BoolList& list) const { (*this)(list.values); }
};

bool IsTensor(const Column& column) { return !column.shape.empty(); }

class PlainLayout final : public ArrayLayout {
 public:
  explicit PlainLayout(const Schema& schema) {
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      const Column& column = schema.columns[i];
      ArrayColumn array;
      array.name = column.name;
      array.shape = column.shape;
      switch (column.type) {
        case ColumnType::kInt64:
          array.type = env::ItemType::kInt64;
          break;
        case ColumnType::kFloat32:
        case ColumnType::kFloat32List:
          array.type = env::ItemType::kFloat32;
          break;
        case ColumnType::kBool:
          array.type = env::ItemType::kBool;
          break;
        case ColumnType::kInt8List:
          array.type = env::ItemType::kInt8;
          break;
        case ColumnType::kInt32List:
          array.type = env::ItemType::kInt32;
          break;
        default:
          if (column.name != "id") continue;
          array.type = env::ItemType::kUint8;
          array.shape = {kTextBytes};
      }
      const bool is_list = column.type == ColumnType::kInt8List ||
                           column.type == ColumnType::kInt32List ||
                           column.type == ColumnType::kFloat32List;
      if (is_list && !IsTensor(column)) continue;
      columns_.push_back(std::move(array));
      sources_.push_back(i);
    }
  }
  const std::vector<ArrayColumn>& columns() const override { return columns_; }
  ArrayRows Encode(const Batch& batch) const override {
    ArrayRows rows;
    rows.bytes.resize(columns_.size());
    for (const EpisodeRows& episode : batch) {
      for (const Row& row : episode.rows) {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
          std::visit(AppendRaw{&rows.bytes[i]}, row[sources_[i]]);
        }
        ++rows.rows;
      }
    }
    return rows;
  }

 private:
  std::vector<ArrayColumn> columns_;
  std::vector<std::size_t> sources_;
};

/// The columns of another program, as the environment fills them.
class EnvironmentLayout final : public ArrayLayout {
 public:
  explicit EnvironmentLayout(std::unique_ptr<env::TrainingArrays> arrays)
      : arrays_(std::move(arrays)) {}
  const std::vector<ArrayColumn>& columns() const override { return arrays_->columns(); }
  ArrayRows Encode(const Batch& batch) const override {
    ArrayRows rows;
    rows.bytes.resize(columns().size());
    for (const EpisodeRows& episode : batch) {
      std::size_t next = 0;
      ForEachPosition(*episode.episode, [&](std::size_t step, const env::State& state) {
        if (next >= episode.steps.size() || episode.steps[next] != static_cast<int>(step)) return;
        ++next;
        arrays_->AppendRow(episode.episode->trajectory(), step, state, &rows.bytes);
        ++rows.rows;
      });
    }
    return rows;
  }

 private:
  std::unique_ptr<env::TrainingArrays> arrays_;
};

struct Arrays final : Prepared {
  ArrayRows rows;
};

class ArrayShard : public ShardWriter {
 public:
  ArrayShard(const std::filesystem::path& root, std::string stem, const ArrayLayout& layout)
      : root_(root), stem_(std::move(stem)), spool_(root / ".work", layout.columns()) {}
  void Append(const Prepared& batch) override {
    spool_.Append(static_cast<const Arrays&>(batch).rows);
  }

 protected:
  std::filesystem::path root_;
  std::string stem_;
  ArraySpool spool_;
};

class NpzShard final : public ArrayShard {
 public:
  using ArrayShard::ArrayShard;
  std::vector<WrittenFile> Close() override { return {WriteNpz(root_, stem_ + ".npz", &spool_)}; }
};

/// https://github.com/huggingface/safetensors, "Format": length, JSON header, tensors.
class SafetensorsShard final : public ArrayShard {
 public:
  using ArrayShard::ArrayShard;
  std::vector<WrittenFile> Close() override {
    // Wide items first, so that every tensor is aligned.
    std::vector<std::size_t> order(spool_.columns().size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) {
      return env::ItemBytes(spool_.columns()[i].type);
    });
    Json header = {{"__metadata__", {{"format", "np"}, {"made_by", "tesuji"}}}};
    std::int64_t offset = 0;
    for (const std::size_t i : order) {
      const std::int64_t end = offset + spool_.bytes(i);
      header[spool_.columns()[i].name] = {{"dtype", NamesOf(spool_.columns()[i].type).safetensors},
                                          {"shape", FullShape(spool_, i)},
                                          {"data_offsets", {offset, end}}};
      offset = end;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::string length;
    for (int shift = 0; shift < 64; shift += 8) length += static_cast<char>(text.size() >> shift);
    OutputFile file(root_, stem_ + ".safetensors");
    file.Write(length);
    file.Write(text);
    for (const std::size_t i : order) {
      spool_.Copy(i, [&](std::string_view bytes) { file.Write(bytes); });
    }
    return {file.Close()};
  }
};

template <class Shard>
class ArrayFormat final : public Format {
 public:
  ArrayFormat(std::string name, std::unique_ptr<ArrayLayout> layout)
      : name_(std::move(name)), layout_(std::move(layout)) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    auto arrays = std::make_unique<Arrays>();
    arrays->rows = layout_->Encode(batch);
    return arrays;
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return std::make_unique<Shard>(root, stem, *layout_);
  }

 private:
  std::string name_;
  std::unique_ptr<ArrayLayout> layout_;
};

}  // namespace

std::unique_ptr<ArrayLayout> MakePlainLayout(const Schema& schema) {
  if (std::ranges::none_of(schema.columns, IsTensor)) return nullptr;
  return std::make_unique<PlainLayout>(schema);
}

std::unique_ptr<Format> MakeNpzFormat(const FormatContext& context) {
  std::unique_ptr<ArrayLayout> layout;
  if (context.schema->view == "positions") {
    auto arrays = env::MakeTrainingArrays(*context.environment);
    if (arrays != nullptr) layout = std::make_unique<EnvironmentLayout>(std::move(arrays));
  }
  if (layout == nullptr) layout = MakePlainLayout(*context.schema);
  if (layout == nullptr) return nullptr;
  return std::make_unique<ArrayFormat<NpzShard>>("npz", std::move(layout));
}

std::unique_ptr<Format> MakeSafetensorsFormat(const FormatContext& context) {
  auto layout = MakePlainLayout(*context.schema);
  if (layout == nullptr) return nullptr;
  return std::make_unique<ArrayFormat<SafetensorsShard>>("safetensors", std::move(layout));
}

}  // namespace tesuji::dataset
