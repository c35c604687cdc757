#pragma once
// The program in-process, and a folder for its files.
#include "rules/tool/files.hpp"
#include "rules/tool/tool.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>
#include <stdlib.h>

namespace sidedish::testing {

struct Ran {
  int status;
  std::string out, err;
};

/// 2026-09-21 14:13:20 UTC.
inline constexpr UtcMs kNow = 1'790'000'000'000;

inline Ran run_tool(std::vector<std::string> words) {
  words.insert(words.begin(), "sidedish-rules");
  std::vector<const char*> argv;
  for (const auto& w : words) argv.push_back(w.c_str());
  std::ostringstream out, err;
  tool::Io io{out, err, kNow, false, 0};
  const int status = tool::run(static_cast<int>(argv.size()), argv.data(), io);
  return {status, out.str(), err.str()};
}

class ToolFolder {
 public:
  ToolFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sidedish-tool-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ToolFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ToolFolder(const ToolFolder&) = delete;
  ToolFolder& operator=(const ToolFolder&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }
  std::filesystem::path path() const { return path_; }
  void write(const char* name, std::string_view text) const {
    REQUIRE(tool::write_file(*this / name, std::as_bytes(std::span(text))));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace sidedish::testing
