#include "tests/rules/tool/run.hpp"
#include "tests/support/places.hpp"

using namespace sidedish;
namespace fs = std::filesystem;

namespace {

using Folder = testing::ToolFolder;
testing::Ran run(std::vector<std::string> words) { return testing::run_tool(std::move(words)); }
using testing::Ran;

const std::string kShop = sidedish::tests::source_dir() + "/sim/shops/burgerbar/";

/// The shop's rules, the first by customer and capped, the second by a store's day.
std::string two_units() {
  const auto bytes = *tool::read_file(kShop + "rules.json");
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::size_t at = 0;
  for (const std::string member :
       {R"("unit": "customer", "caps": {"customer": {"prompts": 2, "days": 28}}, )",
        R"("unit": "store_day", )"}) {
    at = text.find("\"text\": {", at);
    REQUIRE(at != std::string::npos);
    text.insert(at, member);
    at += member.size() + 1;
  }
  return text;
}

}  // namespace

TEST_CASE("tool: a shop compiles to the same image twice, and the image can be shown") {
  const Folder folder;
  for (const char* name : {"a.image", "b.image"}) {
    const Ran ran = run({"compile", kShop + "rules.json", kShop + "catalogue.json", "-o",
                         folder / name, "--begin", "2026-01-01"});
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    CHECK(ran.out.find("sha256 ") != std::string::npos);
  }
  CHECK(*tool::read_file(folder / "a.image") == *tool::read_file(folder / "b.image"));
  const Ran shown = run({"show", folder / "a.image"});
  CHECK(shown.status == 0);
  CHECK(shown.out.find("times      2026-01-01 to 2036-01-01") != std::string::npos);
  // Nothing but the two images is left behind.
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("tool: an image's rules by other units than the basket are counted") {
  const Folder folder;
  const std::string text = two_units();
  REQUIRE(tool::write_file(folder / "a.json", std::as_bytes(std::span(text))));
  const Ran made =
      run({"compile", folder / "a.json", kShop + "catalogue.json", "-o", folder / "a.image"});
  INFO(made.err);
  REQUIRE(made.status == 0);
  CHECK(run({"show", folder / "a.image"})
            .out.find("units      1 by customer (1 with a cap), "
                      "1 by store and day\n") != std::string::npos);
}

TEST_CASE("tool: a broken document is told in full and leaves the image that was there") {
  const Folder folder;
  const std::string text = "{\"format\": 1, \"rules\": []}";
  REQUIRE(tool::write_file(folder / "rules.json", std::as_bytes(std::span(text))));
  REQUIRE(tool::write_file(folder / "old.image", std::as_bytes(std::span(text))));
  const Ran ran = run({"compile", folder / "rules.json", "-o", folder / "old.image"});
  CHECK(ran.status == 1);
  CHECK(ran.err.find("/format") != std::string::npos);
  CHECK(ran.err.find("languages") != std::string::npos);
  CHECK(tool::read_file(folder / "old.image")->size() == text.size());
  const Ran checked = run({"check", "--json", folder / "rules.json"});
  CHECK(checked.status == 1);
  CHECK(checked.out.find("\"pointer\": \"/format\"") != std::string::npos);
}

TEST_CASE("tool: files that cannot be read, images that are none and wrong arguments differ") {
  const Folder folder;
  CHECK(run({"check", folder / "none.json"}).status == 2);
  const std::string text = "no image";
  REQUIRE(tool::write_file(folder / "text", std::as_bytes(std::span(text))));
  CHECK(run({"show", folder / "text"}).status == 1);
  CHECK(run({"compile", kShop + "rules.json", kShop + "catalogue.json", "-o",
             folder / "no/such/folder"})
            .status == 2);
  CHECK(run({"compile", kShop + "rules.json", kShop + "catalogue.json", "-o", folder / "x",
             "--begin", "2026-02-30"})
            .status == 2);
  CHECK(run({"dance"}).status > 99);
  CHECK(run({"schema", "catalogue"}).out.find("2020-12") != std::string::npos);
}

TEST_CASE("tool: a time zone is a name within its folder, never a path out of it") {
  const auto zones = tool::zones_of("/usr/share/zoneinfo");
  CHECK(!zones("Europe/Berlin").empty());
  CHECK(zones("../../../etc/passwd").empty());
  CHECK(zones("/etc/passwd").empty());
  CHECK(zones("Europe/Atlantis").empty());
}
