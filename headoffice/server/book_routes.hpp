#pragma once
// Rules as people edit them: over HTTP.
#include "headoffice/book/book.hpp"
#include "headoffice/server/door.hpp"

#include <functional>

namespace sidedish::headoffice {

/// What a refusal looks like from outside.
net::Response problem_of(const BookRefusal& refusal);

/// What it is given outlives the routes it adds. Thread-safe.
class BookRoutes {
 public:
  /// `wake`: a store has a new manifest. `planned`: something is due sooner than anything before, or
  /// a rollout has begun.
  BookRoutes(Book& book, std::function<void(const std::string&)> wake,
             std::function<void()> planned)
      : book_(book), wake_(std::move(wake)), planned_(std::move(planned)) {}
  void add_to(Door& door);

 private:
  /// Drafts and their steps, of a rule or of the frame.
  void add_drafts(Door& door, const std::string& unit);
  net::Response save(const net::Routed& routed, const Actor& by);
  net::Response discard(const net::Routed& routed, const Actor& by);
  net::Response version(const net::Routed& routed);
  net::Response take_back(const net::Routed& routed, const Actor& by);
  net::Response check(const net::Routed& routed);
  net::Response preview(const net::Routed& routed);
  net::Response step(const net::Routed& routed, const Actor& by, DraftStep step);
  net::Response archive(const net::Routed& routed, const Actor& by);
  net::Response publish(const net::Routed& routed, const Actor& by);

  Book& book_;
  std::function<void(const std::string&)> wake_;
  std::function<void()> planned_;
};

}  // namespace sidedish::headoffice
