#include "headoffice/program/commands.hpp"

#include "headoffice/report/report.hpp"
#include "plugin/net/digest.hpp"
#include "rules/base/picture.hpp"
#include "rules/format/wire_json.hpp"

#include <algorithm>
#include <cstdio>

namespace sidedish::headoffice {
namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

/// A problem as lines of text.
void complain(const net::Response& response) {
  format::WireFindings findings;
  const auto tree = format::parse_wire(response.body, {}, findings);
  std::string text = "sidedish-headoffice: " + std::to_string(response.status);
  const auto member = [](const format::WireValue& value, std::string_view name) {
    for (const auto& item : value.items) {
      if (item.key == name) return &item;
    }
    return static_cast<const format::WireValue*>(nullptr);
  };
  if (tree) {
    for (const char* name : {"title", "detail"}) {
      if (const auto* value = member(*tree, name)) text += ", " + value->text;
    }
    text += "\n";
    if (const auto* errors = member(*tree, "errors")) {
      for (const auto& error : errors->items) {
        const auto* pointer = member(error, "pointer");
        const auto* detail = member(error, "detail");
        text += "  " + (pointer != nullptr ? pointer->text : "") + ": " +
                (detail != nullptr ? detail->text : "") + "\n";
      }
    }
  } else {
    text += "\n";
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
}

/// The body of a 2xx answer; otherwise the exit code was decided and the reason printed.
std::optional<std::string> body_of(const Places& places, net::Request request, int& code) {
  const auto response = call(places, request);
  if (!response) {
    std::fprintf(stderr, "sidedish-headoffice: %.*s\n",
                 static_cast<int>(response.error().text().size()), response.error().text().data());
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

std::optional<std::string> get(const Places& places, std::string target, int& code) {
  net::Request request;
  request.method = "GET";
  request.target = std::move(target);
  return body_of(places, std::move(request), code);
}

std::optional<format::WireValue> parse(const std::string& json) {
  format::WireFindings findings;
  format::WireLimits limits;
  limits.bytes = std::size_t{256} << 20;
  limits.items = 1'000'000;
  return format::parse_wire(json, limits, findings);
}

const format::WireValue& at(const format::WireValue& value, std::string_view name) {
  static const format::WireValue kNothing;
  for (const auto& item : value.items) {
    if (item.key == name) return item;
  }
  return kNothing;
}

}  // namespace

int publish(const Places& places, const std::string& rules, const std::string& catalogue,
            bool json) {
  std::string body = "{\"rules\":";
  int code = 1;
  const auto append = [&](const std::string& file) {
    const auto text = read_file(file);
    if (!text) {
      std::fprintf(stderr, "sidedish-headoffice: %.*s\n",
                   static_cast<int>(text.error().text().size()), text.error().text().data());
      return false;
    }
    body += *text;
    return true;
  };
  if (!append(rules)) return code;
  if (!catalogue.empty()) {
    body += ",\"catalogue\":";
    if (!append(catalogue)) return code;
  }
  net::Request request;
  request.method = "POST";
  request.target = "/v1/publish";
  request.headers.set("Content-Type", "application/json");
  request.body = body + "}";
  const auto answer = body_of(places, std::move(request), code);
  if (!answer) return code;
  if (json) {
    print(*answer + "\n");
    return code;
  }
  const auto tree = parse(*answer);
  if (!tree) return 1;
  std::string text = "Published as version " + std::to_string(at(*tree, "version").number) + " to ";
  const char* comma = "";
  for (const auto& store : at(*tree, "stores").items) {
    text += comma + store.text;
    comma = ", ";
  }
  text += "; image of " + std::to_string(at(at(*tree, "image"), "size").number) + " bytes.\n";
  for (const auto& warning : at(*tree, "warnings").items) {
    text += "  warning " + at(warning, "pointer").text + ": " + at(warning, "detail").text + "\n";
  }
  print(text);
  return code;
}

int upload_pictures(const Places& places, const std::string& folder, bool json) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error)) files.push_back(at->path());
  }
  if (error) {
    std::fprintf(stderr, "sidedish-headoffice: reading %s: %s\n", folder.c_str(),
                 error.message().c_str());
    return 1;
  }
  std::sort(files.begin(), files.end());
  int worst = 0;
  std::string answers;
  std::size_t saved = 0, bytes = 0;
  for (const auto& file : files) {
    auto picture = read_file(file);
    if (!picture) {
      std::fprintf(stderr, "sidedish-headoffice: %.*s\n",
                   static_cast<int>(picture.error().text().size()), picture.error().text().data());
      worst = std::max(worst, 1);
      continue;
    }
    const std::string_view type = picture_type(*picture);
    if (type.empty()) continue;
    net::Request request;
    request.method = "PUT";
    request.target = "/v1/pictures/" + net::hex(net::sha256(*picture));
    request.headers.set("Content-Type", type);
    const std::size_t size = picture->size();
    request.body = std::move(*picture);
    int code = 1;
    const auto answer = body_of(places, std::move(request), code);
    worst = std::max(worst, code);
    if (!answer) {
      std::fprintf(stderr, "  %s was not saved\n", file.c_str());
      continue;
    }
    answers += (answers.empty() ? "" : ",") + *answer;
    ++saved;
    bytes += size;
  }
  print(json ? "{\"pictures\":[" + answers + "]}\n"
             : std::to_string(saved) + " pictures of " + std::to_string(bytes) +
                   " bytes are at head office.\n");
  return worst;
}

int list_stores(const Places& places, bool json) {
  int code = 1;
  const auto answer = get(places, "/v1/stores", code);
  if (!answer) return code;
  const auto tree = parse(*answer);
  if (json || !tree) {
    print(*answer + "\n");
    return code;
  }
  if (at(*tree, "stores").items.empty()) print("No stores yet: publish a rule pack.\n");
  for (const auto& store : at(*tree, "stores").items) {
    print(at(store, "id").text + "   " + at(store, "name").text + "   " +
          at(store, "time_zone").text + "   " + std::to_string(at(store, "terminals").number) +
          " terminals\n");
  }
  return code;
}

int list_terminals(const Places& places, const std::string& store, bool json) {
  int code = 1;
  const auto answer = get(places, "/v1/stores/" + encoded(store) + "/terminals", code);
  if (!answer) return code;
  const auto tree = parse(*answer);
  if (json || !tree) {
    print(*answer + "\n");
    return code;
  }
  for (const auto& terminal : at(*tree, "terminals").items) {
    const std::string& seen = at(terminal, "last_seen").text;
    print(at(terminal, "id").text + "   " +
          (seen.empty() ? "never heard of" : "last seen " + seen) + "\n");
    for (const auto& source : at(terminal, "sources").items) {
      std::string text = "   epoch " + at(source, "epoch").text + ": up to " +
                         at(source, "high_water").text + ", missing " +
                         std::to_string(at(source, "missing").number) + ", rejected " +
                         std::to_string(at(source, "rejected").number) + ", conflicts " +
                         std::to_string(at(source, "conflicts").number);
      for (const auto& gap : at(source, "gaps").items) {
        text += "\n      gap " + at(gap, "first").text + " to " + at(gap, "last").text;
      }
      for (const auto& difference : at(at(source, "audit"), "differences").items) {
        text += "\n      " + at(difference, "type").text + ": sent " +
                std::to_string(at(difference, "sent").number) + ", counted " +
                std::to_string(at(difference, "counted").number);
      }
      print(text + "\n");
    }
  }
  return code;
}

int report(const Places& places, const ReportOptions& options) {
  std::string by = options.by;
  if (!options.json && by.find("arm") == std::string::npos) by += by.empty() ? "arm" : ",arm";
  std::string target = "/v1/reports/outcomes?by=" + encoded(by);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) target += std::string("&") + name + "=" + encoded(value);
  };
  add("store", options.store);
  add("rule", options.rule);
  add("from", options.from);
  add("to", options.to);
  int code = 1;
  const auto answer = get(places, target, code);
  if (!answer) return code;
  const auto parsed = options.json ? std::nullopt : read_report(*answer);
  print(parsed ? report_table(*parsed) : *answer + "\n");
  return code;
}

}  // namespace sidedish::headoffice
