#include "rules/vectors/vectors.hpp"

#include "rules/engine/decide.hpp"
#include "tests/rules/compile/packs.hpp"
#include "tests/rules/vectors/sealed.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;

namespace {

std::vector<std::byte> burgers() {
  model::Pack pack = packs::burgers();
  pack.settings.global_holdout_percent = 0;
  pack.settings.holdout_percent = 0;
  const auto made = packs::compiled(pack);
  REQUIRE(made.errors.empty());
  return made.image;
}

std::vector<vectors::Answer> answers(const std::vector<std::byte>& bytes) {
  const auto image = image::Image::open(bytes);
  REQUIRE(image);
  std::vector<std::byte> scratch(engine::scratch_bytes(*image));
  std::vector<vectors::Answer> out;
  for (const image::Vector& vector : image->vectors()) {
    out.push_back(vectors::check(*image, vector, scratch));
  }
  return out;
}

}  // namespace

TEST_CASE("vectors: an image with its own test opens, decides it, and says what it did without",
          "[vectors]") {
  const auto plain = burgers();
  const auto tested = vectors::with_vectors(plain);
  const auto before = image::Image::open(plain);
  const auto image = image::Image::open(tested);
  REQUIRE(before);
  REQUIRE(image);
  CHECK(before->vectors().empty());
  REQUIRE(image->vectors().size() >= 3);
  CHECK(image->vectors().size() <= vectors::kMost);
  unsigned speaking = 0;
  for (const image::Vector& vector : image->vectors())
    speaking += vector.prompt_count > 0 ? 1U : 0U;
  CHECK(speaking > 0);
  CHECK(speaking < image->vectors().size());
  for (const auto answer : answers(tested)) CHECK(answer == vectors::Answer::same);
  CHECK(image->text_pool().size() == before->text_pool().size());
  CHECK(image->find_product("plu:112") == before->find_product("plu:112"));
  CHECK(vectors::with_vectors(plain) == tested);
  CHECK(vectors::with_vectors(tested) == tested);
  CHECK(vectors::with_vectors(std::vector<std::byte>(64)) == std::vector<std::byte>(64));
}

TEST_CASE("vectors: one that decides otherwise than written is told, one of another engine is not",
          "[vectors]") {
  const auto tested = vectors::with_vectors(burgers());
  const auto image = image::Image::open(tested);
  std::uint32_t speaking = 0;
  while (image->vectors()[speaking].prompt_count == 0) ++speaking;
  for (const auto& edit : std::vector<std::function<void(image::Vector&)>>{
           [](auto& v) { ++v.prompts[0].score; }, [](auto& v) { v.prompts[0].price_effect -= 1; },
           [](auto& v) {
             v.prompts[0].product = 0;
             v.prompts[0].rule = 0;
             v.prompts[0].arm ^= 1;
           },
           [](auto& v) { v.prompt_count = 0; }}) {
    const auto all = answers(sealed::with_vector(tested, speaking, edit));
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      CHECK((all[i] == vectors::Answer::different) == (i == speaking));
    }
    const auto other = answers(sealed::with_vector(tested, speaking, [&](image::Vector& v) {
      edit(v);
      v.engine = engine::kBehaviour + 1;
    }));
    CHECK(other[speaking] == vectors::Answer::other_engine);
  }
}

TEST_CASE("vectors: what names nothing of the image is refused when it is opened", "[vectors]") {
  const auto tested = vectors::with_vectors(burgers());
  for (const auto& edit : std::vector<std::function<void(image::Vector&)>>{
           [](auto& v) { v.store = 1; }, [](auto& v) { v.now = 0; }, [](auto& v) { v.channel = 9; },
           [](auto& v) { v.moment = 3; }, [](auto& v) { v.item_count = 4; },
           [](auto& v) { v.prompt_count = 5; }, [](auto& v) { v.reserved = 1; },
           [](auto& v) { v.items[0].product = 6; }, [](auto& v) { v.items[0].units = 0; },
           [](auto& v) {
             v.items[2] = {1, 1};
             v.item_count = 1;
           },
           [](auto& v) {
             v.prompt_count = 1;
             v.prompts[0].rule = 1;
           },
           [](auto& v) {
             v.prompt_count = 1;
             v.prompts[0].product = 99;
           }}) {
    const auto image = sealed::with_vector(tested, 0, edit);
    const auto opened = image::Image::open(image);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code() == Errc::corrupt);
    CHECK(opened.error().text().find("vectors") != std::string_view::npos);
  }
  auto cut = tested;
  cut.resize(cut.size() - 8);
  CHECK_FALSE(image::Image::open(cut));
}
