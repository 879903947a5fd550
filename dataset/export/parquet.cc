// Parquet through Apache Arrow C++. The only file that includes Arrow; built when it was found.
#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <algorithm>

#include "core/result.h"
#include "dataset/export/format.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

void Check(const arrow::Status& status) {
  if (!status.ok()) throw MachineError("Parquet: " + status.ToString());
}

std::shared_ptr<arrow::DataType> ListOf(std::shared_ptr<arrow::DataType> type) {
  return arrow::list(arrow::field("element", std::move(type), false));
}

std::shared_ptr<arrow::DataType> TypeOf(const Column& column) {
  switch (column.type) {
    case ColumnType::kInt64:
      return arrow::int64();
    case ColumnType::kFloat32:
      return arrow::float32();
    case ColumnType::kBool:
      return arrow::boolean();
    case ColumnType::kText:
      return arrow::utf8();
    case ColumnType::kInt8List:
      return ListOf(arrow::int8());
    case ColumnType::kInt32List:
      return ListOf(arrow::int32());
    case ColumnType::kFloat32List:
      return ListOf(arrow::float32());
    case ColumnType::kBoolList:
      return ListOf(arrow::boolean());
    case ColumnType::kTextList:
      return ListOf(arrow::utf8());
    case ColumnType::kMessages:
      return ListOf(arrow::struct_({arrow::field("role", arrow::utf8(), false),
                                    arrow::field("content", arrow::utf8(), false)}));
    case ColumnType::kRecord: {
      arrow::FieldVector fields;
      for (const auto& [name, whole] : column.fields) {
        fields.push_back(arrow::field(name, whole ? arrow::int64() : arrow::utf8(), false));
      }
      return arrow::struct_(fields);
    }
  }
  return arrow::utf8();
}

std::shared_ptr<arrow::Schema> SchemaOf(const Schema& schema) {
  arrow::FieldVector fields;
  for (const Column& column : schema.columns) {
    fields.push_back(arrow::field(column.name, TypeOf(column), false));
  }
  return arrow::schema(fields);
}

/// Appends one value to the builder of its column.
struct AppendValue {
  arrow::ArrayBuilder* builder;
  template <class Builder>
  Builder& As() const {
    return *static_cast<Builder*>(builder);
  }
  template <class Builder>
  Builder& Elements(arrow::ListBuilder& list) const {
    Check(list.Append());
    return *static_cast<Builder*>(list.value_builder());
  }
  void operator()(std::int64_t value) const { Check(As<arrow::Int64Builder>().Append(value)); }
  void operator()(float value) const { Check(As<arrow::FloatBuilder>().Append(value)); }
  void operator()(bool value) const { Check(As<arrow::BooleanBuilder>().Append(value)); }
  void operator()(const std::string& value) const {
    Check(As<arrow::StringBuilder>().Append(value));
  }
  void operator()(const std::vector<std::int8_t>& values) const {
    Check(Elements<arrow::Int8Builder>(As<arrow::ListBuilder>())
              .AppendValues(values.data(), static_cast<std::int64_t>(values.size())));
  }
  void operator()(const std::vector<std::int32_t>& values) const {
    Check(Elements<arrow::Int32Builder>(As<arrow::ListBuilder>())
              .AppendValues(values.data(), static_cast<std::int64_t>(values.size())));
  }
  void operator()(const std::vector<float>& values) const {
    Check(Elements<arrow::FloatBuilder>(As<arrow::ListBuilder>())
              .AppendValues(values.data(), static_cast<std::int64_t>(values.size())));
  }
  void operator()(const BoolList& list) const {
    Check(Elements<arrow::BooleanBuilder>(As<arrow::ListBuilder>())
              .AppendValues(list.values.data(), static_cast<std::int64_t>(list.values.size())));
  }
  void operator()(const std::vector<std::string>& values) const {
    auto& texts = Elements<arrow::StringBuilder>(As<arrow::ListBuilder>());
    for (const auto& value : values) Check(texts.Append(value));
  }
  void operator()(const std::vector<Message>& values) const {
    auto& structs = Elements<arrow::StructBuilder>(As<arrow::ListBuilder>());
    for (const Message& message : values) {
      Check(structs.Append());
      Check(static_cast<arrow::StringBuilder*>(structs.field_builder(0))->Append(message.role));
      Check(static_cast<arrow::StringBuilder*>(structs.field_builder(1))->Append(message.content));
    }
  }
  void operator()(const Record& record) const {
    auto& fields = As<arrow::StructBuilder>();
    Check(fields.Append());
    for (int i = 0; i < fields.num_fields(); ++i) {
      std::visit(AppendValue{fields.field_builder(i)}, record[static_cast<std::size_t>(i)]);
    }
  }
};

struct Rows final : Prepared {
  std::shared_ptr<arrow::RecordBatch> batch;
};

/// Arrow's view of an OutputFile.
class Sink final : public arrow::io::OutputStream {
 public:
  Sink(const std::filesystem::path& root, const std::string& name) : file_(root, name) {
    set_mode(arrow::io::FileMode::WRITE);
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return file_.bytes(); }
  arrow::Status Write(const void* data, std::int64_t size) override {
    try {
      file_.Write({static_cast<const char*>(data), static_cast<std::size_t>(size)});
    } catch (const MachineError& error) {
      return arrow::Status::IOError(error.what());
    }
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Write;
  WrittenFile Finish() { return file_.Close(); }

 private:
  OutputFile file_;
  bool closed_ = false;
};

std::int64_t MeanRowBytes(const Schema& schema) {
  std::int64_t bytes = 0;
  for (const Column& column : schema.columns) {
    std::int64_t elements = column.shape.empty() ? 40 : 4;
    for (const std::int64_t side : column.shape) elements *= side;
    bytes += elements;
  }
  return bytes;
}

class ParquetShard final : public ShardWriter {
 public:
  ParquetShard(const std::filesystem::path& root, const std::string& name, const Schema& schema,
               const std::shared_ptr<arrow::Schema>& arrow_schema, int level)
      : sink_(std::make_shared<Sink>(root, name)) {
    // Row groups near 100 MB of plain values, which is what loaders stream well.
    const std::int64_t group =
        std::clamp<std::int64_t>(100'000'000 / MeanRowBytes(schema), 1000, 100000);
    parquet::WriterProperties::Builder properties;
    properties.compression(parquet::Compression::ZSTD)
        ->compression_level(level)
        ->created_by("tesuji")
        ->max_row_group_length(group);
    for (const Column& column : schema.columns) {
      // Numbers of feature planes compress better as they are.
      if (!column.shape.empty()) properties.disable_dictionary(column.name + ".list.element");
    }
    const auto arrow_properties =
        parquet::ArrowWriterProperties::Builder().store_schema()->set_use_threads(false)->build();
    auto writer = parquet::arrow::FileWriter::Open(*arrow_schema, arrow::default_memory_pool(),
                                                   sink_, properties.build(), arrow_properties);
    Check(writer.status());
    writer_ = std::move(*writer);
  }
  void Append(const Prepared& batch) override {
    Check(writer_->WriteRecordBatch(*static_cast<const Rows&>(batch).batch));
  }
  std::vector<WrittenFile> Close() override {
    Check(writer_->Close());
    return {sink_->Finish()};
  }

 private:
  std::shared_ptr<Sink> sink_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

class ParquetFormat final : public Format {
 public:
  ParquetFormat(const FormatContext& context, std::string name)
      : name_(std::move(name)),
        schema_(*context.schema),
        arrow_schema_(SchemaOf(schema_)),
        level_(context.recipe->exports.level) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    auto builder = arrow::RecordBatchBuilder::Make(arrow_schema_, arrow::default_memory_pool());
    Check(builder.status());
    for (const EpisodeRows& episode : batch) {
      for (const Row& row : episode.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
          std::visit(AppendValue{(*builder)->GetField(static_cast<int>(i))}, row[i]);
        }
      }
    }
    auto rows = std::make_unique<Rows>();
    auto flushed = (*builder)->Flush();
    Check(flushed.status());
    rows->batch = std::move(*flushed);
    return rows;
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return std::make_unique<ParquetShard>(root, stem + ".parquet", schema_, arrow_schema_, level_);
  }

 private:
  std::string name_;
  const Schema& schema_;
  std::shared_ptr<arrow::Schema> arrow_schema_;
  int level_;
};

}  // namespace

std::unique_ptr<Format> MakeParquetFormat(const FormatContext& context, const std::string& name) {
  return std::make_unique<ParquetFormat>(context, name);
}

}  // namespace tesuji::dataset
