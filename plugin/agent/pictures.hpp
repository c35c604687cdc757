#pragma once
// The pictures of what may be offered: files named by their SHA-256, fetched one by one after the
// rules that name them, and never in their way. Whoever is killed at any moment leaves whole files.
//
//   state/pictures/<sha256>   state/pictures.list: what the last three sets of rules name
#include "plugin/net/client.hpp"
#include "rules/base/clock.hpp"
#include "rules/base/result.hpp"
#include "rules/format/exchange.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::agent {

struct PictureStatus {
  std::uint64_t wanted = 0;   ///< of the current rules
  std::uint64_t present = 0;  ///< of these
  std::uint64_t fetched = 0;  ///< since start
  std::uint64_t refused = 0;  ///< files that did not pass, since start
  std::uint64_t dropped = 0;  ///< files that no rules want any more, since start
  std::string trouble;        ///< of the last attempt; empty when it went well
};

/// want(), fetch(), take_turn() and take_folder() belong to one thread; has() and status() to any.
class Pictures {
 public:
  explicit Pictures(const std::filesystem::path& state);

  /// At start: reads what is wanted and looks which files are there; one whose size is not the one
  /// named is fetched again. Without a list the manifest's tag is forgotten, so that head office
  /// tells it anew.
  void open();

  /// What the rules that have just become current name. The same again changes nothing. Files that
  /// neither these nor the two sets before name are removed: a prompt may still show them. io: as
  /// before.
  Result<void> want(const std::vector<format::ManifestPicture>& pictures);

  /// One question to head office: the next picture that is missing, checked by size, digest and
  /// first bytes. After a failure the others come first. False: nothing is missing. network, corrupt,
  /// io: it did not come.
  Result<bool> fetch(net::Sender& sender);
  /// Attempts for a second, then rules come first again: how long these may be waited for, 0 to 30 s.
  /// After a failure there is a pause as net::next_delay() has it.
  std::chrono::seconds take_turn(net::Sender& sender, const Clock& clock, double jitter01);

  /// A folder without a head office: files named by their digest, with or without ".webp" or ".png".
  /// All that pass are wanted, and copied. A folder that looks as it did last time is left alone.
  Result<void> take_folder(const std::filesystem::path& folder);

  bool has(std::string_view sha256) const;
  PictureStatus status() const;

 private:
  static constexpr std::size_t kSets = 3;
  using Set = std::map<std::string, std::uint64_t, std::less<>>;  ///< digest -> size
  std::filesystem::path file_of(std::string_view sha256) const { return folder_ / sha256; }
  Result<void> write_list(const std::array<Set, kSets>& sets);
  Result<void> keep(const std::string& sha256, std::uint64_t size, std::string_view bytes);
  void clean();
  Result<void> settle(Result<void> result);

  const std::filesystem::path folder_;
  const std::filesystem::path list_;
  const std::filesystem::path tag_;
  bool listed_ = false;
  std::string last_;  ///< asked for last: the next one comes after it
  std::string folder_seen_;
  unsigned failures_ = 0;  ///< in a row
  MonoMs retry_ = 0;       ///< not before

  mutable std::mutex mutex_;     // everything below
  std::array<Set, kSets> sets_;  ///< wanted now, before, before that
  Set there_;
  PictureStatus status_;
};

}  // namespace sidedish::agent
