#pragma once
#include "rules/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::receipts {

/// Records of a CSV file (RFC 4180; LF or CRLF), plain or gzip, read in pieces: memory does not
/// grow with the file. Quoted fields may hold commas, doubled quotes and line ends. A UTF-8 byte
/// order mark is skipped. One thread per object.
class CsvReader {
 public:
  struct Limits {
    std::size_t field_bytes = 4096;
    std::size_t fields = 64;
  };
  /// io when it cannot be opened.
  static Result<CsvReader> open(const std::filesystem::path& file, Limits limits);
  static Result<CsvReader> open(const std::filesystem::path& file) { return open(file, Limits{}); }
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;
  ~CsvReader();

  /// The next record into `fields`; false at the end of the file. Errors name "file:line" (the line
  /// on which the record begins): corrupt for a broken or cut gzip stream, invalid for a stray or
  /// open quote, a NUL or bytes that are not UTF-8, limit for fields beyond the limits. After an
  /// error the reader stays at its place and repeats the error.
  Result<bool> next(std::vector<std::string>& fields);

  /// Line of the file on which the last record began, from 1.
  std::uint64_t line() const noexcept;
  /// An error of the caller's about the last record: "file:line: what".
  Error error(Errc code, std::string_view what) const;

 private:
  struct State;
  explicit CsvReader(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace sidedish::receipts
