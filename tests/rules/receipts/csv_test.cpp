#include "rules/receipts/csv.hpp"

#include "tests/sim/shops/folder.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using receipts::CsvReader;
using sim::test::Folder;

namespace {

std::string failure_of(std::string_view bytes, CsvReader::Limits limits = {}) {
  const Folder folder;
  folder.write("x.csv", bytes);
  auto csv = CsvReader::open(folder.path() / "x.csv", limits);
  REQUIRE(csv);
  std::vector<std::string> fields;
  for (int i = 0; i < 100; ++i) {
    const auto more = csv->next(fields);
    if (!more) {
      const auto again = csv->next(fields);
      REQUIRE(!again);  // an error stays an error
      CHECK(again.error().text() == more.error().text());
      const std::string text(more.error().text());
      return text.substr(text.find("x.csv"));
    }
    if (!*more) return "";
  }
  return "endless";
}

}  // namespace

TEST_CASE("csv: quoted commas, quotes and line ends are part of a field", "[receipts]") {
  const Folder folder;
  folder.write_gz("x.csv.gz",
                  "\xEF\xBB\xBF"
                  "a,b\r\n\"1,5\",\"say \"\"hi\"\"\"\n\"two\nlines\",\nlast,one");
  auto csv = CsvReader::open(folder.path() / "x.csv.gz");
  REQUIRE(csv);
  std::vector<std::string> fields;
  using V = std::vector<std::string>;
  REQUIRE(csv->next(fields).value());
  CHECK(fields == V{"a", "b"});
  REQUIRE(csv->next(fields).value());
  CHECK(fields == V{"1,5", "say \"hi\""});
  REQUIRE(csv->next(fields).value());
  CHECK(fields == V{"two\nlines", ""});
  CHECK(csv->line() == 3);
  REQUIRE(csv->next(fields).value());
  CHECK(fields == V{"last", "one"});
  CHECK(csv->line() == 5);
  CHECK_FALSE(csv->next(fields).value());
  CHECK_FALSE(csv->next(fields).value());
}

TEST_CASE("csv: what is not RFC 4180 is refused with file and line", "[receipts]") {
  CHECK(failure_of("a,b\n1,\"2") == "x.csv:2: a quoted field has no end");
  CHECK(failure_of("a,b\n1,2\"\n") == "x.csv:2: a quote inside an unquoted field");
  CHECK(failure_of("a,b\n\"1\"x,2\n") == "x.csv:2: text after a closing quote");
  CHECK(failure_of("a\rb\n") == "x.csv:1: a carriage return inside a line");
  CHECK(failure_of("a\n\xC3(\n") == "x.csv:2: a field is not UTF-8");
  CHECK(failure_of(std::string_view("a\nb\0c\n", 6)) == "x.csv:2: a field holds a NUL");
  CHECK(failure_of("abcd\n", {.field_bytes = 3, .fields = 9}) == "x.csv:1: a field is too long");
  CHECK(failure_of("\"abcd\"\n", {.field_bytes = 3, .fields = 9}) ==
        "x.csv:1: a field is too long");
  CHECK(failure_of("a,b,c\n", {.field_bytes = 3, .fields = 2}) == "x.csv:1: too many fields");
}

TEST_CASE("csv: a gzip stream that is cut off or damaged is an error, not an early end",
          "[receipts]") {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * 7919 % 10007) + ",x\n";
  folder.write_gz("whole.csv.gz", text);
  std::ifstream in(folder.path() / "whole.csv.gz", std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto end_of = [&](const std::string& name) -> std::string {
    auto csv = CsvReader::open(folder.path() / name);
    REQUIRE(csv);
    std::vector<std::string> fields;
    for (;;) {
      const auto more = csv->next(fields);
      if (!more) return more.error().code() == Errc::corrupt ? "corrupt" : "other";
      if (!*more) return "end";
    }
  };
  CHECK(end_of("whole.csv.gz") == "end");
  folder.write("cut.csv.gz", std::string_view(bytes).substr(0, bytes.size() / 2));
  CHECK(end_of("cut.csv.gz") == "corrupt");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
  folder.write("bent.csv.gz", bytes);
  CHECK(end_of("bent.csv.gz") != "end");
  CHECK(CsvReader::open(folder.path() / "none.csv").error().code() == Errc::io);
  CHECK(CsvReader::open(folder.path()).error().code() == Errc::io);
}
