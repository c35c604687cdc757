#pragma once
// Numbers and sentences of the command line, beside those that others say, too.
#include "rules/image/image.hpp"
#include "rules/say/words.hpp"

#include <cstdint>
#include <string>

namespace sidedish::tool {

using say::condition_words;
using say::found_words;
using say::money;
using say::product_name;
using say::set_words;
using say::units;
using say::words;
using say::worth;

/// "1,234,567".
std::string count(std::uint64_t number);

/// What the image weighs: "index 1,234 bytes, ...", and how much of it is a rule's and a product's.
std::string weight_words(const image::Image& image);

}  // namespace sidedish::tool
