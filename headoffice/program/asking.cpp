#include "headoffice/program/asking.hpp"

#include <cstdio>

namespace sidedish::headoffice {
namespace {

void complain(const Error& error) {
  std::fprintf(stderr, "sidedish-headoffice: %.*s\n", static_cast<int>(error.text().size()),
               error.text().data());
}

/// A problem as lines of text.
void complain(const net::Response& response) {
  format::WireFindings findings;
  const auto tree = format::parse_wire(response.body, {}, findings);
  std::string text = "sidedish-headoffice: " + std::to_string(response.status);
  for (const char* name : {"title", "detail"}) {
    if (tree && tree->root().find(name)) text.append(", ").append(text_of(tree->root(), name));
  }
  text += '\n';
  if (tree) {
    for (const format::Json error : tree->root().find("errors")) {
      text += "  " + text_of(error, "pointer") + ": " + text_of(error, "detail") + "\n";
    }
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::unique_ptr<Office> reach(const Places& places, int& code) {
  auto office = Office::reach(places);
  if (office) return std::move(*office);
  complain(office.error());
  code = 1;
  return nullptr;
}

std::optional<std::string> body_of(Office& office, net::Request request, int& code) {
  const auto response = office.call(std::move(request));
  if (!response) {
    complain(response.error());
    code = 1;
    return std::nullopt;
  }
  if (response->status >= 300) {
    complain(*response);
    code = 2;
    return std::nullopt;
  }
  code = 0;
  return response->body;
}

std::optional<std::string> body_of(const Places& places, net::Request request, int& code) {
  const auto office = reach(places, code);
  if (!office) return std::nullopt;
  return body_of(*office, std::move(request), code);
}

std::optional<std::string> get(const Places& places, std::string target, int& code) {
  net::Request request;
  request.method = "GET";
  request.target = std::move(target);
  return body_of(places, std::move(request), code);
}

std::optional<std::string> send(const Places& places, const char* method, std::string target,
                                std::string json, int& code) {
  net::Request request;
  request.method = method;
  request.target = std::move(target);
  request.headers.set("Content-Type", "application/json");
  request.body = std::move(json);
  return body_of(places, std::move(request), code);
}

std::optional<format::JsonDocument> parse(const std::string& json) {
  format::WireFindings findings;
  format::JsonLimits limits;
  limits.bytes = std::size_t{256} << 20;
  limits.items = 1'000'000;
  return format::parse_wire(json, limits, findings);
}

std::string text_of(format::Json value, std::string_view name) {
  return std::string(value.find(name).text());
}

std::string number_of(format::Json value, std::string_view name) {
  return std::to_string(value.find(name).integer());
}

}  // namespace sidedish::headoffice
