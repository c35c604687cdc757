"""away.py AGENT: what a till in Python notices of an agent that does not answer, as JSON for away.test.mjs."""

import json
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "sdk" / "python"))
import sidedish  # noqa: E402

BASKET = {"basket": "A", "lines": [{"product": "sku:BURGER", "quantity": "1", "unit_price": "5.90"}]}


def timed(call):
    began = time.perf_counter()
    answer = call()
    return answer, (time.perf_counter() - began) * 1000


lane = sidedish.Lane(agent=sys.argv[1], token="t", currency="EUR")
first = [timed(lambda: lane.update(BASKET)) for _ in range(5)]
later = [timed(lambda: lane.update(BASKET)) for _ in range(1001)]

now, asked, pattern = [0.0], [], []
stepped = sidedish.Lane(agent=sys.argv[1], token="t", deadline_ms=200, clock=lambda: now[0], on_error=lambda text, problem: asked.append(text))
for now[0] in (0, 0.9, 1.1, 2.9, 3.2, 7.1, 7.3):
    before = len(asked)
    stepped.update(BASKET)
    pattern.append(len(asked) > before)


def raises(text, problem):
    raise RuntimeError("the host's own log")


wild = sidedish.Lane(agent=sys.argv[1], token="t", on_error=raises)
nonsense = [
    wild.update(None), wild.update({}), wild.update({"basket": object(), "lines": [float("nan")]}), wild.event(None, None), wild.event("completed", 7, total=object()),
    wild.answer(None, None), wild.answer({"no": "id"}, "accepted"), wild.returned(), sidedish.Lane(agent=sys.argv[1], token_file="/nonexistent").update(BASKET),
]
print(json.dumps({
    "statuses": [answer["status"] for answer, _ in first], "first_ms": [ms for _, ms in first],
    "later": sorted({answer["status"] for answer, _ in later}), "median_ms": statistics.median(ms for _, ms in later), "asked": pattern,
    "nonsense": len([answer for answer in nonsense if answer["status"] == "ok"]),
}))
