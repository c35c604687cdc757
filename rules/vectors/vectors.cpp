#include "rules/vectors/vectors.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"
#include "rules/engine/decide.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace sidedish::vectors {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::size_t kDirectoryEnd =
    sizeof(image::Header) + image::kTableCount * sizeof(image::Directory);

constexpr std::size_t align8(std::size_t n) { return (n + 7) / 8 * 8; }

/// The basket and the circumstances that a vector names.
struct Scene {
  engine::Context context{};
  std::array<engine::Item, image::kVectorItems> items{};
  engine::Basket basket{};
};

void set(Scene& scene, const image::Image& image, const image::Vector& vector) noexcept {
  engine::Context& c = scene.context;
  c.now = vector.now;
  c.store = vector.store;
  c.language = image.stores()[vector.store].language;
  c.capabilities = ~std::uint32_t{0};
  c.looking_at = image::kNone;
  std::memcpy(c.currency, image.settings().currency, sizeof c.currency);
  c.channel = static_cast<Channel>(vector.channel);
  c.moment = static_cast<Moment>(vector.moment);
  Minor total = 0;
  for (unsigned i = 0; i < vector.item_count; ++i) {
    const image::Product& product = image.products()[vector.items[i].product];
    const Minor value = product.price * vector.items[i].units;
    scene.items[i] = {vector.items[i].product, product.stable,
                      static_cast<Milli>(vector.items[i].units) * kOne, value};
    total += value;
  }
  scene.basket = {std::span<const engine::Item>(scene.items).first(vector.item_count), total,
                  vector.item_count, 0};
}

engine::Decision decided(const image::Image& image, const image::Vector& vector,
                         std::span<std::byte> scratch) noexcept {
  Scene scene;
  set(scene, image, vector);
  engine::Memory memory{engine::open_basket(vector.unit, vector.now), engine::open_lane()};
  engine::Decision out{};
  engine::decide(image, {}, scene.context, scene.basket, true, memory, scratch, out);
  return out;
}

image::VectorPrompt brief(const engine::Prompt& prompt) noexcept {
  image::VectorPrompt out{};
  out.score = prompt.score;
  out.quantity = prompt.quantity;
  out.price_effect = prompt.price_effect;
  out.saving = prompt.saving;
  out.rule = prompt.rule;
  out.product = prompt.product;
  out.arm = static_cast<std::uint8_t>(prompt.arm);
  return out;
}

/// Products under which rules are posted; where no rule asks for a product, any.
std::vector<std::uint32_t> triggers(const image::Image& image) {
  std::vector<std::uint32_t> out;
  const auto products = static_cast<std::uint32_t>(image.products().size());
  for (std::uint32_t p = 0; p < products; ++p) {
    const image::Posting& posting = image.postings()[p];
    if (posting.count > 0 || posting.groups != image::kNone) out.push_back(p);
  }
  if (out.empty()) {
    for (std::uint32_t p = 0; p < products; ++p) out.push_back(p);
  }
  return out;
}

/// The k-th of `n` vectors: the triggers in turn, alone and with others, through the day and week.
image::Vector scene_of(const image::Image& image, std::span<const std::uint32_t> triggers,
                       std::uint32_t k, std::uint32_t n) {
  const auto products = static_cast<std::uint32_t>(image.products().size());
  image::Vector out{};
  out.unit = hash64("vector", k);
  out.now = image.settings().time_begin + 500 * 24 * kHour + k * 5 * kHour + k * 13 * 60'000;
  out.engine = engine::kBehaviour;
  out.store = k % static_cast<std::uint32_t>(image.stores().size());
  out.channel = static_cast<std::uint8_t>(k % 2 == 0 ? Channel::cashier : Channel::kiosk);
  out.moment = static_cast<std::uint8_t>(k % 5 == 4 ? Moment::checkout : Moment::basket);
  std::vector<std::uint32_t> wanted{triggers[static_cast<std::size_t>(k) * triggers.size() / n]};
  if (k % 3 > 0) wanted.push_back(triggers[hash64("second", k) % triggers.size()]);
  if (k % 3 > 1) wanted.push_back(static_cast<std::uint32_t>(hash64("third", k) % products));
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (const std::uint32_t product : wanted) {
    out.items[out.item_count++] = {product, 1 + (k / 3) % 2};
  }
  return out;
}

}  // namespace

Answer check(const image::Image& image, const image::Vector& vector,
             std::span<std::byte> scratch) noexcept {
  if (vector.engine != engine::kBehaviour) return Answer::other_engine;
  const engine::Decision now = decided(image, vector, scratch);
  if (now.prompt_count != vector.prompt_count) return Answer::different;
  for (std::uint32_t i = 0; i < now.prompt_count; ++i) {
    const image::VectorPrompt one = brief(now.prompts[i]);
    if (std::memcmp(&one, &vector.prompts[i], sizeof one) != 0) return Answer::different;
  }
  return Answer::same;
}

std::vector<std::byte> with_vectors(std::span<const std::byte> file) {
  std::vector<std::byte> out(file.begin(), file.end());
  const auto image = image::Image::open(file);
  if (!image || !image->vectors().empty() || image->stores().empty() || image->products().empty()) {
    return out;
  }
  image::Header header;
  std::memcpy(&header, file.data(), sizeof header);
  if (header.tables != image::kTableCount) return out;
  const std::vector<std::uint32_t> products = triggers(*image);
  std::vector<std::byte> scratch(engine::scratch_bytes(*image));
  std::vector<image::Vector> table;
  const auto n = static_cast<std::uint32_t>(std::min<std::size_t>(kMost, 3 * products.size()));
  for (std::uint32_t k = 0; k < n; ++k) {
    image::Vector vector = scene_of(*image, products, k, n);
    const engine::Decision decision = decided(*image, vector, scratch);
    vector.prompt_count = static_cast<std::uint8_t>(decision.prompt_count);
    for (std::uint32_t i = 0; i < decision.prompt_count; ++i) {
      vector.prompts[i] = brief(decision.prompts[i]);
    }
    table.push_back(vector);
  }
  // One entry more in the directory: all tables stand that much later.
  const auto bytes = std::as_bytes(std::span(table));
  const std::size_t shifted = file.size() + sizeof(image::Directory);
  out.assign(align8(shifted + bytes.size()), std::byte{0});
  std::memcpy(out.data() + kDirectoryEnd + sizeof(image::Directory), file.data() + kDirectoryEnd,
              file.size() - kDirectoryEnd);
  for (std::uint32_t i = 0; i < image::kTableCount; ++i) {
    image::Directory entry;
    const std::size_t at = sizeof header + i * sizeof entry;
    std::memcpy(&entry, file.data() + at, sizeof entry);
    entry.offset += static_cast<std::uint32_t>(sizeof entry);
    store(out.data() + at, entry);
  }
  store(out.data() + kDirectoryEnd,
        image::Directory{static_cast<std::uint32_t>(shifted),
                         static_cast<std::uint32_t>(table.size()), sizeof(image::Vector), 0});
  std::memcpy(out.data() + shifted, bytes.data(), bytes.size());
  header.minor = image::kFormatMinor;
  header.tables = image::kTableCount + 1;
  header.size = out.size();
  header.crc32c = 0;
  store(out.data(), header);
  header.crc32c = crc32c(out);
  store(out.data(), header);
  return out;
}

}  // namespace sidedish::vectors
