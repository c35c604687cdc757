// How pages, their files and pictures are served.
#include "plugin/pages/assets.hpp"
#include "tests/plugin/loopback/web.hpp"
#include "tests/support/scratch.hpp"

using namespace web;

namespace {

struct Folder {
  std::filesystem::path path = test::make_scratch(std::filesystem::temp_directory_path(), "pages");
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }
};

net::Request get(std::string target) {
  net::Request r = Web::request("GET", std::move(target));
  r.headers.remove("Authorization");
  return r;
}

}  // namespace

TEST_CASE(
    "pages: a page has the token of this start, may be framed by allowed origins alone, and "
    "is kept by nobody",
    "[loopback]") {
  const State state;
  const Folder folder;
  folder.write("till.html", "<meta name=\"sidedish-token\" content=\"%SIDEDISH_TOKEN%\">");
  folder.write("assets/a.js", "1");
  loopback::PagesConfig pages;
  pages.folder = folder.path;
  Web web(state, {"https://pos.example"}, pages);
  net::Request r = get("/till?lane=1&lang=de");
  const Answer page = web.send(r);
  REQUIRE(page.status == 200);
  CHECK(page.body == "<meta name=\"sidedish-token\" content=\"" + kToken + "\">");
  CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(
      page.header("Content-Security-Policy") ==
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src "
      "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self' https://pos.example");
  CHECK(page.header("Cache-Control") == "no-cache, no-store");
  CHECK(page.header("X-Content-Type-Options") == "nosniff");
  CHECK(page.header("Cross-Origin-Resource-Policy") == "same-origin");
  // A frame of another site goes there; a script of another site may not fetch it.
  r.headers.set("Sec-Fetch-Site", "cross-site").set("Sec-Fetch-Mode", "navigate");
  CHECK(web.send(r).status == 200);
  for (const char* mode : {"no-cors", "cors", "same-origin", "websocket", ""}) {
    r.headers.set("Sec-Fetch-Mode", mode);
    CHECK(web.send(r).status == 403);
  }
  CHECK(web.send(get("/kiosk")).status == 404);
  CHECK(web.send(get("/assets/a.js")).header("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(web.send(get("/assets/b.js")).status == 404);
  for (const char* target : {"/assets/../till.html", "/assets/%2e%2e%2ftill.html",
                             "/assets/..%5ctill.html", "/assets/%2e%2e", "/assets/", "/assets",
                             "/assets/a.js%00", "//till", "/till.html", "/pictures/../till.html"}) {
    INFO(target);
    const int status = web.send(get(target)).status;
    CHECK((status == 404 || status == 400));
  }
}

TEST_CASE(
    "pages: files inside the program come compressed as the browser takes them, and are not "
    "sent twice",
    "[loopback]") {
  const State state;
  Web web(state);
  if (pages::assets().empty()) {
    CHECK(web.send(get("/till")).status == 404);
    return;  // UI=OFF
  }
  for (const pages::Asset& asset : pages::assets()) {
    INFO(asset.path);
    net::Request r = get(std::string(asset.path));
    const Answer plain = web.send(r);
    CHECK(plain.status == 200);
    CHECK(plain.header("Content-Type") == asset.type);
    CHECK(plain.header("X-Content-Type-Options") == "nosniff");
    CHECK(plain.header("Content-Encoding").empty());
    if (asset.type.starts_with("text/html")) {
      CHECK(plain.body.find(kToken) != std::string::npos);
      CHECK(plain.body.find("%SIDEDISH") == std::string::npos);
      continue;
    }
    CHECK(plain.body.size() == asset.raw.size());
    CHECK(plain.header("Cache-Control") ==
          (asset.immutable ? "public, max-age=31536000, immutable" : "no-cache"));
    if (!asset.br.empty()) {
      r.headers.set("Accept-Encoding", "gzip, deflate, br");
      CHECK(web.send(r).header("Content-Encoding") == "br");
      r.headers.set("Accept-Encoding", "gzip;q=0.5, br;q=0");
      CHECK(web.send(r).header("Content-Encoding") == "gzip");
      CHECK(web.send(r).body.size() == asset.gz.size());
    }
    r.headers.set("If-None-Match", asset.etag);
    const Answer known = web.send(r);
    CHECK(known.status == 304);
    CHECK(known.body.empty());
    CHECK(known.header("ETag") == asset.etag);
  }
  // A POS page takes the host adapter in from its own origin.
  net::Request adapter = get("/assets/adapter.js");
  adapter.headers.set("Sec-Fetch-Site", "cross-site").set("Sec-Fetch-Mode", "no-cors");
  const Answer script = web.send(adapter);
  CHECK(script.status == 200);
  CHECK(script.header("Cross-Origin-Resource-Policy") == "cross-origin");
}

TEST_CASE("pages: a picture is WebP or PNG under its digest, for ever, and nothing else",
          "[loopback]") {
  const State state;
  Web web(state);
  const auto folder = state.dir() / "pictures";
  std::filesystem::create_directories(folder);
  const std::string a(64, 'a'), b(64, 'b'), c(64, 'c');
  std::ofstream(folder / a, std::ios::binary) << "RIFF1234WEBPVP8 ";
  std::ofstream(folder / b, std::ios::binary) << "\x89PNG\r\n\x1a\n...";
  std::ofstream(folder / c, std::ios::binary) << "<svg onload=alert(1)>";
  const Answer webp = web.send(get("/pictures/" + a));
  CHECK(webp.status == 200);
  CHECK(webp.header("Content-Type") == "image/webp");
  CHECK(webp.header("Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(webp.header("X-Content-Type-Options") == "nosniff");
  CHECK(web.send(get("/pictures/" + b)).header("Content-Type") == "image/png");
  for (const std::string& name : {c, std::string(64, 'd'), std::string(64, 'A'), a.substr(1)}) {
    CHECK(web.send(get("/pictures/" + name)).status == 404);
  }
}

TEST_CASE("pages: the configuration is the store's: languages, money, keys and theme",
          "[loopback]") {
  const State state;
  loopback::PagesConfig pages;
  format::WireFindings findings;
  const auto tree = format::parse_wire(
      R"({"keys":{"accept":"F6"},"fold_ms":9000,"theme":{"--accent":"#b00020"}})", {}, findings);
  REQUIRE(tree.has_value());
  loopback::read_pages(tree->root(), "/pages", pages, findings);
  REQUIRE(findings.empty());
  Web web(state, {}, pages);
  const Answer config = web.call("GET", "/v1/pages/config");
  REQUIRE(config.status == 200);
  CHECK(config.at("/store") == "mitte");
  CHECK(config.at("/terminal") == "t1");
  CHECK(config.at("/store_name") == "Berlin Mitte");
  CHECK(config.at("/languages/0") == "en");
  CHECK(config.at("/currency") == "EUR");
  CHECK(config.at("/exponent") == "2");
  CHECK(config.at("/keys/accept") == "F6");
  CHECK(config.at("/keys/decline") == "F9");
  CHECK(config.at("/fold_ms") == "9000");
  CHECK(config.at("/late_ms") == "300");
  CHECK(config.at("/theme/--accent") == "#b00020");
  const std::vector<std::string> bad_ones = {R"({"theme":{"accent":"red"}})",
                                             R"({"theme":{"--a":"red;b:c"}})",
                                             R"({"theme":{"--a":"http://evil.example"}})",
                                             R"({"keys":{"accept":""}})",
                                             R"({"keys":{"undo":"F7"}})",
                                             R"({"fold_ms":1})",
                                             R"({"late":1})"};
  for (const std::string& bad : bad_ones) {
    INFO(bad);
    findings.clear();
    const auto value = format::parse_wire(bad, {}, findings);
    REQUIRE(value.has_value());
    loopback::PagesConfig ignored;
    loopback::read_pages(value->root(), "/pages", ignored, findings);
    CHECK(findings.size() == 1);
  }
}
