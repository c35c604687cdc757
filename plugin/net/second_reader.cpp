#include "plugin/net/second_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace sidedish::net {
namespace {

namespace beast = boost::beast;
using beast::error_code;

/// Fields go straight into our headers; nothing else of the head is kept, and no body comes here.
class SecondReader final : public beast::http::basic_parser<true> {
 public:
  explicit SecondReader(Headers& headers) : headers_(headers) {}

 private:
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int,
                       error_code&) override {}
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    headers_.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  Headers& headers_;
};

}  // namespace

bool read_again(std::string_view head, const HeadFacts& facts, std::size_t max_head,
                Headers& headers) {
  SecondReader reader(headers);
  reader.header_limit(static_cast<std::uint32_t>(max_head + 1));
  reader.body_limit(boost::none);
  error_code ec;
  const std::size_t used = reader.put(boost::asio::buffer(head.data(), head.size()), ec);
  return !ec && used == head.size() && reader.is_header_done() &&
         reader.chunked() == facts.chunked &&
         (facts.chunked || reader.content_length().value_or(0) == facts.content_length.value_or(0));
}

}  // namespace sidedish::net
