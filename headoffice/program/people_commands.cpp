#include "headoffice/program/asking.hpp"
#include "headoffice/program/commands.hpp"
#include "rules/format/json_writer.hpp"

#include <cstdio>

namespace sidedish::headoffice {
namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

/// A link as a browser wants it. Without a serving process there is no address to put before it.
int print_link(const Places& places, const std::string& body, bool json) {
  int code = 1;
  const auto answer = send(places, "POST", "/v1/invitations", body, code);
  if (!answer) return code;
  if (json) {
    print(*answer + "\n");
    return code;
  }
  const auto tree = parse(*answer);
  if (!tree) return 1;
  const auto address = read_file(address_file(places.database));
  print((address ? *address : std::string("http://HEAD-OFFICE")) + at(*tree, "path").text + "\n");
  std::fprintf(stderr, "Works once, for %lld hours. Whoever has it can sign in.\n",
               static_cast<long long>(at(*tree, "hours").number));
  return code;
}

std::string list_of(const format::WireValue& stores) {
  std::string out;
  for (const auto& store : stores.items) out += (out.empty() ? "" : ", ") + store.text;
  return out.empty() ? "all stores" : out;
}

}  // namespace

int invite(const Places& places, const InviteOptions& options) {
  format::JsonWriter body;
  body.open('{').key("role").text(options.role).key("stores").open('[');
  for (const std::string& store : options.stores) body.text(store);
  body.close(']').close('}');
  return print_link(places, body.take(), options.json);
}

int sign_in_link(const Places& places, const std::string& person, bool json) {
  format::JsonWriter body;
  body.open('{').key("person").text(person).close('}');
  return print_link(places, body.take(), json);
}

int list_people(const Places& places, bool json) {
  int code = 1;
  const auto answer = get(places, "/v1/people", code);
  if (!answer) return code;
  const auto tree = json ? std::nullopt : parse(*answer);
  if (!tree) {
    print(*answer + "\n");
    return code;
  }
  if (at(*tree, "people").items.empty()) {
    print("Nobody yet: sidedish-headoffice invite --role admin\n");
  }
  for (const auto& person : at(*tree, "people").items) {
    print(at(person, "id").text + "   " + at(person, "name").text + ", " + at(person, "role").text +
          ", " + list_of(at(person, "stores")) +
          (at(person, "disabled").number != 0 ? ", disabled" : "") + "\n");
  }
  return code;
}

int list_changes(const Places& places, const ChangesOptions& options) {
  int code = 1;
  if (options.check) {
    const auto answer = get(places, "/v1/changes/check", code);
    if (!answer) return code;
    const auto tree = parse(*answer);
    if (!tree) return 1;
    const bool whole = at(*tree, "whole").number != 0;
    if (options.json) {
      print(*answer + "\n");
    } else if (whole) {
      print(std::to_string(at(*tree, "changes").number) + " changes, none altered; the last is " +
            at(*tree, "last").text + "\n");
    } else {
      print("The log of changes was altered: change " +
            std::to_string(at(*tree, "broken_at").number) + " is not what was written.\n");
    }
    return whole ? code : 1;
  }
  std::string target = "/v1/changes?limit=" + std::to_string(options.limit);
  if (!options.subject.empty()) target += "&subject=" + encoded(options.subject);
  const auto answer = get(places, target, code);
  if (!answer) return code;
  const auto tree = options.json ? std::nullopt : parse(*answer);
  if (!tree) {
    print(*answer + "\n");
    return code;
  }
  for (const auto& change : at(*tree, "changes").items) {
    const std::string& why = at(change, "why").text;
    print(at(change, "at").text + "  " + at(change, "who").text + "  " + at(change, "what").text +
          "  " + at(change, "subject").text + (why.empty() ? "" : "  \"" + why + "\"") + "\n");
  }
  return code;
}

}  // namespace sidedish::headoffice
