#include "plugin/agent/pictures.hpp"

#include "tests/plugin/agent/bench.hpp"

#include <fstream>
#include <map>

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;

namespace {

namespace fs = std::filesystem;

/// A WebP file, by its first bytes.
std::string picture(int n, std::size_t size = 200) {
  std::string out = std::string("RIFF\xC0\0\0\0WEBPVP8 ", 16) + std::to_string(n);
  out.resize(size, '.');
  return out;
}
std::string digest_of(const std::string& bytes) { return net::hex(net::sha256(bytes)); }
format::ManifestPicture named(const std::string& bytes) {
  return {digest_of(bytes), bytes.size(), "image/webp"};
}

/// A terminal's folder, and a head office with pictures.
struct Place {
  Folder state{fs::temp_directory_path(), "pictures"};
  Folder run{"/dev/shm", "pictures"};
  std::map<std::string, std::string> office;  ///< by path
  std::vector<std::string> asked;
  FakeSender sender;
  Place() {
    REQUIRE(make_folders(state.path, run.path));
    sender.answer = [this](const net::Request& request) -> std::optional<net::Response> {
      asked.push_back(request.target);
      net::Response response;
      const auto at = office.find(request.target);
      response.status = at != office.end() ? 200 : 404;
      if (at != office.end()) response.body = at->second;
      return response;
    };
  }
  std::string add(int n) {
    const std::string bytes = picture(n);
    office["/v1/pictures/" + digest_of(bytes)] = bytes;
    return bytes;
  }
  std::set<std::string> files() const {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(state.path / "pictures")) {
      out.insert(entry.path().filename().string());
    }
    return out;
  }
};

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("pictures: what the rules name is fetched one by one, and then nothing is asked",
          "[agent]") {
  Place place;
  const std::string a = place.add(1), b = place.add(2);
  Pictures pictures(place.state.path);
  pictures.open();
  REQUIRE(pictures.want({named(a), named(b)}));
  CHECK_FALSE(pictures.has(digest_of(a)));
  CHECK(pictures.fetch(place.sender) == true);
  CHECK(pictures.status().present == 1);
  CHECK(pictures.fetch(place.sender) == true);
  CHECK(pictures.fetch(place.sender) == false);
  CHECK(place.asked.size() == 2);
  CHECK(pictures.has(digest_of(a)));
  CHECK(place.files() == std::set{digest_of(a), digest_of(b)});
  std::ifstream in(place.state.path / "pictures" / digest_of(b), std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == b);
}

// Proved by leaving the digest out of Pictures::keep(): the forged file is taken.
TEST_CASE("pictures: a file of another size, content or kind is refused, and the others come",
          "[agent]") {
  Place place;
  const std::string good = place.add(1);
  std::string forged = picture(2);
  const auto forged_name = named(forged);
  place.office["/v1/pictures/" + forged_name.sha256] = picture(3);
  const std::string drawing = "<svg onload='alert(1)'/>";
  place.office["/v1/pictures/" + digest_of(drawing)] = drawing;
  const std::string longer = picture(4);
  place.office["/v1/pictures/" + digest_of(longer)] = longer;
  Pictures pictures(place.state.path);
  pictures.open();
  REQUIRE(pictures.want({named(good),
                         forged_name,
                         named(drawing),
                         {digest_of(longer), longer.size() + 1, "image/webp"}}));
  unsigned came = 0;
  for (int i = 0; i < 4; ++i) came += pictures.fetch(place.sender) ? 1U : 0U;
  CHECK(came == 1);
  CHECK(pictures.status().refused == 3);
  CHECK(place.files() == std::set{digest_of(good)});
}

TEST_CASE("pictures: one that head office has not got is asked for again after all the others",
          "[agent]") {
  Place place;
  const std::string a = place.add(1), b = place.add(2);
  const std::string missing = picture(3);
  Pictures pictures(place.state.path);
  pictures.open();
  REQUIRE(pictures.want({named(a), named(b), named(missing)}));
  for (int i = 0; i < 4; ++i) {
    if (!pictures.fetch(place.sender)) CHECK_FALSE(pictures.status().trouble.empty());
  }
  CHECK(pictures.status().present == 2);
  CHECK(std::set(place.asked.begin(), place.asked.begin() + 3).size() == 3);
  place.office["/v1/pictures/" + digest_of(missing)] = missing;
  CHECK(pictures.fetch(place.sender) == true);
  CHECK(pictures.status().trouble.empty());
  CHECK(pictures.status().present == 3);
}

TEST_CASE("pictures: rules are asked for between two turns, and at leisure when nothing is missing",
          "[agent]") {
  Place place;
  const std::string a = place.add(1), b = place.add(2), missing = picture(3);
  Pictures pictures(place.state.path);
  pictures.open();
  struct Ticking final : Clock {
    mutable MonoMs at = 0;
    UtcMs now() const noexcept override { return at; }
    MonoMs steady() const noexcept override { return at += 400; }
  } clock;
  REQUIRE(pictures.want({named(a), named(b), named(picture(4)), named(missing)}));
  CHECK(pictures.take_turn(place.sender, clock, 0.9) <= std::chrono::seconds(1));
  CHECK(place.asked.size() <= 3);  // a second of them
  place.asked.clear();
  clock.at += 600'000;
  place.sender.answer = [&](const net::Request&) -> std::optional<net::Response> {
    place.asked.emplace_back();
    return std::nullopt;
  };
  std::chrono::seconds longest(0);
  for (int i = 0; i < 12; ++i) {
    longest = std::max(longest, pictures.take_turn(place.sender, clock, 0.9));
    const std::size_t asked = place.asked.size();
    pictures.take_turn(place.sender, clock, 0.9);  // too early: nobody is asked
    CHECK(place.asked.size() <= asked + 1);
    clock.at += 400'000;
  }
  CHECK(longest == std::chrono::seconds(30));
  REQUIRE(pictures.want({}));
  CHECK(pictures.take_turn(place.sender, clock, 0.9) == std::chrono::seconds(30));
}

// Proved by keeping two sets of rules instead of three.
TEST_CASE("pictures: files go two generations after the rules that named them", "[agent]") {
  Place place;
  std::vector<std::string> all;
  Pictures pictures(place.state.path);
  pictures.open();
  for (int n = 0; n < 5; ++n) {
    all.push_back(place.add(n));
    REQUIRE(pictures.want({named(all.back())}));
    REQUIRE(pictures.fetch(place.sender) == true);
  }
  CHECK(place.files() == std::set{digest_of(all[2]), digest_of(all[3]), digest_of(all[4])});
  CHECK_FALSE(pictures.has(digest_of(all[1])));
  CHECK(pictures.has(digest_of(all[2])));
  CHECK(pictures.status().dropped == 2);
}

TEST_CASE("pictures: after a restart only what is missing or cut off is fetched", "[agent]") {
  Place place;
  const std::string a = place.add(1), b = place.add(2), c = place.add(3);
  {
    Pictures pictures(place.state.path);
    pictures.open();
    REQUIRE(pictures.want({named(a), named(b), named(c)}));
    REQUIRE(pictures.fetch(place.sender) == true);
    REQUIRE(pictures.fetch(place.sender) == true);
  }
  REQUIRE(place.files().size() == 2);
  const std::string cut = *place.files().begin();
  fs::resize_file(place.state.path / "pictures" / cut, 20);
  write(place.state.path / "pictures" / "half.tmp", "half");
  place.asked.clear();
  Pictures again(place.state.path);
  again.open();
  CHECK(again.status().wanted == 3);
  CHECK(again.status().present == 1);
  CHECK_FALSE(again.has(cut));
  while (again.fetch(place.sender) == true) {
  }
  CHECK(place.asked.size() == 2);
  CHECK(place.files() == std::set{digest_of(a), digest_of(b), digest_of(c)});
}

// The tag says "you have the manifest"; without the list this terminal does not know what it named.
TEST_CASE("pictures: without its list the manifest's tag is not believed", "[agent]") {
  Place place;
  write(place.state.path / "manifest.etag", "\"v1\"\n");
  Pictures pictures(place.state.path);
  pictures.open();
  CHECK_FALSE(fs::exists(place.state.path / "manifest.etag"));
  write(place.state.path / "manifest.etag", "\"v1\"\n");
  REQUIRE(pictures.want({}));
  Pictures again(place.state.path);
  again.open();
  CHECK(fs::exists(place.state.path / "manifest.etag"));
}

TEST_CASE("pictures: a folder's files named by their digest are taken, and nothing else of it",
          "[agent]") {
  Place place;
  Folder folder{fs::temp_directory_path(), "pictures"};
  const std::string a = picture(1), b = picture(2), large = picture(3, 70'000);
  write(folder.path / digest_of(a), a);
  write(folder.path / (digest_of(b) + ".webp"), b);
  write(folder.path / (digest_of(large) + ".webp"), large);
  write(folder.path / digest_of("no picture"), "no picture");
  write(folder.path / "README.md", "pictures");
  Pictures pictures(place.state.path);
  pictures.open();
  CHECK_FALSE(pictures.take_folder(folder.path));
  CHECK(pictures.status().refused == 1);
  CHECK(place.files() == std::set{digest_of(a), digest_of(b)});
  CHECK(pictures.has(digest_of(b)));
  REQUIRE(pictures.take_folder(folder.path));  // as it was: not looked at again
  CHECK(pictures.status().refused == 1);
  const std::string c = picture(4);
  write(folder.path / (digest_of(c) + ".webp"), c);
  fs::remove(folder.path / digest_of("no picture"));
  REQUIRE(pictures.take_folder(folder.path));
  CHECK(pictures.status().present == 3);
  CHECK_FALSE(pictures.take_folder(folder.path / "gone"));
  CHECK(pictures.status().present == 3);
}
