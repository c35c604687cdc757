// Barcodes with a weight or a price inside (sdk.md: "normalised by configurable masks"). The numbers
// are written out, check digits included: none is computed by the code under test.
#include "plugin/lane/masks.hpp"
#include "tests/plugin/abi/till.hpp"

using namespace tills;

namespace {

const char* const kScale = "21IIIIIWWWWWC=plu 22IIIIIPPPPPC 29IIIIIVVVVVC";
const Row kBurger{"sku:BURGER", 1000, 590};

struct Sold {
  std::map<std::string, std::int64_t> lines;
  std::int64_t total = 0;
};

/// What the end of a basket of these rows says was sold.
Sold sold(const State& state, const std::vector<Row>& rows, std::string_view masks = kScale) {
  Till till(state, SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION, "t1", nullptr, masks);
  REQUIRE(till.opened == SIDEDISH_OK);
  till.ring(rows);
  REQUIRE(till.status == SIDEDISH_OK);
  till.event(SIDEDISH_EVENT_COMPLETED);
  const auto ends = till.ends();
  REQUIRE(ends.size() == 1);
  return {{ends[0].lines.begin(), ends[0].lines.end()}, ends[0].o.total};
}

using Lines = std::map<std::string, std::int64_t>;

}  // namespace

// Guards the call of masks.read() in find_product().
TEST_CASE("labels: a barcode with a weight is its product, and the weight counts", "[abi]") {
  const State state;
  // plu:112 is an alias of the medium fries: the rule that offers fries sees that they are there.
  Till till(state, SIDEDISH_CAN_ADD, "t1", nullptr, kScale);
  CHECK(till.ring({kBurger, {"gtin:2100112007343", 1000, 290}}).empty());
  CHECK(till.look().last_silence == static_cast<int>(Silence::no_candidate));
  Till blind(state, SIDEDISH_CAN_ADD, "t2");
  CHECK(blind.ring({kBurger, {"gtin:2100112007343", 1000, 290}}).size() == 1);

  CHECK(sold(state, {{"gtin:2100112007343", 1000, 290}}).lines == Lines{{"sku:FRIES-M", 734}});
  // Two labels, one of them voided by a negative row, and the same product by its own number.
  CHECK(sold(state, {{"gtin:2100112007343", 1000, 290},
                     {"gtin:2100112002508", 2000, 290},
                     {"gtin:2100112002508", -1000, 290},
                     {"plu:112", 1000, 290}})
            .lines == Lines{{"sku:FRIES-M", 734 + 250 + 1000}});
  // A host that has weighed, or has read the label itself, is believed.
  CHECK(sold(state, {{"gtin:2100112007343", 730, 290}}).lines == Lines{{"sku:FRIES-M", 730}});
  CHECK(sold(state, {{"gtin:2100112007343", 2000, 290, SIDEDISH_FLAG_WEIGHED}}).lines ==
        Lines{{"sku:FRIES-M", 2000}});
  CHECK(sold(state, {{"gtin:2100112010008", 1000, 290}}).lines == Lines{{"sku:FRIES-M", 1000}});
}

TEST_CASE("labels: a barcode with a price is its product, and the price counts when none is said",
          "[abi]") {
  const State state;
  const Sold said =
      sold(state, {{"gtin:2212345004997", 1000, 450}, {"gtin:2212345001996", 1000, 0}});
  CHECK(said.lines == Lines{{"gtin:2212345000005", 2000}});
  CHECK(said.total == 450 + 199);
  CHECK(sold(state, {{"gtin:2212345004997", 2000, 0}}).total == 998);
  // Digits that are ignored: one product, whatever they are.
  CHECK(sold(state, {{"gtin:2999999000000", 1000, 100}, {"gtin:2999999000420", 1000, 100}}).lines ==
        Lines{{"gtin:2999999000000", 2000}});
}

TEST_CASE("labels: what no mask fits, and what the rules know as it is, stays as it is", "[abi]") {
  const State state;
  const auto same = [&](const char* key, const char* expected) {
    INFO(key);
    return sold(state, {{key, 1000, 100}}).lines == Lines{{expected, 1000}};
  };
  CHECK(same("gtin:2100112007344", "gtin:2100112007344"));  // wrong check digit
  CHECK(same("gtin:210011200734", "gtin:210011200734"));    // another length
  CHECK(same("gtin:4006381333932", "gtin:4006381333932"));  // other fixed digits
  CHECK(same("gtin:21001120073x3", "gtin:21001120073x3"));  // no number
  CHECK(same("sku:2100112007343", "sku:2100112007343"));    // another name space
  CHECK(same("gtin:4006381333931", "sku:FRIES-M"));         // an alias
  model::Pack known = pack();
  known.catalogue->products[5].aliases = {"gtin:2100112007343"};  // one label is the cola's own
  const State other(known);
  CHECK(sold(other, {{"gtin:2100112007343", 1000, 100}}).lines == Lines{{"sku:COLA", 1000}});
}

TEST_CASE("labels: a return and a kiosk's look find their product through the masks too", "[abi]") {
  const State state;
  Till till(state, SIDEDISH_CAN_ADD, "t1", nullptr, kScale);
  sidedish_return r{};
  r.struct_size = sizeof r;
  r.product = text("gtin:2100112007343");
  r.quantity = 734;
  r.value = 213;
  CHECK(till.lib.record_return(till.lane, &r) == SIDEDISH_OK);
  r.product = text("gtin:2212345004997");
  CHECK(till.lib.record_return(till.lane, &r) == SIDEDISH_OK);
  const auto all = records(till.file());
  REQUIRE(all.size() == 2);
  CHECK(all[0].offer == "sku:FRIES-M");
  CHECK(all[1].offer == "gtin:2212345000005");
}

TEST_CASE("labels: a mask that would mean something else than it says is refused when opening",
          "[abi]") {
  lane::Masks masks;
  for (const char* good : {"", " ", "2IIIIIIWWWWWC", "20IIIIIVPPPPC=plu", "02IIIIIIPPPPC  2IIIIIIC",
                           "21IIIIIWWWWW", "2IIIIIIIIIIIIIIIII"}) {
    INFO(good);
    CHECK(lane::Masks::parse(good, masks) == nullptr);
  }
  const State state;
  for (const char* bad :
       {"IIIIIIIWWWWWC", "2WWWWWWC", "2IIIIIC", "2IIIIIWWPPC", "2IIWWIIWWC", "2IIIIIIWWWWWC=sku",
        "2IIIIIIwwwwwC", "2IIIIIIIIIIIIIIIIII", "2IWWWWWWWWWWC", "2IIIIIIWWWWWC,21IIIIIC",
        "2IIIIIC0",
        "2IIIIII0 2IIIIII1 2IIIIII2 2IIIIII3 2IIIIII4 2IIIIII5 2IIIIII6 2IIIIII7 2IIIIII8"}) {
    INFO(bad);
    const Till till(state, SIDEDISH_CAN_ADD, "t1", nullptr, bad);
    CHECK(till.opened == SIDEDISH_E_INVALID);
    CHECK(till.lane == nullptr);
  }
}

TEST_CASE("labels: a host built with ABI 1.0 has a shorter lane struct, and is served", "[abi]") {
  const State state;
  const Till till(state);
  sidedish_lane_config c{};
  c.struct_size = offsetof(sidedish_lane_config, barcode_masks);
  c.capabilities = SIDEDISH_CAN_ADD;
  c.store = text("mitte");
  c.terminal = text("t9");
  c.barcode_masks = text("nonsense that is not read");
  sidedish_lane* lane = nullptr;
  CHECK(till.lib.lane_open(till.host, &c, &lane) == SIDEDISH_OK);
  CHECK(lane != nullptr);
  c.struct_size -= 1;
  CHECK(till.lib.lane_open(till.host, &c, &lane) == SIDEDISH_E_VERSION);
}
