#pragma once
// The golden corpus: images, each followed by decision records made with it.
//   repeated: u32 kind (0 image, 1 record), u32 size, then `size` bytes, padded to 8
#include "rules/engine/record.hpp"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sidedish::golden {

struct Counts {
  unsigned images = 0;
  unsigned records = 0;
  unsigned different = 0;  ///< records that decide other bytes, or cannot be read
};

inline Counts replay_all(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> raw{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::vector<std::uint64_t> words(raw.size() / 8);
  std::memcpy(words.data(), raw.data(), words.size() * 8);
  const auto bytes = std::as_bytes(std::span(words));
  Counts counts;
  image::Image image;
  std::vector<std::uint64_t> scratch;
  for (std::size_t at = 0; at + 8 <= bytes.size();) {
    std::uint32_t head[2];
    std::memcpy(head, bytes.data() + at, sizeof head);
    const auto body = bytes.subspan(at + 8, head[1]);
    at += 8 + (head[1] + 7) / 8 * 8;
    if (head[0] == 0) {
      const auto opened = image::Image::open(body);
      if (!opened) return counts;
      image = *opened;
      scratch.resize(engine::scratch_bytes(image) / 8 + 1);
      ++counts.images;
      continue;
    }
    ++counts.records;
    const auto record = engine::decode_record(body);
    engine::Decision decision;
    const auto same = record ? engine::replay(image, {}, *record,
                                              std::as_writable_bytes(std::span(scratch)), decision)
                             : Result<bool>(false);
    if (!same || !*same) ++counts.different;
  }
  return counts;
}

}  // namespace sidedish::golden
