#pragma once
// A look into the outbox of an agent that does not run. Changes nothing.
#include "plugin/store/outbox.hpp"

namespace sidedish::outbox {

struct Peek {
  OutboxStatus status;
  std::map<std::string, std::uint64_t> counters;
};
/// conflict: an agent has it open: ask that one. not_found, corrupt, io.
Result<Peek> peek(const std::filesystem::path& file);

}  // namespace sidedish::outbox
