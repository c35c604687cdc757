#include "rules/compile/tables.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"
#include "rules/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace sidedish::compile {
namespace {

struct Part {
  std::span<const std::byte> bytes;
  std::size_t record;
};

template <class T>
Part part(const std::vector<T>& table) {
  return {std::as_bytes(std::span(table)), sizeof(T)};
}

constexpr std::size_t align8(std::size_t n) { return (n + 7) / 8 * 8; }

}  // namespace

image::TextRef TextPool::intern(std::string_view text) {
  if (text.empty()) return 0;
  const auto ref = static_cast<image::TextRef>(bytes_.size());
  const auto [it, fresh] = refs_.emplace(text, ref);
  if (!fresh) return it->second;
  if (text.size() > UINT16_MAX || !valid_utf8(text)) {
    if (!refused_) refused_ = std::string(text.substr(0, 64));
    return 0;
  }
  const auto length = static_cast<std::uint16_t>(text.size());
  const auto prefix = bytes_of(length);
  bytes_.insert(bytes_.end(), prefix.begin(), prefix.end());
  const auto body = std::as_bytes(std::span(text));
  bytes_.insert(bytes_.end(), body.begin(), body.end());
  return ref;
}

std::optional<std::vector<std::byte>> Tables::serialise() const {
  const Part settings_part{bytes_of(settings), sizeof settings};
  const std::array<Part, image::kTableCount> parts{
      part(text.bytes()), settings_part,    part(languages), part(stores),  part(terminals),
      part(offsets),      part(categories), part(products),  part(keys),    part(key_slots),
      part(sets),         part(facts),      part(gates),     part(rules),   part(offers),
      part(code),         part(texts),      part(postings),  part(indices), part(hashes),
      part(rule_order),   part(bundles),    part(slots),     part(deltas),  part(locales),
      part(plurals),      part(avoid)};

  std::size_t size = sizeof(image::Header) + parts.size() * sizeof(image::Directory);
  std::array<image::Directory, image::kTableCount> directory{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (size > UINT32_MAX || parts[i].bytes.size() > UINT32_MAX) return std::nullopt;
    directory[i] = {static_cast<std::uint32_t>(size),
                    static_cast<std::uint32_t>(parts[i].bytes.size() / parts[i].record),
                    static_cast<std::uint32_t>(parts[i].record), 0};
    size = align8(size + parts[i].bytes.size());
  }

  std::vector<std::byte> file(size);
  image::Header header{};
  std::memcpy(header.magic, image::kMagic, sizeof header.magic);
  header.major = image::kFormatMajor;
  header.minor = 0;  // what minor 1 added is not here: rules/vectors adds it
  const auto units = [](const image::Rule& rule) { return rule.unit() != Unit::basket; };
  header.engine_min = std::ranges::any_of(rules, units) ? image::kEngineUnits : 1;
  header.size = size;
  header.tables = image::kTableCount;
  store(file.data(), header);
  store(file.data() + sizeof header, directory);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].bytes.empty()) continue;
    std::memcpy(file.data() + directory[i].offset, parts[i].bytes.data(), parts[i].bytes.size());
  }
  header.crc32c = crc32c(file);
  store(file.data(), header);
  return file;
}

}  // namespace sidedish::compile
