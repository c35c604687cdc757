#pragma once
// What the command line does; every function returns the exit code: 0 done, 1 failed, 2 refused by
// head office.
#include "headoffice/program/office.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sidedish::headoffice {

struct ServeOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 7400;
  std::string port_file;
  std::uint32_t drain_rate = 200;
  bool approval = true;  ///< nobody approves an own change
};
/// Serves until SIGINT or SIGTERM.
int serve(const Places& places, const ServeOptions& options);

/// In waves, or (publish) without any to all at once; who and why.
struct RolloutOptions {
  std::vector<std::string> waves;  ///< "mitte/t1,mitte/t2" or "10%"; "all" comes by itself
  bool by_command = false;
  std::int64_t wait_minutes = 60;
  std::string who = "command line";
  std::string why;
};
/// As the member "rollout" of what is published.
std::string rollout_json(const RolloutOptions& options);
int publish(const Places& places, const std::string& rules, const std::string& catalogue,
            const RolloutOptions& rollout, bool json);
int list_waves(const Places& places, bool json);
/// `order`: advance, halt, resume.
int order_wave(const Places& places, const std::string& version, const std::string& order,
               const RolloutOptions& options, bool json);
int roll_back(const Places& places, const std::string& pack, std::int64_t version,
              const RolloutOptions& options, bool json);
/// Uploads the WebP and PNG files of a folder; what else is there is left alone.
int upload_pictures(const Places& places, const std::string& folder, bool json);
int list_stores(const Places& places, bool json);
int list_terminals(const Places& places, const std::string& store, bool json);

struct ReportOptions {
  std::string store;
  std::string rule;
  std::string channel;
  std::string daypart;
  std::string from;
  std::string to;
  std::string by = "store,rule";
  bool json = false;
};
int report(const Places& places, const ReportOptions& options);

struct InviteOptions {
  std::string role = "admin";
  std::vector<std::string> stores;
  bool json = false;
};
/// Prints a one-time link for somebody new.
int invite(const Places& places, const InviteOptions& options);
/// Prints a one-time link that signs this person in.
int sign_in_link(const Places& places, const std::string& person, bool json);
int list_people(const Places& places, bool json);

struct ChangesOptions {
  std::string subject;
  std::uint32_t limit = 50;
  bool check = false;  ///< 1 when a row is not what was written
  bool json = false;
};
int list_changes(const Places& places, const ChangesOptions& options);

/// One thing that is to stand beside the rules of stores, or to stand no more.
struct OverlayOptions {
  std::string what;  ///< paused, recalled, price, stock
  std::string pack;
  std::string subject;              ///< rule id or product key
  std::vector<std::string> stores;  ///< none: all of the pack
  std::string price;
  std::string stock;
  std::optional<std::int64_t> left;
  std::string until;
  std::string who = "command line";
  std::string why;
  bool end = false;
  bool json = false;
};
int change_overlay(const Places& places, const OverlayOptions& options);
int show_overlay(const Places& places, const std::string& store, bool json);

}  // namespace sidedish::headoffice
