#include "headoffice/program/asking.hpp"
#include "headoffice/program/commands.hpp"
#include "rules/format/json_writer.hpp"

#include <cstdio>

namespace sidedish::headoffice {
namespace {

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
  print((address ? *address : std::string("http://HEAD-OFFICE")) + text_of(tree->root(), "path") +
        "\n");
  std::fprintf(stderr, "Works once, for %lld hours. Whoever has it can sign in.\n",
               static_cast<long long>(tree->root().find("hours").integer()));
  return code;
}

std::string list_of(format::Json stores) {
  std::string out;
  for (const format::Json store : stores) out.append(out.empty() ? "" : ", ").append(store.text());
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
  if (tree->root().find("people").size() == 0) {
    print("Nobody yet: sidedish-headoffice invite --role admin\n");
  }
  for (const format::Json person : tree->root().find("people")) {
    print(text_of(person, "id") + "   " + text_of(person, "name") + ", " + text_of(person, "role") +
          ", " + list_of(person.find("stores")) +
          (person.find("disabled").boolean() ? ", disabled" : "") + "\n");
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
    const bool whole = tree->root().find("whole").boolean();
    if (options.json) {
      print(*answer + "\n");
    } else if (whole) {
      print(number_of(tree->root(), "changes") + " changes, none altered; the last is " +
            text_of(tree->root(), "last") + "\n");
    } else {
      print("The log of changes was altered: change " + number_of(tree->root(), "broken_at") +
            " is not what was written.\n");
    }
    return whole ? code : 1;
  }
  std::string target = "/v1/changes?limit=" + std::to_string(options.limit);
  if (!options.subject.empty()) target += "&subject=" + net::percent_encoded(options.subject);
  const auto answer = get(places, target, code);
  if (!answer) return code;
  const auto tree = options.json ? std::nullopt : parse(*answer);
  if (!tree) {
    print(*answer + "\n");
    return code;
  }
  for (const format::Json change : tree->root().find("changes")) {
    const std::string why = text_of(change, "why");
    print(text_of(change, "at") + "  " + text_of(change, "who") + "  " + text_of(change, "what") +
          "  " + text_of(change, "subject") + (why.empty() ? "" : "  \"" + why + "\"") + "\n");
  }
  return code;
}

}  // namespace sidedish::headoffice
