#include "rules/tool/files.hpp"

#include "rules/format/documents.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace sidedish::tool {
namespace {

constexpr off_t kLargest = off_t{1} << 30;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> system_error(const std::string& doing) {
  return fail(Errc::io, doing, std::strerror(errno));
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<void> write_all(int fd, std::span<const std::byte> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("writing " + path);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  if (fsync(fd) != 0) return system_error("writing " + path);
  return {};
}

}  // namespace

Result<std::vector<std::byte>> read_file(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (file.get() < 0 || fstat(file.get(), &info) != 0) return system_error("reading " + path);
  if (info.st_size > kLargest) return fail(Errc::limit, "reading " + path, "more than 1 GiB");
  std::vector<std::byte> out;
  std::size_t size = 0;
  for (;;) {
    out.resize(size +
               std::max<std::size_t>(static_cast<std::size_t>(info.st_size) + 1 -
                                         std::min(size, static_cast<std::size_t>(info.st_size)),
                                     65'536));
    const ssize_t n = read(file.get(), out.data() + size, out.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("reading " + path);
    size += static_cast<std::size_t>(n);
    if (n == 0) break;
    if (size > static_cast<std::size_t>(kLargest)) {
      return fail(Errc::limit, "reading " + path, "more than 1 GiB");
    }
  }
  out.resize(size);
  return out;
}

Result<void> write_file(const std::string& path, std::span<const std::byte> bytes) {
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return system_error("writing " + path);
  auto written = write_all(file.get(), bytes, path);
  if (written && (fchmod(file.get(), 0644) != 0 || rename(temporary.c_str(), path.c_str()) != 0)) {
    written = system_error("writing " + path);
  }
  if (!written) {
    unlink(temporary.c_str());
    return written;
  }
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const Descriptor parent(
      open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || fsync(parent.get()) != 0) return system_error("writing " + path);
  return {};
}

compile::ZoneFile zones_of(std::string folder) {
  return [folder = std::move(folder)](std::string_view zone) -> std::vector<std::byte> {
    // A name is a path of the folder and nothing else.
    if (zone.empty() || zone.front() == '/' || zone.find("..") != std::string_view::npos) return {};
    auto bytes = read_file(folder + "/" + std::string(zone));
    return bytes ? std::move(*bytes) : std::vector<std::byte>{};
  };
}

Result<Documents> read_documents(const std::string& rules, const std::string& catalogue) {
  Documents out;
  const auto text = read_file(rules);
  if (!text) return tl::unexpected(text.error());
  auto pack = format::parse_rules(text_of(*text));
  out.pack = std::move(pack.value);
  for (auto& e : pack.errors) out.errors.push_back({rules, std::move(e)});
  if (!catalogue.empty()) {
    const auto products = read_file(catalogue);
    if (!products) return tl::unexpected(products.error());
    auto parsed = format::parse_catalogue(text_of(*products));
    out.own = std::move(parsed.value);
    for (auto& e : parsed.errors) out.errors.push_back({catalogue, std::move(e)});
    if (out.pack && out.pack->catalogue) {
      out.errors.push_back(
          {rules,
           {"", "/catalogue", "expected one catalogue, found one inline and one beside it"}});
    }
  } else if (out.pack && !out.pack->catalogue) {
    out.errors.push_back(
        {rules, {"", "", "expected a catalogue, inline or as a second file, found none"}});
  }
  return out;
}

Located locate(model::Finding finding, const Documents& documents, const std::string& rules,
               const std::string& catalogue) {
  const bool in_catalogue = documents.own && (finding.pointer.starts_with("/products") ||
                                              finding.pointer.starts_with("/categories") ||
                                              finding.pointer == "/currency");
  return {in_catalogue ? catalogue : rules, std::move(finding)};
}

}  // namespace sidedish::tool
