#!/usr/bin/env python3
"""Counts what the receipts say about each rule of rules.json, as a Markdown table.

For every rule: baskets in which its item conditions can hold while an offer is still missing, how many of them end with
an offer bought on top, and the lift against all baskets. Bought offers are taken out before the conditions are looked at,
so that "lacks" does not hide the very baskets that count. Python 3 standard library only.
"""
import collections
import csv
import gzip
import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent


def main():
    catalogue = json.loads((HERE / "catalogue.json").read_text(encoding="utf-8"))
    rules = json.loads((HERE / "rules.json").read_text(encoding="utf-8"))
    products = {p["key"]: p for p in catalogue["products"]}
    parents = {c["id"]: c.get("parent") for c in catalogue["categories"]}
    sets = {s["id"]: s for s in rules.get("sets", [])}

    def in_category(product, wanted):
        category = product["category"]
        while category and category != wanted:
            category = parents[category]
        return category == wanted

    def chosen(select, key):
        product = products[key]
        if "set" in select:
            wanted = sets[select["set"]]
            return (key in wanted.get("items", ()) or any(in_category(product, c) for c in wanted.get("categories", ()))
                    or any(t in product["tags"] for t in wanted.get("tags", ())))
        if "items" in select:
            return key in select["items"]
        if "category" in select:
            return in_category(product, select["category"])
        return select["tag"] in product["tags"]

    def holds(condition, basket):
        (word, body), = condition.items()
        if word == "all":
            return all(holds(c, basket) for c in body)
        if word == "any":
            return any(holds(c, basket) for c in body)
        if word == "none":
            return not any(holds(c, basket) for c in body)
        if word == "has":
            return any(chosen(body, key) for key in basket)
        if word == "lacks":
            return not any(chosen(body, key) for key in basket)
        return True  # time, place, money: not evidence

    baskets = collections.defaultdict(set)
    with gzip.open(HERE / "receipts.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            key = "sku:" + line["sku"]
            sold = line["basket_id"].isdigit() and int(line["quantity"]) > 0 and float(line["unit_price"]) > 0
            if sold and re.match(r"^[0-9]{5}[A-Za-z]{0,2}$", line["sku"]) and key in products:
                baskets[line["basket_id"]].add(key)
    print(f"{len(baskets)} sale baskets\n")
    print("| Rule | Trigger baskets | with an offer | Confidence | Lift |\n| --- | ---: | ---: | ---: | ---: |")
    for rule in rules["rules"]:
        offers = {o["product"] for o in rule["offers"]}
        trigger = both = anywhere = 0
        for basket in baskets.values():
            hit = bool(basket & offers)
            anywhere += hit
            # Some state of this basket without one or without all of its offers: what the till saw before.
            before = [basket - {o} for o in basket & offers] + [basket - offers]
            bought = hit and any(holds(rule["when"], state) for state in before)
            trigger += bought or (holds(rule["when"], basket) and not offers <= basket)
            both += bought
        confidence = both / trigger if trigger else 0
        lift = confidence * len(baskets) / anywhere if anywhere else 0
        print(f"| `{rule['id']}` | {trigger} | {both} | {confidence * 100:.1f} % | {lift:.1f} |")


if __name__ == "__main__":
    main()
