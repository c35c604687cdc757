// Pictures of products.
#include "headoffice/store/fence.hpp"
#include "rules/base/text.hpp"

#include <charconv>

namespace sidedish::headoffice {

std::optional<Sha256> parse_digest(std::string_view hex) {
  if (!is_digest(hex)) return std::nullopt;
  Sha256 out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    unsigned value = 0;
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, value, 16);
    out[i] = static_cast<std::byte>(value);
  }
  return out;
}

Result<bool> SqliteStorage::put_picture(const Sha256& digest, const PictureRow& picture,
                                        UtcMs now) {
  return fenced("saving a picture", [&](Database& db) {
    const std::span<const std::byte> name(digest);
    Transaction transaction(db);
    Run find = db.run("SELECT 1 FROM picture WHERE sha256 = ?");
    const bool created = !find.with(name).step();
    if (created) {
      db.run("INSERT INTO picture (sha256, type, bytes, created_at) VALUES (?, ?, ?, ?)")
          .with(name, picture.type, std::as_bytes(std::span(picture.bytes)), now)
          .done();
    }
    transaction.commit();
    return created;
  });
}

Result<PictureRow> SqliteStorage::picture(const Sha256& digest) {
  return fenced("reading a picture", [&](Database& db) {
    Run query = db.run("SELECT type, bytes FROM picture WHERE sha256 = ?");
    if (!query.with(std::span<const std::byte>(digest)).step()) {
      throw Refused{{Errc::not_found, "there is no such picture"}};
    }
    return PictureRow{query.text(0), query.blob(1)};
  });
}

Result<std::vector<PictureAbout>> SqliteStorage::about_pictures(std::span<const Sha256> digests) {
  return fenced("looking for pictures", [&](Database& db) {
    std::vector<PictureAbout> out;
    for (const Sha256& digest : digests) {
      Run query = db.run("SELECT type, length(bytes) FROM picture WHERE sha256 = ?");
      out.emplace_back();
      if (!query.with(std::span<const std::byte>(digest)).step()) continue;
      out.back() = {query.text(0), static_cast<std::uint64_t>(query.integer(1))};
    }
    return out;
  });
}

}  // namespace sidedish::headoffice
