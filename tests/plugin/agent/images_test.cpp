#include "plugin/lane/ring_layout.hpp"
#include "tests/plugin/agent/office_image.hpp"
#include "tests/support/effort.hpp"

#include <fstream>
#include <iostream>
#include <sys/ptrace.h>
#include <sys/wait.h>

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;

namespace {

struct Place {
  Folder state{std::filesystem::temp_directory_path(), "images"};
  Folder run{"/dev/shm", "images"};
  Place() { REQUIRE(make_folders(state.path, run.path)); }
  std::uint64_t announced() const {
    std::ifstream in(run.path / "generation", std::ios::binary);
    lane::GenerationPage page{};
    in.read(reinterpret_cast<char*>(&page), sizeof page);
    return page.image;
  }
};

/// A head office with one image.
struct Office {
  std::string bytes;
  std::uint64_t version = 1;
  std::string served;  ///< what a blob request gets; empty: the image
  unsigned blobs = 0;
  unsigned unchanged = 0;
  std::optional<net::Response> operator()(const net::Request& request) {
    if (request.target == "/v1/stores/mitte/manifest") {
      if (request.headers.get("If-None-Match") == tag_of(version)) {
        ++unchanged;
        return json(304, "");
      }
      return manifest_of(version, bytes);
    }
    ++blobs;
    CHECK(request.target == "/v1/blobs/sha256/" + digest_of(bytes));
    net::Response response;
    response.body = served.empty() ? bytes : served;
    return response;
  }
};

}  // namespace

TEST_CASE("images: what head office publishes becomes current, once", "[agent]") {
  Place place;
  Office office{image_bytes(1), 1, {}, 0, 0};
  FakeSender sender;
  sender.answer = std::ref(office);
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  CHECK(images.status().sha256.empty());
  REQUIRE(images.fetch(sender, "mitte", std::chrono::seconds(0)) == true);
  CHECK(images.status().sha256 == digest_of(office.bytes));
  CHECK(place.announced() == images.status().generation);
  CHECK(images.fetch(sender, "mitte", std::chrono::seconds(0)) == false);
  CHECK(office.unchanged == 1);
  CHECK(office.blobs == 1);
  // Another version with the same image: no download.
  office.version = 2;
  CHECK(images.fetch(sender, "mitte", std::chrono::seconds(0)) == false);
  CHECK(office.blobs == 1);
}

TEST_CASE("images: after a failed activation the tag is not believed", "[agent]") {
  Place place;
  Office office{image_bytes(1), 1, {}, 0, 0};
  FakeSender sender;
  sender.answer = std::ref(office);
  office.served = office.bytes;
  office.served[100] = static_cast<char>(office.served[100] ^ 1);
  {
    Images images(place.state.path, place.run.path);
    REQUIRE(images.open());
    CHECK_FALSE(images.fetch(sender, "mitte", std::chrono::seconds(0)));
    CHECK(images.status().refused == 1);
    CHECK_FALSE(images.status().trouble.empty());
    CHECK_FALSE(std::filesystem::exists(place.state.path / "current"));
  }
  office.served.clear();
  Images again(place.state.path, place.run.path);
  REQUIRE(again.open());
  CHECK(again.fetch(sender, "mitte", std::chrono::seconds(0)) == true);
  CHECK(office.unchanged == 0);
}

// Seen to fail: with a return that leaves `trouble` as it was.
TEST_CASE("images: a tag that cannot be kept is told, and the image is current all the same",
          "[agent]") {
  Place place;
  Office office{image_bytes(1), 1, {}, 0, 0};
  FakeSender sender;
  sender.answer = std::ref(office);
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  const std::filesystem::path tag = place.state.path / "manifest.etag";
  std::filesystem::create_directories(tag / "in the way");
  CHECK_FALSE(images.fetch(sender, "mitte", std::chrono::seconds(0)));
  CHECK(images.status().sha256 == digest_of(office.bytes));
  CHECK(place.announced() == images.status().generation);
  CHECK(images.status().trouble.starts_with("keeping the manifest's tag: "));
  std::filesystem::remove_all(tag);
  REQUIRE(images.fetch(sender, "mitte", std::chrono::seconds(0)) == false);
  CHECK(images.status().trouble.empty());
  CHECK(office.blobs == 1);
  REQUIRE(images.fetch(sender, "mitte", std::chrono::seconds(0)) == false);
  CHECK(office.unchanged == 1);
}

TEST_CASE("images: an image that is not whole is refused and the current one stays", "[agent]") {
  Place place;
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  const std::string good = image_bytes(1);
  REQUIRE(images.activate(good, digest_of(good), 1));
  std::string bad = image_bytes(2);
  bad.resize(bad.size() - 8);
  CHECK_FALSE(images.activate(bad, digest_of(bad), 2));
  CHECK_FALSE(images.activate(good, std::string(64, '0'), 3));
  CHECK(images.status().sha256 == digest_of(good));
}

TEST_CASE("images: whatever a server or a portal answers, the current rules stay and it is told",
          "[agent]") {
  Place place;
  Office office{image_bytes(1), 1, {}, 0, 0};
  FakeSender sender;
  sender.answer = std::ref(office);
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  REQUIRE(images.fetch(sender, "mitte", std::chrono::seconds(0)) == true);
  const std::string digest = images.status().sha256;
  const std::uint64_t announced = place.announced();
  const std::string tag = images.etag();

  const std::string next = image_bytes(2);
  format::Manifest manifest;
  manifest.store = "mitte";
  manifest.version = 2;
  manifest.image_sha256 = digest_of(next);
  manifest.image_size = next.size();
  const std::string sound = format::write(manifest);
  struct Answer {
    const char* what;
    int status;
    std::string type;
    std::string manifest;
    int blob_status = 200;
    std::string blob{};
  };
  format::Manifest other = manifest;
  other.store = "nord";
  format::Manifest small = manifest;
  small.image_size = next.size() - 1;
  const std::string json_type = "application/json";
  const std::vector<Answer> answers = {
      {"a portal's page", 200, "text/html", "<html>Welcome to our wifi</html>"},
      {"a page that says it is JSON", 200, json_type, "<html></html>"},
      {"JSON as text", 200, "text/plain", sound},
      {"nothing", 200, json_type, ""},
      {"half a manifest", 200, json_type, sound.substr(0, sound.size() / 2)},
      {"a list", 200, json_type, "[]"},
      {"another store's", 200, json_type, format::write(other)},
      {"a redirection", 302, json_type, sound},
      {"forbidden", 403, "application/problem+json", "{}"},
      {"an error", 500, "text/plain", "oops"},
      {"no blob", 200, json_type, sound, 404},
      {"an error for a blob", 200, json_type, sound, 500},
      {"a page for a blob", 200, json_type, sound, 200, "<html></html>"},
      {"another image than its name", 200, json_type, sound, 200, office.bytes},
      {"half a blob", 200, json_type, sound, 200, next.substr(0, next.size() / 2)},
      {"a blob of another size", 200, json_type, format::write(small), 200, next},
  };
  for (const Answer& answer : answers) {
    INFO(answer.what);
    sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
      net::Response response;
      const bool asks = request.target == "/v1/stores/mitte/manifest";
      response.status = asks ? answer.status : answer.blob_status;
      response.body = asks ? answer.manifest : answer.blob;
      response.headers.set("Content-Type", asks ? answer.type : "application/octet-stream");
      response.headers.set("ETag", "\"new\"");
      return response;
    };
    const auto fetched = images.fetch(sender, "mitte", std::chrono::seconds(0));
    CHECK((!fetched || !*fetched));
    CHECK_FALSE(images.status().trouble.empty());
    CHECK(images.status().sha256 == digest);
    CHECK(place.announced() == announced);
    CHECK(images.etag() == tag);
  }
  sender.answer = [](const net::Request&) { return std::optional<net::Response>(); };
  CHECK_FALSE(images.fetch(sender, "mitte", std::chrono::seconds(0)));
  CHECK(images.status().sha256 == digest);
  // And then the real one again.
  office.bytes = next;
  office.version = 2;
  sender.answer = std::ref(office);
  CHECK(images.fetch(sender, "mitte", std::chrono::seconds(0)) == true);
  CHECK(images.status().sha256 == digest_of(next));
  CHECK(images.status().trouble.empty());
}

TEST_CASE("images: whatever is damaged in a new image, it is refused and the current one stays",
          "[agent][U03]") {
  const std::uint64_t seed = sidedish::test::seed_of("U03");
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  Place place;
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  const std::string good = image_bytes(1);
  const std::string next = image_bytes(2);
  REQUIRE(images.activate(good, digest_of(good), 1));
  const std::uint64_t generation = images.status().generation;
  const unsigned mutants = sidedish::test::effort(60, 200, 200);
  unsigned accepted = 0;
  for (unsigned i = 0; i < mutants; ++i) {
    std::string bad = next;
    if (i % 5 == 0) {
      bad.resize(random() % bad.size());
    } else {
      for (std::uint64_t hits = 1 + random() % 3; hits > 0; --hits) {
        char& byte = bad[random() % bad.size()];
        byte = static_cast<char>(byte ^ static_cast<char>(1 + random() % 255));
      }
    }
    if (bad == next) continue;  // two hits undid each other
    // Half of them as head office would name them if it had built them so.
    accepted += images.activate(bad, digest_of(i % 2 == 0 ? next : bad), 2) ? 1U : 0U;
    CHECK_FALSE(images.status().trouble.empty());
  }
  CHECK(accepted == 0);
  CHECK(images.status().sha256 == digest_of(good));
  CHECK(images.status().generation == generation);
  std::cout << "U03: " << mutants << " damaged images, " << accepted << " accepted\n";
}

TEST_CASE("images: killed before any step of activation, the old or the new image is whole",
          "[agent]") {
  const std::string old_bytes = image_bytes(1);
  const std::string new_bytes = image_bytes(2);
  bool finished = false;
  int steps = 0;
  for (; !finished; ++steps) {
    Place place;
    {
      Images images(place.state.path, place.run.path);
      REQUIRE(images.open());
      REQUIRE(images.activate(old_bytes, digest_of(old_bytes), 1));
    }
    const ::pid_t child = ::fork();
    if (child == 0) {
      int left = steps;
      Images images(place.state.path, place.run.path, [&](std::string_view) {
        if (left-- == 0) ::_exit(9);
      });
      if (!images.open() || !images.activate(new_bytes, digest_of(new_bytes), 2)) ::_exit(1);
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WEXITSTATUS(status) != 1);
    finished = WEXITSTATUS(status) == 0;
    Images after(place.state.path, place.run.path);
    REQUIRE(after.open());
    const std::string now = after.status().sha256;
    CHECK((now == digest_of(old_bytes) || now == digest_of(new_bytes)));
    if (finished) CHECK(now == digest_of(new_bytes));
    CHECK(after.status().trouble.empty());
    REQUIRE(after.activate(new_bytes, digest_of(new_bytes), 2));
    CHECK(after.status().sha256 == digest_of(new_bytes));
  }
  CHECK(steps > 8);
}

namespace {

/// Runs `work` in a child and kills it at its `point`-th entry into or return from the kernel. false:
/// it ended by itself before, with status 0.
bool killed_at(int point, const std::function<bool()>& work) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::_exit(work() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSTOPPED(status));
  for (;; --point) {
    if (point == 0) {
      ::kill(child, SIGKILL);
      REQUIRE(::waitpid(child, &status, 0) == child);
      return true;
    }
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) {
      REQUIRE(WEXITSTATUS(status) == 0);
      return false;
    }
  }
}

}  // namespace

// To see it fail: let make_current() write the file `current` in place instead of renaming.
TEST_CASE("images: killed at any system call of activation, the old or the new image is whole",
          "[agent][U01]") {
  const std::uint64_t seed = sidedish::test::seed_of("U01");
  std::mt19937_64 random(seed);
  const std::string old_bytes = image_bytes(1);
  const std::string new_bytes = image_bytes(2);
  const unsigned stride = sidedish::test::effort(11, 3, 1);
  unsigned points = 0;
  unsigned fresh = 0;
  bool killed = true;
  for (int point = 1 + static_cast<int>(random() % stride); killed;
       point += static_cast<int>(stride)) {
    INFO("seed " << seed << " point " << point);
    Place place;
    {
      Images images(place.state.path, place.run.path);
      REQUIRE(images.open());
      REQUIRE(images.activate(old_bytes, digest_of(old_bytes), 1));
    }
    Office office{new_bytes, 2, {}, 0, 0};
    FakeSender sender;
    sender.answer = std::ref(office);
    killed = killed_at(point, [&] {
      Images images(place.state.path, place.run.path);
      return images.open() && images.fetch(sender, "mitte", std::chrono::seconds(0)) == true;
    });
    points += killed ? 1U : 0U;
    Images after(place.state.path, place.run.path);
    REQUIRE(after.open());
    const std::string now = after.status().sha256;
    REQUIRE((now == digest_of(old_bytes) || now == digest_of(new_bytes)));
    fresh += killed && now == digest_of(new_bytes) ? 1U : 0U;
    CHECK(after.status().trouble.empty());
    REQUIRE(after.fetch(sender, "mitte", std::chrono::seconds(0)));
    CHECK(after.status().sha256 == digest_of(new_bytes));
  }
  CHECK(points >= (stride == 1 ? 100 : 10));
  CHECK(fresh > 0);
  std::cout << "U01: killed at " << points << " points, " << fresh
            << " with the new image, the others with the old, each whole\n";
}

TEST_CASE("images: at boot a damaged image gives way to the previous one, and that to silence",
          "[agent]") {
  Place place;
  const std::string first = image_bytes(1);
  const std::string second = image_bytes(2);
  std::uint64_t generation = 0;
  {
    Images images(place.state.path, place.run.path);
    REQUIRE(images.open());
    REQUIRE(images.activate(first, digest_of(first), 1));
    REQUIRE(images.activate(second, digest_of(second), 2));
    generation = images.status().generation;
  }
  const auto damage = [&](const std::string& bytes) {
    std::fstream file(place.state.path / "images" / (digest_of(bytes) + ".image"),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(64);
    file << "XXXX";
  };
  damage(second);
  {
    Images images(place.state.path, place.run.path);
    REQUIRE(images.open());
    CHECK(images.status().sha256 == digest_of(first));
    CHECK(images.status().generation > generation);
  }
  damage(first);
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  CHECK(images.status().sha256.empty());
  REQUIRE(images.activate(second, digest_of(second), 3));
  CHECK(images.status().sha256 == digest_of(second));
}

TEST_CASE("images: a file is taken without a head office, and again when it changes", "[agent]") {
  Place place;
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  const auto file = place.state.path / "rules.image";
  CHECK_FALSE(images.take_file(file));
  std::ofstream(file, std::ios::binary) << image_bytes(1);
  REQUIRE(images.take_file(file));
  CHECK(images.status().sha256 == digest_of(image_bytes(1)));
  const std::uint64_t generation = images.status().generation;
  REQUIRE(images.take_file(file));
  CHECK(images.status().generation == generation);
  std::ofstream(file, std::ios::binary) << "rubbish";
  CHECK_FALSE(images.take_file(file));
  CHECK(images.status().sha256 == digest_of(image_bytes(1)));
}
