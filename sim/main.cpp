// sidedish-sim: plays baskets through the public surfaces only (C header, HTTP, published files).
#include "sim/shops/derive.hpp"
#include "sim/stage/demo.hpp"
#include "sim/till/till_process.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace sidedish;

namespace {

struct DemoArguments {
  bool once = false;
  std::string json;
  std::string receipts;
  std::string shops;
  std::string keep;
  std::uint64_t baskets = 40'000;
  unsigned terminals = 3;
  std::uint64_t seed = 20261121;
};

int failed(const Error& error) {
  std::cerr << "sidedish-sim: " << error.text() << "\n";
  return 1;
}

/// Currency and stores are the pack's own.
Result<sim::ShopSetup> setup_of(std::string name, const fs::path& rules, const fs::path& catalogue,
                                std::string receipts, const DemoArguments& arguments) {
  sim::ShopSetup shop{.name = std::move(name),
                      .rules = rules,
                      .catalogue = catalogue,
                      .receipts = std::move(receipts),
                      .currency = {},
                      .exponent = 2,
                      .stores = {},
                      .terminals = arguments.terminals,
                      .baskets = arguments.baskets};
  std::ifstream in(rules);
  const auto pack = nlohmann::json::parse(in, nullptr, false);
  if (!pack.is_object())
    return fail(Errc::io, "reading " + rules.string(), "expected a rule document");
  shop.currency = pack.value("currency", "");
  const auto known = currency(shop.currency);
  if (!known) return tl::unexpected(known.error().within(rules.string()));
  shop.exponent = known->exponent;
  const nlohmann::json stores = pack.value("stores", nlohmann::json::array());
  for (const auto& store : stores) shop.stores.push_back(store.value("id", ""));
  if (shop.stores.empty())
    return fail(Errc::invalid, rules.string(), "expected at least one store");
  return shop;
}

Result<sim::ShopSetup> derived_shop(const fs::path& folder, const fs::path& work,
                                    const DemoArguments& arguments) {
  sim::DeriveOptions options;
  options.seed = arguments.seed;
  const auto shop = sim::derive_shop(folder, options);
  if (!shop) return tl::unexpected(shop.error());
  for (const std::string& note : shop->notes) std::printf("  note: %s\n", note.c_str());
  fs::create_directories(work);
  std::ofstream(work / "rules.json") << shop->rules_json;
  std::ofstream(work / "catalogue.json") << shop->catalogue.to_json();
  // "receipts/" and "." have names, too.
  const fs::path name = fs::canonical(folder).filename();
  return setup_of(name, work / "rules.json", work / "catalogue.json", folder, arguments);
}

int demo(const DemoArguments& arguments) {
  const fs::path binaries = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path shops =
      arguments.shops.empty() ? binaries / "../../../sim/shops" : fs::path(arguments.shops);
  std::string name = (arguments.keep.empty() ? fs::temp_directory_path() / "sidedish-demo-XXXXXX"
                                             : fs::path(arguments.keep));
  if (arguments.keep.empty() && mkdtemp(name.data()) == nullptr)
    return failed(Error(Errc::io, "making " + name));
  std::string memory = "/dev/shm/sidedish-demo-XXXXXX";  // the rings need tmpfs
  if (mkdtemp(memory.data()) == nullptr) return failed(Error(Errc::io, "making " + memory));
  const fs::path folder = name;

  std::printf("\nSidedish demo   simulated shoppers, invented costs   seed %llu   state in %s\n\n",
              static_cast<unsigned long long>(arguments.seed), folder.c_str());
  sim::DemoOptions options;
  options.once = arguments.once;
  options.json_file = arguments.json;
  options.stage = {.binaries = binaries,
                   .library = binaries / "../lib/libsidedish.so",
                   .folder = folder,
                   .memory = memory,
                   .seed = arguments.seed,
                   .goes_on = !arguments.once};
  Result<void> played;
  const auto add = [&](Result<sim::ShopSetup> shop) {
    if (!shop) {
      played = tl::unexpected(shop.error());
    } else {
      options.shops.push_back(std::move(*shop));
    }
  };
  if (arguments.receipts.empty()) {
    add(setup_of("giftware", shops / "giftware/rules.json", shops / "giftware/catalogue.json",
                 shops / "giftware", arguments));
    add(setup_of("burger bar", shops / "burgerbar/rules.json", shops / "burgerbar/catalogue.json",
                 "", arguments));
  } else {
    add(derived_shop(arguments.receipts, folder / "shop", arguments));
  }
  if (played) played = sim::run_demo(options);
  std::error_code ignored;
  fs::remove_all(memory, ignored);
  if (!played) {
    std::cerr << "sidedish-sim: " << played.error().text() << "\n  logs are in " << folder.string()
              << "\n";
    return 1;
  }
  if (arguments.keep.empty()) fs::remove_all(folder, ignored);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Rings up simulated shops through the Sidedish plugin, its agent and head office"};
  app.require_subcommand(1);

  DemoArguments arguments;
  CLI::App* demo_command =
      app.add_subcommand("demo", "two shops, several terminals each, and what the prompts earned");
  demo_command->add_flag("--once", arguments.once,
                         "end after the four weeks instead of ringing on");
  demo_command->add_option("--json", arguments.json, "write the figures to this file");
  demo_command->add_option("--receipts", arguments.receipts,
                           "ring up the receipts of this folder instead (lines.csv.gz, items.csv)");
  demo_command
      ->add_option("--baskets", arguments.baskets,
                   "baskets per shop, over the four weeks before today")
      ->capture_default_str()
      ->check(CLI::Range(10, 10'000'000));
  demo_command->add_option("--terminals", arguments.terminals, "terminals per shop")
      ->capture_default_str()
      ->check(CLI::Range(1, 16));
  demo_command->add_option("--seed", arguments.seed, "of shoppers and invented prices")
      ->capture_default_str();
  demo_command->add_option("--shops", arguments.shops,
                           "folder of the two shops (default: beside the build)");
  demo_command->add_option("--keep", arguments.keep,
                           "put state and logs into this folder and keep it");

  sim::TillOptions till;
  CLI::App* till_command = app.add_subcommand("till", "one till process; started by the demo");
  till_command->add_option("--library", till.library)->required();
  till_command->add_option("--state-dir", till.setup.state_dir)->required();
  till_command->add_option("--run-dir", till.setup.run_dir)->required();
  till_command->add_option("--shop", till.shop)->required();
  till_command->add_option("--rules", till.rules)->required();
  till_command->add_option("--catalogue", till.catalogue)->required();
  till_command->add_option("--receipts", till.receipts);
  till_command->add_option("--store", till.setup.store)->required();
  till_command->add_option("--terminal", till.setup.terminal)->required();
  till_command->add_option("--seed", till.seed)->required();
  till_command->add_option("--part", till.part)->required();
  till_command->add_option("--parts", till.parts)->required();
  till_command->add_option("--baskets", till.baskets)->required();
  till_command->add_flag("--goes-on", till.goes_on);

  CLI11_PARSE(app, argc, argv);
  if (*till_command) return sim::run_till(std::move(till));
  return demo(arguments);
}
