#pragma once
// What rules/format/README.md asks of a pack, as far as a shop's author can get it wrong: known
// products and categories, text lengths, every language, offers worth more than the score floor.
#include "rules/base/money.hpp"
#include "rules/base/text.hpp"
#include "sim/shops/catalogue.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace sidedish::sim::test {

using Json = nlohmann::json;

class PackChecks {
 public:
  PackChecks(const Json& pack, const Catalogue& catalogue) : pack_(pack), catalogue_(catalogue) {
    for (const auto& c : catalogue.categories()) categories_.insert(c.id);
    for (const auto& p : catalogue.products()) tags_.insert(p.tags.begin(), p.tags.end());
    if (pack.contains("sets")) {
      for (const auto& s : pack["sets"]) {
        sets_.insert(s["id"].get<std::string>());
        for (const char* list : {"items", "categories", "tags"}) {
          if (s.contains(list)) {
            for (const auto& name : s[list]) known(list, name.get<std::string>());
          }
        }
      }
    }
  }

  void rule(const Json& rule) {
    INFO("rule " << rule["id"]);
    if (rule.contains("when")) condition(rule["when"]);
    if (rule["kind"] == "bundle") return bundle(rule);
    if (rule["kind"] == "upsell") {
      choice(rule["swap"]["from"]);
    }
    texts(rule["text"], 30, 60, rule);
    if (rule.contains("kiosk_text")) texts(rule["kiosk_text"], 40, 80, rule);
    const auto floor = parse_decimal(pack_["settings"]["score_floor"].get<std::string>(),
                                     catalogue_.currency().exponent);
    for (const auto& offer : rule["offers"]) {
      const auto key = offer["product"].get<std::string>();
      INFO("offer " << key);
      const Product* p = catalogue_.find(key);
      REQUIRE(p != nullptr);
      CHECK_FALSE(p->hidden);
      const int prior = offer.value("extra_adds_per_1000", rule.value("extra_adds_per_1000", 0));
      CHECK((prior > 0 && prior <= 1000));
      // What one showing is expected to earn is above the floor, or the rule would never speak.
      Minor earned = p->price - p->cost.value_or(0);
      if (rule["kind"] == "upsell") {
        Minor least = earned;
        for (const auto& from : rule["swap"]["from"]["items"]) {
          const Product* gone = catalogue_.find(from.get<std::string>());
          least = std::min(least, gone->price - gone->cost.value_or(0));
        }
        earned -= least;
      }
      CHECK(earned * prior > *floor * 1000);
    }
    const std::string quantity = rule.value("quantity", "one");
    CHECK((quantity == "one" || quantity == "per_trigger" || quantity == "ask"));
    CHECK((rule["priority"] >= 1 && rule["priority"] <= 100));
  }

 private:
  /// The parts are on the menu; every text there is in every language.
  void bundle(const Json& rule) {
    for (const auto& slot : rule["bundle"]["slots"]) choice(slot["choose"]);
    for (const char* which : {"text", "complete_text"}) {
      for (const auto& language : pack_["languages"]) {
        INFO(which << " " << language);
        CHECK(rule[which].contains(language.get<std::string>()));
      }
    }
  }

  /// {"items": [...]} or one of category, tag and set; nothing unknown.
  void choice(const Json& from) {
    REQUIRE(from.size() == 1);
    const std::string list = from.begin().key();
    REQUIRE((list == "items" || list == "category" || list == "tag" || list == "set"));
    if (list != "items") return known(list, from.begin().value().get<std::string>());
    for (const auto& key : from.begin().value()) known(list, key.get<std::string>());
  }

  void known(const std::string& list, const std::string& name) {
    INFO(list << " " << name);
    if (list == "items") CHECK(catalogue_.find(name) != nullptr);
    if (list == "categories" || list == "category") CHECK(categories_.count(name) == 1);
    if (list == "tags" || list == "tag") CHECK(tags_.count(name) == 1);
    if (list == "set") CHECK(sets_.count(name) == 1);
  }

  void condition(const Json& c) {
    REQUIRE(c.is_object());
    REQUIRE(c.size() == 1);
    const std::string word = c.begin().key();
    const Json& body = c.begin().value();
    INFO(word);
    if (word == "all" || word == "any" || word == "none") {
      REQUIRE_FALSE(body.empty());
      for (const auto& child : body) condition(child);
    } else if (word == "has" || word == "lacks") {
      int selectors = 0;
      for (const auto& [name, value] : body.items()) {
        if (name == "items") {
          ++selectors;
          for (const auto& item : value) known(name, item.get<std::string>());
        } else if (name == "category" || name == "tag" || name == "set") {
          ++selectors;
          known(name, value.get<std::string>());
        } else {
          CHECK((name == "quantity" || name == "value"));
        }
      }
      CHECK(selectors == 1);
    } else if (word == "daypart" && body.is_string()) {
      CHECK(pack_["settings"]["dayparts"].contains(body.get<std::string>()));
    } else {
      const std::set<std::string> others = {
          "total", "lines",          "distinct",    "items",   "daypart", "weekday", "store",
          "dates", "terminal_group", "store_group", "channel", "moment",  "fact"};
      CHECK(others.count(word) == 1);
    }
  }

  void texts(const Json& by_language, std::size_t headline, std::size_t reason, const Json& rule) {
    for (const auto& language : pack_["languages"]) {
      INFO(language);
      REQUIRE(by_language.contains(language.get<std::string>()));
    }
    for (const auto& [language, text] : by_language.items()) {
      INFO(language);
      for (const auto& way : ways(text["headline"])) {
        CHECK(longest(way, language, rule) <= headline);
      }
      for (const auto& way : ways(text["reason"])) CHECK(longest(way, language, rule) <= reason);
    }
  }

  // A text, or several ways to say it: the first that today's numbers back.
  static std::vector<std::string> ways(const Json& text) {
    if (text.is_string()) return {text.get<std::string>()};
    CHECK((text.size() >= 2 && text.size() <= 4));
    CHECK(text.back().get<std::string>().find("{saving}") ==
          std::string::npos);  // can always be said
    return text.get<std::vector<std::string>>();
  }

  // Characters of the text with the longest offered name in place of {offer}, and money in place of
  // {saving}.
  std::size_t longest(const std::string& text, const std::string& language, const Json& rule) {
    CHECK_FALSE(text.empty());
    CHECK(valid_utf8(text));
    CHECK_FALSE(has_control(text));
    CHECK(text.find_first_of("<>") == std::string::npos);
    constexpr std::size_t kMoney = 7;  // "99.99 €": what a meal saves is less
    std::size_t length = count_characters(text);
    if (text.find("{saving}") != std::string::npos) length = length - 8 + kMoney;
    const auto slot = text.find("{offer}");
    if (slot == std::string::npos) return length;
    std::size_t name = 0;
    for (const auto& offer : rule.value("offers", Json::array())) {
      const Product* p = catalogue_.find(offer["product"].get<std::string>());
      if (p != nullptr) name = std::max(name, count_characters(p->name.at(language)));
    }
    return length - 7 + name;
  }

  const Json& pack_;
  const Catalogue& catalogue_;
  std::set<std::string> categories_;
  std::set<std::string> tags_;
  std::set<std::string> sets_;
};

inline void check_pack(const std::filesystem::path& folder, std::size_t fewest, std::size_t most) {
  const auto catalogue = Catalogue::load(folder / "catalogue.json");
  REQUIRE(catalogue);
  std::ifstream file(folder / "rules.json");
  const Json pack = Json::parse(file);
  CHECK(pack["format"] == "sidedish-rules/1");
  CHECK(pack["currency"] == std::string(catalogue->currency().text()));
  for (const auto& p : catalogue->products()) {
    for (const auto& language : pack["languages"]) {
      INFO(p.key << " has no name in " << language);
      CHECK(p.name.count(language.get<std::string>()) == 1);
    }
    for (const auto& other : p.substitutes) CHECK(catalogue->find(other) != nullptr);
  }
  PackChecks checks(pack, *catalogue);
  std::set<std::string> ids;
  for (const auto& rule : pack["rules"]) {
    checks.rule(rule);
    const std::string id = rule["id"];
    CHECK(ids.insert(id).second);
    CHECK(id.size() <= 48);
    CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
    const std::string kind = rule["kind"];
    CHECK((kind == "add_on" || kind == "bundle" || kind == "upsell" || kind == "receipt"));
  }
  CHECK((ids.size() >= fewest && ids.size() <= most));
}

}  // namespace sidedish::sim::test
