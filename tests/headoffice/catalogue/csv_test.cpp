#include "headoffice/catalogue/csv.hpp"

#include "headoffice/catalogue/amount.hpp"
#include "headoffice/catalogue/picture.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace sidedish;
using namespace sidedish::headoffice;

namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Read {
  Rows rows;
  std::vector<std::uint64_t> lines;
  CsvProblem problem;
  bool whole = false;
};

Read read(std::string_view text, std::size_t piece, CsvLimits limits = {}) {
  Read out;
  CsvReader reader(
      [&](CsvRow&& row) {
        out.lines.push_back(row.line);
        out.rows.push_back(std::move(row.cells));
      },
      limits);
  for (std::size_t at = 0; at < text.size(); at += piece) reader.feed(text.substr(at, piece));
  out.whole = reader.finish();
  out.problem = reader.problem();
  return out;
}

}  // namespace

TEST_CASE("csv: a file is the same rows in whatever pieces it comes", "[headoffice]") {
  const std::string text =
      "\xEF\xBB\xBFkey;name;note\r\n"
      "a;\"one; \"\"two\"\"\r\nthree\";5\" nails\n"
      "\r\n"
      "b;;\"\"\r"
      "c;\u30C6\u30A3\u30FC;last";
  const Rows wanted = {{"key", "name", "note"},
                       {"a", "one; \"two\"\r\nthree", "5\" nails"},
                       {"b", "", ""},
                       {"c", "\u30C6\u30A3\u30FC", "last"}};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    INFO("pieces of " << piece);
    const Read got = read(text, piece);
    CHECK(got.whole);
    CHECK(got.rows == wanted);
    CHECK(got.lines == std::vector<std::uint64_t>{1, 2, 5, 6});
  }
}

TEST_CASE("csv: the separator is the one that the first row has most of", "[headoffice]") {
  CHECK(read("a,b;c,d\n1,2;3,4\n", 3).rows[1] == Rows::value_type{"1", "2;3", "4"});
  CHECK(read("a;b,c;d\n", 3).rows[0].size() == 3);
  CHECK(read("a\tb\n1,5\t2\n", 3).rows[1] == Rows::value_type{"1,5", "2"});
  CHECK(read("\"a,b,c\";d;e\n", 3).rows[0].size() == 3);
  CHECK(read("alone", 2).rows == Rows{{"alone"}});
  CHECK(read("", 1).rows.empty());
}

TEST_CASE("csv: what cannot be read is told with its line, and nothing after it is taken",
          "[headoffice]") {
  struct Case {
    const char* text;
    std::uint64_t line;
    const char* says;
  };
  for (const auto& [text, line, says] :
       {Case{"a,b\n1,2\n\"op,3\n4\n", 3, "quote at the end"},
        Case{"a,b\n\"x\"y,2\n", 2, "after a cell in quotes"},
        Case{"a,b\n1,Gr\xFC\xDF"
             "e\n",
             2, "CSV UTF-8"},
        Case{"\xFF\xFE"
             "a\n",
             1, "CSV UTF-8"},
        Case{"a,b\n1,2\n3,123456789\n", 3, "at most 8 bytes"},
        Case{"a,b,c,d,e\n", 1, "fewer than 4"}, Case{"a\n1\n2\n3\n4\n", 5, "at most 3 products"}}) {
    INFO(text);
    const Read got = read(text, 2, {.rows = 4, .cells = 4, .cell = 8});
    CHECK_FALSE(got.whole);
    CHECK(got.problem.line == line);
    CHECK(got.problem.expected.find(says) != std::string::npos);
  }
}

TEST_CASE("csv: no cell that is written begins a formula, and every one reads back as it was",
          "[headoffice]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<std::string> bits = {
      "=", "+", "-", "@", "\t",     "\r",     "\n",     "'",      "\"",    ",",
      ";", " ", "a", "1", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "\u00FC"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t n = random() % 5; n > 0; --n) text += bits[random() % bits.size()];
    const std::string safe = defused(text);
    CHECK(fused(safe) == text);
    CHECK((safe.empty() || std::string_view("=+-@\t\r\n").find(safe[0]) == std::string_view::npos));
    for (const auto* wide : {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
      CHECK_FALSE(safe.starts_with(wide));
    }
    std::string file = "x,y\nfirst,";
    append_cell(file, text, ',');
    const Read got = read(file + "\n", 1 + random() % 4);
    REQUIRE(got.rows.size() == 2);
    CHECK(got.rows[1] == Rows::value_type{"first", text});
  }
  CHECK(defused("=HYPERLINK(\"http://x\")") == "'=HYPERLINK(\"http://x\")");
  CHECK(defused("'tis") == "'tis");  // an apostrophe alone is one
}

TEST_CASE("amount: money reads as each language writes it, and not as another does",
          "[headoffice]") {
  struct Case {
    const char* text;
    char decimal;
    unsigned exponent;
    std::optional<Minor> is;
  };
  for (const auto& [text, decimal, exponent, is] :
       std::initializer_list<Case>{{"1.234,50", ',', 2, 123450},
                                   {"1,234.50", '.', 2, 123450},
                                   {"1 234,50", ',', 2, 123450},
                                   {"1\u202F234,5", ',', 2, 123450},
                                   {"1'234.50", '.', 2, 123450},
                                   {"\u0661\u0662\u066B\u0665", '.', 2, 1250},
                                   {"12", ',', 2, 1200},
                                   {"0", '.', 0, 0},
                                   {"1,200", '.', 0, 1200},
                                   {"1.5", '.', 3, 1500},
                                   {" 3.20 ", '.', 2, 320},
                                   {"1.50", ',', 2, std::nullopt},
                                   {"1,50", '.', 2, std::nullopt},
                                   {"1.239", '.', 2, std::nullopt},
                                   {"-1", '.', 2, std::nullopt},
                                   {"1e3", '.', 2, std::nullopt},
                                   {"", '.', 2, std::nullopt},
                                   {"1,23,456", '.', 2, std::nullopt},
                                   {"3.", '.', 2, std::nullopt},
                                   {".5", '.', 2, std::nullopt},
                                   {"1.5", '.', 0, std::nullopt},
                                   {"12 \u20AC", '.', 2, std::nullopt},
                                   {"99999999999999999999", '.', 2, std::nullopt}}) {
    INFO(text << " with " << decimal);
    CHECK(read_amount(text, exponent, decimal) == is);
    if (is) CHECK(read_amount(write_amount(*is, exponent, decimal), exponent, decimal) == is);
  }
  CHECK(write_amount(5, 2, ',') == "0,05");
  CHECK(write_amount(5, 0, ',') == "5");
  CHECK(write_amount(1234, 3, '.') == "1.234");
  CHECK(decimal_of("de") == ',');
  CHECK(decimal_of("de-AT") == ',');
  CHECK(decimal_of("de-CH") == '.');
  CHECK(decimal_of("en-GB") == '.');
  CHECK(decimal_of("ja") == '.');
  CHECK(decimal_of("") == '.');
}

TEST_CASE("picture: a file says how large its picture is, or is none", "[headoffice]") {
  using namespace std::string_literals;
  const std::string png = "\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\x01\xE0\0\0\0\x40"s + "more" +
                          "\0\0\0\0IEND\xAE\x42\x60\x82"s;
  CHECK(picture_pixels(png) == Pixels{480, 64});
  CHECK_FALSE(picture_pixels(std::string_view(png).substr(0, png.size() - 1)));
  const auto webp = [](const std::string& chunk) {
    std::string body = "WEBP" + chunk;
    body.resize(std::max<std::size_t>(body.size(), 22), '\0');
    return "RIFF"s + static_cast<char>(body.size()) + "\0\0\0"s + body;
  };
  CHECK(picture_pixels(webp("VP8 \x10\0\0\0\x10\0\0\x9D\x01\x2A\xE0\x01\x40\0"s)) ==
        Pixels{480, 64});
  CHECK(picture_pixels(webp("VP8L\x10\0\0\0\x2F\x3F\xC0\x0F\0"s)) == Pixels{64, 64});
  CHECK(picture_pixels(webp("VP8X\x0A\0\0\0\x10\0\0\0\xDF\x01\0\x3F\0\0"s)) == Pixels{480, 64});
  CHECK_FALSE(picture_pixels(webp("VP8X\x0A\0\0\0\x02\0\0\0\xDF\x01\0\x3F\0\0"s)));  // it moves
  CHECK_FALSE(picture_pixels(webp("JUNK\x10\0\0\0"s)));
  CHECK_FALSE(picture_pixels(webp("VP8L\x10\0\0\0\x2F\x3F\xC0\x0F\0"s) + "tail"));
  CHECK_FALSE(picture_pixels("<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'/>"));
  CHECK_FALSE(picture_pixels(""));
}
