#pragma once
// Who comes in by which route: machines on this machine, people in their browsers, the command line.
#include "headoffice/people/people.hpp"
#include "headoffice/server/metrics.hpp"
#include "plugin/net/router.hpp"

#include <functional>
#include <string>

namespace sidedish::headoffice {

/// The session's cookie: browsers take this name only with Secure, Path=/ and no Domain.
inline constexpr std::string_view kCookie = "__Host-sidedish";
inline constexpr std::string_view kCsrfField = "Sidedish-CSRF";

/// What a Denied looks like from outside.
net::Response problem_of(const Denied& denied);

/// Adds routes, counts their answers, and lets in whom they are for. What it is given outlives it.
class Door {
 public:
  using Open = std::function<net::Response(const net::Routed&)>;
  using ForPeople = std::function<net::Response(const net::Routed&, const Actor&)>;

  /// `command_token`: whoever shows it as Bearer is the command line; empty = nobody is.
  Door(net::Router& router, Answers& answers, People& people, std::string command_token)
      : router_(router),
        answers_(answers),
        people_(people),
        command_token_(std::move(command_token)) {}

  /// For programs: web pages may only read.
  void machine(const char* method, const char* pattern, Open handler);
  /// For our own pages before anybody has signed in.
  void page(const char* method, const char* pattern, Open handler);
  /// For people with that right, by session; and for the command line. What changes something needs
  /// the session's CSRF token, too.
  void person(const char* method, const char* pattern, Right right, ForPeople handler);

 private:
  void add(const char* method, const char* pattern, Open handler);
  Outcome<Actor> actor(const net::Request& request) const;

  net::Router& router_;
  Answers& answers_;
  People& people_;
  std::string command_token_;
};

/// The session's token in the request's cookies; empty: none.
std::string_view session_token(const net::Headers& headers);

/// A page of ours asks: Origin, where it is sent, is that of this very host, and the host is this
/// machine (no name that somebody's DNS could point here); Sec-Fetch-Site, where it is sent, agrees.
bool from_own_page(const net::Request& request);

}  // namespace sidedish::headoffice
