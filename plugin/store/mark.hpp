#pragma once
// The last commit's number, in a small file of its own beside the outbox ("<outbox>.mark"): a second
// place, so that a file or log that has silently lost commits is noticed. Written after each commit
// is on disk, never synced (but once, when it is made): what it says is on disk for sure, and a mark
// that a power cut has set back says less than the truth, which does no harm. Best effort: a mark
// that cannot be written takes nothing from the outbox but this check. Internal to plugin/store.
#include <cstdint>
#include <filesystem>
#include <optional>

namespace sidedish::outbox {

struct Mark {
  std::uint32_t version = 0;  ///< newest schema that may have been given to the outbox
  std::uint64_t commits = 0;
  bool operator==(const Mark&) const = default;
};

class MarkFile {
 public:
  explicit MarkFile(const std::filesystem::path& outbox);
  ~MarkFile();
  MarkFile(const MarkFile&) = delete;
  MarkFile& operator=(const MarkFile&) = delete;

  /// nullopt: it is not there, or damaged.
  std::optional<Mark> read() const;
  /// `sync`: on disk when it returns, its name included.
  void write(const Mark& mark, bool sync);
  void remove();

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace sidedish::outbox
