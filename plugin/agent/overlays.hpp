#pragma once
// What is paused, recalled or repriced on this terminal: one small file, obeyed by lanes at their
// next update. Whoever is killed at any moment leaves the old or the new overlay whole. One thread,
// which may be another one than that of the images.
//
//   state/overlays/<sha256>.overlay   state/overlay     run/generation: the page that lanes watch
#include "plugin/agent/files.hpp"
#include "plugin/net/client.hpp"
#include "rules/base/result.hpp"
#include "rules/format/exchange.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace sidedish::lane {
struct GenerationPage;
}

namespace sidedish::agent {

struct OverlayStatus {
  std::uint64_t generation = 0;  ///< 0: none
  std::string sha256;
  std::uint64_t version = 0;
  std::uint64_t paused = 0;    ///< rules
  std::uint64_t products = 0;  ///< recalled, repriced, or with a stock class
  std::uint64_t refused = 0;   ///< files that did not pass, since start
  std::string trouble;         ///< of the last attempt; empty when it went well
};

class Overlays {
 public:
  Overlays(std::filesystem::path state, std::filesystem::path run);
  ~Overlays();
  Overlays(const Overlays&) = delete;
  Overlays& operator=(const Overlays&) = delete;

  /// At start, after Images::open(), which makes the page: checks what `overlay` names. Damaged: it
  /// is reported, and lanes refuse it too. io: no page.
  Result<void> open();

  /// Checks (digest, layout, that it is for the current image's pack) and makes it current. The same
  /// again is fine and changes nothing. corrupt, unsupported, limit: refused, everything as before.
  Result<void> activate(std::string_view bytes);
  /// A file without a head office: read, and activated when it has changed. A file that goes away
  /// changes nothing: write an empty overlay to end what one says.
  Result<void> take_file(const std::filesystem::path& file);

  /// What a manifest of head office names: fetched when it is another one, checked for size and
  /// digest, activated. network: it could not be fetched; else as activate().
  Result<void> fetch(net::Sender& sender, const format::ManifestOverlay& named);

  const OverlayStatus& status() const noexcept { return status_; }

 private:
  Result<void> check(std::string_view bytes);
  void announce();

  std::filesystem::path state_;
  std::filesystem::path run_;
  lane::GenerationPage* page_ = nullptr;
  OverlayStatus status_;
  WatchedFile file_;
};

}  // namespace sidedish::agent
