#include "rules/tool/files.hpp"
#include "rules/tool/tool.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdlib.h>

using namespace sidedish;

// The first image and its first record of the engine's golden corpus.
TEST_CASE("tool: a decision record is explained rule by rule, and replays") {
  std::string folder = (std::filesystem::temp_directory_path() / "sidedish-why-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const auto corpus = tool::read_file(std::string(SIDEDISH_SOURCE_DIR) +
                                      "/tests/rules/engine/golden/decisions.bin");
  REQUIRE(corpus);
  std::size_t at = 0;
  for (const char* name : {"/image", "/record"}) {
    std::uint32_t head[2];
    std::memcpy(head, corpus->data() + at, sizeof head);
    REQUIRE(tool::write_file(folder + name, std::span(*corpus).subspan(at + 8, head[1])));
    at += 8 + head[1];
  }
  const auto run = [](std::vector<std::string> words, std::string& out) {
    std::vector<const char*> argv{"sidedish-rules"};
    for (const auto& w : words) argv.push_back(w.c_str());
    std::ostringstream text, err;
    tool::Io io{text, err, 0, false, 0};
    const int status = tool::run(static_cast<int>(argv.size()), argv.data(), io);
    out = text.str() + err.str();
    return status;
  };
  std::string out;
  CHECK(run({"explain", folder + "/record", "--image", folder + "/image"}, out) == 0);
  CHECK(out.find("Rule r") != std::string::npos);
  CHECK(run({"explain", folder + "/record", "--image", folder + "/image", "--json"}, out) == 0);
  CHECK(out.find("\"fate\"") != std::string::npos);
  CHECK(run({"replay", folder + "/image", folder + "/record"}, out) == 0);
  CHECK(out == "1 of 1 records decide the same bytes\n");
  CHECK(run({"replay", folder + "/image", folder + "/image"}, out) == 1);
  std::filesystem::remove_all(folder);
}
