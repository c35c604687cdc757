#include "headoffice/catalogue/picture.hpp"

#include "rules/base/picture.hpp"

#include <cstddef>

namespace sidedish::headoffice {
namespace {

class Bytes {
 public:
  explicit Bytes(std::string_view file) : file_(file) {}
  bool has(std::size_t at, std::string_view mark) const {
    return at <= file_.size() && file_.substr(at).starts_with(mark);
  }
  std::uint32_t at(std::size_t i) const {
    return i < file_.size() ? static_cast<unsigned char>(file_[i]) : 0U;
  }
  std::uint32_t little(std::size_t i, unsigned bytes) const {
    std::uint32_t out = 0;
    for (unsigned k = bytes; k-- > 0;) out = out << 8U | at(i + k);
    return out;
  }
  std::uint32_t big(std::size_t i) const {
    return at(i) << 24U | at(i + 1) << 16U | at(i + 2) << 8U | at(i + 3);
  }

 private:
  std::string_view file_;
};

std::optional<Pixels> sane(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) return std::nullopt;
  return Pixels{width, height};
}

std::optional<Pixels> png(const Bytes& bytes, std::string_view file) {
  using namespace std::string_view_literals;
  constexpr std::string_view kEnd = "\0\0\0\0IEND\xAE\x42\x60\x82"sv;
  if (!bytes.has(8, "\0\0\0\x0DIHDR"sv) || !file.ends_with(kEnd)) return std::nullopt;
  return sane(bytes.big(16), bytes.big(20));
}

std::optional<Pixels> webp(const Bytes& bytes, std::string_view file) {
  constexpr std::size_t kData = 20;  // of the first chunk
  if (file.size() < 30 || bytes.little(4, 4) != file.size() - 8) return std::nullopt;
  if (bytes.has(12, "VP8 ") && bytes.has(kData + 3, "\x9D\x01\x2A")) {
    return sane(bytes.little(kData + 6, 2) & 0x3FFFU, bytes.little(kData + 8, 2) & 0x3FFFU);
  }
  if (bytes.has(12, "VP8L") && bytes.at(kData) == 0x2F) {
    const std::uint32_t both = bytes.little(kData + 1, 4);
    return sane((both & 0x3FFFU) + 1, (both >> 14U & 0x3FFFU) + 1);
  }
  constexpr std::uint32_t kMoves = 0x02;
  if (bytes.has(12, "VP8X") && (bytes.at(kData) & kMoves) == 0) {
    return sane(bytes.little(kData + 4, 3) + 1, bytes.little(kData + 7, 3) + 1);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Pixels> picture_pixels(std::string_view file) {
  const std::string_view type = picture_type(file);
  if (type == "image/png") return png(Bytes(file), file);
  return type == "image/webp" ? webp(Bytes(file), file) : std::nullopt;
}

}  // namespace sidedish::headoffice
