#include "rules/engine/record.hpp"
#include "rules/tool/words.hpp"
#include "tests/rules/tool/run.hpp"
#include "tests/support/places.hpp"

#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>

using namespace sidedish;
using testing::run_tool;
using testing::ToolFolder;

namespace {

// The first image and its records of the engine's golden corpus, as files "image" and "1", "2" ...
void unpack_corpus(const ToolFolder& folder, int records) {
  const auto corpus =
      tool::read_file(sidedish::tests::source_dir() + "/tests/rules/engine/golden/decisions.bin");
  REQUIRE(corpus);
  std::size_t at = 0;
  for (int i = 0; i <= records; ++i) {
    std::uint32_t head[2];
    std::memcpy(head, corpus->data() + at, sizeof head);
    REQUIRE(head[0] == (i == 0 ? 0U : 1U));
    const std::string name = i == 0 ? "image" : std::to_string(i) + ".record";
    REQUIRE(tool::write_file(folder / name.c_str(), std::span(*corpus).subspan(at + 8, head[1])));
    at += 8 + (head[1] + 7) / 8 * 8;
  }
}

}  // namespace

TEST_CASE("tool: a decision record is explained rule by rule, and replays") {
  const ToolFolder folder;
  unpack_corpus(folder, 1);
  const auto plain = run_tool({"explain", folder / "1.record", "--image", folder / "image"});
  CHECK(plain.status == 0);
  CHECK(plain.out.find("Rule r") != std::string::npos);
  CHECK(plain.out.find("basket of ") != std::string::npos);
  CHECK(plain.out.find("minor units") == std::string::npos);
  const auto ran =
      run_tool({"explain", folder / "1.record", "--image", folder / "image", "--json"});
  CHECK(ran.status == 0);
  const auto json = nlohmann::json::parse(ran.out);
  REQUIRE(json["rules"].size() >= 12);
  for (const auto& rule : json["rules"]) {
    CHECK(rule["worth"].get<std::string>().ends_with(" per 1,000 showings"));
    if (rule["fate"] == "condition" && rule.contains("pointer")) {
      CHECK(rule["why"].get<std::string>().find("asks for") != std::string::npos);
    }
  }
  CHECK(run_tool({"replay", folder / "image", folder / "1.record"}).out ==
        "1 of 1 records decide the same bytes\n");
}

// Seen to fail: with first_difference() returning nothing.
TEST_CASE("tool: replay says which record differs and where, and its status says so too") {
  const ToolFolder folder;
  unpack_corpus(folder, 4);
  auto bytes = *tool::read_file(folder / "3.record");
  const std::size_t decision =
      sizeof(engine::RecordHead) + sizeof(engine::Context) + sizeof(engine::Memory);
  const std::size_t field = decision + offsetof(engine::Decision, considered);
  bytes[field] ^= std::byte{1};
  REQUIRE(tool::write_file(folder / "3.record", bytes));
  const auto ran = run_tool({"replay", folder / "image", folder.path().string()});
  CHECK(ran.status == 1);
  CHECK(ran.out == "3 of 4 records decide the same bytes\n");
  CHECK(ran.err.find("3.record: decides otherwise: rules considered: ") != std::string::npos);
  // Nobody's field: the byte is named.
  bytes[field] ^= std::byte{1};
  bytes[decision + sizeof(engine::Decision) - 1] ^= std::byte{1};
  REQUIRE(tool::write_file(folder / "3.record", bytes));
  const auto json = nlohmann::json::parse(
      run_tool({"replay", "--json", folder / "image", folder.path().string()}).out);
  CHECK(json["records"] == 4);
  CHECK(json["same"] == 3);
  CHECK(json["different"][0]["where"].get<std::string>().starts_with("byte "));
  // No record at all, and no file at all.
  CHECK(run_tool({"replay", folder / "image", folder / "image"}).status == 1);
  CHECK(run_tool({"replay", folder / "image", folder / "none"}).status == 2);
}

TEST_CASE("tool: money, quantities and counts are written as people write them") {
  image::Settings settings{};
  std::memcpy(settings.currency, "EUR", 4);
  settings.exponent = 2;
  CHECK(tool::money(settings, 1250) == "12.50 EUR");
  CHECK(tool::money(settings, -5) == "-0.05 EUR");
  // 23.2 hundredths of a cent each: 2.32 for a thousand showings.
  CHECK(tool::worth(settings, 232'000) == "2.32 EUR per 1,000 showings");
  settings.exponent = 0;
  CHECK(tool::money(settings, 120) == "120 EUR");
  CHECK(tool::units(3000) == "3");
  CHECK(tool::units(250) == "0.250");
  CHECK(tool::count(1'234'567) == "1,234,567");
  CHECK(tool::count(999) == "999");
}
