"""conversations.py AGENT TOKEN_FILE: the recorded conversations over sdk/python/sidedish.py, for conversations.test.mjs.

Prints a line for everything that came back otherwise, "restart" when the agent is to be killed (and waits for a line), and
"held N" at the end.
"""

import itertools
import json
import pathlib
import re
import sys

top = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(top / "sdk" / "python"))
import sidedish  # noqa: E402

AGENT, TOKEN_FILE = sys.argv[1:3]
USUAL = {"1": {"capabilities": ["add", "undo", "reports_completion"]}}


def at(answer, path):
    if path.endswith(".length"):
        return len(at(answer, path[: -len(".length")]) or [])
    for step in filter(None, re.split(r"[.\[\]]+", path)):
        if isinstance(answer, list) and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            answer = answer.get(step) if isinstance(answer, dict) else None
    return answer


def filled(value, kept):
    if isinstance(value, str) and value.startswith("$"):
        return kept[value[1:]]
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if isinstance(value, dict):
        return {name: filled(member, kept) for name, member in value.items()}
    return value


def same(found, expected):
    return found == expected and type(found) is type(expected)


def act(lane, step):
    if "basket" in step:
        return lane.update(step["basket"])
    if "event" in step:
        return lane.event(**step["event"])
    if "outcome" in step:
        return lane.answer(**step["outcome"])
    if "return" in step:
        return lane.returned(**step["return"])
    return {"value": sidedish.from_double(**step["from_double"])}


def hold(name, conversation, prefix):
    kept = {}
    lanes = {
        lane: sidedish.Lane(agent=AGENT, token_file=TOKEN_FILE, lane=prefix + lane, currency="EUR", prices_include_tax=True,
                            deadline_ms=5000, patience_ms=5000, **config)
        for lane, config in conversation.get("lanes", USUAL).items()
    }
    for number, written in enumerate(conversation["steps"], 1):
        step = filled(written, kept)
        if "restart" in step:
            print("restart", flush=True)
            sys.stdin.readline()
            continue
        answer = act(lanes[step.get("lane", "1")], step)
        for path, expected in step["expect"].items():
            found = at(answer, path)
            if isinstance(expected, dict):
                right = not same(found, expected["not"])
            else:
                right = same(found, expected)
            if not right:
                print("%s, step %d: %s should be %r and is %r in %r" % (name, number, path, expected, found, answer))
        for into, path in step.get("keep", {}).items():
            kept[into] = at(answer, path)
    for lane in lanes.values():
        lane.close()


held = itertools.count()
for file in sorted((top / "tests" / "contract" / "conversations").glob("*.json")):
    if file.name == "pack.json" or file.name.endswith(".schema.json"):
        continue
    conversation = json.loads(file.read_text(encoding="utf-8"))
    if set(conversation.get("needs", [])) <= {"restart", "helper"}:
        hold(file.stem, conversation, "py%d-" % next(held))
print("held %d" % next(held))
