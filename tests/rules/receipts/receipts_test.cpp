#include "rules/receipts/reader.hpp"
#include "tests/sim/shops/folder.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::receipts;
using sim::test::Folder;
using sim::test::kHeader;
using sim::test::kItems;

namespace {

std::vector<Receipt> read(const Folder& folder, ReceiptCounts& counts) {
  auto reader = ReceiptReader::open(folder.path());
  REQUIRE(reader);
  std::vector<Receipt> out;
  for (;;) {
    auto next = reader->next();
    if (!next) FAIL(next.error().text());
    if (!*next) break;
    out.push_back(std::move(**next));
  }
  counts = reader->counts();
  return out;
}

std::string failure_of(std::string_view rows) {
  const Folder folder;
  folder.write("lines.csv", std::string(kHeader) + std::string(rows));
  folder.write("items.csv", kItems);
  auto reader = ReceiptReader::open(folder.path());
  if (!reader) {
    const std::string text(reader.error().text());
    return text.substr(text.find("lines.csv"));
  }
  for (;;) {
    auto next = reader->next();
    if (!next) {
      CHECK(!reader->next());
      const std::string text(next.error().text());
      return text.substr(text.find("lines.csv"));
    }
    if (!*next) return "";
  }
}

}  // namespace

TEST_CASE("receipts: lines of one number are one receipt, in order", "[receipts]") {
  const Folder folder;
  folder.write_gz("lines.csv.gz", std::string(kHeader) +
                                      "7,2024-02-29T09:30:05,north,12,10002A,CUP,,2,2.5\n"
                                      "7,2024-02-29T09:31:00,north,12,10001,TEA POT,,1,9.95\n"
                                      "8,,,,10003,SPOON,,1,\n");
  folder.write("items.csv", kItems);
  ReceiptCounts counts;
  const auto all = read(folder, counts);
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == "7");
  CHECK(format_local(all[0].time.value()) == "2024-02-29T09:30:05");
  CHECK(local_time(*all[0].time).weekday == 3);  // a Thursday
  CHECK(all[0].store == "north");
  CHECK(all[0].customer == "12");
  REQUIRE(all[0].lines.size() == 2);
  CHECK(all[0].lines[0].product == "sku:10002A");
  CHECK(all[0].lines[0].quantity == 2000);
  CHECK(all[0].lines[0].unit_price == 250);
  CHECK(all[0].lines[1].unit_price == 995);
  CHECK_FALSE(all[1].time);
  CHECK_FALSE(all[1].lines[0].unit_price);
  CHECK(is_purchase(all[1], all[1].lines[0]));
  CHECK(counts.untimed == 1);
  CHECK(counts.unpriced == 1);
}

TEST_CASE("receipts: the dirt of a real shop survives and is counted", "[receipts]") {
  const Folder folder;
  folder.write_gz("receipts.csv.gz",
                  std::string(kHeader) +
                      "1,2024-03-01T10:00:00,,,10001,TEA POT,,1,9.95\n"
                      "1,2024-03-01T10:00:00,,,10001,TEA POT,,1,9.95\n"        // exact duplicate
                      "1,2024-03-01T10:01:00,,,POST,POSTAGE,,1,3\n"            // another timestamp
                      "1,2024-03-01T10:00:00,,,D,Discount,,-1,2.00\n"          //
                      "C2,2024-03-01T11:00:00,,,10001,TEA POT,,-1,9.95\n"      // cancellation
                      "3,2024-03-01T12:00:00,,,10003,,,-40,0\n"                // write-off, no name
                      "4,2024-03-01T12:00:00,,,10003,SPOON,,1,0\n"             // given away
                      "5,2024-03-01T12:00:00,,,10004,TRAY,,-1,4\n"             // return without a C
                      "6,2024-03-01T12:00:00,,,10004,TRAY,,-1,4\n"             // exchange
                      "6,2024-03-01T12:00:00,,,10001,TEA POT,,1,9.95\n"        //
                      "7,2024-03-01T12:00:00,,,10002a,\"CUP, blue\",,0,2.5\n"  // nothing
                      "A8,2024-03-01T12:00:00,,,B,Adjust bad debt,,1,-11062.06\n"
                      "9,2024-03-01T13:00:00,,,10003,SPOON,,1,0.125\n");
  folder.write("items.csv", kItems);
  ReceiptCounts counts;
  const auto all = read(folder, counts);
  REQUIRE(all.size() == 9);
  CHECK(all[0].lines.size() == 4);
  CHECK(all[0].mode == SaleMode::sale);
  CHECK(all[0].lines[2].kind == LineKind::fee);
  CHECK(all[0].lines[3].kind == LineKind::discount);
  CHECK_FALSE(is_purchase(all[0], all[0].lines[2]));
  CHECK(all[1].mode == SaleMode::return_);
  CHECK(all[1].lines[0].quantity == -1000);
  CHECK(all[2].mode == SaleMode::sale);
  CHECK(all[2].lines[0].kind == LineKind::log);
  CHECK(all[3].lines[0].kind == LineKind::log);
  CHECK(all[4].mode == SaleMode::return_);
  CHECK(all[5].mode == SaleMode::sale);
  CHECK_FALSE(is_purchase(all[5], all[5].lines[0]));
  CHECK(is_purchase(all[5], all[5].lines[1]));
  CHECK(all[6].lines.empty());
  CHECK(all[7].lines[0].kind == LineKind::log);
  CHECK(all[7].lines[0].unit_price == -1'106'206);
  CHECK(all[8].lines[0].unit_price == 12);  // half to even
  CHECK(counts.scattered == 0);
  CHECK(counts.rounded_prices == 1);
  CHECK(counts.nameless == 1);
  CHECK(counts.lines == 13);
  CHECK(counts.goods + counts.returned + counts.fees + counts.discounts + counts.logs +
            counts.zero_quantity ==
        counts.lines);
}

TEST_CASE("receipts: lines that do not stand together are still one receipt", "[receipts]") {
  const Folder folder;
  folder.write("lines.csv", std::string(kHeader) +
                                "a,,,,10001,X,,1,1\nb,,,,10001,X,,1,1\na,,,,10003,Y,,1,1\n"
                                "c,,,,10001,X,,1,1\nb,,,,10004,Z,,1,1\nb,,,,10003,Y,,1,1\n");
  folder.write("items.csv", kItems);
  ReceiptCounts counts;
  const auto all = read(folder, counts);
  REQUIRE(all.size() == 3);
  CHECK(all[0].id == "a");
  CHECK(all[0].lines.size() == 2);
  CHECK(all[1].id == "b");
  REQUIRE(all[1].lines.size() == 3);
  CHECK(all[1].lines[1].product == "sku:10004");
  CHECK(all[2].lines.size() == 1);
  CHECK(counts.scattered == 2);
}

TEST_CASE("receipts: structural damage is refused with file and line", "[receipts]") {
  CHECK(failure_of("1,2024-03-01T10:00:00,,,10001,X,,1\n") == "lines.csv:2: nine fields expected");
  CHECK(failure_of("1,,,,10001,X,,one,1\n") == "lines.csv:2: quantity is not a number");
  CHECK(failure_of("1,,,,10001,X,,1,1e3\n") == "lines.csv:2: unit_price is not a number");
  CHECK(failure_of("1,,,,10001,X,,1,1\n2,yesterday,,,10001,X,,1,1\n") ==
        "lines.csv:3: timestamp is not YYYY-MM-DDTHH:MM:SS");
  CHECK(failure_of("2,2023-02-29T10:00:00,,,10001,X,,1,1\n") ==
        "lines.csv:2: timestamp is not YYYY-MM-DDTHH:MM:SS");
  CHECK(failure_of(",,,,10001,X,,1,1\n") == "lines.csv:2: basket_id is empty");
  CHECK(failure_of("1,,,,,X,,1,1\n") == "lines.csv:2: sku is empty");
  CHECK(failure_of("1,,,,10001,X,,99999999999999999999,1\n") ==
        "lines.csv:2: quantity is not a number");
}

TEST_CASE("receipts: limits stop a file that never ends", "[receipts]") {
  const Folder folder;
  std::string text(kHeader);
  for (int i = 0; i < 20; ++i) text += "1,,,,10001,X,,1,1\n";
  folder.write("lines.csv", text);
  folder.write("items.csv", kItems);
  ReceiptOptions options;
  options.max_lines = 19;
  CHECK(ReceiptReader::open(folder.path(), options).error().code() == Errc::limit);
  options.max_lines = 20;
  options.max_lines_per_receipt = 19;
  CHECK(ReceiptReader::open(folder.path(), options).error().code() == Errc::limit);
  options.max_lines_per_receipt = 20;
  CHECK(ReceiptReader::open(folder.path(), options)->next().value()->lines.size() == 20);
  options.max_items = 3;
  CHECK(ReceiptReader::open(folder.path(), options).error().code() == Errc::limit);
}

TEST_CASE("receipts: a folder without lines, without items or with another header is refused",
          "[receipts]") {
  const Folder folder;
  CHECK(ReceiptReader::open(folder.path()).error().code() == Errc::io);
  folder.write("lines.csv", "id,when\n1,2\n");
  const auto strange = ReceiptReader::open(folder.path());
  CHECK(std::string(strange.error().text()).find("lines.csv:1: the header") != std::string::npos);
  folder.write("lines.csv", kHeader);
  CHECK(ReceiptReader::open(folder.path()).error().code() == Errc::io);
  folder.write("items.csv", std::string(kItems) + "10001,AGAIN,,,,1,1\n");
  const auto twice = ReceiptReader::open(folder.path());
  CHECK(std::string(twice.error().text()).find("items.csv:7: sku is repeated") !=
        std::string::npos);
}

TEST_CASE("receipts: where names are the SKUs every one of them is a product", "[receipts]") {
  const Folder folder;
  folder.write("lines.csv", std::string(kHeader) + "1,,,,SOUP,Soup,,1,\n1,,,,NONE,NONE,,1,\n");
  folder.write("items.csv",
               "sku,name,category,parent_category,list_price\nSOUP,Soup,,,\nNONE,NONE,,,\n");
  ReceiptCounts counts;
  const auto all = read(folder, counts);
  REQUIRE(all.size() == 1);
  CHECK(all[0].lines[0].kind == LineKind::goods);
  CHECK(all[0].lines[1].kind == LineKind::log);  // a missing name, written out
}

TEST_CASE("receipts: local times go both ways over leap years and weekdays", "[receipts]") {
  for (const char* text : {"1970-01-01T00:00:00", "2000-02-29T23:59:59", "2010-12-01T08:28:00",
                           "2100-03-01T12:00:00"}) {
    CHECK(format_local(parse_local(text).value()) == text);
  }
  CHECK(local_time(local_seconds(2026, 11, 21, 0, 0, 0)).weekday == 5);
  CHECK_FALSE(parse_local("2100-02-29T12:00:00"));
  CHECK_FALSE(parse_local("2024-01-01 12:00:00"));
  CHECK_FALSE(parse_local("2024-01-01T24:00:00"));
}
