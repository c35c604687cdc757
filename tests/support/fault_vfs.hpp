#pragma once
// A disk that fails: an SQLite VFS over the system's own. It counts writes, truncations and syncs,
// lets the n-th fail, and knows which sectors no sync has covered yet, so that a power cut can be
// played: any subset of them is on disk afterwards, some torn. A sync that failed leaves its sectors
// readable and lost (as Linux does): a later sync says yes without them. One thread.
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace sidedish::test {

enum class Calls : std::uint8_t { all, syncs };

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const { return name_; }  ///< for sqlite3_open_v2
  /// Writes, truncations and syncs since the last fail(), die_at() or heal().
  std::uint64_t calls() const { return calls_; }
  std::uint64_t syncs() const { return syncs_; }
  bool fired() const { return fired_; }

  /// The n-th call (1 = the next) and, if `persistent`, every one after it fails. `code`:
  /// SQLITE_IOERR or SQLITE_FULL.
  void fail(std::uint64_t nth, int code, bool persistent, Calls calls = Calls::all);
  void heal();

  /// The power goes at the n-th call: nothing after it reaches the files.
  void die_at(std::uint64_t nth);
  bool dead() const { return dead_; }
  enum class Keep : std::uint8_t { any, nothing };
  /// What the disk holds when the power comes back. All files must be closed. How many sectors were
  /// lost or torn.
  std::size_t crash(std::mt19937_64& random, Keep keep = Keep::any);

  struct Sector {
    std::vector<std::string>
        versions;        ///< the first is on disk for sure, the last was written last
    bool dirty = false;  ///< the next sync writes it
  };
  struct State {
    std::map<std::int64_t, Sector> sectors;
    std::vector<std::int64_t> sizes;  ///< first: on disk
    bool entered = false;             ///< the folder's entry is on disk
  };

 private:
  friend struct FaultFile;
  struct Hook;
  int before(bool sync);  ///< counts; SQLITE_OK or what to answer
  void folder_synced();
  std::size_t settle(const std::string& path, const State& state, std::mt19937_64& random,
                     Keep keep) const;

  std::string name_;
  std::unique_ptr<Hook> hook_;
  sqlite3_vfs* base_ = nullptr;
  std::map<std::string, State> files_;
  std::map<std::string, std::pair<std::string, State>> deleted_;  ///< may come back: bytes, state
  std::uint64_t calls_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t fail_at_ = 0;
  std::uint64_t die_at_ = 0;
  int code_ = 0;
  bool persistent_ = false;
  Calls which_ = Calls::all;
  bool fired_ = false;
  bool dead_ = false;
};

}  // namespace sidedish::test
