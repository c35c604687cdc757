#pragma once
// The rules on this terminal: which image is current, and how another one becomes it. Whoever is
// killed at any moment leaves the old or the new image whole. One thread.
//
//   state/images/<sha256>.image   state/current   state/previous   state/manifest.etag
//   run/generation                the page that lanes watch
#include "plugin/agent/files.hpp"
#include "plugin/agent/self_test.hpp"
#include "plugin/net/client.hpp"
#include "rules/base/result.hpp"
#include "rules/format/exchange.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::lane {
struct GenerationPage;
}

namespace sidedish::agent {

struct ImageStatus {
  std::uint64_t generation = 0;  ///< 0: no rules
  std::string sha256;
  std::uint64_t pack_version = 0;
  std::uint64_t manifest_version = 0;
  std::uint64_t refused = 0;            ///< images and manifests that did not pass, since start
  std::uint64_t self_tests_failed = 0;  ///< of these, images that failed it
  std::string self_test;       ///< of the last image that came so far: what it did or why it failed
  std::string refused_sha256;  ///< the last image that was what it should be and did not pass
  std::string trouble;         ///< of the last attempt; empty when it went well
};

/// Makes state folder (0755, with images/, overlays/, pictures/ and records/) and run folder (0755, with rings/ 3770).
/// denied: somebody else's, or writable by others. unsupported: the run folder is not on tmpfs.
Result<void> make_folders(const std::filesystem::path& state, const std::filesystem::path& run);

class Images {
 public:
  /// `step` (tests) is called before each change of the disk, with its name.
  Images(std::filesystem::path state, std::filesystem::path run,
         std::function<void(std::string_view)> step = {});
  /// The last check of every image from now on.
  void use(SelfTest test) { self_test_.emplace(std::move(test)); }
  /// Who asks: head office is told this name with every question, which image runs here, and which one
  /// did not pass.
  void ask_as(std::string terminal) { terminal_ = std::move(terminal); }
  ~Images();
  Images(const Images&) = delete;
  Images& operator=(const Images&) = delete;

  /// At start: maps the generation page and checks what `current` names. When that is damaged, the
  /// previous image becomes current again; when that is too, lanes stay silent. io: no page.
  Result<void> open();

  /// Checks (size, digest, layout, self-test) and makes it current. The same image again is fine and
  /// changes nothing. corrupt, unsupported: refused, everything as before.
  Result<void> activate(std::string_view bytes, std::string_view sha256,
                        std::uint64_t manifest_version);
  /// A file without a head office: read, and activated when its content is news.
  Result<void> take_file(const std::filesystem::path& file);

  using Taken = std::function<Result<void>(const format::Manifest&)>;
  /// What a manifest names beside its image. `overlay` is called whether or not the image passes: a
  /// pause must not wait for better rules. `rest` after its image is current. When one of them fails,
  /// the same manifest is asked for again.
  struct Beside {
    Taken overlay;
    Taken rest;
  };
  /// One question to head office: the manifest, and the image when it is another one. `wait`: how
  /// long head office may hold the question. True: something became current. An image that does not
  /// pass is told in the status and not fetched again, and the next question waits for another
  /// manifest: that is no error, and false.
  Result<bool> fetch(net::Sender& sender, const std::string& store, std::chrono::seconds wait,
                     const Beside& beside = {});
  /// Tag of the manifest that was taken whole; empty: none.
  std::string etag() const;

  const ImageStatus& status() const noexcept { return status_; }

 private:
  Result<void> write_whole(const std::filesystem::path& file, std::string_view bytes,
                           const char* what);
  Result<void> check(std::string_view bytes, std::string_view sha256);
  Result<void> test(std::string_view bytes);
  std::string question(const std::string& store) const;
  Result<void> check_file(const std::string& sha256);
  Result<void> make_current(const std::string& sha256);
  void announce();
  void clean();
  Result<bool> take_image(net::Sender& sender, const format::Manifest& manifest);

  std::filesystem::path state_;
  std::filesystem::path run_;
  std::function<void(std::string_view)> step_;
  lane::GenerationPage* page_ = nullptr;
  ImageStatus status_;
  std::optional<SelfTest> self_test_;
  std::string terminal_;
  std::string held_tag_;  ///< of the manifest whose image was refused
  std::string refused_why_;
  std::string before_previous_;
  WatchedFile file_;
};

}  // namespace sidedish::agent
