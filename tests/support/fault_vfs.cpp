#include "tests/support/fault_vfs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sqlite3.h>

namespace sidedish::test {
namespace {

constexpr std::int64_t kSector = 512;

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

struct FaultVfs::Hook {
  sqlite3_vfs vfs;  // first: SQLite hands back a pointer to it
  FaultVfs* self;
};

/// One open file. The system's own file lies behind it.
struct FaultFile {
  sqlite3_file file;  // first
  FaultVfs* self;
  FaultVfs::State* state;  // null: a temporary file
  std::string* path;
  bool syncs_folder;  // with its first sync

  static FaultFile& of(sqlite3_file* raw) { return *reinterpret_cast<FaultFile*>(raw); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }

  std::int64_t size() {
    sqlite3_int64 bytes = 0;
    real()->pMethods->xFileSize(real(), &bytes);
    return bytes;
  }
  std::string sector(std::int64_t index) {
    std::string bytes(kSector, '\0');
    real()->pMethods->xRead(real(), bytes.data(), kSector, index * kSector);
    return bytes;
  }
  /// Runs `change` on sectors `from` to `to` and notes them as not synced.
  template <class Change>
  int change(std::int64_t from, std::int64_t to, Change&& change) {
    if (state != nullptr) {
      for (std::int64_t i = from; i < to; ++i) {
        FaultVfs::Sector& known = state->sectors[i];
        if (known.versions.empty()) known.versions.push_back(sector(i));
      }
    }
    const int code = change();
    if (state != nullptr) {
      for (std::int64_t i = from; i < to; ++i) {
        FaultVfs::Sector& known = state->sectors[i];
        known.versions.push_back(sector(i));
        known.dirty = true;
      }
      state->sizes.push_back(size());
    }
    return code;
  }

  static int close(sqlite3_file* raw) {
    FaultFile& f = of(raw);
    delete f.path;
    return f.real()->pMethods->xClose(f.real());
  }
  static int read(sqlite3_file* raw, void* to, int n, sqlite3_int64 at) {
    FaultFile& f = of(raw);
    return f.real()->pMethods->xRead(f.real(), to, n, at);
  }
  static int write(sqlite3_file* raw, const void* from, int n, sqlite3_int64 at) {
    FaultFile& f = of(raw);
    const bool was_dead = f.self->dead_;
    const int verdict = f.self->before(false);
    // The power goes during this write: some of it may have reached the disk.
    if (verdict != SQLITE_OK && (was_dead || !f.self->dead_)) return verdict;
    const int code = f.change(at / kSector, (at + n + kSector - 1) / kSector,
                              [&] { return f.real()->pMethods->xWrite(f.real(), from, n, at); });
    return verdict != SQLITE_OK ? verdict : code;
  }
  static int truncate(sqlite3_file* raw, sqlite3_int64 to) {
    FaultFile& f = of(raw);
    if (const int verdict = f.self->before(false); verdict != SQLITE_OK) {
      return verdict == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_TRUNCATE;
    }
    return f.change(to / kSector, (f.size() + kSector - 1) / kSector,
                    [&] { return f.real()->pMethods->xTruncate(f.real(), to); });
  }
  static int sync(sqlite3_file* raw, int /*flags*/) {
    FaultFile& f = of(raw);
    if (f.self->before(true) != SQLITE_OK) {
      // Linux: told once, then the pages count as clean.
      if (f.state != nullptr && !f.self->dead_) {
        for (auto& [index, sector] : f.state->sectors) sector.dirty = false;
      }
      return SQLITE_IOERR_FSYNC;
    }
    if (f.state == nullptr) return SQLITE_OK;
    std::erase_if(f.state->sectors, [](const auto& entry) { return entry.second.dirty; });
    f.state->sizes = {f.size()};
    // SQLite's first sync of a journal or log that it may have made syncs the folder: entries made
    // and removed stand.
    if (f.syncs_folder || !f.state->entered) f.self->folder_synced();
    f.syncs_folder = false;
    f.state->entered = true;
    return SQLITE_OK;
  }
  static int file_size(sqlite3_file* raw, sqlite3_int64* bytes) {
    FaultFile& f = of(raw);
    return f.real()->pMethods->xFileSize(f.real(), bytes);
  }
  static int lock(sqlite3_file* raw, int level) {
    FaultFile& f = of(raw);
    return f.real()->pMethods->xLock(f.real(), level);
  }
  static int unlock(sqlite3_file* raw, int level) {
    FaultFile& f = of(raw);
    return f.real()->pMethods->xUnlock(f.real(), level);
  }
  static int check_lock(sqlite3_file* raw, int* out) {
    FaultFile& f = of(raw);
    return f.real()->pMethods->xCheckReservedLock(f.real(), out);
  }
  // No hints: everything goes through write and truncate.
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return kSector; }
  static int traits(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* out) {
    // No shared memory (version 1): one connection, exclusive.
    static const sqlite3_io_methods kMethods = {1,       close,       read,    write,   truncate,
                                                sync,    file_size,   lock,    unlock,  check_lock,
                                                control, sector_size, traits,  nullptr, nullptr,
                                                nullptr, nullptr,     nullptr, nullptr};
    FaultVfs* self = reinterpret_cast<FaultVfs::Hook*>(vfs)->self;
    FaultFile& f = of(raw);
    f.self = self;
    f.state = nullptr;
    f.path = nullptr;
    f.syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 &&
                     (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    f.file.pMethods = nullptr;
    const bool fresh = name != nullptr && !std::filesystem::exists(name);
    const int code = self->base_->xOpen(self->base_, name, f.real(), flags, out);
    if (code != SQLITE_OK) return code;
    f.file.pMethods = &kMethods;
    f.path = new std::string(name == nullptr ? "" : name);
    if (name == nullptr) return SQLITE_OK;
    const auto [entry, added] = self->files_.try_emplace(*f.path);
    f.state = &entry->second;
    if (added || fresh) *f.state = FaultVfs::State{{}, {f.size()}, !fresh};
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    FaultVfs* self = reinterpret_cast<FaultVfs::Hook*>(vfs)->self;
    if (self->dead_) return SQLITE_IOERR_DELETE;
    if (sync_folder != 0) self->folder_synced();
    const auto entry = self->files_.find(name);
    if (entry != self->files_.end()) {
      if (sync_folder == 0 && entry->second.entered) {
        self->deleted_[name] = {slurp(name), entry->second};
      }
      self->files_.erase(entry);
    }
    return self->base_->xDelete(self->base_, name, sync_folder);
  }
};

FaultVfs::FaultVfs() : hook_(std::make_unique<Hook>()) {
  static unsigned made = 0;
  name_ = "fault-" + std::to_string(++made);
  base_ = sqlite3_vfs_find(nullptr);
  hook_->vfs = *base_;
  hook_->self = this;
  hook_->vfs.pNext = nullptr;
  hook_->vfs.zName = name_.c_str();
  hook_->vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + base_->szOsFile;
  hook_->vfs.xOpen = FaultFile::open;
  hook_->vfs.xDelete = FaultFile::remove;
  sqlite3_vfs_register(&hook_->vfs, 0);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&hook_->vfs); }

int FaultVfs::before(bool sync) {
  if (dead_) return SQLITE_IOERR_WRITE;
  ++calls_;
  if (sync) ++syncs_;
  if (die_at_ != 0 && calls_ >= die_at_) {
    dead_ = fired_ = true;
    return SQLITE_IOERR_WRITE;
  }
  if (which_ == Calls::syncs && !sync) return SQLITE_OK;
  const std::uint64_t now = which_ == Calls::syncs ? syncs_ : calls_;
  if (fail_at_ != 0 && (now == fail_at_ || (persistent_ && now > fail_at_))) {
    fired_ = true;
    return code_ == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  return SQLITE_OK;
}

void FaultVfs::folder_synced() {
  deleted_.clear();
  for (auto& [path, state] : files_) state.entered = true;
}

void FaultVfs::fail(std::uint64_t nth, int code, bool persistent, Calls calls) {
  heal();
  fail_at_ = nth;
  code_ = code;
  persistent_ = persistent;
  which_ = calls;
  fired_ = false;
}

void FaultVfs::heal() { fail_at_ = die_at_ = calls_ = syncs_ = 0; }

void FaultVfs::die_at(std::uint64_t nth) {
  heal();
  die_at_ = nth;
  fired_ = false;
}

std::size_t FaultVfs::settle(const std::string& path, const State& state, std::mt19937_64& random,
                             Keep keep) const {
  std::string bytes = slurp(path);
  const auto pick = [&](std::size_t n) {
    return keep == Keep::nothing ? std::size_t{0} : static_cast<std::size_t>(random() % n);
  };
  // Some cuts lose nearly all, some nearly nothing.
  const std::uint64_t lost_percent = random() % 101;
  const auto size = static_cast<std::size_t>(state.sizes[pick(state.sizes.size())]);
  std::size_t whole = std::max(size, bytes.size());
  for (const auto& [index, sector] : state.sectors) {
    whole = std::max(whole, static_cast<std::size_t>((index + 1) * kSector));
  }
  bytes.resize(whole, '\0');
  std::size_t lost = 0;
  for (const auto& [index, sector] : state.sectors) {
    std::size_t version = sector.versions.size() - 1;
    if (keep == Keep::nothing || random() % 100 < lost_percent) version = pick(version + 1);
    std::string now = sector.versions[version];
    if (keep == Keep::any && random() % 16 == 0) {  // torn: the beginning of another version
      const std::string& other = sector.versions[pick(sector.versions.size())];
      const auto cut = static_cast<std::size_t>(random() % kSector);
      now.replace(0, cut, other, 0, cut);
    }
    if (now != sector.versions.back()) ++lost;
    bytes.replace(static_cast<std::size_t>(index * kSector), kSector, now);
  }
  bytes.resize(size);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  return lost;
}

std::size_t FaultVfs::crash(std::mt19937_64& random, Keep keep) {
  std::size_t lost = 0;
  for (const auto& [path, state] : files_) {
    if (!std::filesystem::exists(path)) continue;
    if (!state.entered && (keep == Keep::nothing || random() % 2 == 0)) {
      std::filesystem::remove(path);
      ++lost;
      continue;
    }
    lost += settle(path, state, random, keep);
  }
  for (const auto& [path, old] : deleted_) {
    if (std::filesystem::exists(path) || random() % 2 == 0) continue;
    std::ofstream(path, std::ios::binary) << old.first;
    lost += settle(path, old.second, random, keep);
  }
  files_.clear();
  deleted_.clear();
  dead_ = false;
  heal();
  return lost;
}

}  // namespace sidedish::test
