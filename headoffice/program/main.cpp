#include "headoffice/program/commands.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  using namespace sidedish::headoffice;
  CLI::App app{"Sidedish head office: publishes rules, counts outcomes"};
  app.require_subcommand(1);
  Places places{"/var/lib/sidedish-headoffice/headoffice.db", "/usr/share/zoneinfo", ""};
  bool json = false;
  const auto common = [&](CLI::App* command) {
    command->add_option("--db", places.database, "database file")->capture_default_str();
    command->add_option("--zones", places.zones, "folder of time zones")->capture_default_str();
  };
  const auto asking = [&](CLI::App* command) {
    common(command);
    command->add_option(
        "--server", places.server,
        "URL of the running process; without, it is looked for beside the database");
    command->add_flag("--json", json, "the answer as it came");
    return command;
  };

  ServeOptions serving;
  CLI::App* serve_command = app.add_subcommand("serve", "serve terminals and commands");
  common(serve_command);
  serve_command->add_option("--address", serving.address, "loopback address")
      ->capture_default_str();
  serve_command->add_option("--port", serving.port, "0 for any free one")->capture_default_str();
  serve_command->add_option("--port-file", serving.port_file, "file to write the port to");
  serve_command
      ->add_option("--drain-rate", serving.drain_rate,
                   "events a second asked of each agent at most")
      ->capture_default_str();
  std::string approval = "on";
  serve_command
      ->add_option("--approval", approval, "on: a change of a rule needs a second person's yes")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();

  std::string rules;
  std::string catalogue;
  CLI::App* publish_command =
      asking(app.add_subcommand("publish", "compile a rule pack and publish it to its stores"));
  publish_command->add_option("rules", rules, "rule document")->required();
  publish_command->add_option("catalogue", catalogue, "catalogue, if it is a document of its own");

  RolloutOptions rollout;
  publish_command->add_option("--who", rollout.who, "on whose behalf")->capture_default_str();
  const auto reason = [&](CLI::App* command) {
    return command->add_option("--why", rollout.why, "the reason, for those who ask later");
  };
  CLI::Option* why_waves = reason(publish_command);
  publish_command
      ->add_option("--wave", rollout.waves,
                   "mitte/t1,mitte/t2 or 10%; repeatable, in this order; then all")
      ->needs(why_waves);
  publish_command->add_flag("--by-command", rollout.by_command,
                            "go on with `waves advance` alone, not when terminals report");
  publish_command
      ->add_option("--wait-minutes", rollout.wait_minutes,
                   "a wave whose terminals say nothing so long halts")
      ->capture_default_str();

  CLI::App* waves_command = asking(app.add_subcommand("waves", "what goes out in waves, how far"));
  std::string order, ordered_version;
  waves_command->add_option("order", order, "advance, halt or resume")
      ->check(CLI::IsMember({"advance", "halt", "resume"}));
  waves_command->add_option("version", ordered_version, "as it was published");
  reason(waves_command);

  std::string old_pack;
  std::int64_t old_version = 0;
  CLI::App* rollback_command =
      asking(app.add_subcommand("rollback", "publish an old version's content again"));
  rollback_command->add_option("pack", old_pack, "rule pack")->required();
  rollback_command->add_option("version", old_version, "as it was published")->required();
  reason(rollback_command)->required();

  std::string folder;
  CLI::App* pictures_command = asking(app.add_subcommand(
      "pictures", "upload a folder's pictures, before the pack that names them"));
  pictures_command->add_option("folder", folder, "WebP and PNG files, at most 60 KiB each")
      ->required();

  CLI::App* stores_command = asking(app.add_subcommand("stores", "list stores"));

  std::string store;
  CLI::App* terminals_command = asking(
      app.add_subcommand("terminals", "list a store's terminals, what came and what is missing"));
  terminals_command->add_option("store", store, "store id")->required();

  ReportOptions reporting;
  CLI::App* report_command = asking(app.add_subcommand("report", "what became of the prompts"));
  report_command->add_option("--store", reporting.store, "one store");
  report_command->add_option("--rule", reporting.rule, "one rule");
  report_command->add_option("--channel", reporting.channel, "cashier, kiosk or receipt");
  report_command->add_option("--daypart", reporting.daypart,
                             "morning, midday, afternoon, evening or night");
  report_command->add_option("--from", reporting.from, "first business day, 2026-11-01");
  report_command->add_option("--to", reporting.to, "last business day");
  report_command->add_option("--by", reporting.by, "day,store,channel,daypart,rule,arm")
      ->capture_default_str();

  InviteOptions inviting;
  CLI::App* invite_command =
      asking(app.add_subcommand("invite", "print a one-time link for somebody new"));
  invite_command
      ->add_option("--role", inviting.role, "viewer, store-manager, editor, approver or admin")
      ->capture_default_str();
  invite_command->add_option("--store", inviting.stores, "a store manager's own stores");

  std::string person;
  CLI::App* link_command =
      asking(app.add_subcommand("sign-in-link", "print a one-time link that signs somebody in"));
  link_command->add_option("person", person, "sign-in name")->required();

  CLI::App* people_command = asking(app.add_subcommand("people", "list who may sign in"));

  ChangesOptions changing;
  CLI::App* changes_command =
      asking(app.add_subcommand("changes", "what people changed, newest first"));
  changes_command->add_option("--subject", changing.subject, "one pack, rule or person");
  changes_command->add_option("--limit", changing.limit, "at most 500")->capture_default_str();
  changes_command->add_flag("--check", changing.check,
                            "whether any row was altered since it was written");

  CLI::App* overlay_command = asking(app.add_subcommand(
      "overlay", "what is paused, recalled, repriced or out of stock in a store"));
  overlay_command->add_option("store", store, "store id")->required();

  OverlayOptions standing;
  const auto changes = [&](const char* name, const char* help, const char* subject) {
    CLI::App* command = asking(app.add_subcommand(name, help));
    command->add_option("pack", standing.pack, "rule pack")->required();
    command
        ->add_option(subject, standing.subject,
                     subject == std::string_view("rule") ? "rule id" : "product key")
        ->required();
    command->add_option("--store", standing.stores, "in this store alone; repeatable");
    command->add_option("--why", standing.why, "the reason, for those who ask later")->required();
    command->add_option("--who", standing.who, "on whose behalf")->capture_default_str();
    return command;
  };
  const auto ends = [&](CLI::App* command) {
    command->add_option("--until", standing.until, "ends by itself then: 2026-11-21T18:00:00Z");
    return command;
  };
  CLI::App* pause_command =
      ends(changes("pause", "a rule says nothing from the next update of any lane on", "rule"));
  CLI::App* resume_command = changes("resume", "a paused rule speaks again", "rule");
  CLI::App* recall_command = ends(changes("recall", "a product is offered by no rule", "product"));
  CLI::App* stock_command =
      ends(changes("stock", "a product's stock class, or how many are left", "product"));
  stock_command->add_option("class", standing.stock, "in, low or out")
      ->check(CLI::IsMember({"in", "low", "out"}));
  stock_command->add_option("--left", standing.left, "whole units in the store");
  CLI::App* reprice_command =
      ends(changes("reprice", "a product's price until the catalogue has a newer one", "product"));
  reprice_command->add_option("price", standing.price, "in the pack's convention: 2.50");
  for (CLI::App* command : {recall_command, stock_command, reprice_command}) {
    command->add_flag("--end", standing.end, "what the rules and the catalogue say counts again");
  }

  CLI11_PARSE(app, argc, argv);
  standing.json = json;
  for (const auto& [command, what] : {std::pair<CLI::App*, const char*>{pause_command, "paused"},
                                      {resume_command, "paused"},
                                      {recall_command, "recalled"},
                                      {stock_command, "stock"},
                                      {reprice_command, "price"}}) {
    if (!command->parsed()) continue;
    standing.what = what;
    standing.end = standing.end || command == resume_command;
    return change_overlay(places, standing);
  }
  if (overlay_command->parsed()) return show_overlay(places, store, json);
  serving.approval = approval == "on";
  if (serve_command->parsed()) return serve(places, serving);
  if (publish_command->parsed()) return publish(places, rules, catalogue, rollout, json);
  if (rollback_command->parsed()) return roll_back(places, old_pack, old_version, rollout, json);
  if (waves_command->parsed()) {
    return order.empty() ? list_waves(places, json)
                         : order_wave(places, ordered_version, order, rollout, json);
  }
  if (pictures_command->parsed()) return upload_pictures(places, folder, json);
  if (stores_command->parsed()) return list_stores(places, json);
  if (terminals_command->parsed()) return list_terminals(places, store, json);
  if (people_command->parsed()) return list_people(places, json);
  if (link_command->parsed()) return sign_in_link(places, person, json);
  if (invite_command->parsed()) {
    inviting.json = json;
    return invite(places, inviting);
  }
  if (changes_command->parsed()) {
    changing.json = json;
    return list_changes(places, changing);
  }
  reporting.json = json;
  return report(places, reporting);
}
