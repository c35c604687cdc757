#pragma once
// A small rule document with every member once, and ways to spoil it.
#include <string>

namespace example {

inline const std::string kRules = R"({
  "format": "sidedish-rules/1",
  "pack": {"id": "burger-bar", "version": 7, "note": "autumn menu"},
  "currency": "EUR",
  "prices_include_tax": true,
  "languages": ["en", "de"],
  "stores": [{"id": "mitte", "name": "Berlin Mitte", "time_zone": "Europe/Berlin", "language": "de",
              "country": "DE", "groups": ["city"], "terminals": {"drive": ["t7"]}}],
  "settings": {"objective": "margin", "score_floor": "0.02", "assumed_margin_percent": 30,
    "global_holdout_percent": 5, "holdout_percent": 50, "prompts_per_sale": {"cashier": 1, "kiosk": 3, "receipt": 1},
    "spend_jump_percent": 100, "margin_floor_percent": 20, "exploration_percent": 3, "never_offer": [{"set": "kids"}],
    "restricted": [{"category": "fries", "countries": ["AT", "CH"]}, {"category": "burgers"}],
    "dayparts": {"lunch": {"from": "11:00", "to": "14:00"}}},
  "catalogue": {
    "format": "sidedish-catalogue/1", "currency": "EUR",
    "categories": [{"id": "food", "name": {"en": "Food"}},
                   {"id": "burgers", "name": {"en": "Burgers"}, "parent": "food"},
                   {"id": "fries", "name": {"en": "Fries", "de": "Pommes"}, "parent": "food"}],
    "products": [
      {"key": "sku:BURGER", "name": {"en": "Burger"}, "category": "burgers", "price": "5.90"},
      {"key": "sku:FRIES-M", "name": {"en": "Fries", "de": "Pommes"}, "category": "fries",
       "tags": ["hot"], "price": "2.90", "cost": "0.55", "aliases": ["plu:112"],
       "substitutes": ["sku:FRIES-L"], "stock": "low", "hidden": false, "restricted": false,
       "allergens": [], "diets": ["vegan"], "tax_class": "standard",
       "pictures": {"small": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                    "large": "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"}},
      {"key": "sku:FRIES-L", "name": {"en": "Large fries"}, "category": "fries", "price": "3.50"}]},
  "sets": [{"id": "kids", "items": ["sku:BURGER"], "categories": ["fries"], "tags": ["hot"]}],
  "rules": [{
    "id": "burger-fries", "name": "Fries with a burger", "kind": "add_on", "enabled": true,
    "when": {"all": [
      {"has": {"category": "burgers", "quantity": {"min": 1, "max": "2.500"}, "value": {"min": "1.00"}}},
      {"lacks": {"tag": "hot"}},
      {"any": [{"daypart": "lunch"}, {"daypart": {"from": "22:00", "to": "24:00"}}]},
      {"none": [{"weekday": ["sun"]}, {"dates": {"from": "2026-12-01", "to": "2026-12-24"}}]},
      {"total": {"min": "5.00", "max": "99.99"}}, {"lines": {"min": 1}}, {"distinct": {"max": 5}},
      {"items": {"min": 1}}, {"store": ["mitte"]}, {"store_group": ["city"]},
      {"terminal_group": ["drive"]}, {"channel": ["cashier", "kiosk"]}, {"moment": ["basket"]},
      {"fact": {"name": "order_type", "is": ["takeaway"]}}, {"fact": {"name": "queue", "max": 9}},
      {"has": {"set": "kids"}}, {"has": {"items": ["sku:BURGER"]}},
      {"segment": ["gold", "staff"]}, {"first_visit": false}, {"stock": ["in", "low"]},
      {"bought": {"category": "burgers", "within_days": 30}}, {"not_bought": {"tag": "hot", "for_days": 90}}]},
    "offers": [{"product": "sku:FRIES-M", "evidence": {"baskets": 812, "with_it": 480, "as_of": "2026-10-31"}}, {"product": "sku:FRIES-L", "extra_adds_per_1000": 25}],
    "quantity": "per_trigger",
    "text": {"en": {"headline": "{offer} with that?", "reason": "Hot and salted"},
             "de": {"headline": ["Nur noch {left}", "Fries, please"], "reason": ["{share} von 10", "Lecker"]}},
    "kiosk_text": {"en": {"headline": "Add {offer}", "reason": "Hot"}},
    "extra_adds_per_1000": 80, "priority": 60, "pinned": true, "holdout_percent": 20,
    "unit": "customer", "caps": {"lane_day": 300, "shift": 120, "customer": {"prompts": 2, "days": 28}}},
   {"id": "also-taken", "name": "Often together", "kind": "also_bought",
    "pairs": [{"given": "sku:BURGER", "product": "sku:FRIES-L", "together": 320, "of": 800,
               "extra_adds_per_1000": 30, "approved": true}],
    "counted": "2026-10-31", "bar": {"together": 50, "percent": 10},
    "text": {"en": {"headline": "{offer}?", "reason": "Often taken with it"}}, "extra_adds_per_1000": 20},
   {"id": "next-time", "name": "Fries next time", "kind": "receipt",
    "when": {"has": {"category": "burgers"}}, "offers": [{"product": "sku:FRIES-L"}],
    "text": {"en": {"headline": "Next time: {offer}"}}, "extra_adds_per_1000": 10}]
})";

/// The example with the first `what` replaced. Empty when `what` is not in it: the test is wrong.
inline std::string spoilt(const std::string& what, const std::string& with) {
  std::string out = kRules;
  const auto at = out.find(what);
  if (at == std::string::npos) return "";
  return out.replace(at, what.size(), with);
}

}  // namespace example
