#include "headoffice/server/waiters.hpp"

#include "headoffice/server/answers.hpp"

#include <algorithm>
#include <set>

namespace sidedish::headoffice {

net::Response not_modified(const std::string& etag) {
  net::Response response;
  response.status = 304;
  response.headers.set("ETag", etag);
  finish(response);
  return response;
}

void Waiters::add(const std::string& store, std::string terminal, net::Reply reply,
                  std::string etag, MonoMs until) {
  const std::scoped_lock lock(mutex_);
  stores_[store].push_back({std::move(terminal), std::move(reply), std::move(etag), until});
}

std::vector<std::string> Waiters::terminals(const std::string& store) const {
  const std::scoped_lock lock(mutex_);
  const auto found = stores_.find(store);
  if (found == stores_.end()) return {};
  std::set<std::string> out;
  for (const Waiter& waiter : found->second) out.insert(waiter.terminal);
  return {out.begin(), out.end()};
}

std::size_t Waiters::wake(const std::string& store, std::string_view terminal,
                          std::string_view etag, const net::Response& response) {
  std::vector<Waiter> woken;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = stores_.find(store);
    if (found == stores_.end()) return 0;
    auto& all = found->second;
    const auto split = std::stable_partition(all.begin(), all.end(), [&](const Waiter& waiter) {
      return waiter.terminal != terminal || waiter.etag == etag;
    });
    woken.assign(std::make_move_iterator(split), std::make_move_iterator(all.end()));
    all.erase(split, all.end());
    if (all.empty()) stores_.erase(found);
  }
  for (const Waiter& waiter : woken) waiter.reply.send(response);
  return woken.size();
}

std::optional<MonoMs> Waiters::expire(MonoMs now) {
  std::vector<Waiter> over;
  std::optional<MonoMs> next;
  {
    const std::scoped_lock lock(mutex_);
    for (auto store = stores_.begin(); store != stores_.end();) {
      auto& all = store->second;
      const auto split = std::stable_partition(all.begin(), all.end(), [&](const Waiter& waiter) {
        return waiter.until > now && waiter.reply.waiting();
      });
      over.insert(over.end(), std::make_move_iterator(split), std::make_move_iterator(all.end()));
      all.erase(split, all.end());
      for (const Waiter& waiter : all) next = std::min(next.value_or(waiter.until), waiter.until);
      store = all.empty() ? stores_.erase(store) : std::next(store);
    }
  }
  for (const Waiter& waiter : over) waiter.reply.send(not_modified(waiter.etag));
  return next;
}

std::size_t Waiters::waiting() const {
  const std::scoped_lock lock(mutex_);
  std::size_t n = 0;
  for (const auto& [store, all] : stores_) n += all.size();
  return n;
}

}  // namespace sidedish::headoffice
