#include "headoffice/program/commands.hpp"

#include "headoffice/program/asking.hpp"
#include "headoffice/report/report.hpp"
#include "plugin/net/digest.hpp"
#include "rules/base/picture.hpp"

#include <algorithm>
#include <cstdio>

namespace sidedish::headoffice {

int publish(const Places& places, const std::string& rules, const std::string& catalogue,
            const RolloutOptions& rollout, bool json) {
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
  if (!rollout.waves.empty()) body += ",\"rollout\":" + rollout_json(rollout);
  net::Request request;
  request.method = "POST";
  request.target = "/v1/publish";
  request.headers.set("Content-Type", "application/json");
  request.body = body + "}";
  const auto answer = body_of(places, request, code);
  if (!answer) return code;
  if (json) {
    print(*answer + "\n");
    return code;
  }
  const auto tree = parse(*answer);
  if (!tree) return 1;
  std::string text = "Published as version " + number_of(tree->root(), "version") + " to ";
  const char* comma = "";
  for (const format::Json store : tree->root().find("stores")) {
    text.append(comma).append(store.text());
    comma = ", ";
  }
  text += "; image of " + number_of(tree->root().find("image"), "size") + " bytes.\n";
  for (const format::Json warning : tree->root().find("warnings")) {
    text += "  warning " + text_of(warning, "pointer") + ": " + text_of(warning, "detail") + "\n";
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
  const auto office = reach(places, worst);
  if (!office) return worst;
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
    const auto answer = body_of(*office, std::move(request), code);
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
  if (tree->root().find("stores").size() == 0) print("No stores yet: publish a rule pack.\n");
  for (const format::Json store : tree->root().find("stores")) {
    print(text_of(store, "id") + "   " + text_of(store, "name") + "   " +
          text_of(store, "time_zone") + "   " + number_of(store, "terminals") + " terminals\n");
  }
  return code;
}

int list_terminals(const Places& places, const std::string& store, bool json) {
  int code = 1;
  const auto answer = get(places, "/v1/stores/" + net::percent_encoded(store) + "/terminals", code);
  if (!answer) return code;
  const auto tree = parse(*answer);
  if (json || !tree) {
    print(*answer + "\n");
    return code;
  }
  for (const format::Json terminal : tree->root().find("terminals")) {
    const std::string seen = text_of(terminal, "last_seen");
    print(text_of(terminal, "id") + "   " +
          (seen.empty() ? "never heard of" : "last seen " + seen) + "\n");
    for (const format::Json source : terminal.find("sources")) {
      std::string text =
          "   epoch " + text_of(source, "epoch") + ": up to " + text_of(source, "high_water") +
          ", missing " + number_of(source, "missing") + ", rejected " +
          number_of(source, "rejected") + ", conflicts " + number_of(source, "conflicts");
      for (const format::Json gap : source.find("gaps")) {
        text += "\n      gap " + text_of(gap, "first") + " to " + text_of(gap, "last");
      }
      for (const format::Json difference : source.find("audit").find("differences")) {
        text += "\n      " + text_of(difference, "type") + ": sent " +
                number_of(difference, "sent") + ", counted " + number_of(difference, "counted");
      }
      print(text + "\n");
    }
  }
  return code;
}

int report(const Places& places, const ReportOptions& options) {
  std::string by = options.by;
  if (!options.json && by.find("arm") == std::string::npos) by += by.empty() ? "arm" : ",arm";
  std::string target = "/v1/reports/outcomes?by=" + net::percent_encoded(by);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) target += std::string("&") + name + "=" + net::percent_encoded(value);
  };
  add("store", options.store);
  add("rule", options.rule);
  add("channel", options.channel);
  add("daypart", options.daypart);
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
