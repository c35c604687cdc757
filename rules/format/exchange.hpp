#pragma once
// What head office answers: to a batch of outcomes, and to the question for rules (OUTCOMES.md,
// "Answers" and "Rules"). Both directions; strict, with every finding. Pure, any thread.
#include "rules/base/clock.hpp"
#include "rules/format/wire_json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::format {

struct Rejected {
  std::uint64_t id = 0;
  std::string detail;
};

/// 200 to POST /v1/outcomes: committed and fsynced. accepted + duplicate + rejected = events sent.
struct ReportAnswer {
  std::string digest;  ///< Content-Digest of the request, echoed: "sha-256=:...:"
  std::uint64_t accepted = 0;
  std::uint64_t duplicate = 0;
  std::vector<Rejected> rejected;
  std::string manifest;          ///< ETag of the store's manifest now, with its quotes; "" = none
  std::uint32_t drain_rate = 0;  ///< events a second the server wants at most; 0 = no wish
};
std::string write(const ReportAnswer& answer);
std::optional<ReportAnswer> read_report_answer(std::string_view json, WireFindings& findings);

/// The member of a 409 source-conflict problem: this id was counted with other content. Members of
/// RFC 9457 beside it are tolerated. nullopt: not such a document.
std::optional<std::uint64_t> read_source_conflict(std::string_view problem_json);
inline constexpr std::string_view kSourceConflict =
    "https://sidedish.invalid/problems/source-conflict";

/// A picture that products of the image may name (rules/base/picture.hpp).
struct ManifestPicture {
  std::string sha256;  ///< 64 lower-case hex digits
  std::uint64_t size = 0;
  std::string type;  ///< image/webp or image/png
  friend bool operator==(const ManifestPicture&, const ManifestPicture&) = default;
};
inline constexpr std::size_t kMaxPictures = 20'000;  ///< of one manifest

/// What is paused, recalled or repriced beside the image: one small file (rules/image/overlay.hpp).
struct ManifestOverlay {
  std::string sha256;  ///< 64 lower-case hex digits
  std::uint64_t size = 0;
  std::uint64_t version = 0;  ///< the file's own; grows with every change in the store
  friend bool operator==(const ManifestOverlay&, const ManifestOverlay&) = default;
};
inline constexpr std::uint64_t kMaxOverlayBytes = 16ULL << 20;

/// GET /v1/stores/{store}/manifest.
struct Manifest {
  std::string store;
  std::uint64_t version = 0;  ///< grows with every publish
  std::uint64_t pack_version = 0;
  std::string image_sha256;  ///< 64 lower-case hex digits
  std::uint64_t image_size = 0;
  UtcMs published_at = 0;
  std::vector<ManifestPicture> pictures{};  ///< each once
  std::optional<ManifestOverlay> overlay{};
};
inline constexpr std::string_view kManifestFormat = "sidedish-manifest/1";
inline constexpr std::uint64_t kMaxImageBytes = 256ULL << 20;
std::string write(const Manifest& manifest);
/// Members it does not know are those of a later version, and passed over: a terminal goes on.
std::optional<Manifest> read_manifest(std::string_view json, WireFindings& findings);

}  // namespace sidedish::format
