#pragma once
// Decision records and the images they were decided with, from files.
#include "rules/engine/record.hpp"
#include "rules/tool/files.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sidedish::tool {

/// Bytes of a file, 8-byte aligned as engine and image want them.
class Aligned {
 public:
  Aligned() = default;
  explicit Aligned(std::span<const std::byte> bytes);
  static Result<Aligned> read(const std::string& path);
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(words_)).first(size_); }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

/// An image, where it came from, and what it is called in records.
struct Opened {
  std::string path;
  Aligned file;
  image::Image image;
  image::Digest digest;
};
/// What Image::open() says.
Result<std::unique_ptr<Opened>> image_of(std::span<const std::byte> bytes);
/// The same, and io.
Result<std::unique_ptr<Opened>> open_image(const std::string& path);

/// One image file, or a folder of them named <sha256>.image as the agent keeps them: then each
/// record finds its own.
class ImageSource {
 public:
  /// `overlays`: an overlay's file, or a folder of them named <sha256>.overlay; empty: looked for
  /// beside the images.
  explicit ImageSource(std::string path, std::string overlays = {})
      : path_(std::move(path)), overlays_(overlays.empty() ? path_ : std::move(overlays)) {}
  /// not_found: no image of that digest in the folder.
  Result<const Opened*> find(const image::Digest& wanted);
  /// None for a digest of zeros. not_found; what Overlay::open() says; invalid: another one.
  Result<image::Overlay> overlay(const image::Digest& wanted);

 private:
  struct Laid {
    image::Digest digest;
    Aligned file;
  };
  std::string path_;
  std::string overlays_;
  std::vector<std::unique_ptr<Opened>> open_;
  std::vector<std::unique_ptr<Laid>> laid_;
};

/// The records named: files as they are, folders with every *.record below them, by name.
std::vector<std::string> record_files(const std::vector<std::string>& paths);

/// Where two decisions part, in words; empty when their bytes are the same.
std::string first_difference(const image::Image& image, const engine::Decision& recorded,
                             const engine::Decision& here);

/// A record decided once more.
struct Replayed {
  const Opened* image = nullptr;
  image::Overlay overlay;
  Aligned file;
  engine::Record record;
  engine::Decision decision;  ///< as decided here
  std::string difference;     ///< empty: the same bytes
};
/// io, corrupt, unsupported, not_found; invalid when the record is not of this image.
Result<Replayed> replay_file(ImageSource& images, const std::string& path);

}  // namespace sidedish::tool
