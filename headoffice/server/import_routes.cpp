#include "headoffice/server/import_routes.hpp"

#include "headoffice/server/answers.hpp"
#include "rules/format/json_writer.hpp"

#include <array>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;

constexpr std::size_t kUsual = 100;
constexpr std::size_t kMost = 500;
constexpr std::size_t kMostFound = 200;  // bytes of a cell that is shown again
constexpr std::size_t kMostWhy = 500;

/// No more than its first bytes, cut between characters.
std::string_view shortened(std::string_view text) {
  if (text.size() <= kMostFound) return text;
  std::size_t size = kMostFound;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

void write(JsonWriter& json, const ImportRow& row) {
  json.open('{').key("line").number(row.line).key("what").text(name_of(row.what));
  json.key("key").text(shortened(row.key));
  if (!row.name.empty()) json.key("name").text(shortened(row.name));
  if (!row.changes.empty()) {
    json.key("changes").open('[');
    for (const CellChange& change : row.changes) {
      json.open('{').key("column").text(change.column).key("from").text(shortened(change.from));
      json.key("to").text(shortened(change.to)).close('}');
    }
    json.close(']');
  }
  if (!row.problems.empty()) {
    json.key("problems").open('[');
    for (const RowProblem& problem : row.problems) {
      json.open('{').key("column").text(problem.column).key("line").number(row.line);
      json.key("code").text(problem.code).key("expected").text(problem.expected);
      json.key("found").text(shortened(problem.found)).close('}');
    }
    json.close(']');
  }
  json.close('}');
}

struct Wanted {
  std::optional<RowKind> kind;  ///< none: what is refused, then what changes, then what is new
  std::size_t offset = 0;
  std::size_t limit = kUsual;
};

net::Response report_answer(const Import& import, const Wanted& wanted, int status) {
  std::vector<const ImportRow*> rows;
  const auto add = [&](RowKind kind) {
    for (const ImportRow& row : import.rows) {
      if (row.what == kind) rows.push_back(&row);
    }
  };
  if (wanted.kind) {
    add(*wanted.kind);
  } else {
    for (const RowKind kind : {RowKind::refused, RowKind::changed, RowKind::fresh}) add(kind);
  }
  JsonWriter json;
  json.open('{').key("id").text(import.id).key("etag").text(catalogue_tag(import.version));
  for (const auto& [name, list] : {std::pair{"columns", &import.columns},
                                   std::pair{"unknown_columns", &import.unknown_columns}}) {
    json.member(name).open('[');
    for (const std::string& column : *list) json.text(shortened(column));
    json.close(']');
  }
  json.key("counts").open('{');
  for (const RowKind kind :
       {RowKind::fresh, RowKind::changed, RowKind::unchanged, RowKind::refused}) {
    json.member(name_of(kind)).number(std::uint64_t{import.counts[static_cast<std::size_t>(kind)]});
  }
  json.close('}').key("rows").open('[');
  const std::size_t end = std::min(rows.size(), wanted.offset + wanted.limit);
  for (std::size_t i = wanted.offset; i < end; ++i) write(json, *rows[i]);
  json.close(']').key("more").boolean(end < rows.size()).close('}');
  net::Response response = json_answer(json.take(), status);
  response.headers.set("ETag", catalogue_tag(import.version));
  return response;
}

net::Response over() {
  return problem_of(404, "not-found", "this import is over: read the file again");
}

}  // namespace

void ImportRoutes::add_to(Door& door) {
  door.person("GET", "/v1/packs/{pack}/catalogue/products.csv", Right::read,
              [this](const net::Routed& routed, const Actor&) { return csv(routed); });
  const auto change = [&](const char* method, const char* pattern, auto handler) {
    door.person(method, pattern, Right::catalogue,
                [this, handler](const net::Routed& routed, const Actor& by) {
                  return (this->*handler)(routed, by);
                });
  };
  change("POST", "/v1/imports/{pack}", &ImportRoutes::read);
  change("GET", "/v1/imports/{pack}/{import}", &ImportRoutes::report);
  change("POST", "/v1/imports/{pack}/{import}/apply", &ImportRoutes::apply);
}

net::Response ImportRoutes::csv(const net::Routed& routed) {
  const std::string& pack = routed.param("pack");
  const auto document = catalogues_.document(pack);
  if (!document) return problem_of(document.error());
  const auto words = format::parse_catalogue(document->text);
  if (!words.value) return problem_of(Error(Errc::internal, "the catalogue cannot be read"));
  net::Response response;
  response.headers.set("Content-Type", "text/csv; charset=utf-8; header=present");
  response.headers.set("Content-Disposition", "attachment; filename=\"products.csv\"");
  response.headers.set("ETag", catalogue_tag(document->head.version));
  response.body = export_csv(*words.value, routed.query_value("locale").value_or("en"));
  return response;
}

net::Response ImportRoutes::read(const net::Routed& routed, const Actor& by) {
  if (net::media_type(routed.request.headers) != "text/csv") {
    return problem_of(415, "unsupported-media-type", "expected text/csv");
  }
  ImportOrder order;
  order.csv = routed.request.body;
  order.locale = routed.query_value("locale").value_or("en");
  order.who = by.id;
  order.may_release = by.role == Role::admin;
  const auto done = imports_.read(routed.param("pack"), order);
  if (!done) return problem_of(done.error());
  if (!done->report) {
    const net::ProblemItem item{"/line/" + std::to_string(done->problem.line),
                                done->problem.expected};
    return problem_of(422, "invalid-document", "nothing was read", {&item, 1});
  }
  return report_answer(*done->report, {}, 201);
}

net::Response ImportRoutes::report(const net::Routed& routed, const Actor& by) {
  Wanted wanted;
  const auto what = routed.query_value("what");
  if (what) wanted.kind = row_kind(*what);
  const auto offset = query_number(routed, "offset", 0, UINT32_MAX);
  const auto limit = query_number(routed, "limit", kUsual, kMost);
  if ((what && !wanted.kind) || !offset || !limit || *limit == 0) {
    return problem_of(400, "invalid-request",
                      "expected what=new, changed, unchanged or refused, limit=1 to 500, offset");
  }
  wanted.offset = *offset;
  wanted.limit = *limit;
  const auto import = imports_.find(routed.param("pack"), routed.param("import"), by.id);
  return import ? report_answer(*import, wanted, 200) : over();
}

net::Response ImportRoutes::apply(const net::Routed& routed, const Actor& by) {
  std::string why;
  const auto read = [&](format::WireFields& fields) { why = fields.text("why", kMostWhy); };
  return with_fields(routed.request, "nothing was changed", read, [&] {
    const auto import = imports_.find(routed.param("pack"), routed.param("import"), by.id);
    if (!import) return over();
    const auto match = routed.request.headers.get("If-Match");
    if (!match) {
      return problem_of(428, "condition-missing", "expected If-Match with the report's tag");
    }
    const auto stale = [] {
      return problem_of(409, "changed-meanwhile",
                        "the catalogue was changed since the file was read: read it again");
    };
    if (*match != catalogue_tag(import->version)) return stale();
    const auto done = imports_.apply(*import, why);
    if (!done && done.error().code() == Errc::conflict) return stale();
    if (!done) return problem_of(done.error());
    JsonWriter json;
    json.open('{').key("new").number(std::uint64_t{done->fresh});
    json.key("changed").number(std::uint64_t{done->changed});
    json.key("version").number(done->version).close('}');
    net::Response response = json_answer(json.take());
    response.headers.set("ETag", catalogue_tag(done->version));
    return response;
  });
}

}  // namespace sidedish::headoffice
