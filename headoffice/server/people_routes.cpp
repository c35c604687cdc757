#include "headoffice/server/people_routes.hpp"

#include "headoffice/server/answers.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <charconv>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;
using format::WireFields;

constexpr std::size_t kMaxText = 4096;
constexpr std::uint32_t kMostChanges = 500;

void write_stores(JsonWriter& json, const std::vector<std::string>& stores) {
  json.key("stores").open('[');
  for (const std::string& store : stores) json.text(store);
  json.close(']');
}

void write(JsonWriter& json, const Actor& actor) {
  json.open('{').key("id").text(actor.id).key("name").text(actor.name);
  json.key("role").text(name_of(actor.role));
  write_stores(json, actor.stores);
  json.close('}');
}

void write(JsonWriter& json, const PersonRow& person) {
  json.open('{').key("id").text(person.id).key("name").text(person.name);
  json.key("role").text(person.role);
  write_stores(json, person.stores);
  json.key("disabled").boolean(person.disabled);
  json.key("joined_at").text(format::format_time(person.created_at)).close('}');
}

void set_cookie(net::Response& response, std::string_view token, std::string_view age) {
  response.headers.set("Set-Cookie", std::string(kCookie)
                                         .append("=")
                                         .append(token)
                                         .append("; Path=/; Secure; HttpOnly; SameSite=Strict; ")
                                         .append("Max-Age=")
                                         .append(age));
}

net::Response session_answer(const Actor& actor, std::string_view csrf, int status) {
  JsonWriter json;
  json.open('{').key("person");
  write(json, actor);
  json.key("csrf").text(csrf).close('}');
  return json_answer(json.take(), status);
}

net::Response signed_in(const Outcome<SignedIn>& in, int status) {
  if (!in) return problem_of(in.error());
  net::Response response = session_answer(in->actor, in->csrf, status);
  static_assert(kSessionLife == 604'800'000);
  set_cookie(response, in->token, "604800");
  return response;
}

net::Response nothing(int status = 204) {
  net::Response response;
  response.status = status;
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Role read_role(WireFields& fields) {
  const std::string_view name = fields.text("role", 32);
  const auto role = parse_role(name);
  if (!role && !name.empty()) {
    fields.add("role", "expected viewer, store-manager, editor, approver or admin");
  }
  return role.value_or(Role::viewer);
}

std::vector<std::string> read_stores(WireFields& fields) {
  std::vector<std::string> out;
  for (const format::Json store : fields.array("stores", 1000, false)) {
    if (store.is(format::Json::Type::text)) {
      out.emplace_back(store.text());
    } else {
      fields.add("stores", "expected store ids");
    }
  }
  return out;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string hex_of(const Sha256& hash) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const std::byte byte : hash) {
    out += kHex[static_cast<unsigned>(byte) >> 4];
    out += kHex[static_cast<unsigned>(byte) & 15];
  }
  return out;
}

}  // namespace

void PeopleRoutes::add_to(Door& door) {
  const auto open = [this](net::Response (PeopleRoutes::*handler)(const net::Routed&)) {
    return [this, handler](const net::Routed& routed) { return (this->*handler)(routed); };
  };
  const auto known =
      [this](net::Response (PeopleRoutes::*handler)(const net::Routed&, const Actor&)) {
        return [this, handler](const net::Routed& routed, const Actor& by) {
          return (this->*handler)(routed, by);
        };
      };
  door.page("POST", "/v1/session", open(&PeopleRoutes::sign_in));
  door.page("POST", "/v1/session/link", open(&PeopleRoutes::sign_in_by_link));
  door.page("GET", "/v1/session", open(&PeopleRoutes::session));
  door.page("POST", "/v1/invitations/look", open(&PeopleRoutes::look));
  door.page("POST", "/v1/people", open(&PeopleRoutes::join));
  door.person("DELETE", "/v1/session", Right::read, [this](const auto& routed, const Actor&) {
    if (auto done = people_.sign_out(session_token(routed.request.headers)); !done) {
      return problem_of(done.error());
    }
    net::Response response = nothing();
    set_cookie(response, "", "0");
    return response;
  });
  door.person("DELETE", "/v1/sessions", Right::read, [this](const auto&, const Actor& by) {
    const auto ended = people_.sign_out_everywhere(by);
    if (!ended) return problem_of(ended.error());
    JsonWriter json;
    json.open('{').key("ended").number(*ended).close('}');
    net::Response response = json_answer(json.take());
    set_cookie(response, "", "0");
    return response;
  });
  door.person("PUT", "/v1/session/password", Right::read, known(&PeopleRoutes::password));
  door.person("POST", "/v1/invitations", Right::people, known(&PeopleRoutes::invite));
  door.person("GET", "/v1/people", Right::people,
              [this](const auto&, const Actor& by) { return people(by); });
  door.person("PUT", "/v1/people/{person}", Right::people, known(&PeopleRoutes::change));
  door.person("GET", "/v1/changes", Right::read, known(&PeopleRoutes::changes));
  door.person("GET", "/v1/changes/check", Right::read,
              [this](const auto&, const Actor&) { return check(); });
}

net::Response PeopleRoutes::sign_in(const net::Routed& routed) {
  std::string id;
  std::string password;
  return with_fields(
      routed.request, "nobody was signed in",
      [&](WireFields& fields) {
        id = fields.text("id", kMaxText);
        password = fields.text("password", kMaxText);
      },
      [&] { return signed_in(people_.sign_in(id, password, routed.request.peer), 201); });
}

net::Response PeopleRoutes::sign_in_by_link(const net::Routed& routed) {
  std::string token;
  return with_fields(
      routed.request, "nobody was signed in",
      [&](WireFields& fields) { token = fields.text("token", kMaxText); },
      [&] { return signed_in(people_.sign_in_by_link(token), 201); });
}

net::Response PeopleRoutes::session(const net::Routed& routed) {
  const auto known = people_.who(session_token(routed.request.headers));
  if (!known) return problem_of(known.error());
  return session_answer(known->actor, known->csrf, 200);
}

net::Response PeopleRoutes::look(const net::Routed& routed) {
  std::string token;
  return with_fields(
      routed.request, "nothing was looked for",
      [&](WireFields& fields) { token = fields.text("token", kMaxText); },
      [&] {
        const auto invited = people_.invited(token);
        if (!invited) return problem_of(invited.error());
        JsonWriter json;
        json.open('{');
        if (!invited->person.empty()) json.key("person").text(invited->person);
        json.key("role").text(name_of(invited->role));
        write_stores(json, invited->stores);
        json.key("expires_at").text(format::format_time(invited->expires_at)).close('}');
        return json_answer(json.take());
      });
}

net::Response PeopleRoutes::join(const net::Routed& routed) {
  std::string token;
  std::string id;
  std::string name;
  std::string password;
  return with_fields(
      routed.request, "nobody joined",
      [&](WireFields& fields) {
        token = fields.text("token", kMaxText);
        id = fields.text("id", kMaxText);
        name = fields.text("name", kMaxText);
        password = fields.text("password", kMaxText);
      },
      [&] { return signed_in(people_.join(token, id, name, password), 201); });
}

net::Response PeopleRoutes::invite(const net::Routed& routed, const Actor& by) {
  Invite invite;
  return with_fields(
      routed.request, "nobody was invited",
      [&](WireFields& fields) {
        if (fields.has("person")) {
          invite.person = fields.text("person", kMaxText);
          if (invite.person.empty()) fields.add("person", "expected somebody's sign-in name");
        } else {
          invite.role = read_role(fields);
          invite.stores = read_stores(fields);
        }
      },
      [&] {
        const auto token = people_.invite(by, invite);
        if (!token) return problem_of(token.error());
        JsonWriter json;
        json.open('{').key("token").text(*token);
        // Behind a #: browsers keep it to themselves.
        json.key("path").text("/manage#link=" + *token);
        json.key("hours").number(std::int64_t{kInvitationLife / 3'600'000}).close('}');
        return json_answer(json.take(), 201);
      });
}

net::Response PeopleRoutes::people(const Actor& by) {
  const auto rows = people_.people(by);
  if (!rows) return problem_of(rows.error());
  JsonWriter json;
  json.open('{').key("people").open('[');
  for (const PersonRow& person : *rows) write(json, person);
  json.close(']').close('}');
  return json_answer(json.take());
}

net::Response PeopleRoutes::change(const net::Routed& routed, const Actor& by) {
  PersonChange change;
  return with_fields(
      routed.request, "nobody was changed",
      [&](WireFields& fields) {
        if (fields.has("name")) change.name = fields.text("name", kMaxText);
        if (fields.has("role")) change.role = read_role(fields);
        if (fields.has("stores")) change.stores = read_stores(fields);
        if (fields.has("disabled")) change.disabled = fields.boolean("disabled");
        change.why = fields.text("why", kMaxText, false);
      },
      [&] {
        const auto person = people_.change(by, routed.param("person"), change);
        if (!person) return problem_of(person.error());
        JsonWriter json;
        write(json, *person);
        return json_answer(json.take());
      });
}

net::Response PeopleRoutes::password(const net::Routed& routed, const Actor& by) {
  std::string old;
  std::string fresh;
  return with_fields(
      routed.request, "the password is the same",
      [&](WireFields& fields) {
        old = fields.text("old", kMaxText, false);
        fresh = fields.text("password", kMaxText);
      },
      [&] { return signed_in(people_.change_password(by, old, fresh), 200); });
}

net::Response PeopleRoutes::changes(const net::Routed& routed, const Actor& by) {
  ChangeFilter filter;
  std::vector<net::ProblemItem> wrong;
  for (const auto& [name, value] : routed.query) {
    const auto number = number_of(value);
    if (name == "before" && number) {
      filter.before = *number;
    } else if (name == "limit" && number && *number > 0 && *number <= kMostChanges) {
      filter.limit = static_cast<std::uint32_t>(*number);
    } else if (name == "subject") {
      filter.subject = value;
    } else if (name == "who") {
      filter.who = value;
    } else {
      wrong.push_back({"", name + ": expected before=ID, limit=1...500, subject or who, not \"" +
                               value + "\""});
    }
  }
  if (!wrong.empty()) return problem_of(400, "invalid-request", "nothing was looked for", wrong);
  filter.people = by.may(Right::people);
  const auto rows = changes_.changes(filter);
  if (!rows) return problem_of(rows.error());
  JsonWriter json;
  const auto json_or_null = [&](std::string_view text) { json.raw(text.empty() ? "null" : text); };
  json.open('{').key("changes").open('[');
  for (const auto& [id, change, hash] : *rows) {
    json.open('{').key("id").number(id).key("at").text(format::format_time(change.at));
    json.key("who").text(change.who).key("what").text(change.what);
    json.key("subject").text(change.subject);
    if (!change.store.empty()) json.key("store").text(change.store);
    json.key("before");
    json_or_null(change.before);
    json.key("after");
    json_or_null(change.after);
    json.key("why").text(change.why).key("hash").text(hex_of(hash)).close('}');
  }
  json.close(']').close('}');
  return json_answer(json.take());
}

net::Response PeopleRoutes::check() {
  const auto chain = changes_.check_changes();
  if (!chain) return problem_of(chain.error());
  JsonWriter json;
  json.open('{').key("changes").number(chain->changes);
  json.key("whole").boolean(chain->broken_at == 0);
  if (chain->broken_at != 0) json.key("broken_at").number(chain->broken_at);
  json.key("last").text(hex_of(chain->last)).close('}');
  return json_answer(json.take());
}

}  // namespace sidedish::headoffice
