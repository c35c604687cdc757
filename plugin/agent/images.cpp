#include "plugin/agent/images.hpp"

#include "plugin/lane/ring_layout.hpp"
#include "plugin/net/digest.hpp"
#include "plugin/net/percent.hpp"
#include "rules/format/exchange.hpp"
#include "rules/image/image.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/magic.h>
#include <memory>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

namespace sidedish::agent {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kPage = 4096;

Result<void> make_folder(const fs::path& path, ::mode_t mode) {
  // Made without set-group-id, which a hardened unit may not ask for at all: packaging/debian/sidedish.tmpfiles makes `rings`.
  if (::mkdir(path.c_str(), mode & 01777U) == 0) {
    if (::chmod(path.c_str(), mode) != 0) return system_error("setting the mode of", path);
    return {};
  }
  if (errno != EEXIST) return system_error("making", path);
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
    return fail(Errc::denied, path.string(), "is no folder");
  }
  if (about.st_uid != ::geteuid()) return fail(Errc::denied, path.string(), "has another owner");
  if ((about.st_mode & 07777U) != mode && ::chmod(path.c_str(), mode) != 0) {
    return system_error("setting the mode of", path);
  }
  return {};
}

}  // namespace

Result<void> make_folders(const fs::path& state, const fs::path& run) {
  for (const auto& [path, mode] : {std::pair<fs::path, ::mode_t>{state, 0755},
                                   {state / "images", 0755},
                                   {state / "overlays", 0755},
                                   {state / "pictures", 0755},
                                   {state / "records", 0755},
                                   {run, 0755},
                                   {run / "rings", 03770}}) {
    if (auto made = make_folder(path, mode); !made) return made;
  }
  struct statfs kind {};
  if (::statfs((run / "rings").c_str(), &kind) != 0) return system_error("looking at", run);
  if (static_cast<unsigned long>(kind.f_type) != TMPFS_MAGIC) {
    return fail(Errc::unsupported, run.string(), "must be on tmpfs: a write there could wait");
  }
  return {};
}

Images::Images(fs::path state, fs::path run, std::function<void(std::string_view)> step)
    : state_(std::move(state)), run_(std::move(run)), step_(std::move(step)) {}

Images::~Images() {
  if (page_ != nullptr) ::munmap(page_, kPage);
}

Result<void> Images::open() {
  // On tmpfs: this page cannot fail us later; it is made whole before lanes can see it.
  const fs::path path = run_ / "generation";
  int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  struct stat about {};
  if (fd >= 0 && (::fstat(fd, &about) != 0 || about.st_size != static_cast<off_t>(kPage))) {
    ::close(fd);
    fd = -1;
  }
  if (fd < 0) {
    const fs::path fresh = run_ / "generation.tmp";
    std::string bytes(kPage, '\0');
    std::memcpy(bytes.data(), lane::kGenerationMagic, 8);
    std::ofstream(fresh, std::ios::binary) << bytes;
    if (::chmod(fresh.c_str(), 0644) != 0 || ::rename(fresh.c_str(), path.c_str()) != 0) {
      return system_error("making", path);
    }
    fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return system_error("opening", path);
  }
  void* at = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (at == MAP_FAILED) return system_error("mapping", path);
  page_ = static_cast<lane::GenerationPage*>(at);
  std::memcpy(page_->magic, lane::kGenerationMagic, 8);

  const auto current = read_name(state_ / "current");
  if (current) {
    status_.generation = current->generation;
    if (const auto good = check_file(current->sha256)) {
      status_.sha256 = current->sha256;
      announce();
      return {};
    } else {
      status_.trouble = good.error().text();
    }
  } else if (current.error().code() != Errc::not_found) {
    status_.trouble = current.error().text();
  }
  if (const auto previous = read_name(state_ / "previous")) {
    status_.generation = std::max(status_.generation, previous->generation);
    if (check_file(previous->sha256)) {
      if (auto back = make_current(previous->sha256); !back) status_.trouble = back.error().text();
      return {};
    }
  }
  status_.pack_version = 0;
  return {};
}

Result<void> Images::check(std::string_view bytes, std::string_view sha256) {
  if (net::hex(net::sha256(bytes)) != sha256) {
    return fail(Errc::corrupt, "the image's digest is not the one named");
  }
  // Image::open wants 8-byte alignment; what operator new gives has it.
  const auto opened = image::Image::open(std::as_bytes(std::span(bytes)));
  if (!opened) return tl::unexpected(opened.error());
  return {};
}

Result<void> Images::test(std::string_view bytes) {
  if (!self_test_) return {};
  const auto report = self_test_->run(bytes);
  if (report) {
    status_.self_test = "passed: " + std::to_string(report->vectors) + " test vectors, " +
                        std::to_string(report->records) + " decision records";
    return {};
  }
  status_.self_test = report.error().text();
  if (report.error().code() != Errc::io) ++status_.self_tests_failed;
  return tl::unexpected(report.error());
}

Result<void> Images::check_file(const std::string& sha256) {
  const auto bytes = read_file(state_ / "images" / (sha256 + ".image"), format::kMaxImageBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  return check(*bytes, sha256);
}

Result<void> Images::write_whole(const fs::path& file, std::string_view bytes, const char* what) {
  return write_file(file, bytes, [&](const char* step) {
    if (step_) step_(std::string(what) + ": " + step);
  });
}

void Images::announce() {
  if (page_ == nullptr) return;
  std::atomic_ref<std::uint64_t>(page_->image).store(status_.generation, std::memory_order_release);
}

Result<void> Images::make_current(const std::string& sha256) {
  const std::uint64_t generation = status_.generation + 1;
  if (auto r = write_whole(state_ / "current", std::to_string(generation) + " " + sha256 + "\n",
                           "current");
      !r) {
    return r;
  }
  status_.generation = generation;
  status_.sha256 = sha256;
  announce();
  return {};
}

Result<void> Images::activate(std::string_view bytes, std::string_view sha256,
                              std::uint64_t manifest_version) {
  const std::string digest(sha256);
  if (digest == status_.sha256) {
    status_.manifest_version = manifest_version;
    return {};
  }
  // Order of checks (protocol.md): size and digest here, layout and self-test next; signature, scope
  // and version come before the download.
  auto good = check(bytes, digest);
  if (good) good = test(bytes);
  if (!good) {
    status_.trouble = good.error().text();
    if (good.error().code() == Errc::io) return good;
    ++status_.refused;
    return good;
  }
  if (auto r = write_whole(state_ / "images" / (digest + ".image"), bytes, "image"); !r) return r;
  if (!status_.sha256.empty()) {
    if (const auto previous = read_name(state_ / "previous")) before_previous_ = previous->sha256;
    if (auto r = write_whole(state_ / "previous",
                             std::to_string(status_.generation) + " " + status_.sha256 + "\n",
                             "previous");
        !r) {
      return r;
    }
  }
  if (auto r = make_current(digest); !r) return r;
  status_.manifest_version = manifest_version;
  status_.trouble.clear();
  clean();
  return {};
}

/// Images go two generations later: a lane may be about to open the one before.
void Images::clean() {
  const auto previous = read_name(state_ / "previous");
  std::error_code error;
  for (fs::directory_iterator at(state_ / "images", error), end; !error && at != end;
       at.increment(error)) {
    const std::string stem = at->path().stem().string();
    const bool kept = stem == status_.sha256 || (previous && stem == previous->sha256) ||
                      stem == before_previous_;
    if (!kept) ::unlink(at->path().c_str());
  }
}

Result<void> Images::take_file(const fs::path& file) {
  auto done = file_.look(file, format::kMaxImageBytes, [this](std::string_view bytes) {
    return activate(bytes, net::hex(net::sha256(bytes)), 0);
  });
  if (!done) status_.trouble = done.error().text();
  return done;
}

/// Only good while the image it came with is the current one.
std::string Images::etag() const {
  const auto text = read_file(state_ / "manifest.etag", 1024);
  if (!text || status_.sha256.empty()) return {};
  const std::size_t line = text->find('\n');
  if (line == std::string::npos || text->substr(line + 1) != status_.sha256 + "\n") return {};
  return text->substr(0, line);
}

std::string Images::question(const std::string& store) const {
  std::string out = "/v1/stores/" + store + "/manifest";
  const auto add = [&](const char* name, std::string_view value) {
    if (value.empty()) return;
    out += out.find('?') == std::string::npos ? '?' : '&';
    out.append(name).append("=").append(net::percent_encoded(value));
  };
  if (terminal_.empty()) return out;
  add("terminal", terminal_);
  add("running", status_.sha256);
  add("refused", status_.refused_sha256);
  if (!status_.refused_sha256.empty()) {
    // Whatever stands in it must not make a target that nobody reads: no byte but ASCII's.
    std::string why = refused_why_.substr(0, 200);
    std::replace_if(
        why.begin(), why.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    add("why", why);
  }
  return out;
}

/// True: it is another one, and current now.
Result<bool> Images::take_image(net::Sender& sender, const format::Manifest& manifest) {
  if (manifest.image_sha256 == status_.sha256) return false;
  if (manifest.image_sha256 == status_.refused_sha256) return fail(Errc::corrupt, refused_why_);
  net::Request get;
  get.method = "GET";
  get.target = "/v1/blobs/sha256/" + manifest.image_sha256;
  const auto blob = sender.send(get, std::chrono::seconds(120), net::Repeat::idempotent);
  if (!blob) return tl::unexpected(blob.error());
  if (blob->status != 200) {
    return fail(Errc::network, "head office answered " + std::to_string(blob->status));
  }
  if (blob->body.size() != manifest.image_size) {
    ++status_.refused;
    return fail(Errc::corrupt, "its size is not the one named");
  }
  if (net::hex(net::sha256(blob->body)) != manifest.image_sha256) {
    ++status_.refused;
    return fail(Errc::corrupt, "its digest is not the one named");
  }
  if (auto done = activate(blob->body, manifest.image_sha256, manifest.version); !done) {
    if (done.error().code() != Errc::io) {
      status_.refused_sha256 = manifest.image_sha256;
      refused_why_ = done.error().text();
    }
    return tl::unexpected(done.error());
  }
  status_.refused_sha256.clear();
  return true;
}

Result<bool> Images::fetch(net::Sender& sender, const std::string& store, std::chrono::seconds wait,
                           const Beside& beside) {
  const auto give_up = [&](Errc code, std::string_view doing,
                           std::string_view cause) -> Result<bool> {
    status_.trouble = std::string(doing) + ": " + std::string(cause);
    return fail(code, doing, cause);
  };
  net::Request ask;
  ask.method = "GET";
  ask.target = question(store);
  ask.headers.set("Accept", "application/json");
  if (const std::string tag = held_tag_.empty() ? etag() : held_tag_; !tag.empty()) {
    ask.headers.set("If-None-Match", tag);
    if (wait.count() > 0) ask.headers.set("Prefer", "wait=" + std::to_string(wait.count()));
  }
  const auto answer = sender.send(ask, wait + std::chrono::seconds(15), net::Repeat::idempotent);
  if (!answer) return give_up(answer.error().code(), "asking for rules", answer.error().text());
  if (answer->status == 304) {
    if (held_tag_.empty()) status_.trouble.clear();
    return false;
  }
  if (answer->status == 404) {
    status_.trouble = "head office has no rules for this store yet";
    return fail(Errc::not_found, status_.trouble);
  }
  if (answer->status != 200 || net::media_type(answer->headers) != "application/json") {
    return give_up(Errc::network, "asking for rules",
                   "head office answered " + std::to_string(answer->status));
  }
  format::WireFindings findings;
  const auto manifest = format::read_manifest(answer->body, findings);
  if (!manifest || manifest->store != store) {
    ++status_.refused;
    return give_up(Errc::corrupt, "reading the manifest",
                   findings.empty() ? "it is for another store" : findings.front().detail);
  }
  held_tag_.clear();
  const auto changed = take_image(sender, *manifest);
  // After the image: one of another pack has an overlay of its own.
  const auto laid = beside.overlay ? beside.overlay(*manifest) : Result<void>();
  if (!changed) {
    auto failed = give_up(changed.error().code(), "taking the image", changed.error().text());
    // It will not pass by being fetched again: wait for another.
    if (manifest->image_sha256 != status_.refused_sha256 || !laid) return failed;
    held_tag_ = answer->headers.get("ETag").value_or("");
    return false;
  }
  status_.manifest_version = manifest->version;
  status_.pack_version = manifest->pack_version;
  status_.trouble.clear();
  if (!laid) return give_up(laid.error().code(), "taking the overlay", laid.error().text());
  if (beside.rest) {
    if (auto r = beside.rest(*manifest); !r) {
      return give_up(r.error().code(), "taking the manifest", r.error().text());
    }
  }
  // After activation, not before: a tag without its image would hide the image for ever.
  if (const auto tag = answer->headers.get("ETag")) {
    const std::string text = std::string(*tag) + "\n" + status_.sha256 + "\n";
    if (auto r = write_whole(state_ / "manifest.etag", text, "etag"); !r) {
      return give_up(r.error().code(), "keeping the manifest's tag", r.error().text());
    }
  }
  return changed;
}

}  // namespace sidedish::agent
