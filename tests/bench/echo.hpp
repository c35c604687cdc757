#pragma once
// What the agent's API is measured against: Beast's own reader and writer, and nothing else.
#include <cstdint>
#include <memory>
#include <string>

/// Reads each request whole and answers it with the bytes of `answer`: the same fields and the same
/// body, set one by one and written by Beast. One connection after the other, one thread.
class Echo {
 public:
  explicit Echo(const std::string& answer);
  ~Echo();
  std::uint16_t port() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};
