// pause, resume, recall, stock, reprice: what stands in stores until it is ended.
#include "headoffice/program/asking.hpp"
#include "headoffice/program/commands.hpp"
#include "rules/format/json_writer.hpp"

namespace sidedish::headoffice {
namespace {

std::string body_of_change(const OverlayOptions& options) {
  format::JsonWriter json;
  json.open('{').key("who").text(options.who).key("why").text(options.why);
  if (!options.stores.empty()) {
    json.key("stores").open('[');
    for (const std::string& store : options.stores) json.text(store);
    json.close(']');
  }
  json.key("changes").open('[').open('{');
  json.member(options.end ? "clear" : "set").text(options.what);
  json.key("subject").text(options.subject);
  if (!options.end) {
    if (!options.price.empty()) json.key("price").text(options.price);
    if (!options.stock.empty()) json.key("class").text(options.stock);
    if (options.left) json.key("left").number(std::int64_t{*options.left});
    if (!options.until.empty()) json.key("until").text(options.until);
  }
  return json.close('}').close(']').close('}').take();
}

}  // namespace

int change_overlay(const Places& places, const OverlayOptions& options) {
  net::Request request;
  request.method = "POST";
  request.target = "/v1/packs/" + net::percent_encoded(options.pack) + "/overlay/changes";
  request.headers.set("Content-Type", "application/json");
  request.body = body_of_change(options);
  int code = 1;
  const auto answer = body_of(places, std::move(request), code);
  if (!answer) return code;
  const auto tree = options.json ? std::optional<format::JsonDocument>() : parse(*answer);
  if (!tree) {
    print(*answer + "\n");
    return code;
  }
  std::string text;
  for (const format::Json store : tree->root().find("stores")) {
    text += text_of(store, "store") + "   " +
            (store.find("changes").integer() == 0 ? "was so already" : "changed") +
            ", overlay version " + number_of(store, "version");
    if (store.find("left_out").integer() > 0) {
      text += ", " + number_of(store, "left_out") + " do not fit the rules there";
    }
    text += "\n";
  }
  print(text);
  return code;
}

int show_overlay(const Places& places, const std::string& store, bool json) {
  int code = 1;
  const auto answer = get(places, "/v1/stores/" + net::percent_encoded(store) + "/overlay", code);
  if (!answer) return code;
  const auto tree = json ? std::optional<format::JsonDocument>() : parse(*answer);
  if (!tree) {
    print(*answer + "\n");
    return code;
  }
  if (tree->root().find("standing").size() == 0) print("Nothing stands beside the rules.\n");
  for (const format::Json one : tree->root().find("standing")) {
    std::string text = text_of(one, "what") + "   " + text_of(one, "subject");
    for (const char* name : {"price", "class"}) {
      if (!text_of(one, name).empty()) text += "   " + text_of(one, name);
    }
    text += "   since " + text_of(one, "since");
    if (!text_of(one, "until").empty()) text += " until " + text_of(one, "until");
    text += ", " + text_of(one, "who") + ": " + text_of(one, "why");
    if (!text_of(one, "left_out").empty()) text += "\n   not sent: " + text_of(one, "left_out");
    print(text + "\n");
  }
  return code;
}

}  // namespace sidedish::headoffice
