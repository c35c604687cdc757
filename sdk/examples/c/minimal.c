/*
 * The smallest till: rings up a burger, prints the prompt, says yes to it, and ends the sale.
 *
 *   cc -Isdk/include sdk/examples/c/minimal.c -Lbuild/release/lib -lsidedish -o minimal
 *   LD_LIBRARY_PATH=build/release/lib ./minimal [RULES.image] [RUN_DIR] [PRODUCT]
 *
 * Without rules, without an agent, without anything: the sale goes on, and nothing is said.
 */
#include <sidedish/sidedish.h>
#include <stdio.h>
#include <string.h>

static sidedish_text text(const char* s) {
  sidedish_text t;
  t.data = s;
  t.size = s != NULL ? strlen(s) : 0;
  return t;
}

int main(int argc, char** argv) {
  sidedish_host* host = NULL;
  sidedish_lane* lane = NULL;
  sidedish_config config;
  sidedish_lane_config lane_config;
  sidedish_line line;
  sidedish_snapshot basket;
  sidedish_prompt prompts[4];
  uint32_t count = 4;
  int32_t status;

  memset(&config, 0, sizeof config);
  config.struct_size = sizeof config;
  config.abi_major = SIDEDISH_ABI_MAJOR;
  config.image_file = text(argc > 1 ? argv[1] : NULL);
  config.run_dir = text(argc > 2 ? argv[2] : NULL);
  status = sidedish_open(&config, &host);
  if (status != SIDEDISH_OK) printf("open: %s\n", sidedish_status_name(status));

  memset(&lane_config, 0, sizeof lane_config);
  lane_config.struct_size = sizeof lane_config;
  lane_config.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION;
  lane_config.store = text("mitte");
  lane_config.terminal = text("t1");
  status = sidedish_lane_open(host, &lane_config, &lane);
  if (status != SIDEDISH_OK) {
    sidedish_text why = sidedish_lane_error(lane);
    printf("lane: %s %.*s\n", sidedish_status_name(status), (int)why.size,
           why.data != NULL ? why.data : "");
  }

  /* After every change of the basket: the whole basket. */
  memset(&line, 0, sizeof line);
  line.struct_size = sizeof line;
  line.product = text(argc > 3 ? argv[3] : "sku:BURGER");
  line.quantity = 1000;
  line.unit_price = 590;
  memset(&basket, 0, sizeof basket);
  basket.struct_size = sizeof basket;
  basket.basket = text("receipt 1");
  basket.seq = 1;
  memcpy(basket.currency, "EUR", 3);
  basket.prices_include_tax = 1;
  basket.lines = &line;
  basket.line_count = 1;
  memset(prompts, 0, sizeof prompts);
  prompts[0].struct_size = sizeof prompts[0];
  status = sidedish_basket_update(lane, &basket, prompts, &count);
  printf("update: %s, %u prompts\n", sidedish_status_name(status), (unsigned)count);

  if (status == SIDEDISH_OK && count > 0) {
    sidedish_outcome yes;
    printf("%.*s  (+%ld)\n", (int)prompts[0].headline.size, prompts[0].headline.data,
           (long)prompts[0].price_effect);
    memset(&yes, 0, sizeof yes);
    yes.struct_size = sizeof yes;
    yes.type = SIDEDISH_ACCEPTED;
    yes.prompt = prompts[0].id;
    yes.by = SIDEDISH_BY_CUSTOMER;
    status =
        sidedish_prompt_outcome(lane, &yes); /* and now the till adds the item by its own means */
    printf("accepted: %s\n", sidedish_status_name(status));
  }

  if (lane != NULL) {
    sidedish_event end;
    memset(&end, 0, sizeof end);
    end.struct_size = sizeof end;
    end.type = SIDEDISH_EVENT_COMPLETED;
    end.basket = text("receipt 1");
    printf("completed: %s\n", sidedish_status_name(sidedish_basket_event(lane, &end)));
  }
  sidedish_close(host); /* closes the lane too */
  return 0;
}
