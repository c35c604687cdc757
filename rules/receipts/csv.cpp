#include "rules/receipts/csv.hpp"

#include "rules/base/text.hpp"

#include <array>
#include <optional>
#include <utility>
#include <zlib.h>

namespace sidedish::receipts {

struct CsvReader::State {
  gzFile file = nullptr;
  std::string name;  // as in messages: folder and file name, not the whole path
  Limits limits;
  std::array<unsigned char, 1U << 16U> bytes{};
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t line = 1;         // being read
  std::uint64_t record_line = 0;  // where the last record began
  std::optional<Error> broken;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (file != nullptr) gzclose(file);
  }

  static constexpr int kEnd = -1;
  static constexpr int kBroken = -2;

  // The next byte without taking it, kEnd, or kBroken with `broken` set.
  int peek() {
    if (begin == end) {
      const int n = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
      int code = Z_OK;
      const char* why = gzerror(file, &code);
      if (n < 0 || (code != Z_OK && code != Z_STREAM_END)) {
        broken = at(line, Errc::corrupt, code == Z_BUF_ERROR ? "gzip stream is cut off" : why);
        return kBroken;
      }
      if (n == 0) return kEnd;
      begin = 0;
      end = static_cast<std::size_t>(n);
    }
    return bytes[begin];
  }
  void take() {
    if (bytes[begin] == '\n') ++line;
    ++begin;
  }
  Error at(std::uint64_t where, Errc code, std::string_view what) const {
    return {code, name + ":" + std::to_string(where), what};
  }
};

CsvReader::CsvReader(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

Result<CsvReader> CsvReader::open(const std::filesystem::path& file, Limits limits) {
  auto state = std::make_unique<State>();
  state->name = (file.parent_path().filename() / file.filename()).string();
  state->limits = limits;
  std::error_code missing;
  if (!std::filesystem::is_regular_file(file, missing)) {
    return fail(Errc::io, "opening " + state->name, "no such file");
  }
  state->file = gzopen(file.c_str(), "rb");
  if (state->file == nullptr) return fail(Errc::io, "opening " + state->name, "cannot be read");
  for (const int mark : {0xEF, 0xBB, 0xBF}) {
    if (state->peek() != mark) break;
    state->take();
  }
  return CsvReader(std::move(state));
}

Result<bool> CsvReader::next(std::vector<std::string>& fields) {
  State& s = *state_;
  const auto stop = [&](Errc code, std::string_view what) {
    s.broken = s.at(s.record_line, code, what);
    return tl::unexpected<Error>(*s.broken);
  };
  if (s.broken) return tl::unexpected<Error>(*s.broken);
  fields.clear();
  s.record_line = s.line;
  if (const int first = s.peek(); first == State::kEnd) {
    return false;
  } else if (first == State::kBroken) {
    return tl::unexpected<Error>(*s.broken);
  }
  for (;;) {  // one field per turn
    if (fields.size() == s.limits.fields) return stop(Errc::limit, "too many fields");
    std::string field;
    bool quoted = false;
    int c = s.peek();
    if (c == '"') {
      quoted = true;
      s.take();
      for (;;) {
        c = s.peek();
        if (c == State::kBroken) return tl::unexpected<Error>(*s.broken);
        if (c == State::kEnd) return stop(Errc::invalid, "a quoted field has no end");
        s.take();
        if (c == '"') {
          c = s.peek();
          if (c != '"') break;
          s.take();
        }
        if (field.size() == s.limits.field_bytes) return stop(Errc::limit, "a field is too long");
        field.push_back(static_cast<char>(c));
      }
    }
    bool carriage = false;
    for (;;) {
      c = s.peek();
      if (c == State::kBroken) return tl::unexpected<Error>(*s.broken);
      if (c == State::kEnd || c == ',' || c == '\n') break;
      if (carriage) return stop(Errc::invalid, "a carriage return inside a line");
      s.take();
      if (c == '\r') {
        carriage = true;
        continue;
      }
      if (quoted) return stop(Errc::invalid, "text after a closing quote");
      if (c == '"') return stop(Errc::invalid, "a quote inside an unquoted field");
      if (field.size() == s.limits.field_bytes) return stop(Errc::limit, "a field is too long");
      field.push_back(static_cast<char>(c));
    }
    if (carriage && c == ',') return stop(Errc::invalid, "a carriage return inside a line");
    if (!valid_utf8(field)) return stop(Errc::invalid, "a field is not UTF-8");
    if (field.find('\0') != std::string::npos) return stop(Errc::invalid, "a field holds a NUL");
    fields.push_back(std::move(field));
    if (c != State::kEnd) s.take();
    if (c != ',') return true;
  }
}

std::uint64_t CsvReader::line() const noexcept { return state_->record_line; }

Error CsvReader::error(Errc code, std::string_view what) const {
  return state_->at(state_->record_line, code, what);
}

}  // namespace sidedish::receipts
