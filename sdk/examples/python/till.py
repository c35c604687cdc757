"""A till in a terminal, with Sidedish's agent on the same machine.

    python3 sdk/examples/python/till.py [AGENT [TOKEN_FILE [DEADLINE_MS]]]

A line is what a scanner or a person types:   sku:BURGER 5.90   rings up a product
                                              +  adds what is offered      -  no, thank you
                                              pay  ends the sale
What is scanned is always a scan: Enter answers no prompt, only + and - do. Without an agent, it sells.
"""

import itertools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))
import sidedish  # noqa: E402  (copy the one file into your own sources)

lane = sidedish.Lane(
    agent=sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7410",
    token_file=sys.argv[2] if len(sys.argv) > 2 else "/run/sidedish/token",
    deadline_ms=int(sys.argv[3]) if len(sys.argv) > 3 else 50,
    capabilities=["add", "undo", "reports_completion"], currency="EUR", prices_include_tax=True,
    on_error=lambda text, problem: print("sidedish:", text, file=sys.stderr),
)


def price_text(cents):
    return "%d.%02d" % divmod(cents, 100)


for receipt in map("receipt {}".format, itertools.count(1)):
    lines = []
    offer = None  # the prompt that is shown
    for typed in map(str.strip, iter(sys.stdin.readline, "")):
        added = None
        if typed in ("+", "-"):
            if offer is None:
                continue
            lane.answer(offer, "accepted" if typed == "+" else "declined", by="staff")
            if typed == "+":
                # The till adds it by its own means; ours are two fields.
                added = {"product": offer["product"], "quantity": offer["quantity"], "unit_price": offer["price_effect"], "from_prompt": offer["id"]}
            offer = None
        elif typed == "pay":
            lane.event("tender_started", receipt)
            total = sum(line["unit_price"] for line in lines)
            lane.event("completed", receipt, total=total)
            print("paid", price_text(total), flush=True)
            break
        elif " " in typed:
            product, price = typed.rsplit(" ", 1)
            cents = sidedish.from_double(float(price), 2)  # tills that count in floats come to whole cents here
            added = {"product": product, "quantity": "1", "unit_price": cents}
        if added is None:
            continue
        lines.append(added)
        print("  %s  %s" % (added["product"], price_text(added["unit_price"])), flush=True)
        # After every change: the whole basket. What comes back is shown, what was shown before is gone.
        offer = None
        for offer in lane.update({"basket": receipt, "lines": lines})["prompts"]:
            print("    %s  +%s  (+ or -)" % (offer["headline"], price_text(offer["price_effect"])), flush=True)
    else:
        break  # no more input
