#include "rules/tool/records.hpp"

#include "rules/tool/words.hpp"
#include "rules/trust/digest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>

namespace sidedish::tool {
namespace {

namespace fs = std::filesystem;

image::Digest digest_of(std::span<const std::byte> bytes) {
  image::Digest digest;
  if (const auto sum = trust::sha256(bytes)) std::memcpy(digest.bytes, &*sum, sizeof digest.bytes);
  return digest;
}

bool known(const image::Digest& digest) { return digest != image::Digest{}; }

std::string hex(const image::Digest& digest) {
  std::string out;
  for (const std::uint8_t byte : digest.bytes) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string rule_id(const image::Image& image, std::uint32_t rule) {
  return rule < image.rules().size() ? std::string(image.text(image.rules()[rule].id))
                                     : "rule " + std::to_string(rule);
}

}  // namespace

Aligned::Aligned(std::span<const std::byte> bytes)
    : words_((bytes.size() + 7) / 8), size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
}

Result<Aligned> Aligned::read(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  return Aligned(*bytes);
}

Result<std::unique_ptr<Opened>> image_of(std::span<const std::byte> bytes) {
  auto out = std::make_unique<Opened>();
  out->file = Aligned(bytes);
  const auto image = image::Image::open(out->file.bytes());
  if (!image) return tl::unexpected<Error>(image.error());
  out->image = *image;
  out->digest = digest_of(out->file.bytes());
  return out;
}

Result<std::unique_ptr<Opened>> open_image(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto out = image_of(*bytes);
  if (!out) return tl::unexpected<Error>(out.error().within(path));
  (*out)->path = path;
  return out;
}

Result<const Opened*> ImageSource::find(const image::Digest& wanted) {
  std::string path = path_;
  std::error_code ignored;
  if (fs::is_directory(path_, ignored)) {
    const fs::path folder(path_);
    const std::string name = hex(wanted) + ".image";
    path = (fs::exists(folder / name, ignored) ? folder / name : folder / "images" / name).string();
    if (!fs::exists(path, ignored)) {
      return fail(Errc::not_found, "looking for the image of a record", name);
    }
  }
  for (const auto& opened : open_) {
    if (opened->path == path) return opened.get();
  }
  auto opened = open_image(path);
  if (!opened) return tl::unexpected<Error>(opened.error());
  return open_.emplace_back(std::move(*opened)).get();
}

Result<image::Overlay> ImageSource::overlay(const image::Digest& wanted) {
  if (!known(wanted)) return image::Overlay();
  for (const auto& laid : laid_) {
    if (laid->digest == wanted) return image::Overlay::open(laid->file.bytes());
  }
  std::string path = overlays_;
  std::error_code ignored;
  if (fs::is_directory(overlays_, ignored)) {
    const fs::path folder(overlays_);
    const std::string name = hex(wanted) + ".overlay";
    path =
        (fs::exists(folder / name, ignored) ? folder / name : folder / "overlays" / name).string();
  }
  const auto bytes = path == path_ ? Result<std::vector<std::byte>>(fail(
                                         Errc::not_found, "looking for the overlay of a record",
                                         "say where it is with --overlay"))
                                   : read_file(path);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto laid = std::make_unique<Laid>();
  laid->digest = digest_of(*bytes);
  laid->file = Aligned(*bytes);
  if (laid->digest != wanted) {
    return fail(Errc::invalid, path, "this is not the overlay of the record");
  }
  return image::Overlay::open(laid_.emplace_back(std::move(laid))->file.bytes());
}

std::vector<std::string> record_files(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      out.push_back(path);
      continue;
    }
    const std::size_t first = out.size();
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
         at.increment(error)) {
      if (at->path().extension() == ".record") out.push_back(at->path().string());
    }
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
  }
  return out;
}

std::string first_difference(const image::Image& image, const engine::Decision& recorded,
                             const engine::Decision& here) {
  if (std::memcmp(&recorded, &here, sizeof here) == 0) return {};
  std::string out;
  const auto differs = [&](const std::string& what, auto a, auto b) {
    if (!out.empty() || a == b) return;
    out = what + ": " + std::to_string(a) + " in the record, " + std::to_string(b) + " here";
  };
  if (recorded.silence != here.silence) {
    return std::string("silence: in the record, ") + words(recorded.silence) + "; here, " +
           words(here.silence);
  }
  differs("number of prompts", recorded.prompt_count, here.prompt_count);
  for (std::uint32_t i = 0; i < recorded.prompt_count && out.empty(); ++i) {
    const engine::Prompt& a = recorded.prompts[i];
    const engine::Prompt& b = here.prompts[i];
    const std::string prompt = "prompt " + std::to_string(i + 1) + ": ";
    if (a.rule != b.rule) {
      return prompt + rule_id(image, a.rule) + " in the record, " + rule_id(image, b.rule) +
             " here";
    }
    if (a.product != b.product) {
      return prompt + product_name(image, a.product) + " in the record, " +
             product_name(image, b.product) + " here";
    }
    differs(prompt + "score", a.score, b.score);
    differs(prompt + "quantity", a.quantity, b.quantity);
    differs(prompt + "price effect", a.price_effect, b.price_effect);
    differs(prompt + "saving", a.saving, b.saving);
    differs(prompt + "arm", static_cast<unsigned>(a.arm), static_cast<unsigned>(b.arm));
    differs(prompt + "revision", a.revision, b.revision);
    differs(prompt + "propensity", a.propensity_ppm, b.propensity_ppm);
    differs(prompt + "id", a.id, b.id);
  }
  differs("changes of earlier prompts", recorded.change_count, here.change_count);
  differs("rules considered", recorded.considered, here.considered);
  differs("rules matched", recorded.matched, here.matched);
  differs("rules blocked", recorded.blocked, here.blocked);
  differs("full caps", recorded.caps_full, here.caps_full);
  if (!out.empty()) return out;
  const auto* a = reinterpret_cast<const std::byte*>(&recorded);
  const auto* b = reinterpret_cast<const std::byte*>(&here);
  std::size_t at = 0;
  while (a[at] == b[at]) ++at;
  return "byte " + std::to_string(at) + " of the decision";
}

Result<Replayed> replay_file(ImageSource& images, const std::string& path) {
  Replayed out;
  auto file = Aligned::read(path);
  if (!file) return tl::unexpected<Error>(file.error());
  out.file = std::move(*file);
  const auto record = engine::decode_record(out.file.bytes());
  if (!record) return tl::unexpected<Error>(record.error());
  out.record = *record;
  const auto image = images.find(record->head.image);
  if (!image) return tl::unexpected<Error>(image.error());
  out.image = *image;
  if (known(record->head.image) && record->head.image != out.image->digest) {
    return fail(Errc::invalid, "replaying a decision",
                "it was decided with image " + hex(record->head.image).substr(0, 12) +
                    ", and this is " + hex(out.image->digest).substr(0, 12));
  }
  const auto overlay = images.overlay(record->head.overlay);
  if (!overlay) return tl::unexpected<Error>(overlay.error());
  out.overlay = *overlay;
  std::vector<std::uint64_t> scratch(engine::scratch_bytes(out.image->image) / 8 + 1);
  const auto same = engine::replay(out.image->image, out.overlay, out.record,
                                   std::as_writable_bytes(std::span(scratch)), out.decision);
  if (!same) return tl::unexpected<Error>(same.error());
  out.difference = first_difference(out.image->image, out.record.decision, out.decision);
  return out;
}

}  // namespace sidedish::tool
