#include "plugin/lane/normalise.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::lane {

static_assert(kMaxFacts == engine::kMaxFacts && kMaxSegments == engine::kMaxSegments &&
              kMaxAvoid == engine::kMaxAvoid && kMaxBought == engine::kMaxBought);

std::uint64_t fingerprint(std::span<const std::byte> bytes, std::uint64_t seed) noexcept {
  std::uint64_t h = mix64(seed + bytes.size());
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    h = (h ^ load<std::uint64_t>(bytes.data() + i)) * 0x9E3779B97F4A7C15ULL;
    h ^= h >> 32;
  }
  for (; i < bytes.size(); ++i)
    h = (h ^ std::to_integer<std::uint64_t>(bytes[i])) * 0x100000001B3ULL;
  return mix64(h);
}

namespace {

/// One row's part of its product. A label's weight counts for each piece that the host names, unless
/// the host has weighed or read the label itself; its price, when the host names none.
void add(const Line& line, const Label* label, engine::Item& item) noexcept {
  Milli quantity = line.quantity;
  Minor value = line.line_total;
  if (value == 0 && line.unit_price != 0) {
    value = extended_price(line.quantity, line.unit_price).value_or(0);
  }
  if (label != nullptr) {
    if (value == 0 && line.unit_price == 0) {
      value = extended_price(line.quantity, label->price).value_or(0);
    }
    const bool measured = (line.flags & kLineWeighed) != 0 || quantity % 1000 != 0 ||
                          quantity == label->weight || quantity == -label->weight;
    if (label->weight > 0 && !measured) {
      quantity = mul_div(quantity, label->weight, 1000).value_or(quantity);
    }
  }
  item.quantity += quantity;
  item.value += value;
  if (line.in_bundle) {
    item.bound += quantity;
    item.bound_value += value;
  }
}

}  // namespace

bool find_product(const image::Image& image, const Masks& masks, std::string_view key,
                  std::uint32_t& product, Label& label) noexcept {
  product = image.find_product(key);
  if (product < image.products().size() || !masks.read(key, label)) return false;
  product = image.find_product(label.key());
  return true;
}

void normalise(const image::Image& image, const Masks& masks, std::span<const Line> lines,
               Minor total, Rows& work, Goods& out) noexcept {
  Label label;
  std::uint32_t rows = 0;
  out.lines = 0;
  const std::span<const image::Product> products = image.products();
  for (std::uint32_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (line.kind != LineKind::goods || (line.flags & kLineVoided) != 0) continue;
    ++out.lines;
    std::uint32_t product = image::kNone;
    const bool is_label = find_product(image, masks, line.product, product, label);
    const std::uint32_t stable = product < products.size()
                                     ? products[product].stable
                                     : stable_id(is_label ? label.key() : line.product);
    work.rows[rows++] = {(std::uint64_t{product} << 32) | stable, i, is_label ? 1U : 0U};
  }
  std::sort(work.rows, work.rows + rows, [](const Rows::Row& a, const Rows::Row& b) {
    return a.order != b.order ? a.order < b.order : a.line < b.line;
  });
  out.count = 0;
  std::uint32_t used = 0;
  Minor sum = 0;
  for (std::uint32_t i = 0; i < rows;) {
    const std::uint64_t order = work.rows[i].order;
    engine::Item item{static_cast<std::uint32_t>(order >> 32), static_cast<std::uint32_t>(order), 0,
                      0};
    const std::uint32_t first = i;
    for (; i < rows && work.rows[i].order == order; ++i) {
      const Line& line = lines[work.rows[i].line];
      const bool is_label = work.rows[i].is_label != 0 && masks.read(line.product, label);
      add(line, is_label ? &label : nullptr, item);
    }
    sum += item.value;
    if (item.quantity == 0) continue;
    std::string_view key = lines[work.rows[first].line].product;
    if (work.rows[first].is_label != 0 && masks.read(key, label)) key = label.key();
    if (item.product < products.size()) key = image.text(products[item.product].key);
    const std::size_t room = sizeof out.keys - used;
    const std::size_t size = std::min({key.size(), room, std::size_t{96}});
    std::memcpy(out.keys + used, key.data(), size);
    out.key_at[out.count] = {used, static_cast<std::uint32_t>(size)};
    used += static_cast<std::uint32_t>(size);
    out.items[out.count++] = item;
  }
  out.total = total != 0 ? total : sum;
  out.hash = fingerprint(std::as_bytes(std::span(out.items, out.count)),
                         mix64(static_cast<std::uint64_t>(out.total)) + out.lines);
}

Place find_place(const image::Image& image, std::string_view store,
                 std::string_view terminal) noexcept {
  Place place;
  if (!image.loaded()) return place;
  place.store = image.find_store(store);
  if (place.store >= image.stores().size()) return place;
  place.language = image.stores()[place.store].language;
  place.terminal_groups = image.terminal_groups(place.store, terminal);
  place.terminal_hash = hash64(terminal, hash64(store));  // stores share the names of tills
  return place;
}

namespace {

// Said twice: the latest counts. What the image does not know belongs to no set of its.
void add_bought(const image::Image& image, const Masks& masks, const Bought& bought,
                engine::Context& c) noexcept {
  Label label;
  std::uint32_t product = image::kNone;
  (void)find_product(image, masks, bought.product, product, label);
  if (product >= image.products().size()) return;
  unsigned at = 0;
  while (at < c.bought_count && c.bought[at].product < product) ++at;
  if (at == c.bought_count || c.bought[at].product != product) {
    if (c.bought_count == engine::kMaxBought) return;
    for (unsigned k = c.bought_count++; k > at; --k) c.bought[k] = c.bought[k - 1];
    c.bought[at] = {product, bought.days_ago};
  }
  c.bought[at].days = std::min(c.bought[at].days, bought.days_ago);
}

void add_customer(const image::Image& image, const Masks& masks, const Customer& customer,
                  engine::Context& c) noexcept {
  if (!customer.id.empty() && image.loaded()) {
    c.customer_hash = hash64(customer.id, image.settings().salt);
  }
  for (const std::string_view name : customer.segments) {
    const std::uint64_t hash = hash64(name);
    std::uint64_t* end = c.segments + c.segment_count;
    std::uint64_t* at = std::lower_bound(c.segments, end, hash);
    if ((at != end && *at == hash) || c.segment_count == engine::kMaxSegments) continue;
    std::copy_backward(at, end, end + 1);
    *at = hash;
    ++c.segment_count;
  }
  c.segments_known = customer.segments_known || !customer.segments.empty() ? 1 : 0;
  for (const std::string_view word : customer.avoid) {
    const std::uint64_t bit = image.find_avoid(word);
    c.avoid |= bit;
    if (bit == 0) c.avoid_unknown = 1;
  }
  c.visit = customer.visit;
  for (const Bought& bought : customer.bought) add_bought(image, masks, bought, c);
  c.bought_days = static_cast<std::uint16_t>(std::min(customer.bought_days, 65'535U));
}

}  // namespace

engine::Context make_context(const image::Image& image, const Masks& masks, const Place& place,
                             std::uint32_t capabilities, const Snapshot& snapshot,
                             bool tender_begun, UtcMs now) noexcept {
  engine::Context c{};
  c.now = now;
  c.terminal_groups = place.terminal_groups;
  c.terminal_hash = place.terminal_hash;
  c.operator_hash = snapshot.operator_id.empty() ? 0 : hash64(snapshot.operator_id);
  c.store = place.store;
  c.language = place.language;
  if (!snapshot.language.empty() && image.loaded()) {
    c.language = image.find_language(snapshot.language, place.language);
  }
  c.holds = snapshot.holds;
  c.capabilities = capabilities;
  c.looking_at = image::kNone;
  if (snapshot.moment == Moment::browse && !snapshot.looking_at.empty()) {
    Label label;
    (void)find_product(image, masks, snapshot.looking_at, c.looking_at, label);
  }
  std::memcpy(c.currency, snapshot.currency, sizeof c.currency);
  if (c.currency[0] == 0 && image.loaded()) {
    std::memcpy(c.currency, image.settings().currency, sizeof c.currency);
  }
  c.mode = snapshot.mode;
  c.channel = snapshot.channel;
  c.moment = snapshot.moment;
  c.tender_begun = tender_begun ? 1 : 0;
  for (const Fact& fact : snapshot.facts) {
    const std::uint32_t index = image.find_fact(fact.name);
    if (index == image::kNone) continue;  // no rule asks for it
    std::uint32_t at = 0;
    while (at < c.fact_count && c.facts[at].fact < index) ++at;
    if (at == c.fact_count || c.facts[at].fact != index) {
      if (c.fact_count == engine::kMaxFacts) continue;
      for (std::uint32_t k = c.fact_count++; k > at; --k) c.facts[k] = c.facts[k - 1];
    }
    // Said twice: the last one counts.
    c.facts[at] = fact.is_number ? engine::FactValue{index, 1, fact.number, 0}
                                 : engine::FactValue{index, 0, 0, hash64(fact.text)};
  }
  c.taxed = snapshot.taxed;
  add_customer(image, masks, snapshot.customer, c);
  return c;
}

}  // namespace sidedish::lane
