#pragma once
// The subcommands, and what tool.cpp reads for them from the command line.
#include "rules/tool/tool.hpp"

#include <string>
#include <vector>

namespace sidedish::tool {

inline constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

/// In the order of the bits of Capability.
inline constexpr const char* kCapabilities[] = {
    "add", "replace", "convert", "apply_promotion", "undo", "reports_completion"};

struct CheckArguments {
  std::string rules, catalogue;
  std::string zones = kZoneFolder;
  std::vector<std::string> hosts_can;
  bool json = false;
};
void check(const CheckArguments& given, Io& io);

struct CompileArguments {
  std::string rules, catalogue, output, begin;
  std::string zones = kZoneFolder;
};
void compile_pack(const CompileArguments& given, Io& io);

struct OverlayArguments {
  std::string document, image, output;
};
void make_overlay(const OverlayArguments& given, Io& io);

/// which: "rules", "catalogue" or "overlay".
void schema(const std::string& which, Io& io);

void show(const std::string& path, Io& io);

struct ExplainArguments {
  std::string image, overlay, record;
  bool json = false;
};
void explain(const ExplainArguments& options, Io& io);

struct ReplayArguments {
  std::string image, overlay;
  std::vector<std::string> records;
  std::string receipts, rules, catalogue, store;
  std::string zones = kZoneFolder;
  std::string channel = "cashier";
  bool as_recorded = false;
  bool json = false;
};
/// Needs image and records.
void replay_records(const ReplayArguments& options, Io& io);
/// Needs receipts, and either rules or an image.
void replay_receipts(const ReplayArguments& options, Io& io);

}  // namespace sidedish::tool
