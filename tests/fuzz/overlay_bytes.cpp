// F02, overlays: hostile bytes. Size and checksum are repaired, so that both tables are reached; what
// opens is laid over an image and decided with: in bounds, explained alike, and never above the
// image's score.
#include "rules/base/hash.hpp"
#include "rules/engine/explain.hpp"
#include "rules/engine/record.hpp"
#include "rules/image/overlay.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/support/image_builder.hpp"

#include <vector>

namespace {

using namespace sidedish;
using namespace sidedish::testing;

struct Bar {
  ImageBuilder::Bytes bytes;
  image::Image image;
  std::vector<std::uint64_t> scratch;
  Bar() {
    ImageBuilder b;
    for (const char* key : {"burger", "fries", "cola", "cake"}) {
      b.products.push_back({std::string("sku:") + key, 200, image::kNone, {}, 0});
    }
    b.set({0});
    b.settings.kiosk_prompts = 4;
    b.rules.push_back({"burger-fries", has(0), {{1, 9'000'000}}, rule_defaults()});
    b.rules.push_back({"burger-cola", has(0), {{2, 8'000'000}, {3, 7'000'000}}, rule_defaults()});
    bytes = b.build();
    const auto opened = image::Image::open(bytes.span());
    fuzz::must(opened.has_value(), "the image opens");
    image = *opened;
    scratch.resize(engine::scratch_bytes(image) / 8 + 1);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace engine;
  static Bar bar;
  if (size < sizeof(image::OverlayHeader)) return 0;
  std::vector<std::uint64_t> words(size / 8);
  auto* bytes = reinterpret_cast<std::byte*>(words.data());
  std::memcpy(bytes, data, words.size() * 8);
  image::OverlayHeader header;
  std::memcpy(&header, bytes, sizeof header);
  header.size = words.size() * 8;
  header.crc32c = 0;
  std::memcpy(bytes, &header, sizeof header);
  header.crc32c = crc32c(std::as_bytes(std::span(words)));
  std::memcpy(bytes, &header, sizeof header);
  const auto overlay = image::Overlay::open(std::as_bytes(std::span(words)));
  if (!overlay) return 0;
  ++fuzz::understood;
  (void)overlay->fits(bar.image);
  const Item item{0, 1, kOne, 1000};
  const Basket basket{{&item, 1}, 1000, 1, 0};
  Context context{};
  context.now = 1'795'435'200'000;
  context.capabilities = kCanAdd;
  context.looking_at = image::kNone;
  context.channel = Channel::kiosk;
  std::memcpy(context.currency, "EUR", 4);
  const Memory before{open_basket(1, context.now), open_lane()};
  const auto room = std::as_writable_bytes(std::span(bar.scratch));
  Decision decision;
  for (int round = 0; round < 2; ++round) {
    Memory memory = before;
    decide(bar.image, *overlay, context, basket, true, memory, room, decision);
    fuzz::must(decision.prompt_count <= 2, "an overlay adds no prompt");
    for (std::uint32_t i = 0; i < decision.prompt_count; ++i) {
      const Prompt& p = decision.prompts[i];
      fuzz::must(p.score <= bar.image.offers()[p.offer].score, "it raises no score");
      fuzz::must(p.price_effect >= 0 && p.price_effect <= 1000, "nor the spend-jump guard");
    }
  }
  Decision explained;
  std::vector<Verdict> verdicts(bar.image.rules().size());
  explain(bar.image, *overlay, context, basket, true, before, room, explained, verdicts);
  fuzz::must(std::memcmp(&explained, &decision, sizeof decision) == 0,
             "explain() decides as decide()");
  return 0;
}
