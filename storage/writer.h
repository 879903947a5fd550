// Appends trajectories from a thread of its own, several to a transaction, so that the threads that
// play never wait for the disk unless it is slower than all of them together.
//
// Nothing is dropped silently: an accepted trajectory is either committed or still held when
// Close() reports why it could not be. When a commit fails, its batch is kept and the error goes to
// the next caller of Append(), Flush() or Close(), once; then the batch is tried again.
// Order is kept: ids follow the order of Append().
// Thread-safety: all methods from any thread, except that nothing may follow Close().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "storage/store.h"

namespace tesuji::storage {

struct WriterOptions {
  std::size_t capacity = 256;  ///< Accepted but not committed, at most; Append() blocks above.
  std::size_t batch = 64;      ///< Commits when so many wait, …
  std::chrono::milliseconds max_delay{500};  ///< … or when the oldest has waited so long.
};

class Writer {
 public:
  struct Statistics {
    std::int64_t accepted = 0;   ///< By Append().
    std::int64_t stored = 0;     ///< Committed as new rows.
    std::int64_t duplicate = 0;  ///< Skipped: the episode was stored already.
    std::int64_t pending() const { return accepted - stored - duplicate; }
  };

  /// `store` must outlive the writer.
  explicit Writer(Store* store, const WriterOptions& options = {});
  /// Closes; an error that no caller has heard of goes to the log.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Blocks while the queue is full. Throws MachineError when an earlier commit failed; the
  /// trajectory given is then not accepted.
  void Append(Store::Append append);
  /// Returns when all that was accepted before is committed. Throws MachineError otherwise; what
  /// is pending stays so.
  void Flush();
  /// Flushes and ends the thread. Throws MachineError when something could not be committed,
  /// telling how much. Later calls do nothing.
  void Close();
  Statistics statistics() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tesuji::storage
