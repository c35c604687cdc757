#pragma once
// SqliteStorage::fenced(), for the .cpp files that share it.
#include "headoffice/store/database.hpp"
#include "headoffice/store/sqlite_storage.hpp"

#include <type_traits>

namespace sidedish::headoffice {

/// Thrown inside a fence: becomes this very Error outside.
struct Refused {
  Error error;
};

Error to_error(const char* doing, const DbError& error);
/// After these the connection cannot be trusted any more. A full disk is none: nothing was changed.
bool is_disk_error(int code) noexcept;
bool is_damage(int code) noexcept;

template <class Work>
auto SqliteStorage::fenced(const char* doing, Work&& work)
    -> Result<std::invoke_result_t<Work, Database&>> {
  std::unique_lock turn(turn_);
  const std::scoped_lock lock(mutex_);
  turn.unlock();
  try {
    if (doubtful_) settle();
    if (db_ == nullptr) reopen();
    if constexpr (std::is_void_v<std::invoke_result_t<Work, Database&>>) {
      work(*db_);
      return {};
    } else {
      return work(*db_);
    }
  } catch (const Refused& refused) {
    return tl::unexpected<Error>(refused.error);
  } catch (const DbError& error) {
    if (is_disk_error(error.code()) && db_ != nullptr) {
      doubtful_ = !is_damage(error.code());
      if (!doubtful_) {
        db_->checkpoint_on_close(false);
        db_.reset();
      }
    }
    return tl::unexpected<Error>(to_error(doing, error));
  } catch (const std::exception& error) {
    return fail(Errc::internal, doing, error.what());
  }
}

}  // namespace sidedish::headoffice
