#include "headoffice/server/pictures.hpp"

#include "headoffice/server/answers.hpp"
#include "plugin/net/digest.hpp"
#include "rules/base/picture.hpp"
#include "rules/format/json_writer.hpp"

namespace sidedish::headoffice {

net::Response save_picture(Storage& storage, const Clock& clock, const net::Routed& routed) {
  const std::string& name = routed.param("sha256");
  const auto digest = parse_digest(name);
  if (!digest) return problem_of(404, "not-found", "expected 64 hexadecimal digits in lower case");
  const std::string& body = routed.request.body;
  if (body.size() > kMaxLargePicture) {
    return problem_of(413, "too-large",
                      "expected a picture of at most " + std::to_string(kMaxLargePicture) +
                          " bytes, found " + std::to_string(body.size()));
  }
  // What the sender says of its type is not asked: browsers will go by the bytes.
  const std::string_view type = picture_type(body);
  if (type.empty()) {
    return problem_of(415, "unsupported-media-type", "expected a WebP or PNG file");
  }
  if (net::hex(net::sha256(body)) != name) {
    return problem_of(422, "digest-mismatch", "the SHA-256 of the body is not that of the path");
  }
  const auto created = storage.put_picture(*digest, {std::string(type), body}, clock.now());
  if (!created) return problem_of(created.error());
  format::JsonWriter json;
  json.open('{').key("sha256").text(name).key("size").number(std::uint64_t{body.size()});
  json.key("type").text(type).close('}');
  return json_answer(json.take(), *created ? 201 : 200);
}

}  // namespace sidedish::headoffice
