#include "headoffice/problems/problems.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

struct Title {
  std::string_view name;
  std::string_view title;
};
constexpr Title kTitles[] = {
    {"changed-meanwhile", "Somebody else changed it meanwhile"},
    {"condition-missing", "What it was made from must be said"},
    {"cross-origin", "Web pages may not do this"},
    {"digest-mismatch", "The body is not the one that was sent"},
    {"digest-missing", "A Content-Digest is needed"},
    {"edit-conflict", "Somebody else changed it meanwhile"},
    {"invalid-document", "The document cannot be used as it is"},
    {"invalid-request", "The request cannot be understood"},
    {"link-over", "This link is not valid any more"},
    {"malformed-body", "The body cannot be read"},
    {"no-manifest", "Nothing is published for this store"},
    {"not-allowed", "This person may not do this"},
    {"not-found", "There is no such thing"},
    {"not-signed-in", "Nobody is signed in"},
    {"precondition-required", "What the change builds on has to be said"},
    {"publish-conflict", "Another version is published than the one that was edited"},
    {"source-conflict", "Two machines share one identity"},
    {"still-used", "Something still needs it"},
    {"storage-unavailable", "The database cannot be used now"},
    {"too-large", "The body or the batch is too large"},
    {"too-many-tries", "Too many tries"},
    {"unknown-terminal", "No such terminal is known"},
    {"unsupported-media-type", "The body has another type than expected"},
    {"wrong-credentials", "Name and password do not fit"},
    {"wrong-state", "It is not in the state for this"},
};

}  // namespace

net::Response problem_of(int status, std::string_view name, std::string_view detail,
                         std::span<const net::ProblemItem> errors) {
  const auto* title = std::find_if(std::begin(kTitles), std::end(kTitles),
                                   [&](const Title& entry) { return entry.name == name; });
  return net::problem(status, std::string(kProblems).append(name),
                      title != std::end(kTitles) ? title->title : net::reason_phrase(status),
                      detail, errors);
}

net::Response problem_of(const Error& error) {
  switch (error.code()) {
    case Errc::not_found:
      return problem_of(404, "not-found", error.text());
    case Errc::denied:
      return problem_of(403, "unknown-terminal", error.text());
    case Errc::invalid:
    case Errc::limit:
      return problem_of(422, "invalid-document", error.text());
    case Errc::io:
    case Errc::conflict:
    case Errc::corrupt: {
      net::Response response = problem_of(503, "storage-unavailable", error.text());
      response.headers.set("Retry-After", "5");
      return response;
    }
    default:
      return net::problem(500, error.text());
  }
}

void add_member(net::Response& problem, std::string_view member) {
  const std::size_t end = problem.body.rfind('}');
  if (end != std::string::npos) problem.body.insert(end, std::string(",").append(member));
}

}  // namespace sidedish::headoffice
