#include "plugin/lane/rules.hpp"

#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace sidedish::lane {
namespace {

constexpr std::size_t kMaxImage = std::size_t{512} << 20;
constexpr std::size_t kPage = 4096;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

struct Current {
  std::uint64_t generation = 0;
  image::Digest digest;
  char hex[65] = {};
};

/// "<generation> <sha256 in hex>\n": what `current` and `overlay` say.
Result<Current> parse_current(std::string_view text) noexcept {
  const auto broken = [] { return fail(Errc::corrupt, "not a generation and a digest"); };
  Current out;
  std::size_t i = 0;
  for (; i < text.size() && i < 19 && text[i] >= '0' && text[i] <= '9'; ++i) {
    out.generation = out.generation * 10 + static_cast<std::uint64_t>(text[i] - '0');
  }
  if (i == 0 || text.size() != i + 66 || text[i] != ' ' || text[i + 65] != '\n') return broken();
  std::memcpy(out.hex, text.data() + i + 1, 64);
  for (unsigned k = 0; k < 32; ++k) {
    const int high = hex_digit(out.hex[2 * k]);
    const int low = hex_digit(out.hex[2 * k + 1]);
    if (high < 0 || low < 0) return broken();
    out.digest.bytes[k] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

/// What the state folder names, and where that stands.
struct Place {
  const char* name;    ///< "current"
  const char* folder;  ///< "images"
  std::string_view ending;
};
struct NamedFile {
  Current named;
  File file;  ///< not open: it is what we have
};

Result<NamedFile> open_named(const RulesPlaces& places, const Place& place,
                             const image::Digest* have) noexcept {
  const auto state = open_state_folder(AT_FDCWD, places.state_dir.c_str(), places.owners);
  if (!state) return tl::unexpected<Error>(state.error());
  const auto name = open_state_file(state->get(), place.name, places.owners);
  if (!name) return tl::unexpected<Error>(name.error());
  char text[128];
  const auto size = read_whole(name->get(), text, sizeof text);
  if (!size) return tl::unexpected<Error>(size.error());
  const auto named = parse_current({text, *size});
  if (!named) return tl::unexpected<Error>(named.error());
  NamedFile out;
  out.named = *named;
  if (have != nullptr && *have == named->digest) return out;
  const auto folder = open_state_folder(state->get(), place.folder, places.owners);
  if (!folder) return tl::unexpected<Error>(folder.error());
  Path path{std::string_view(named->hex, 64)};
  path.append(place.ending);
  auto file = open_state_file(folder->get(), path.c_str(), places.owners);
  if (file) {
    out.file = std::move(*file);
    return out;
  }
  // Broken, unlike a state folder that names nothing.
  if (file.error().code() == Errc::not_found)
    return fail(Errc::corrupt, "it names a file that is not there");
  return tl::unexpected<Error>(file.error());
}

/// The whole file in private memory; on an error `pages` is empty.
Result<std::span<const std::byte>> read_private(int file, std::size_t most, Pages& pages) noexcept {
  struct stat what;
  if (::fstat(file, &what) != 0 || what.st_size <= 0) return fail(Errc::corrupt, "an empty file");
  if (static_cast<std::size_t>(what.st_size) > most) {
    return fail(Errc::corrupt, "the file is larger than any that we take");
  }
  const auto size = static_cast<std::size_t>(what.st_size);
  if (!pages.take(size)) return fail(Errc::io, "no memory for it");
  const auto read = read_whole(file, pages.data(), size);
  if (!read || *read != size) {
    pages.release();
    return fail(Errc::corrupt, "the file changed its size under our eyes");
  }
  return std::span<const std::byte>(pages.data(), size);
}

}  // namespace

Rules::~Rules() {
  const GenerationPage* page = page_.load(std::memory_order_relaxed);
  if (page != nullptr) ::munmap(const_cast<GenerationPage*>(page), kPage);
}

Result<void> Rules::open(const RulesPlaces& places) noexcept {
  places_ = places;
  const Result<void> loaded = load();
  (void)load_overlay();
  return loaded;
}

/// The page at the path, if it is another one than that we have: made after we opened, or put in its
/// place since. On tmpfs, and writable by none whom we do not trust: who shortens it kills us.
void Rules::map_generation() noexcept {
  if (places_.run_dir.empty()) return;
  Path path = places_.run_dir;
  if (!path.append("/generation")) return;
  const Result<File> file = open_state_file(AT_FDCWD, path.c_str(), places_.owners);
  struct stat what;
  struct statfs kind;
  char magic[sizeof kGenerationMagic];
  if (!file || ::fstat(file->get(), &what) != 0 || ::fstatfs(file->get(), &kind) != 0 ||
      static_cast<unsigned long>(kind.f_type) != TMPFS_MAGIC ||
      what.st_size < static_cast<off_t>(kPage) ||
      ::pread(file->get(), magic, sizeof magic, 0) != sizeof magic ||
      std::memcmp(magic, kGenerationMagic, sizeof magic) != 0) {
    return;
  }
  const GenerationPage* before = page_.load(std::memory_order_relaxed);
  if (before != nullptr && what.st_dev == page_device_ && what.st_ino == page_inode_) return;
  // Over the old one, at the same address: other lanes may be reading it.
  void* at = ::mmap(const_cast<GenerationPage*>(before), kPage, PROT_READ,
                    MAP_SHARED | (before != nullptr ? MAP_FIXED : 0), file->get(), 0);
  if (at == MAP_FAILED) return;
  page_device_ = what.st_dev;
  page_inode_ = what.st_ino;
  page_.store(static_cast<const GenerationPage*>(at), std::memory_order_release);
}

std::uint64_t Rules::announced(const std::uint64_t GenerationPage::*which) const noexcept {
  const GenerationPage* page = page_.load(std::memory_order_acquire);
  if (page == nullptr) return 0;
  return __atomic_load_n(&(page->*which), __ATOMIC_ACQUIRE);
}

bool Rules::is_news() const noexcept {
  return announced(&GenerationPage::image) != seen_.load(std::memory_order_relaxed);
}

bool Rules::is_overlay_news() const noexcept {
  return announced(&GenerationPage::overlay) != overlay_seen_.load(std::memory_order_relaxed);
}

Result<void> Rules::load() noexcept {
  if (loading_.exchange(true, std::memory_order_acquire)) {
    return fail(Errc::conflict, "another lane is loading rules");
  }
  map_generation();
  // The announcement first: what comes in between is seen as news again.
  const std::uint64_t announcement = announced(&GenerationPage::image);
  Result<void> result = load_now();
  // What is broken stays broken: without this every basket would read it again.
  if (result || result.error().code() != Errc::limit) {
    seen_.store(announcement, std::memory_order_relaxed);
  }
  if (!result && result.error().code() != Errc::not_found) {
    refused_.fetch_add(1, std::memory_order_relaxed);
  }
  loading_.store(false, std::memory_order_release);
  return result;
}

Result<void> Rules::load_overlay() noexcept {
  if (loading_.exchange(true, std::memory_order_acquire)) {
    return fail(Errc::conflict, "another lane is loading rules");
  }
  const std::uint64_t announcement = announced(&GenerationPage::overlay);
  const Result<void> result = load_overlay_now();
  if (result || result.error().code() != Errc::limit) {
    overlay_seen_.store(announcement, std::memory_order_relaxed);
  }
  if (!result && result.error().code() != Errc::not_found) {
    overlays_refused_.fetch_add(1, std::memory_order_relaxed);
  }
  loading_.store(false, std::memory_order_release);
  return result;
}

Result<void> Rules::load_now() noexcept {
  if (!places_.image_file.empty()) {
    const auto file = open_state_file(AT_FDCWD, places_.image_file.c_str(), places_.owners);
    if (!file) return tl::unexpected<Error>(file.error().within("loading the image file"));
    return take(file->get(), {}, generation_.load(std::memory_order_relaxed) + 1);
  }
  const Loaded* before = images_.current();
  const auto found = open_named(places_, {"current", "images", ".image"},
                                before != nullptr ? &before->digest : nullptr);
  if (!found) return tl::unexpected<Error>(found.error().within("loading rules"));
  if (found->file.get() >= 0)
    return take(found->file.get(), found->named.digest, found->named.generation);
  generation_.store(found->named.generation, std::memory_order_relaxed);
  return {};
}

Result<void> Rules::take(int file, const image::Digest& digest, std::uint64_t generation) noexcept {
  auto* slot = images_.claim();
  if (slot == nullptr) return fail(Errc::limit, "loading rules: too many old images are in use");
  const auto bytes = read_private(file, kMaxImage, slot->pages);
  if (!bytes) return tl::unexpected<Error>(bytes.error().within("loading rules"));
  const auto image = image::Image::open(*bytes);
  if (!image) {
    slot->pages.release();
    return tl::unexpected<Error>(image.error().within("loading rules"));
  }
  slot->pages.make_read_only();
  slot->value = {*image, digest, generation, ++serial_};
  images_.show(slot);
  generation_.store(generation, std::memory_order_relaxed);
  return {};
}

Result<void> Rules::load_overlay_now() noexcept {
  if (!places_.image_file.empty()) {
    return fail(Errc::not_found, "loading the overlay: no state folder");
  }
  const Laid* before = overlays_.current();
  const auto found = open_named(places_, {"overlay", "overlays", ".overlay"},
                                before != nullptr ? &before->digest : nullptr);
  if (!found) return tl::unexpected<Error>(found.error().within("loading the overlay"));
  if (found->file.get() >= 0)
    return lay(found->file.get(), found->named.digest, found->named.generation);
  overlay_generation_.store(found->named.generation, std::memory_order_relaxed);
  return {};
}

Result<void> Rules::lay(int file, const image::Digest& digest, std::uint64_t generation) noexcept {
  auto* slot = overlays_.claim();
  if (slot == nullptr) return fail(Errc::limit, "loading the overlay: too many are in use");
  const auto bytes = read_private(file, image::kMaxOverlay, slot->pages);
  if (!bytes) return tl::unexpected<Error>(bytes.error().within("loading the overlay"));
  const auto overlay = image::Overlay::open(*bytes);
  if (!overlay) {
    slot->pages.release();
    return tl::unexpected<Error>(overlay.error().within("loading the overlay"));
  }
  const Loaded* rules = images_.current();
  if (rules != nullptr && !overlay->fits(rules->image)) {
    slot->pages.release();
    return fail(Errc::corrupt, "loading the overlay: it was made for another pack or currency");
  }
  slot->pages.make_read_only();
  slot->value = {*overlay, digest, generation};
  overlays_.show(slot);
  overlay_generation_.store(generation, std::memory_order_relaxed);
  return {};
}

}  // namespace sidedish::lane
