#include "plugin/loopback/writing.hpp"

#include "rules/format/json_writer.hpp"
#include "rules/format/wire_words.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace sidedish::loopback {
namespace {

using format::JsonWriter;

constexpr std::string_view kKinds[] = {"add_on", "bundle", "upsell", "also_bought", "receipt"};
constexpr std::string_view kActions[] = {"none", "add", "replace", "convert"};
constexpr std::string_view kSilences[] = {
    "none",     "no_image",  "not_sale",     "hold",    "negative",    "tender",
    "silenced", "allowance", "no_candidate", "guarded", "below_floor", "unknown_store",
    "currency", "too_large", "memory_full",  "clock"};
static_assert(std::size(kSilences) == kSilenceReasons);

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

/// Nothing when there is none.
void write_picture(JsonWriter& json, const image::PictureNames& picture) {
  if (picture.small.empty() && picture.large.empty()) return;
  json.key("picture").open('{');
  const auto write = [&](std::string_view size, std::string_view digest) {
    if (!digest.empty()) json.member(size).text("/pictures/" + std::string(digest));
  };
  write("small", picture.small);
  write("large", picture.large);
  json.close('}');
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

std::string_view name_of(Silence silence) noexcept { return spell(kSilences, silence); }

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

std::string write_prompt(const lane::Offered& prompt, std::span<const lane::OfferedPart> parts,
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
    for (const lane::OfferedPart& part : parts) {
      json.open('{').key("product").text(part.product);
      if (!part.slot.empty()) json.key("slot").text(part.slot);
      json.key("quantity").text(quantity_text(part.quantity)).key("price").number(part.price);
      json.key("added").boolean(part.added).close('}');
    }
    json.close(']');
  }
  // What adds nothing looks like the first of what it is made of.
  const bool converts = prompt.product.empty() && !parts.empty();
  write_picture(json, converts ? names.pictures_of(parts[0].product)
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

std::string write_basket(const format::Json& body, const SnapshotRequest& said, bool in_tender,
                         const Names& names) {
  constexpr std::uint64_t kMostRows = 200;
  const lane::Snapshot& s = said.snapshot;
  JsonWriter json;
  json.open('{').key("basket").text(s.basket).key("seq").number(s.seq).key("lines").open('[');
  std::uint64_t rows = 0;
  Minor sum = 0;
  std::size_t at = 0;
  for (const format::Json row : body.find("lines")) {
    const lane::Line& line = s.lines[at++];
    if (line.kind != LineKind::goods || (line.flags & kLineVoided) != 0) continue;
    sum += line.line_total != 0 ? line.line_total
                                : extended_price(line.quantity, line.unit_price).value_or(0);
    if (++rows > kMostRows) continue;
    json.open('{').key("product").text(line.product).key("name").text(names.of(line.product));
    write_picture(json, names.pictures_of(line.product));
    json.key("quantity").text(quantity_text(line.quantity));
    if (row.find("unit_price")) json.key("unit_price").number(line.unit_price);
    if (row.find("line_total")) json.key("line_total").number(line.line_total);
    if (const auto prompt = row.find("from_prompt")) json.key("from_prompt").text(prompt.text());
    json.close('}');
  }
  json.close(']').key("line_count").number(rows);
  json.key("total").number(s.total != 0 ? s.total : sum);
  json.key("currency").text({s.currency, 3}).key("exponent").number(std::uint64_t{said.exponent});
  json.key("mode").text(format::name_of(s.mode)).key("holds").open('[');
  for (const auto& [word, bit] : hold_words()) {
    if ((s.holds & bit) != 0) json.text(word);
  }
  json.close(']').key("channel").text(format::name_of(s.channel));
  json.key("language").text(s.language).key("tender").boolean(in_tender);
  return json.close('}').take();
}

std::string write_status(std::string_view name, const lane::Lane& lane) {
  const lane::Counters& c = lane.counters();
  JsonWriter json;
  json.open('{').key("lane").text(name).key("recording").boolean(lane.ring().is_open());
  json.key("image_generation").number(lane.rules().generation());
  json.key("overlay_generation").number(lane.rules().overlay_generation());
  json.key("pack_version").number(lane.pack_version());
  json.key("live_baskets").number(std::uint64_t{lane.live()});
  json.key("last_silence").text(name_of(c.last_silence)).key("counters").open('{');
  json.key("updates").number(c.updates).key("stale").number(c.stale);
  json.key("refused").number(c.refused).key("shown").number(c.shown);
  json.key("withheld").number(c.withheld).key("merged").number(c.merged);
  json.key("caps_full").number(c.caps_full).key("searches_cut").number(c.searches_cut);
  json.key("baskets_full").number(c.baskets_full);
  json.key("baskets_forgotten").number(c.baskets_forgotten);
  json.key("recorded").number(lane.records().outcomes).key("folded").number(lane.records().folded);
  json.key("decisions").number(lane.records().decisions);
  json.key("decisions_dropped").number(lane.records().decisions_dropped);
  json.key("images_refused").number(lane.rules().refused());
  json.key("overlays_refused").number(lane.rules().overlays_refused());
  json.close('}').key("silences").open('{');
  for (std::size_t i = 1; i < kSilenceReasons; ++i) {
    json.member(kSilences[i]).number(c.silences[i]);
  }
  return json.close('}').close('}').take();
}

}  // namespace sidedish::loopback
