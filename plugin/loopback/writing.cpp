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

}  // namespace

std::string_view name_of(Silence silence) noexcept { return spell(kSilences, silence); }

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
    say::write_picture(json, names, names.pictures_of(line.product));
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
  json.key("customers_forgotten").number(c.customers_forgotten);
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
