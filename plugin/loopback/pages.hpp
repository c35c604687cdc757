#pragma once
// Serving /till, /kiosk and their files: those that are inside the program, or a folder's.
#include "plugin/net/http.hpp"
#include "rules/format/wire_json.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidedish::loopback {

/// How a store wants its pages.
struct PagesConfig {
  std::string accept_key = "F8";
  std::string decline_key = "F9";
  std::int64_t fold_ms = 12'000;  ///< an unanswered suggestion folds into a chip
  std::int64_t late_ms = 300;     ///< an answer older than that is not shown
  std::vector<std::pair<std::string, std::string>> theme;  ///< CSS custom properties
  std::filesystem::path folder;  ///< served instead of what is inside; empty: nothing instead
};

/// The member "pages" of agent.json:
/// {"keys": {"accept": "F8", "decline": "F9"}, "fold_ms": 12000, "late_ms": 300, "theme": {"--accent": "#b00"}}
void read_pages(format::Json value, const std::string& pointer, PagesConfig& out,
                format::WireFindings& findings);

class Pages {
 public:
  /// `origins` may hold the pages in a frame.
  Pages(std::filesystem::path folder, std::string token, const std::vector<std::string>& origins);

  /// "/till", "/kiosk", "/assets/...". nullopt: there is no such file.
  std::optional<net::Response> serve(const net::Request& request, const std::string& path) const;

 private:
  net::Response page(std::string html) const;
  const std::filesystem::path folder_;
  const std::string token_;
  std::string policy_;
};

/// <folder>/<sha256>: a WebP or PNG picture, for ever the same. nullopt: there is none.
std::optional<net::Response> serve_picture(const std::filesystem::path& folder,
                                           const net::Request& request, std::string_view sha256);

}  // namespace sidedish::loopback
