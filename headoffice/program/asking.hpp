#pragma once
// Commands ask by requests; what comes back is read, or complained about.
#include "headoffice/program/office.hpp"
#include "plugin/net/percent.hpp"
#include "rules/format/wire_json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

/// To standard output.
void print(const std::string& text);
/// nullptr: code 1, and the reason printed.
std::unique_ptr<Office> reach(const Places& places, int& code);
/// The body of a 2xx answer, code 0; otherwise the exit code was decided and the reason printed.
std::optional<std::string> body_of(Office& office, net::Request request, int& code);
std::optional<std::string> body_of(const Places& places, net::Request request, int& code);
std::optional<std::string> get(const Places& places, std::string target, int& code);
/// With a JSON body; `method` of its own.
std::optional<std::string> send(const Places& places, const char* method, std::string target,
                                std::string json, int& code);
/// Within limits that suit what head office itself writes.
std::optional<format::JsonDocument> parse(const std::string& json);
/// The member's text, or its number in decimal; empty and 0 where there is none.
std::string text_of(format::Json value, std::string_view name);
std::string number_of(format::Json value, std::string_view name);

}  // namespace sidedish::headoffice
