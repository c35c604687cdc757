#include "headoffice/server/replay_routes.hpp"

#include "headoffice/server/answers.hpp"
#include "headoffice/server/book_routes.hpp"
#include "rules/format/rfc3339.hpp"

namespace sidedish::headoffice {
namespace {

using format::Json;
using format::WireFields;

constexpr std::size_t kMostStores = 1'000;

std::optional<BusinessDay> day_of(WireFields& fields, const char* name) {
  if (!fields.has(name)) return std::nullopt;
  const auto day = format::parse_day(fields.text(name, 10));
  if (!day) fields.add(name, "expected a day such as 2026-11-21");
  return day ? std::optional(static_cast<BusinessDay>(*day)) : std::nullopt;
}

}  // namespace

void ReplayRoutes::add_to(Door& door) {
  door.person("POST", "/v1/packs/{pack}/replay", Right::edit,
              [this](const net::Routed& routed, const Actor& by) { return start(routed, by); });
  door.person("GET", "/v1/replays/{id}", Right::edit,
              [this](const net::Routed& routed, const Actor& by) {
                auto told = replays_.tell(by, routed.param("id"));
                return told ? json_answer(std::move(*told)) : problem_of(told.error());
              });
  door.person("DELETE", "/v1/replays/{id}", Right::edit,
              [this](const net::Routed& routed, const Actor& by) {
                const auto done = replays_.stop(by, routed.param("id"));
                if (!done) return problem_of(done.error());
                net::Response response;
                response.status = 204;
                return response;
              });
}

net::Response ReplayRoutes::start(const net::Routed& routed, const Actor& by) {
  ReplayOrder order;
  const auto read = [&](WireFields& fields) {
    order.rule = format::written(fields.object("rule"));
    order.from = day_of(fields, "from");
    order.to = day_of(fields, "to");
    for (const Json store : fields.array("stores", kMostStores, false)) {
      order.stores.emplace_back(store.text());
      if (order.stores.back().empty()) fields.add("stores", "expected store ids");
    }
  };
  return with_fields(routed.request, "nothing was replayed", read, [&] {
    auto begun = replays_.start(by, routed.param("pack"), order);
    if (!begun) return problem_of(begun.error());
    return json_answer(std::move(*begun), 202);
  });
}

}  // namespace sidedish::headoffice
