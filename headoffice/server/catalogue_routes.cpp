#include "headoffice/server/catalogue_routes.hpp"

#include "headoffice/catalogue/picture.hpp"
#include "headoffice/server/answers.hpp"
#include "headoffice/server/book_routes.hpp"
#include "headoffice/server/pictures.hpp"
#include "rules/base/picture.hpp"
#include "rules/format/json_writer.hpp"

#include <array>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;

constexpr std::size_t kUsual = 20;
constexpr std::size_t kMost = 100;
constexpr std::size_t kFarthest =
    1'000;  // of what was found by words: who looks further types more
constexpr std::size_t kMostTyped = 200;
constexpr std::uint32_t kWidest = 480;  // pixels
constexpr std::array<std::string_view, 3> kStock{"in", "low", "out"};

net::Response wrong_query(std::string_view name, std::string_view detail) {
  const net::ProblemItem item{"/" + std::string(name), std::string(detail)};
  return problem_of(400, "invalid-request", "the query cannot be understood", {&item, 1});
}

/// In the language that was asked for, or English, or whichever there is.
std::string_view name_in(const model::Localised& names, const std::string& language) {
  for (const std::string& tag :
       {language, language.substr(0, language.find('-')), std::string("en")}) {
    if (const auto found = names.find(tag); found != names.end()) return found->second;
  }
  return names.empty() ? std::string_view() : std::string_view(names.begin()->second);
}

void write_pictures(JsonWriter& json, const model::Pictures& pictures) {
  if (pictures.small.empty() && pictures.large.empty()) return;
  json.key("pictures").open('{');
  if (!pictures.small.empty()) json.key("small").text(pictures.small);
  if (!pictures.large.empty()) json.key("large").text(pictures.large);
  json.close('}');
}

void write_row(JsonWriter& json, const model::Product& product, const std::string& language) {
  json.open('{').key("key").text(product.key).key("name").text(name_in(product.name, language));
  json.key("category").text(product.category).key("price").number(product.price);
  if (product.cost) json.key("cost").number(*product.cost);
  json.key("stock").text(kStock[static_cast<std::size_t>(product.stock)]);
  if (product.hidden) json.key("hidden").boolean(true);
  if (product.restricted) json.key("restricted").boolean(true);
  write_pictures(json, product.pictures);
  json.key("barcodes").open('[');
  for (const std::string& alias : product.aliases) json.text(alias);
  json.close(']').close('}');
}

void write_currency(JsonWriter& json, const Currency& currency) {
  json.key("currency").text(currency.text());
  json.key("exponent").number(std::uint64_t{currency.exponent});
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) out.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

net::Response product_answer(const ProductView& view, int status) {
  net::Response response = json_answer(view.json, status);
  response.headers.set("ETag", view.etag);
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

/// 412, with what stands there now (null: nothing).
net::Response stale(const ProductView& theirs) {
  net::Response response =
      problem_of(412, "changed-meanwhile", "somebody changed this product; nothing was saved");
  add_member(response, "\"theirs\":" + (theirs.json.empty() ? "null" : theirs.json));
  if (!theirs.etag.empty()) response.headers.set("ETag", theirs.etag);
  return response;
}

}  // namespace

void CatalogueRoutes::add_to(Door& door) {
  door.person("GET", "/v1/catalogues", Right::read,
              [this](const net::Routed&, const Actor&) { return list(); });
  door.person("PUT", "/v1/packs/{pack}/pictures/{sha256}", Right::catalogue,
              [this](const net::Routed& routed, const Actor&) { return put_picture(routed); });
  door.person("GET", "/v1/products", Right::read,
              [this](const net::Routed& routed, const Actor&) { return search(routed); });
  door.person("GET", "/v1/packs/{pack}/catalogue", Right::read,
              [this](const net::Routed& routed, const Actor&) { return head(routed); });
  door.person("GET", "/v1/packs/{pack}/products/{key}", Right::read,
              [this](const net::Routed& routed, const Actor&) { return product(routed); });
  door.person("PUT", "/v1/packs/{pack}/products/{key}", Right::catalogue,
              [this](const net::Routed& routed, const Actor& by) { return put(routed, by); });
  door.person("DELETE", "/v1/packs/{pack}/products/{key}", Right::catalogue,
              [this](const net::Routed& routed, const Actor& by) { return remove(routed, by); });
}

net::Response CatalogueRoutes::list() {
  const auto packs = catalogues_.packs();
  if (!packs) return problem_of(packs.error());
  JsonWriter json;
  json.open('{').key("catalogues").open('[');
  for (const std::string& pack : *packs) {
    const auto head = catalogues_.head(pack);
    if (!head) continue;  // published by a build that could read what this one cannot
    json.open('{').key("pack").text(pack);
    json.key("products").number(std::uint64_t{head->products}).close('}');
  }
  return json_answer(json.close(']').close('}').take());
}

net::Response CatalogueRoutes::put_picture(const net::Routed& routed) {
  if (const auto head = catalogues_.head(routed.param("pack")); !head) {
    return problem_of(head.error());
  }
  const std::string& body = routed.request.body;
  // What is too large or of another type is save_picture()'s to say.
  if (body.size() <= kMaxLargePicture && !picture_type(body).empty()) {
    const auto pixels = picture_pixels(body);
    if (!pixels || pixels->width > kWidest || pixels->height > kWidest) {
      return problem_of(
          415, "unsupported-media-type",
          "expected a picture of at most 480 pixels wide and high that does not move");
    }
  }
  return save_picture(storage_, clock_, routed);
}

net::Response CatalogueRoutes::search(const net::Routed& routed) {
  const auto pack = routed.query_value("pack");
  if (!pack) return wrong_query("pack", "expected the pack whose products are meant");
  const std::string_view typed = routed.query_value("q").value_or("");
  if (typed.size() > kMostTyped) return wrong_query("q", "expected at most 200 bytes");
  const auto limit = query_number(routed, "limit", kUsual, kMost);
  if (!limit || *limit == 0) return wrong_query("limit", "expected 1 to 100");
  const auto offset = query_number(routed, "offset", 0, typed.empty() ? UINT32_MAX : kFarthest);
  if (!offset) return wrong_query("offset", "expected a whole number, at most 1,000 with q");
  const auto keys = routed.query_value("keys");
  const std::vector<std::string> wanted = listed(keys.value_or(""));
  if (wanted.size() > kMost) return wrong_query("keys", "expected at most 100 keys");
  const auto page =
      keys ? catalogues_.called(*pack, wanted) : catalogues_.search(*pack, typed, *limit, *offset);
  if (!page) return problem_of(page.error());
  const std::string language(routed.query_value("language").value_or("en"));
  JsonWriter json;
  json.open('{').key("pack").text(*pack);
  write_currency(json, page->found.currency);
  json.key("total").number(std::uint64_t{page->head.products});
  json.key("more").boolean(page->more).key("exact").boolean(page->exact).key("products").open('[');
  for (const model::Product& one : page->found.products) write_row(json, one, language);
  return json_answer(json.close(']').close('}').take());
}

net::Response CatalogueRoutes::head(const net::Routed& routed) {
  const std::string& pack = routed.param("pack");
  const auto head = catalogues_.head(pack);
  if (!head) return problem_of(head.error());
  const auto top = words_of(head->top, {});
  if (!top) return problem_of(top.error());
  JsonWriter json;
  json.open('{').key("pack").text(pack);
  write_currency(json, top->currency);
  json.key("version").number(head->version).key("published").number(head->published);
  json.key("products").number(std::uint64_t{head->products});
  json.key("categories").raw(head->top.categories).close('}');
  net::Response response = json_answer(json.take());
  response.headers.set("ETag", catalogue_tag(head->version));
  return response;
}

net::Response CatalogueRoutes::product(const net::Routed& routed) {
  const auto view = catalogues_.product(routed.param("pack"), routed.param("key"));
  return view ? product_answer(*view, 200) : problem_of(view.error());
}

net::Response CatalogueRoutes::put(const net::Routed& routed, const Actor& by) {
  if (!is_json(routed.request)) {
    return problem_of(415, "unsupported-media-type", "expected application/json");
  }
  const auto match = routed.request.headers.get("If-Match");
  const auto none = routed.request.headers.get("If-None-Match");
  if (match.has_value() == none.has_value() || (none && *none != "*")) {
    return problem_of(
        428, "condition-missing",
        "expected If-Match with the product's tag, or If-None-Match: * for a new one");
  }
  ProductOrder order;
  order.key = routed.param("key");
  order.json = routed.request.body;
  order.etag = match.value_or("");
  order.who = by.id;
  order.why = routed.query_value("why").value_or("");
  order.may_release = by.role == Role::admin;
  const auto saved = catalogues_.put(routed.param("pack"), order);
  if (!saved) return problem_of(saved.error());
  if (saved->theirs) return stale(*saved->theirs);
  if (!saved->saved) {
    return problem_of(422, "invalid-document", "nothing was saved", items_of(saved->errors));
  }
  return product_answer(*saved->saved, none ? 201 : 200);
}

net::Response CatalogueRoutes::remove(const net::Routed& routed, const Actor& by) {
  const std::string& pack = routed.param("pack");
  const auto match = routed.request.headers.get("If-Match");
  if (!match) {
    return problem_of(428, "condition-missing", "expected If-Match with the product's tag");
  }
  const auto view = catalogues_.product(pack, routed.param("key"));
  if (!view) return problem_of(view.error());
  std::vector<std::string> keys = view->words.aliases;
  keys.push_back(view->words.key);
  auto uses = book_.uses(pack, keys);
  if (!uses) return problem_of(uses.error());
  const auto products = catalogues_.substituted(pack, view->words);
  if (!products) return problem_of(products.error());
  for (const std::string& product : *products) {
    uses->by.push_back({"", "substitute", product, false, {}});
  }
  if (!uses->by.empty()) {
    net::Response response =
        problem_of(409, "still-used", "the product was not taken out: something still needs it");
    JsonWriter json;
    json.key("errors");
    write(json, uses->by);
    add_member(response, json.take());
    return response;
  }
  RemovalOrder order{.key = routed.param("key"),
                     .etag = std::string(*match),
                     .who = by.id,
                     .why = std::string(routed.query_value("why").value_or("")),
                     .may_release = by.role == Role::admin,
                     .publication = uses->publication};
  const auto removed = catalogues_.remove(pack, order);
  if (!removed && removed.error().code() == Errc::conflict) {
    return problem_of(409, "changed-meanwhile", "rules were published just now: try again");
  }
  if (!removed) return problem_of(removed.error());
  if (removed->theirs) return stale(*removed->theirs);
  if (!removed->removed) {
    return problem_of(422, "invalid-document", "the product was not taken out",
                      items_of(removed->errors));
  }
  net::Response response;
  response.status = 204;
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace sidedish::headoffice
