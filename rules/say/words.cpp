#include "rules/say/words.hpp"

#include <chrono>
#include <cstdio>

namespace sidedish::say {
namespace {

using engine::Fate;
using engine::Guard;
using engine::Verdict;
using image::Node;
using image::Op;

// In the order of engine::Guard, Silence and Fate.
constexpr const char* kGuards[engine::kGuards] = {
    "nothing",
    "it is in the basket already",
    "a substitute of it is in the basket",
    "it is out of stock",
    "it is hidden in the catalogue",
    "it is restricted and never offered",
    "it costs too much beside this basket",
    "this till cannot add items",
    "it was declined in this sale",
    "the rule's cap for this lane and day is reached",
    "the rule's cap for this shift is reached",
    "it is worth less than the score floor",
    "another prompt offers the same product",
    "lane memory is full: its cap counts as reached",
    "this rule was answered in this sale already",
    "the rule is paused",
    "it is recalled",
    "the basket lacks what it swaps, or too much of its bundle",
    "it would save nothing, or cost nothing more",
    "it would sell below the margin floor",
    "all parts are there, and it does not convert them",
    "the customer avoids it",
    "it is not known whether the customer avoids it",
    "the rule asks for another stock class of it",
    "the rule's cap for this customer is reached",
};
constexpr const char* kSilences[kSilenceReasons] = {
    "something was offered or withheld",
    "no rules are loaded",
    "the mode is not sale",
    "a hold is set",
    "a product's quantity is negative",
    "payment has begun",
    "a no was said in this sale",
    "the prompts of this sale are used up",
    "no rule's conditions hold",
    "guards or caps stopped every offer",
    "the best offer was not worth a showing",
    "the store is not in the image",
    "the currency, or whether prices include tax, is not the image's or the basket's",
    "the basket has too many lines",
    "lane memory is full",
    "there is no usable time",
};
constexpr const char* kFates[] = {"offered", "withheld", "lost",    "condition",
                                  "guard",   "silent",   "disabled"};
static_assert(kGuards[engine::kGuards - 1] != nullptr && kSilences[kSilenceReasons - 1] != nullptr);

std::string decimal(std::int64_t amount, unsigned exponent) {
  const bool negative = amount < 0;
  std::string digits = std::to_string(negative ? -amount : amount);
  if (exponent > 0) {
    if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
    digits.insert(digits.size() - exponent, 1, '.');
  }
  return (negative ? "-" : "") + digits;
}

std::string bounds(const Node& node, const auto& print) {
  const bool low = node.min > image::kNoMin;
  const bool high = node.max < image::kNoMax;
  if (low && high && node.min == node.max) return "exactly " + print(node.min);
  if (low && high) return print(node.min) + " to " + print(node.max);
  if (low) return "at least " + print(node.min);
  return high ? "at most " + print(node.max) : std::string("any");
}

std::string clock(std::int64_t minute) {
  char out[24];
  std::snprintf(out, sizeof out, "%02d:%02d", static_cast<int>(minute / 60),
                static_cast<int>(minute % 60));
  return out;
}

std::string date(std::int64_t day) {
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{day}}};
  char out[24];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(d.year()), unsigned{d.month()},
                unsigned{d.day()});
  return out;
}

std::string either(const std::vector<std::string>& all) {
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += i == 0 ? "" : i + 1 == all.size() ? " or " : ", ";
    out += all[i];
  }
  return out;
}

std::string flags(std::int64_t bits, std::initializer_list<const char*> names) {
  std::vector<std::string> on;
  unsigned at = 0;
  for (const char* name : names) {
    if ((bits >> at++ & 1) != 0) on.emplace_back(name);
  }
  return either(on);
}

struct In {
  Milli quantity = 0;
  Minor value = 0;
};
In in_basket(const image::SetView& set, const engine::Basket& basket) {
  In sum;
  for (const engine::Item& item : basket.items) {
    if (!set.has(item.product)) continue;
    sum.quantity += item.quantity;
    sum.value += item.value;
  }
  return sum;
}

std::string offer_words(const Judged& view, const engine::Prompt& prompt) {
  return units(prompt.quantity) + " x " + product_name(view.image, prompt.product) + " for " +
         money(view.image.settings(), prompt.price_effect);
}

std::string condition(const Judged& view, const Verdict& v) {
  if (v.node == image::kNone) return "it does not speak on this channel or at this moment";
  const image::Node node = view.image.node(v.rule, v.node);
  std::string out = "it asks for " + condition_words(view.image, node);
  if (v.unknown != 0) {
    out += "; the till did not say";
  } else if (const auto found = found_words(view.image, node, view.context, view.basket);
             !found.empty()) {
    out += "; " + found;
  }
  return out + " (" + std::string(view.image.pointer(v.rule, v.node)) + ")";
}

}  // namespace

const char* words(Guard guard) { return kGuards[static_cast<unsigned>(guard)]; }
const char* words(Silence silence) { return kSilences[static_cast<unsigned>(silence)]; }
const char* words(Fate fate) { return kFates[static_cast<unsigned>(fate)]; }

std::string money(const image::Settings& settings, Minor amount) {
  return decimal(amount, settings.exponent) + " " + settings.currency;
}

std::string worth(const image::Settings& settings, std::int64_t score) {
  return money(settings, score / 1000) + " per 1,000 showings";
}

std::string units(Milli quantity) {
  return quantity % kOne == 0 ? std::to_string(quantity / kOne) : decimal(quantity, 3);
}

std::string product_name(const image::Image& image, std::uint32_t product) {
  if (product >= image.products().size()) return "a product the rules do not know";
  const image::Product& p = image.products()[product];
  const std::string_view name =
      image.languages().empty() ? std::string_view{} : image.text(image.indices()[p.names]);
  return std::string(name.empty() ? image.text(p.key) : name);
}

std::string set_words(const image::Image& image, const image::SetView& set) {
  if (set.is_range()) {
    for (const image::Category& c : image.categories()) {
      if (c.first_product == set.first() && c.product_end == set.end() && set.size() > 0) {
        return "category " + std::string(image.text(c.id));
      }
    }
    return set.size() == 0 ? "an empty category" : "a category";
  }
  std::vector<std::string> names;
  for (const std::uint32_t p : set.list()) {
    if (names.size() == 3 && set.size() > 4) {
      names.push_back(std::to_string(set.size() - 3) + " more");
      break;
    }
    names.push_back(product_name(image, p));
  }
  return names.empty() ? "no product" : either(names);
}

std::string condition_words(const image::Image& image, const Node& node) {
  const image::Settings& settings = image.settings();
  const auto plain = [](std::int64_t n) { return std::to_string(n); };
  const auto cash = [&](std::int64_t n) { return money(settings, n); };
  switch (node.op) {
    case Op::all:
      return "all of its conditions to hold";
    case Op::any:
      return "one of its conditions to hold";
    case Op::none:
      return "none of its conditions to hold";
    case Op::quantity:
      if (node.min <= 1 && node.max == image::kNoMax) {
        return set_words(image, image.set(node.a)) + " in the basket";
      }
      return bounds(node, units) + " of " + set_words(image, image.set(node.a)) + " in the basket";
    case Op::absent:
      return "no " + set_words(image, image.set(node.a)) + " in the basket";
    case Op::value:
      return set_words(image, image.set(node.a)) + " for " + bounds(node, cash);
    case Op::total:
      return "a basket of " + bounds(node, cash);
    case Op::lines:
      return bounds(node, plain) + " lines";
    case Op::distinct:
      return bounds(node, plain) + " different products";
    case Op::units:
      return bounds(node, units) + " items";
    case Op::daypart:
      return "a time from " + clock(node.min) + " to " + clock(node.max);
    case Op::weekday:
      return "a " + flags(node.min, {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
                                     "Saturday", "Sunday"});
    case Op::dates:
      return bounds(node, date).insert(0, "a day of ");
    case Op::store: {
      std::vector<std::string> names;
      for (const std::uint32_t s : image.indices().subspan(node.a, node.n)) {
        if (names.size() == 4) break;
        names.emplace_back(image.text(image.stores()[s].id));
      }
      if (node.n > names.size()) names.push_back(std::to_string(node.n - names.size()) + " more");
      return "store " + either(names);
    }
    case Op::terminal_group:
      return "a terminal of another group";
    case Op::channel:
      return "channel " + flags(node.min, {"cashier", "kiosk", "receipt"});
    case Op::moment:
      return "moment " + flags(node.min, {"basket", "checkout", "browse", "receipt"});
    case Op::fact_is:
      return "another " + std::string(image.text(image.facts()[node.a].name));
    case Op::fact_range:
      return std::string(image.text(image.facts()[node.a].name)) + " of " + bounds(node, plain);
    case Op::segment:
      return "a customer of another segment";
    case Op::visit:
      return node.min == static_cast<int>(Visit::first) ? "a first visit"
                                                        : "a customer who was here before";
    case Op::bought:
      return set_words(image, image.set(node.a)) + " bought within " + std::to_string(node.max) +
             " days";
    case Op::not_bought:
      return "no " + set_words(image, image.set(node.a)) + " bought for " +
             std::to_string(node.max) + " days";
    case Op::stock:
      return "an offer that is " + flags(node.min, {"in stock", "low"});
    default:
      return "another condition";
  }
}

FoundNumber found_number(const image::Image& image, const Node& node,
                         const engine::Basket& basket) {
  switch (node.op) {
    case Op::quantity:
    case Op::absent:
      return {.quantity = in_basket(image.set(node.a), basket).quantity};
    case Op::value:
      return {.value = in_basket(image.set(node.a), basket).value};
    case Op::total:
      return {.value = basket.total};
    case Op::lines:
      return {.quantity = Milli{basket.lines} * kOne};
    case Op::distinct:
      return {.quantity = static_cast<Milli>(basket.items.size()) * kOne};
    default:
      return {};
  }
}

std::string found_words(const image::Image& image, const Node& node, const engine::Context& context,
                        const engine::Basket& basket) {
  if (const FoundNumber found = found_number(image, node, basket); found.quantity) {
    const bool none = node.op == Op::quantity && *found.quantity == 0;
    return none ? "there is none" : "there are " + units(*found.quantity);
  } else if (found.value) {
    const char* begin = node.op == Op::total ? "it comes to " : "they cost ";
    return begin + money(image.settings(), *found.value);
  }
  switch (node.op) {
    case Op::store:
      return context.store < image.stores().size()
                 ? "it is " + std::string(image.text(image.stores()[context.store].id))
                 : std::string("the store is not known");
    case Op::channel:
      return "it is " +
             flags(1 << static_cast<unsigned>(context.channel), {"cashier", "kiosk", "receipt"});
    case Op::moment:
      return "it is " + flags(1 << static_cast<unsigned>(context.moment),
                              {"basket", "checkout", "browse", "receipt"});
    case Op::fact_range:
      for (std::uint32_t i = 0; i < context.fact_count; ++i) {
        if (context.facts[i].fact == node.a && context.facts[i].is_number != 0) {
          return "it is " + std::to_string(context.facts[i].number);
        }
      }
      return {};
    default:
      return {};
  }
}

std::string why(const Judged& view, const Verdict& v) {
  const image::Settings& settings = view.image.settings();
  switch (v.fate) {
    case Fate::offered:
    case Fate::withheld: {
      std::string offer = "it";
      for (std::uint32_t i = 0; i < view.decision.prompt_count; ++i) {
        const engine::Prompt& prompt = view.decision.prompts[i];
        if (prompt.rule == v.rule) offer = offer_words(view, prompt);
      }
      return (v.fate == Fate::offered ? "offered " : "withheld for a holdout: ") + offer +
             ", worth " + worth(settings, v.score);
    }
    case Fate::lost:
      return v.amount >= 0 ? "lost by " + worth(settings, v.amount)
                           : "better by " + worth(settings, -v.amount) + ", but the place is taken";
    case Fate::condition:
      return condition(view, v);
    case Fate::guard:
      return std::string("stopped: ") + words(v.guard);
    case Fate::silent:
      return std::string("silent: ") + words(view.decision.silence) +
             (view.decision.rush != 0 ? ", in a rush" : "");
    case Fate::disabled:
      break;
  }
  return "disabled";
}

}  // namespace sidedish::say
