#include "rules/image/overlay.hpp"

#include "rules/compile/overlay.hpp"
#include "rules/format/documents.hpp"
#include "rules/tool/commands.hpp"
#include "rules/tool/records.hpp"
#include "rules/tool/report.hpp"
#include "rules/trust/digest.hpp"

namespace sidedish::tool {
void make_overlay(const OverlayArguments& given, Io& io) {
  const auto stop = [&](int status, std::string_view why) {
    io.err << why << '\n';
    io.status = status;
  };
  const auto image = open_image(given.image);
  if (!image) return stop(2, image.error().text());
  const auto text = read_file(given.document);
  if (!text) return stop(2, text.error().text());
  auto parsed = format::parse_overlay({reinterpret_cast<const char*>(text->data()), text->size()});
  compile::MadeOverlay made;
  if (parsed.value) made = compile::make_overlay(*parsed.value, (*image)->image);
  std::vector<Located> errors;
  for (auto& e : parsed.errors) errors.push_back({given.document, std::move(e)});
  for (auto& e : made.errors) errors.push_back({given.document, std::move(e)});
  if (!errors.empty()) {
    print_findings(io.err, "error", errors);
    return stop(1, given.output + ": not written");
  }
  const auto digest = trust::sha256(made.bytes);
  if (!digest) return stop(2, digest.error().text());
  if (const auto written = write_file(given.output, made.bytes); !written) {
    return stop(2, written.error().text());
  }
  io.out << given.output << ": version " << parsed.value->version << ", " << made.bytes.size()
         << " bytes, " << parsed.value->paused.size() << " paused, "
         << parsed.value->recalled.size() << " recalled, " << parsed.value->prices.size()
         << " repriced, " << parsed.value->stock.size() << " stock classes\nsha256 "
         << trust::hex(*digest) << '\n';
}

}  // namespace sidedish::tool
