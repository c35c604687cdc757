#include "rules/say/prompt.hpp"

#include "rules/format/json_writer.hpp"
#include "rules/format/wire_words.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace sidedish::say {
namespace {

using format::JsonWriter;

constexpr std::string_view kKinds[] = {"add_on", "bundle", "upsell", "also_bought", "receipt"};
constexpr std::string_view kActions[] = {"none", "add", "replace", "convert"};

template <std::size_t N, class Word>
std::string_view spell(const std::string_view (&names)[N], Word word) noexcept {
  const auto index = static_cast<std::size_t>(word);
  return names[index < N ? index : 0];
}

/// Where a page shows it.
std::string_view surface(Kind kind, Channel channel) noexcept {
  if (kind == Kind::receipt || channel == Channel::receipt) return "receipt";
  return channel == Channel::kiosk ? "panel" : "strip";
}

/// "2026-11-30"
std::string date_text(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  std::array<char, 24> out;
  const int size = std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", int{date.year()},
                                 unsigned{date.month()}, unsigned{date.day()});
  return {out.data(), static_cast<std::size_t>(size)};
}

/// Nothing when nothing can be said.
void write_why(JsonWriter& json, const Why& why, const Names& names) {
  if (why.trigger.empty() && !why.until) return;
  json.key("why").open('{');
  if (!why.trigger.empty()) {
    json.key("trigger").text(why.trigger).key("trigger_name").text(names.of(why.trigger));
  }
  if (why.until) json.key("until").text(date_text(*why.until));
  json.close('}');
}

}  // namespace

std::string prompt_id(std::uint64_t id) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; id >>= 4U) out[i] = kHex[id & 15U];
  return out;
}

std::string quantity_text(Milli quantity) {
  std::array<char, 32> room;
  char* at = room.data();
  // As unsigned, so that the lowest number has an opposite too.
  auto size = static_cast<std::uint64_t>(quantity);
  if (quantity < 0) {
    *at++ = '-';
    size = 0 - size;
  }
  at = std::to_chars(at, room.data() + room.size(), size / 1000).ptr;
  if (const std::uint64_t rest = size % 1000; rest != 0) {
    *at++ = '.';
    *at++ = static_cast<char>('0' + rest / 100);
    *at++ = static_cast<char>('0' + rest / 10 % 10);
    *at++ = static_cast<char>('0' + rest % 10);
    while (at[-1] == '0') --at;
  }
  return {room.data(), at};
}

void write_picture(JsonWriter& json, const Names& names, const image::PictureNames& picture) {
  if (picture.small.empty() && picture.large.empty()) return;
  json.key("picture").open('{');
  const auto write = [&](std::string_view size, std::string_view digest) {
    if (!digest.empty()) json.member(size).text(names.picture_path().append(digest));
  };
  write("small", picture.small);
  write("large", picture.large);
  json.close('}');
}

std::string write_prompt(const engine::Offered& prompt, std::span<const engine::OfferedPart> parts,
                         const About& about, const Why& why, const Names& names) {
  JsonWriter json(1280);
  json.open('{').key("id").text(prompt_id(prompt.id)).key("basket").text(about.basket);
  json.key("basis_seq").number(prompt.basis_seq).key("kind").text(spell(kKinds, prompt.kind));
  json.key("moment").text(format::name_of(prompt.moment));
  json.key("action").text(spell(kActions, prompt.action)).key("product").text(prompt.product);
  json.key("quantity").text(quantity_text(prompt.quantity));
  json.key("price_effect").number(prompt.price_effect).key("saving").number(prompt.saving);
  if (prompt.saving > 0 && prompt.quantity > 0) {
    json.key("price_before").number(prompt.price_effect + prompt.saving);
  }
  json.key("currency").text(about.currency).key("exponent").number(std::uint64_t{about.exponent});
  json.key("product_name").text(names.of(prompt.product));
  json.key("headline").text(prompt.headline).key("reason").text(prompt.reason);
  json.key("line20x2").open('[').text(prompt.line1).text(prompt.line2).close(']');
  json.key("rule").text(prompt.rule).key("rule_name").text(prompt.rule_name);
  json.key("fresh").boolean(prompt.fresh).key("plus_tax").boolean(prompt.plus_tax);
  if (!prompt.replaces.empty()) json.key("replaces").text(prompt.replaces);
  if (prompt.bundles > 0) json.key("bundles").number(std::uint64_t{prompt.bundles});
  if (!parts.empty()) {
    json.key("parts").open('[');
    for (const engine::OfferedPart& part : parts) {
      json.open('{').key("product").text(part.product);
      if (!part.slot.empty()) json.key("slot").text(part.slot);
      json.key("quantity").text(quantity_text(part.quantity)).key("price").number(part.price);
      json.key("added").boolean(part.added).close('}');
    }
    json.close(']');
  }
  // What adds nothing looks like the first of what it is made of.
  const bool converts = prompt.product.empty() && !parts.empty();
  write_picture(json, names,
                converts ? names.pictures_of(parts[0].product)
                         : names.there({prompt.picture_small, prompt.picture_large}));
  if (const auto allergens = names.allergens_of(prompt.product)) {
    json.key("allergens").open('[');
    for (const std::string_view word : *allergens) json.text(word);
    json.close(']');
  }
  write_why(json, why, names);
  json.key("hints").open('[').text(surface(prompt.kind, about.channel)).close(']');
  return json.close('}').take();
}

}  // namespace sidedish::say
