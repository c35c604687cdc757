#include "plugin/agent/overlays.hpp"

#include "plugin/lane/ring_layout.hpp"
#include "plugin/net/digest.hpp"
#include "rules/format/exchange.hpp"
#include "rules/image/overlay.hpp"

#include <atomic>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sidedish::agent {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kPage = 4096;

}  // namespace

Overlays::Overlays(fs::path state, fs::path run) : state_(std::move(state)), run_(std::move(run)) {}

Overlays::~Overlays() {
  if (page_ != nullptr) ::munmap(page_, kPage);
}

Result<void> Overlays::open() {
  const fs::path path = run_ / "generation";
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return system_error("opening", path);
  void* at = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (at == MAP_FAILED) return system_error("mapping", path);
  page_ = static_cast<lane::GenerationPage*>(at);
  const auto named = read_name(state_ / "overlay");
  if (!named) {
    if (named.error().code() != Errc::not_found) status_.trouble = named.error().text();
    return {};
  }
  status_.generation = named->generation;
  const auto bytes =
      read_file(state_ / "overlays" / (named->sha256 + ".overlay"), image::kMaxOverlay);
  const auto good = bytes ? check(*bytes) : Result<void>(tl::unexpected(bytes.error()));
  if (!good) {
    status_.trouble = good.error().text();
    return {};
  }
  status_.sha256 = named->sha256;
  announce();
  return {};
}

void Overlays::announce() {
  if (page_ == nullptr) return;
  std::atomic_ref<std::uint64_t>(page_->overlay)
      .store(status_.generation, std::memory_order_release);
}

/// Of the overlay itself, and that it is for the rules of this terminal, where it has any.
Result<void> Overlays::check(std::string_view bytes) {
  const auto overlay = image::Overlay::open(std::as_bytes(std::span(bytes)));
  if (!overlay) return tl::unexpected(overlay.error());
  if (const auto current = read_name(state_ / "current")) {
    const auto rules =
        read_file(state_ / "images" / (current->sha256 + ".image"), format::kMaxImageBytes);
    const auto image = rules ? image::Image::open(std::as_bytes(std::span(*rules)))
                             : Result<image::Image>(tl::unexpected(rules.error()));
    if (image && !overlay->fits(*image)) {
      return fail(Errc::corrupt, "the overlay is for another pack or currency");
    }
  }
  status_.version = overlay->header().version;
  status_.paused = overlay->paused().size();
  status_.products = overlay->products().size();
  return {};
}

Result<void> Overlays::activate(std::string_view bytes) {
  const std::string digest = net::hex(net::sha256(bytes));
  if (digest == status_.sha256) return {};
  OverlayStatus before = status_;
  if (auto good = check(bytes); !good) {
    ++status_.refused;
    status_.trouble = good.error().text();
    return good;
  }
  const auto quiet = [](const char*) {};
  const fs::path folder = state_ / "overlays";
  const std::string name = std::to_string(status_.generation + 1) + " " + digest + "\n";
  auto written = write_file(folder / (digest + ".overlay"), bytes, quiet);
  if (written) written = write_file(state_ / "overlay", name, quiet);
  if (!written) {
    status_ = std::move(before);
    status_.trouble = written.error().text();
    return written;
  }
  // A lane may be about to open the one before: that one stays until the next.
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string stem = at->path().stem().string();
    if (stem != digest && stem != status_.sha256) ::unlink(at->path().c_str());
  }
  ++status_.generation;
  status_.sha256 = digest;
  status_.trouble.clear();
  announce();
  return {};
}

Result<void> Overlays::fetch(net::Sender& sender, const format::ManifestOverlay& named) {
  if (named.sha256 == status_.sha256) return {};
  const auto give_up = [&](Errc code, std::string why) -> Result<void> {
    status_.trouble = "fetching the overlay: " + std::move(why);
    return fail(code, status_.trouble);
  };
  net::Request get;
  get.method = "GET";
  get.target = "/v1/blobs/sha256/" + named.sha256;
  const auto blob = sender.send(get, std::chrono::seconds(15), net::Repeat::idempotent);
  if (!blob) return give_up(blob.error().code(), std::string(blob.error().text()));
  if (blob->status != 200) {
    return give_up(Errc::network, "head office answered " + std::to_string(blob->status));
  }
  if (blob->body.size() != named.size) {
    ++status_.refused;
    return give_up(Errc::corrupt, "its size is not the one named");
  }
  if (net::hex(net::sha256(blob->body)) != named.sha256) {
    ++status_.refused;
    return give_up(Errc::corrupt, "its digest is not the one named");
  }
  return activate(blob->body);
}

Result<void> Overlays::take_file(const fs::path& file) {
  auto done = file_.look(file, image::kMaxOverlay,
                         [this](std::string_view bytes) { return activate(bytes); });
  if (!done) status_.trouble = done.error().text();
  return done;
}

}  // namespace sidedish::agent
