#include "plugin/store/peek.hpp"

namespace sidedish::outbox {

Result<Peek> peek(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return fail(Errc::not_found, file.string(), "is not there");
  auto db = Connection::open_read_only(file.string());
  if (!db) return tl::unexpected(db.error());
  Peek out;
  const auto pending = db->integer("SELECT count(*) FROM event");
  if (!pending) return tl::unexpected(pending.error());
  const auto aside = db->integer("SELECT count(*) FROM quarantine");
  if (!aside) return tl::unexpected(aside.error());
  out.status.pending = static_cast<std::uint64_t>(*pending);
  out.status.quarantined = static_cast<std::uint64_t>(*aside);
  auto list = db->prepare("SELECT name, n FROM counter");
  if (!list) return tl::unexpected(list.error());
  for (;;) {
    const auto row = list->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return out;
    out.counters[std::string(list->text(0))] = static_cast<std::uint64_t>(list->integer(1));
  }
}

}  // namespace sidedish::outbox
