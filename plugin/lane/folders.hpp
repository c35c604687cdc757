#pragma once
// The places that the plugin shares with the agent, and whom it trusts there (architecture.md,
// "Places and users").
#include "rules/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace sidedish::lane {

/// A path with its NUL, in place.
class Path {
 public:
  Path() = default;
  explicit Path(std::string_view path) noexcept { append(path); }
  /// False, and `fits()` from then on: too long, or a NUL inside.
  bool append(std::string_view part) noexcept;
  bool fits() const noexcept { return fits_; }
  bool empty() const noexcept { return size_ == 0; }
  const char* c_str() const noexcept { return text_; }

 private:
  char text_[512] = {};
  std::uint16_t size_ = 0;
  bool fits_ = true;
};

/// An open descriptor, closed at the end.
class File {
 public:
  File() = default;
  explicit File(int descriptor) noexcept : descriptor_(descriptor) {}
  ~File() { reset(); }
  File(File&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  File& operator=(File&& other) noexcept {
    if (this != &other) {
      reset();
      descriptor_ = other.descriptor_;
      other.descriptor_ = -1;
    }
    return *this;
  }
  int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  void reset() noexcept;

 private:
  int descriptor_ = -1;
};

/// Who may own what we read: root, ourselves, and one named user.
struct Owners {
  std::uint32_t self = 0;
  std::uint32_t named = 0;
  bool has_named = false;
  bool trusts(std::uint32_t uid) const noexcept {
    return uid == 0 || uid == self || (has_named && uid == named);
  }
};
/// `name` is looked up in /etc/passwd (no name service: that would load libraries into the host); a
/// number is taken as it is. A name that does not exist trusts nobody more.
Owners owners_named(std::string_view name) noexcept;

/// The state folder or one below it. denied: owner, or writable by group or others; not_found; io.
Result<File> open_state_folder(int at, const char* path, const Owners& owners) noexcept;
/// A plain file in it, for reading. The same errors.
Result<File> open_state_file(int folder, const char* name, const Owners& owners) noexcept;

/// Where the rings are: <run_dir>/rings, made with mode 3770 when it is missing and may be made.
/// denied: owner, or others may write there; not_found; io.
Result<File> open_rings_folder(const char* run_dir, const Owners& owners) noexcept;

/// /run/sidedish if that is a tmpfs we may write to, else /dev/shm/sidedish-<uid>.
Path default_run_dir() noexcept;

/// Whole file into `out`; the bytes read. limit: longer than `room`. io.
Result<std::size_t> read_whole(int file, void* out, std::size_t room) noexcept;

}  // namespace sidedish::lane
