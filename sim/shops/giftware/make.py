#!/usr/bin/env python3
"""Makes receipts.csv.gz and catalogue.json of the giftware shop from the "Online Retail" set.

    make.py FOLDER        FOLDER holds lines.csv.gz of the set, as described in README.md

Run by a maintainer, never by the build; both outputs are committed. Python 3 standard library only. The same input
gives the same decompressed bytes: every choice is a hash of kSeed and the thing chosen, nothing depends on time, locale
or the order of a hash table.
"""
import collections
import csv
import decimal
import gzip
import hashlib
import io
import json
import pathlib
import re
import sys

SEED = "sidedish giftware 1"
MAX_LINES = 15
MAX_VALUE = decimal.Decimal(100)
# Small cancellations are over-represented among small baskets. This brings returns and stock write-offs back to the
# share they have in the whole set, so that the shop rings up mostly sales.
RETURNS_PER_SALE = 3836 / 19773
WRITE_OFFS_PER_SALE = (25900 - 3836 - 3 - 19773) / 19773

PRODUCT = re.compile(r"^[0-9]{5}[A-Za-z]{0,2}$")
NOT_GOODS = re.compile(r"CARRIAGE|POSTAGE|VOUCHER")
COLUMNS = ["basket_id", "timestamp", "store", "customer", "sku", "name", "category", "quantity", "unit_price"]

# id, parent, name. Derived by us from product names; the shop had no categories.
CATEGORIES = [
    ("home", None, "Home"),
    ("candles", "home", "Candles"),
    ("candle-holders", "home", "Candle holders and lanterns"),
    ("lights", "home", "Night lights and fairy lights"),
    ("frames-and-mirrors", "home", "Frames and mirrors"),
    ("signs-and-boards", "home", "Signs and chalkboards"),
    ("clocks", "home", "Clocks"),
    ("cushions", "home", "Cushions and throws"),
    ("cushion-pads", "home", "Cushion pads"),
    ("doormats", "home", "Doormats and doorstops"),
    ("hooks-and-knobs", "home", "Hooks and drawer knobs"),
    ("storage", "home", "Boxes, baskets and drawers"),
    ("hanging-decorations", "home", "Hanging decorations and ornaments"),
    ("bathroom", "home", "Bathroom"),
    ("kitchen", "", "Kitchen and table"),
    ("cake-stands", "kitchen", "Cake stands"),
    ("teacups", "kitchen", "Teacups and saucers"),
    ("mugs-and-cups", "kitchen", "Mugs, cups and beakers"),
    ("tea-table", "kitchen", "Teapots, milk jugs and tea plates"),
    ("tableware", "kitchen", "Plates, bowls and cutlery"),
    ("cake-cases", "kitchen", "Cake cases and doilies"),
    ("baking", "kitchen", "Baking and kitchen tools"),
    ("jam-making", "kitchen", "Jam making"),
    ("tins-and-jars", "kitchen", "Tins and storage jars"),
    ("kitchen-textiles", "kitchen", "Tea towels and aprons"),
    ("picnic", "kitchen", "Picnic and lunch boxes"),
    ("bags", "", "Bags"),
    ("jumbo-bags", "bags", "Jumbo bags and shoppers"),
    ("lunch-bags", "bags", "Lunch bags"),
    ("small-bags", "bags", "Small bags and totes"),
    ("purses", "bags", "Purses, wallets and luggage tags"),
    ("party", "", "Party"),
    ("bunting", "party", "Bunting and garlands"),
    ("balloons", "party", "Balloons and party fun"),
    ("paper-tableware", "party", "Paper plates, cups, napkins and straws"),
    ("party-candles", "party", "Cake candles"),
    ("paper", "", "Cards, wrap and stationery"),
    ("gift-wrap", "paper", "Gift wrap"),
    ("ribbons", "paper", "Ribbons and gift tape"),
    ("cards-and-tags", "paper", "Cards and gift tags"),
    ("stationery", "paper", "Notebooks, pens and pencils"),
    ("tissues", "paper", "Pocket tissues"),
    ("christmas", "", "Christmas"),
    ("christmas-lights", "christmas", "Christmas lights and candles"),
    ("christmas-decorations", "christmas", "Christmas decorations"),
    ("easter", "", "Easter"),
    ("children", "", "Children"),
    ("dolls", "children", "Dolls and soft toys"),
    ("games", "children", "Games and puzzles"),
    ("craft-kits", "children", "Craft kits and stickers"),
    ("nursery", "children", "Children's room and table"),
    ("garden", "", "Garden"),
    ("cycling", "", "Cycling"),
    ("warmth", "", "Warm hands and cosy nights"),
    ("hot-water-bottles", "warmth", "Hot water bottles"),
    ("hand-warmers", "warmth", "Hand warmers"),
    ("jewellery", "", "Jewellery"),
    ("body-care", "", "Scents and body care"),
    ("gifts", "", "Other gifts"),
]

# First match wins; the order is the decision.
RULES = [
    ("christmas-lights", r"(CHRISTMAS|XMAS|SANTA|SNOWM[AE]N|REINDEER|ADVENT).*(LIGHT|CANDLE)|ADVENT CALENDAR"),
    ("gift-wrap", r"\bWRAP\b|WRAPPING|GIFT BAG|TISSUE PAPER"),
    ("ribbons", r"RIBBON|GIFT TAPE|\bTAPES?\b(?! MEASURE)"),
    ("cards-and-tags", r"GREETING CARD|\bCARDS?\b(?! GAME)(?<!PLAYING CARDS)(?<!SNAP CARDS)(?! HOLDER)(?! WALLET)(?! CASE)|GIFT TAG|CARD DOLLY|\bTAGS\b"),
    ("cushion-pads", r"FILLER PAD"),
    ("tissues", r"TISSUES"),
    ("paper-tableware", r"PAPER (CUP|PLATE|NAPKIN)|NAPKINS|STRAWS|COCKTAIL SWORDS|DISPOSABLE|FOOD PICKS|PARTY CHARMS"),
    ("party-candles", r"PARTY CANDLES|CAKE CANDLES|BIRTHDAY CANDLE|BIRTHDAY CAKE CANDLE"),
    ("christmas-decorations", r"CHRISTMAS|XMAS|SANTA|SNOWM[AE]N|SNOWFLAKE|REINDEER|BAUBLE|HOLLY|JINGLE|STOCKING|WREATH|PAPER CHAIN"),
    ("easter", r"EASTER|CHICKS?\b|BUNNY|\bEGGS?\b(?! CUP)(?! FRYING)(?! TIMER)"),
    ("bunting", r"BUNTING|GARLAND|HONEYCOMB|PENNANT"),
    ("balloons", r"BALLOON|PARTY BAG|PARTY CONE|PARTY POPPER|BLOWER|CONFETTI|PARTY PIZZA|FANCY DRESS|PARTY INVITE|PARTY TIME|PINATA"),
    ("cake-cases", r"CAKE CASES|BAKING CASES|PETIT FOUR|CUPCAKE CASES|DOILIES|DOILEYS"),
    ("cake-stands", r"CAKE ?STAND|CAKE PLATE|CAKE STAND"),
    ("teacups", r"TEACUP|TEA CUP"),
    ("tea-table", r"TEAPOT|TEA POT|MILK JUG|SUGAR BOWL|TEA PLATE|TEA FOR ONE|TEA STRAINER|TEA COSY|TEA BAG|TEASPOON|CAKE FORK|TEA TIME (?!PARTY)(?!KITCHEN)(?!DES)"),
    ("jam-making", r"\bJAM (MAKING|JAR)(?!.*LIGHT)|\bJAM\b.*JAR(?!.*LIGHT)|PRESERVE|CHUTNEY"),
    ("kitchen-textiles", r"TEA TOWEL|APRON|OVEN GLOVE|OVEN MITT|TABLE ?CLOTH|TABLE RUN|PLACEMAT|PLACE MAT"),
    ("picnic", r"PICNIC|LUNCH BOX|SNACK BOX|THERMOS|FLASK|FOOD CONTAINER|BENTO"),
    ("jumbo-bags", r"JUMBO.*BAG|JUMBO SHOPPER|JUMBO STORAGE|SHOPPER"),
    ("lunch-bags", r"LUNCH BAG"),
    ("purses", r"PURSE|WALLET|LUGGAGE TAG|PASSPORT|CARD HOLDER|TRAVEL|KEY ?RING|KEY FOB"),
    ("small-bags", r"\bBAGS?\b|BACKPACK|RUCKSACK|TOTE"),
    ("hot-water-bottles", r"HOT WATER BOTTLE|HOTTIE"),
    ("hand-warmers", r"HAND WARMER"),
    ("cycling", r"BICYCLE|CYCL(?!E)"),
    ("jewellery", r"NECKLACE|BRACELET|EARRING|BANGLE|BROOCH|\bRING\b(?! BOX)|CHARM|PENDANT|HAIR|DIAMANTE|TIARA|PHONE CHARM|BEADED CRYSTAL"),
    ("body-care", r"SOAP|BATH (SALT|SPONGE|BOMB)|INCENSE|LAVENDER|SCENT(?!ED)|FRAGRANCE|OIL BURNER|PERFUME|\bLIP\b|SHOWER CAP|MANICURE|NAIL|COSMETIC|WASHBAG"),
    ("dolls", r"\bDOLL\b|DOLLCRAFT|FELTCRAFT PRINCESS|FELTCRAFT (BOY|GIRL)|(?<!CUSHION )BABUSHKA(?!.*(DOORSTOP|NOTEBOOK|BOX|TIN|STICK|LIGHT))|SOFT TOY|TEDDY|PUPPET|SKITTLES"),
    ("games", r"GAME|DOMINO|SNAP CARDS|PLAYING CARDS|JIGSAW|PUZZLE|SPINNING TOP|PICK UP STICKS|NAUGHTS|DRAUGHTS|YO-?YO|SKIPPING|\bTOYS?\b|MARBLES|CATCH CUP|WINDMILL|MAGIC DRAWING|PLAYHOUSE|BUILDING BLOCK(?! WORD)|RACING CAR|HARMONICA|MAGIC TREE|QUOITS|BINGO|LUDO|SPACE FROG"),
    ("craft-kits", r"FELTCRAFT|SEWING|PIN CUSHION|TAPE MEASURE|KNITTING|CRAFT|STICKER|STENCIL|COLOURING|CHALK(?!BOARD)|MODELLING|ORIGAMI|WOBBLY|STAMP SET|MAKE YOUR OWN|GROW YOUR OWN|PAINT YOUR|FRIDGE MAGNET|MAGNETS"),
    ("stationery", r"NOTEBOOK|PENCIL|\bPENS?\b|\bBOOKS?\b|ERASER|RUBBER|RULER|STATIONERY|JOURNAL|SKETCHBOOK|MEMO|CLIP ?BOARD|PAPERWEIGHT|DIARY|CALENDAR|SHARPENER|ENVELOPE|LETTER RACK|NOTE PAD|NOTEPAD"),
    ("nursery", r"CHILD|KIDS|\bBABY\b|NURSERY|SPACEBOY|DOLLY GIRL|NIGHT ?LIGHT.*(RABBIT|TOADSTOOL)|MONEY BANK|PIGGY|PLASTERS|CIRCUS|COWBOY|DINOSAUR"),
    ("lights", r"NIGHT ?LIGHT|FAIRY LIGHT|LIGHTS\b(?<!T-LIGHTS)(?<!T LIGHTS)|LIGHT BULB|LAMP|DISCO BALL|CHANDELIER|TORCH|\bLED\b"),
    ("candle-holders", r"T-?LIGHT|T LIGHT|CANDLE ?HOLDER|CANDLE ?STICK|LANTERN|CANDLEPOT|CANDLE PLATE|CANDELABRA|VOTIVE"),
    ("candles", r"CANDLE"),
    ("frames-and-mirrors", r"FRAME|MIRROR|PHOTO|WALL ART|PICTURE|CANVAS"),
    ("clocks", r"CLOCK|WATCH"),
    ("signs-and-boards", r"\bSIGN\b|CHALK ?BOARD|BLACK ?BOARD|BLOCK WORD|LETTERS?\b|MEMOBOARD|NOTICE ?BOARD|PLAQUE|DOOR HANGER|\bBLOCK\b"),
    ("doormats", r"DOORMAT|DOOR MAT|DOORSTOP|DOOR STOP|DRAUGHT EXCL"),
    ("cushions", r"(?<!PIN )CUSHION|THROW|QUILT|BLANKET|BEANBAG|FOOT ?STOOL"),
    ("hooks-and-knobs", r"HOOK|KNOB|HANGER|DOORKNOB|HANDLE"),
    ("bathroom", r"BATHROOM|TOILET|TOWEL|TOOTHBRUSH|BATH|TISSUE BOX|WASH"),
    ("baking", r"BAKING|SCALES|ROLLING PIN|WHISK|MEASURING|CAKE MOULD|JELLY MOULD|MOULD|COOKIE CUTTER|RECIPE|CUTTER|PANTRY|FRYING PAN|EGG TIMER|CHOPPING|CHEESE|COLANDER|GRATER|SPATULA|UTENSIL|MIXING|PASTRY|KITCHEN(?!.*CLOCK)"),
    ("mugs-and-cups", r"\bMUGS?\b|\bCUPS?\b|BEAKER|TUMBLER|COASTER|TEA GLASS|GLASS ETCHED|COCKTAIL|WINE GLASS|GOBLET"),
    ("tins-and-jars", r"\bTINS?\b|\bJARS?\b|CANISTER|BREAD BIN|CONTAINER"),
    ("tableware", r"PLATE|BOWL|DISH|CUTLERY|SPOON|FORK|KNIFE|JUG|PLATTER|TRAY|RAMEKIN|DINNER|SALT|PEPPER|CRUET|TRIVET"),
    ("garden", r"GARDEN|PLANT|WATERING|BIRD ?(HOUSE|FEEDER|TABLE|BATH|CAGE)|FLOWER ?POT|\bHERB|TROWEL|GLOVE|PARASOL|UMBRELLA|BUCKET|BEACH SPADE|SEED|POTTING|KNEELING|WIND ?CHIME|ACAPULCO MAT|FORGET ME NOT"),
    ("storage", r"\bBOX(ES)?\b|BASKET|DRAWER|STORAGE|CABINET|CHEST|CRATE|TRUNK|ORGANISER|\bRACK\b|SHELF|TIDY|\bBIN\b"),
    ("hanging-decorations", r"HANGING|DECORATION|ORNAMENT|HEART|\bSTARS?\b|MOBILE|BIRD|ANGEL|CHIME|FLOWERS?|VASE|FEATHER|BUTTERFL|BELLS?\b"),
]
RULES = [(category, re.compile(pattern)) for category, pattern in RULES]

TAGS = [
    ("christmas", r"CHRISTMAS|XMAS|SANTA|SNOWM[AE]N|SNOWFLAKE|REINDEER|BAUBLE|HOLLY|ADVENT|WREATH"),
    ("easter", r"EASTER|CHICK\b|CHICKS\b|BUNNY"),
    ("birthday", r"BIRTHDAY"),
    ("valentine", r"HEART|LOVE|CUPID|SWEETHEART"),
    ("tea-time", r"\bTEA\b|TEACUP|TEAPOT|CAKE ?STAND|REGENCY|TEATIME"),
    ("baking", r"BAKING|CAKE CASES|PETIT FOUR|PASTRY|ROLLING PIN|CAKE TIN|WHISK|MEASURING|CUTTER|SCALES"),
    ("wrap", r"\bWRAP\b|RIBBON|GIFT TAPE|GIFT BAG|GIFT TAG|TISSUE PAPER"),
    ("kids", r"CHILD|KIDS|SPACEBOY|DOLLY GIRL|DOLL\b|FELTCRAFT|TOY|DINOSAUR|CIRCUS|COWBOY|PLAYHOUSE|PENCILS|SKIPPING|ROCKET"),
    ("outdoor", r"GARDEN|PICNIC|BICYCLE|PARASOL|UMBRELLA|BEACH|LANTERN|WATERING"),
    ("fragile", r"GLASS|CERAMIC|PORCELAIN|TEACUP|\bMUG|\bCUP\b|BOWL|TEAPOT|PLATE\b|JUG|BEAKER"),
    ("retrospot", r"RETROSPOT|RETRO SPOT|RED SPOTTY"),
    ("polkadot", r"POLKADOT|POLKA DOT"),
    ("regency", r"REGENCY"),
    ("pantry", r"PANTRY"),
    ("london", r"LONDON|UNION JACK|UNION FLAG|QUEENS GUARD"),
    ("keep-calm", r"KEEP CALM"),
    ("spaceboy", r"SPACEBOY"),
    ("dolly-girl", r"DOLLY GIRL"),
    ("woodland", r"WOODLAND|TOADSTOOL|MUSHROOM|OWL"),
    ("vintage", r"VINTAGE|ANTIQUE|VICTORIAN|EDWARDIAN|TRADITIONAL"),
    ("cushion-cover", r"CUSHION COVER"),
    ("chalkboard", r"CHALK ?BOARD|BLACK ?BOARD"),
    ("red", r"\bRED\b"),
    ("pink", r"\bPINK\b"),
    ("blue", r"\bBLUE\b"),
    ("green", r"\bGREEN\b"),
    ("ivory", r"\bIVORY\b|\bCREAM\b"),
    ("white", r"\bWHITE\b"),
]
TAGS = [(tag, re.compile(pattern)) for tag, pattern in TAGS]
GIFT = {"candles", "candle-holders", "lights", "frames-and-mirrors", "clocks", "mugs-and-cups", "teacups", "cake-stands",
        "dolls", "games", "jewellery", "body-care", "hot-water-bottles", "hand-warmers", "tea-table"}

# Invented: share of the price that is margin, in percent, lowest and highest per top category.
MARGIN = {"home": (38, 58), "kitchen": (35, 55), "bags": (40, 55), "party": (50, 68), "paper": (55, 72),
          "christmas": (42, 62), "easter": (42, 62), "children": (36, 54), "garden": (34, 50), "cycling": (30, 45),
          "warmth": (40, 55), "jewellery": (55, 70), "body-care": (48, 64), "gifts": (38, 58)}
PROPER = {"london": "London", "christmas": "Christmas", "xmas": "Xmas", "easter": "Easter", "spaceboy": "Spaceboy",
          "suki": "Suki", "jack": "Jack", "charlotte": "Charlotte", "victorian": "Victorian", "edwardian": "Edwardian",
          "regency": "Regency", "french": "French", "english": "English", "danish": "Danish", "emily": "Emily",
          "rosie": "Rosie", "molly": "Molly", "lola": "Lola", "santa": "Santa", "i": "I", "acapulco": "Acapulco",
          "scandinavian": "Scandinavian", "moroccan": "Moroccan", "russian": "Russian", "scottie": "Scottie",
          "paris": "Paris", "union": "Union", "england": "England", "led": "LED", "diy": "DIY", "tv": "TV",
          "cd": "CD", "rex": "Rex", "feltcraft": "Feltcraft", "retrospot": "Retrospot", "poppy's": "Poppy's"}


def chance(*what):
    """A number in [0, 1) that depends on the seed and on what is asked, and on nothing else."""
    digest = hashlib.sha256("\0".join((SEED,) + what).encode()).digest()
    return int.from_bytes(digest[:7], "big") / (1 << 56)


def is_sale(line):
    return (line["basket_id"].isdigit() and int(line["quantity"]) > 0 and decimal.Decimal(line["unit_price"]) > 0
            and PRODUCT.match(line["sku"]))


def read(folder):
    baskets = {}
    with gzip.open(folder / "lines.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            baskets.setdefault(line["basket_id"], []).append(line)
    return baskets


def choose(baskets):
    """Baskets of at most 15 lines whose amounts, taken without sign, come to less than 100 pounds."""
    small = {}
    for basket_id, lines in baskets.items():
        value = sum(abs(int(l["quantity"]) * decimal.Decimal(l["unit_price"])) for l in lines)
        if len(lines) <= MAX_LINES and value < MAX_VALUE:
            small[basket_id] = lines
    sales = [b for b, lines in small.items() if any(is_sale(l) for l in lines)]
    others = {"return": [], "write-off": []}
    for basket_id in small.keys() - set(sales):
        others["write-off" if basket_id.isdigit() else "return"].append(basket_id)
    chosen = set(sales)
    for kind, share in (("return", RETURNS_PER_SALE), ("write-off", WRITE_OFFS_PER_SALE)):
        ranked = sorted(others[kind], key=lambda b: (chance(kind, b), b))
        chosen.update(ranked[:round(share * len(sales))])
    return {b: lines for b, lines in small.items() if b in chosen}  # source order = time order


def write_receipts(path, baskets):
    numbers = {}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for lines in baskets.values():
        for line in lines:
            customer = line["customer"]
            if customer:  # numbered by first appearance here: says nothing about the source's number
                customer = numbers.setdefault(customer, str(len(numbers) + 1))
            writer.writerow([customer if c == "customer" else line[c] for c in COLUMNS])
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.getvalue().encode())


def category_of(name):
    for category, pattern in RULES:
        if pattern.search(name):
            return category
    return "gifts"


def readable(name):
    words = re.sub(r"\s+", " ", name.strip(" .,")).lower().split(" ")
    words = [PROPER.get(w, w) for w in words]
    text = " ".join(words)
    return text[0].upper() + text[1:]


def most_common(counter):
    return min(counter, key=lambda k: (-counter[k], k))


def catalogue(baskets, everything):
    wanted = sorted({l["sku"] for lines in baskets.values() for l in lines if PRODUCT.match(l["sku"])})
    names = collections.defaultdict(collections.Counter)
    here = collections.defaultdict(collections.Counter)
    anywhere = collections.defaultdict(collections.Counter)
    for source, prices in ((baskets, here), (everything, anywhere)):
        for lines in source.values():
            for line in lines:
                if is_sale(line):
                    prices[line["sku"]][decimal.Decimal(line["unit_price"]).quantize(decimal.Decimal("0.01"))] += 1
                    if line["name"]:
                        names[line["sku"]][line["name"]] += 1
    parents = {c: p for c, p, _ in CATEGORIES}
    products, twins = [], collections.defaultdict(list)
    for sku in wanted:
        if not anywhere[sku] or not names[sku]:
            continue  # never sold: written off only. Such lines stay in the receipts as an unknown product.
        name = most_common(names[sku])
        price = most_common(here[sku] or anywhere[sku])
        category = category_of(name.upper())
        low, high = MARGIN[parents[category] or category]
        margin = decimal.Decimal(low) + decimal.Decimal(round(chance("margin", sku) * 1000)) * (high - low) / 1000
        cost = max((price * (100 - margin) / 100).quantize(decimal.Decimal("0.01")), decimal.Decimal("0.01"))
        tags = [tag for tag, pattern in TAGS if pattern.search(name.upper())]
        if category in GIFT:
            tags.append("gift")
        product = {"key": "sku:" + sku, "name": {"en": readable(name)}, "category": category, "tags": tags,
                   "price": str(price), "cost": str(min(cost, price)), "tax_class": "standard"}
        if NOT_GOODS.search(name.upper()):
            product["hidden"] = True  # a service with a product's number: on receipts, never offered
        luck = chance("stock", sku)
        if luck < 0.01:
            product["stock"] = "out" if luck < 0.003 else "low"
        products.append(product)
        twins[sku.upper()].append(product)
    for same in twins.values():
        for product in same if len(same) > 1 else []:
            product["substitutes"] = [p["key"] for p in same if p is not product]
    return products


def write_catalogue(path, products):
    used = {p["category"] for p in products}
    used |= {parent for c, parent, _ in CATEGORIES if c in used and parent}
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write('{\n"format": "sidedish-catalogue/1",\n"currency": "GBP",\n"categories": [\n')
        rows = []
        for category, parent, name in CATEGORIES:
            if category in used:
                row = {"id": category, "name": {"en": name}}
                if parent:
                    row["parent"] = parent
                rows.append(json.dumps(row, ensure_ascii=False))
        file.write(",\n".join(rows) + '\n],\n"products": [\n')
        file.write(",\n".join(json.dumps(p, ensure_ascii=False) for p in products) + "\n]\n}\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    here = pathlib.Path(__file__).resolve().parent
    everything = read(pathlib.Path(sys.argv[1]))
    baskets = choose(everything)
    write_receipts(here / "receipts.csv.gz", baskets)
    write_catalogue(here / "catalogue.json", catalogue(baskets, everything))


if __name__ == "__main__":
    main()
