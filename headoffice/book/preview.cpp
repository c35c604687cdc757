#include "headoffice/book/preview.hpp"

#include "headoffice/book/made_up.hpp"
#include "headoffice/publish/publish.hpp"
#include "rules/engine/explain.hpp"
#include "rules/engine/offered.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/say/prompt.hpp"
#include "rules/say/words.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;

constexpr UtcMs kHour = 3'600'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kHoursAhead = 7 * 24;
constexpr Milli kFactors[] = {1, 2, 4, 8};

/// The rule alone in its pack, compiled, and one till in front of it.
class Stage {
 public:
  Stage(const image::Image& image, engine::Context context)
      : image_(image),
        context_(context),
        scratch_(engine::scratch_bytes(image) / 8 + 1),
        verdicts_(image.rules().size()) {}

  engine::Context& context() { return context_; }
  const engine::Basket& basket() const { return basket_; }
  const engine::Decision& decision() const { return decision_; }
  const engine::Verdict& verdict() const { return verdicts_.front(); }
  bool spoke() const { return verdict().fate == engine::Fate::offered; }

  void set(const Goods& goods) {
    items_.clear();
    basket_ = {};
    for (const auto& [product, quantity] : goods) {
      const image::Product& p = image_.products()[product];
      const Minor value = extended_price(quantity, p.price).value_or(0);
      items_.push_back({product, p.stable, quantity, value});
      basket_.total += value;
      ++basket_.lines;
    }
    basket_.items = items_;
    if (context_.moment == Moment::browse && !items_.empty()) {
      context_.looking_at = items_.front().product;
    }
  }

  void decide(UtcMs at) {
    context_.now = at;
    memory_ = {engine::open_basket(1, at), engine::open_lane()};
    const engine::Memory before = memory_;
    const auto room = std::as_writable_bytes(std::span(scratch_));
    engine::decide(image_, {}, context_, basket_, true, memory_, room, decision_);
    engine::Decision again;
    engine::explain(image_, {}, context_, basket_, true, before, room, again, verdicts_);
  }

  void write_prompts(JsonWriter& json, const say::Names& names, std::string_view basket) const {
    const image::Settings& settings = image_.settings();
    const say::About about{basket, {settings.currency, 3}, settings.exponent, context_.channel};
    json.open('[');
    for (std::uint32_t i = 0; i < decision_.prompt_count; ++i) {
      engine::SaidRoom room;
      const engine::Offered offered =
          engine::offered_of(image_, {}, context_, decision_.prompts[i], 1, room);
      engine::Part parts[engine::kMaxParts];
      std::vector<engine::OfferedPart> said;
      for (const engine::PromptSlot& slot : memory_.basket.slots) {
        if (slot.id != offered.id || slot.state != engine::PromptState::shown) continue;
        const std::uint32_t n = engine::parts_of(image_, {}, context_, basket_, slot, parts);
        for (std::uint32_t k = 0; k < n; ++k) said.push_back(engine::part_of(image_, parts[k]));
      }
      const auto key = [&](std::uint32_t product) {
        return product < image_.products().size() ? image_.text(image_.products()[product].key)
                                                  : std::string_view();
      };
      std::size_t next = 0;
      const say::Why why = names.why(offered, said, key(context_.looking_at), [&] {
        return next < items_.size() ? key(items_[next++].product) : std::string_view();
      });
      json.raw(say::write_prompt(offered, said, about, why, names));
    }
    json.close(']');
  }

 private:
  const image::Image& image_;
  engine::Context context_;
  std::vector<std::uint64_t> scratch_;
  std::vector<engine::Verdict> verdicts_;
  std::vector<engine::Item> items_;
  engine::Basket basket_{};
  engine::Memory memory_{};
  engine::Decision decision_{};
};

/// Tries goods and hours until the rule speaks; else as it is now, and the verdict says why not.
UtcMs make_up(Stage& stage, const Goods& goods, UtcMs first, UtcMs now) {
  const auto speaks = [&](Milli factor, UtcMs at) {
    Goods more = goods;
    for (auto& entry : more) entry.second *= factor;
    stage.set(more);
    stage.decide(at);
    return stage.spoke();
  };
  for (const Milli factor : kFactors) {
    if (speaks(factor, first)) return first;
  }
  for (int hour = 1; hour <= kHoursAhead; ++hour) {
    for (const Milli factor : {kFactors[0], kFactors[2]}) {
      if (speaks(factor, first + hour * kHour)) return first + hour * kHour;
    }
  }
  (void)speaks(1, now);
  return now;
}

void write_basket(JsonWriter& json, const image::Image& image, const say::Names& names,
                  const engine::Basket& basket, bool made_up) {
  json.open('{').key("lines").open('[');
  for (const engine::Item& item : basket.items) {
    const image::Product& product = image.products()[item.product];
    const std::string_view key = image.text(product.key);
    json.open('{').key("product").text(key).key("name").text(names.of(key));
    say::write_picture(json, names, names.pictures_of(key));
    json.key("quantity").text(say::quantity_text(item.quantity));
    json.key("unit_price").number(product.price).key("line_total").number(item.value).close('}');
  }
  json.close(']').key("total").number(basket.total);
  json.key("currency").text({image.settings().currency, 3});
  json.key("exponent").number(std::uint64_t{image.settings().exponent});
  json.key("made_up").boolean(made_up).close('}');
}

PreviewTold refused(std::string pointer, std::string_view code, std::string detail) {
  return {{}, {{std::move(pointer), std::string(code), std::move(detail)}}};
}

}  // namespace

PreviewTold preview(const CurrentPack& current, const PreviewOrder& order,
                    const compile::ZoneFile& zones, BusinessDays& days, UtcMs now) {
  CheckedRule checked = check_rule(current, order.rule, zones, now);
  JsonWriter json;
  json.open('{').key("findings");
  write(json, checked.findings);
  if (!checked.rule || has_errors(checked.findings)) {
    json.key("basket").raw("null").key("prompts").raw("[]").key("why").raw("null");
    return {json.close('}').take(), {}};
  }
  model::Pack pack = current.pack;
  model::Rule rule = std::move(*checked.rule);
  rule.holdout_percent = 0;
  pack.settings.global_holdout_percent = 0;
  pack.settings.exploration_percent = 0;
  pack.rules = {rule};
  compile::Options options;
  options.time_begin = image_begin(now);
  const compile::Compiled compiled = compile::compile(pack, current.catalogue, zones, options);
  const auto image = image::Image::open(compiled.image);
  if (!compiled.errors.empty() || !image) {
    return refused("/rule", "invalid", "the rule does not compile in this pack");
  }

  std::string home = order.store;
  if (home.empty()) {
    const auto stores = stores_of(order.rule, pack);
    home = stores.empty() ? pack.stores.front().id : stores.front();
  }
  const std::uint32_t store = image->find_store(home);
  if (store >= image->stores().size()) {
    return refused("/store", "no-such-store", "expected a store of the pack, found " + home);
  }
  engine::Context context{};
  context.store = store;
  context.language = image->find_language(order.language, image->stores()[store].language);
  context.capabilities = ~std::uint32_t{0};
  context.looking_at = image::kNone;
  context.channel = order.channel;
  context.moment = order.moment;
  std::memcpy(context.currency, image->settings().currency, sizeof context.currency);

  Goods goods;
  const bool made_up = !order.lines;
  const compile::Names names(pack, current.catalogue);
  if (made_up) {
    goods = goods_for(names, rule);
    context.terminal_groups = ~std::uint64_t{0};
    assume(*image, names, rule.when, context);
  } else {
    for (std::size_t i = 0; i < order.lines->size(); ++i) {
      const PreviewLine& line = (*order.lines)[i];
      const std::uint32_t product = image->find_product(line.product);
      if (product >= image->products().size()) {
        return refused("/basket/lines/" + std::to_string(i) + "/product", "not-in-catalogue",
                       "expected a product of the catalogue, found " + line.product);
      }
      goods[product] += line.quantity;
    }
  }
  Stage stage(*image, context);
  UtcMs at = order.at != 0 ? order.at : now;
  if (made_up && order.at == 0) {
    const std::string& zone = current.store(home)->time_zone;
    const std::int64_t begins = first_day(rule.when);
    const bool later = begins != INT64_MIN && begins > days.local_of(zone, now) / kDayMs;
    at = make_up(stage, goods, later ? days.moment_of(zone, begins * kDayMs) : now, now);
  } else {
    stage.set(goods);
    stage.decide(at);
  }

  const say::HasPicture all = [](std::string_view) { return true; };
  const say::Names told(
      &*image, home, order.language,
      [](const image::Image& in, std::string_view key) { return in.find_product(key); }, all,
      "/v1/pictures/");
  json.key("store").text(home).key("at").text(format::format_time(at)).key("basket");
  write_basket(json, *image, told, stage.basket(), made_up);
  json.key("prompts");
  stage.write_prompts(json, told, "preview");
  json.key("why");
  const engine::Verdict& verdict = stage.verdict();
  if (stage.spoke()) {
    json.raw("null");
  } else {
    const say::Judged judged{*image, stage.context(), stage.basket(), stage.decision()};
    json.open('{').key("fate").text(say::words(verdict.fate));
    json.key("detail").text(say::why(judged, verdict));
    if (verdict.fate == engine::Fate::condition && verdict.node != image::kNone) {
      json.key("pointer").text(image->pointer(verdict.rule, verdict.node));
    }
    // As a replay numbers them.
    if (verdict.fate == engine::Fate::guard) {
      json.key("of").text(std::to_string(static_cast<unsigned>(verdict.guard)));
    } else if (verdict.fate == engine::Fate::silent) {
      json.key("of").text(std::to_string(static_cast<unsigned>(stage.decision().silence)));
    }
    json.close('}');
  }
  return {json.close('}').take(), {}};
}

}  // namespace sidedish::headoffice
