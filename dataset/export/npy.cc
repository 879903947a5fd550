#include "dataset/export/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/crc.hpp>

#include "core/result.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

/// ZIP records (APPNOTE 6.3), little endian.
class ZipRecord {
 public:
  ZipRecord& Number16(std::uint32_t value) { return Number(value, 2); }
  ZipRecord& Number32(std::uint64_t value) { return Number(static_cast<std::uint32_t>(value), 4); }
  ZipRecord& Text(const std::string& text) {
    bytes_ += text;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  ZipRecord& Number(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> (8 * i));
    return *this;
  }
  std::string bytes_;
};

constexpr std::uint32_t kVersion = 20;
constexpr std::uint32_t kDate = 1U << 5 | 1U;  // 1980-01-01.

struct Entry {
  std::string name;
  std::uint32_t crc = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

/// The fields that a local header and a directory entry share.
void CommonFields(const Entry& entry, ZipRecord* record) {
  record->Number16(kVersion).Number16(0).Number16(0).Number16(0).Number16(kDate);
  record->Number32(entry.crc).Number32(entry.size).Number32(entry.size);
  record->Number16(static_cast<std::uint32_t>(entry.name.size())).Number16(0);
}

}  // namespace

std::string NpyHeader(const std::string& type, const std::vector<std::int64_t>& shape) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                   type, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t kBefore = 10;  // Magic, version, length.
  while ((kBefore + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 255U);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header;
}

WrittenFile WriteNpz(const std::filesystem::path& root, const std::string& relative,
                     ArraySpool* spool) {
  OutputFile file(root, relative);
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < spool->columns().size(); ++i) {
    const ArrayColumn& column = spool->columns()[i];
    const std::string header = NpyHeader(NamesOf(column.type).numpy, FullShape(*spool, i));
    Entry entry;
    entry.name = column.name + ".npy";
    entry.offset = static_cast<std::uint64_t>(file.bytes());
    entry.size = header.size() + static_cast<std::uint64_t>(spool->bytes(i));
    // The checksum comes before the data, so the data is read twice.
    boost::crc_32_type crc;
    crc.process_bytes(header.data(), header.size());
    spool->Copy(i, [&](std::string_view bytes) { crc.process_bytes(bytes.data(), bytes.size()); });
    entry.crc = crc.checksum();
    if (entry.offset + entry.size >= UINT32_MAX - 4096) {
      throw MachineError(fmt::format(
          "{}: an .npz of 4 GiB or more; lower export.shard_rows in the recipe", relative));
    }
    ZipRecord local;
    local.Number32(0x04034b50);
    CommonFields(entry, &local);
    file.Write(local.bytes());
    file.Write(entry.name);
    file.Write(header);
    spool->Copy(i, [&](std::string_view bytes) { file.Write(bytes); });
    entries.push_back(std::move(entry));
  }
  const auto directory = static_cast<std::uint64_t>(file.bytes());
  for (const Entry& entry : entries) {
    ZipRecord record;
    record.Number32(0x02014b50).Number16(kVersion);
    CommonFields(entry, &record);
    record.Number16(0).Number16(0).Number16(0).Number32(0).Number32(entry.offset);
    file.Write(record.Text(entry.name).bytes());
  }
  const auto size = static_cast<std::uint64_t>(file.bytes()) - directory;
  const auto count = static_cast<std::uint32_t>(entries.size());
  ZipRecord end;
  end.Number32(0x06054b50).Number16(0).Number16(0).Number16(count).Number16(count);
  end.Number32(size).Number32(directory).Number16(0);
  file.Write(end.bytes());
  return file.Close();
}

}  // namespace tesuji::dataset
