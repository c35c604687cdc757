#include "headoffice/book/frame.hpp"

#include "rules/format/documents.hpp"
#include "rules/format/json.hpp"

#include <algorithm>
#include <map>

namespace sidedish::headoffice {
namespace {

using format::Json;
using format::JsonWriter;
using Places = std::map<std::string, std::string>;

constexpr int kDeepest = 32;

BookFinding of_store(const model::Pack& frame, std::string_view store, std::string_view code,
                     std::string detail, bool warning = false) {
  const auto at = std::ranges::find(frame.stores, store, &model::StoreSpec::id);
  std::string pointer = "/stores";
  if (at != frame.stores.end()) {
    pointer += "/" + std::to_string(at - frame.stores.begin()) + "/id";
  }
  return {std::move(pointer), std::string(code), std::move(detail), warning};
}

/// Objects by member, lists of things with ids by these; everything else is a value.
void flatten(Json value, const std::string& place, Places& out, int depth) {
  const bool named =
      value.is(Json::Type::array) && value.size() > 0 && std::ranges::all_of(value, [](Json one) {
        return one.is(Json::Type::object) && !one.find("id").text().empty();
      });
  if ((!value.is(Json::Type::object) && !named) || depth > kDeepest) {
    out.insert_or_assign(place, format::written(value));
    return;
  }
  for (const Json one : value) {
    const std::string name(named ? one.find("id").text() : one.key());
    flatten(one, place.empty() ? name : place + "/" + name, out, depth + 1);
  }
}

Places places_of(std::string_view json) {
  Places out;
  const auto document = format::JsonDocument::parse(json, format::document_limits());
  if (document.complete()) flatten(document.root(), "", out, 0);
  return out;
}

std::string beyond(const Places& all, const Places& other) {
  JsonWriter json;
  json.open('{');
  for (const auto& [place, value] : all) {
    const auto same = other.find(place);
    if (same == other.end() || same->second != value) json.member(place).raw(value);
  }
  return json.close('}').take();
}

/// Rules stand where they stood: their places name them.
std::vector<BookFinding> of_frame(const CurrentPack& current,
                                  const std::vector<model::Finding>& found, bool warning) {
  const std::vector<std::string> rules = rule_ids(current.pack);
  return of_rule(rules, rules.size(), found, warning,
                 warning ? current.warnings : std::vector<model::Finding>());
}

}  // namespace

void put_frame(model::Pack& pack, model::Pack frame) {
  frame.version = pack.version;
  frame.rules = std::move(pack.rules);
  frame.catalogue = std::move(pack.catalogue);
  pack = std::move(frame);
}

FrameRead read_frame(const CurrentPack& current, std::string_view json) {
  FrameRead out;
  auto parsed = format::parse_frame(json);
  if (parsed.value && parsed.value->id != current.pack.id) {
    parsed.errors.push_back(
        {"", "/pack/id", "expected the id in the path, " + current.pack.id, "other-id"});
  }
  if (!parsed.errors.empty()) {
    out.findings = of_frame(current, parsed.errors, false);
    return out;
  }
  out.pack = current.pack;
  put_frame(*out.pack, std::move(*parsed.value));
  return out;
}

FrameRead check_frame(const CurrentPack& current, std::string_view json,
                      const compile::ZoneFile& zones, UtcMs now) {
  FrameRead out = read_frame(current, json);
  if (!out.pack) return out;
  out.findings = of_frame(current, compile::check(*out.pack, current.catalogue, zones), false);
  if (out.findings.empty()) {
    out.findings = of_frame(current, compile::lint(*out.pack, current.catalogue, now), true);
  }
  return out;
}

std::vector<std::string> stores_gone(const CurrentPack& current, const model::Pack& frame) {
  std::vector<std::string> out;
  for (const model::StoreSpec& store : current.pack.stores) {
    const auto stays = std::ranges::find(frame.stores, store.id, &model::StoreSpec::id);
    if (stays == frame.stores.end()) out.push_back(store.id);
  }
  return out;
}

std::vector<BookFinding> check_stores(const model::Pack& frame, const std::vector<StoreUse>& gone,
                                      const std::vector<StoreTaken>& taken) {
  std::vector<BookFinding> out;
  for (const StoreUse& one : gone) {
    if (one.tills > 0) {
      out.push_back(of_store(frame, one.store, "store-has-tills",
                             "expected no store with terminals that are in use to go, found " +
                                 std::to_string(one.tills) + " in " + one.store));
    } else if (one.silent > 0) {
      out.push_back(of_store(
          frame, one.store, "store-had-tills",
          std::to_string(one.silent) + " silent terminals of " + one.store + " get nothing new",
          true));
    }
  }
  for (const StoreTaken& one : taken) {
    out.push_back(of_store(frame, one.store, "other-pack",
                           "expected a store of no other pack, found one of " + one.pack));
  }
  return out;
}

std::pair<std::string, std::string> frame_difference(std::string_view before,
                                                     std::string_view after) {
  const Places was = places_of(before);
  const Places is = places_of(after);
  return {beyond(was, is), beyond(is, was)};
}

std::string frame_of_stores(const model::Pack& pack, const std::vector<std::string>& stores) {
  model::Pack part = pack;
  part.rules.clear();
  std::erase_if(part.stores, [&](const model::StoreSpec& one) {
    return std::ranges::find(stores, one.id) == stores.end();
  });
  return format::write_frame(part);
}

}  // namespace sidedish::headoffice
