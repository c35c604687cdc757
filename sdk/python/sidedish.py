"""Sidedish for tills in Python: the best add-on for the basket as it is now, or silence.

One file, standard library only, Python 3.7 or newer.

    lane = sidedish.Lane(lane="1", capabilities=["add"], currency="EUR")
    answer = lane.update({"basket": receipt, "lines": lines})   # after every change, the whole basket
    for prompt in answer["prompts"]: ...                        # show these, clear all others
    lane.answer(prompt, "accepted", by="staff")                 # and add the item by the till's own means
    lane.event("completed", receipt, total="8.80")

A sale never depends on this: nothing is raised, every call ends within its time (50 ms for a basket, one second for the
rest), and an agent that is not there costs nothing while it is away. Every answer is a dict with a "status": ok, stale,
late, invalid, not_found, conflict, limit, refused, unavailable. Any thread may call; one call at a time is under way.

Apache-2.0
"""

import http.client
import json
import socket
import threading
import time
import urllib.parse

__all__ = ["Lane", "from_double"]

FIRST_WAIT = 1.0  # seconds until an agent that is away is asked again,
LONGEST_WAIT = 30.0  # then twice as long, up to this
SLOW_IN_A_ROW = 3  # so many late answers count as away
LARGEST_AMOUNT = 10**12


def from_double(value, exponent):
    """A float in minor units or thousandths: half to even, noise below 1e-9 removed; None for what is no amount.

    from_double(9.290000000000001, 2) is 929, from_double(0.35, 3) is 350.
    """
    try:
        numerator, denominator = float(value).as_integer_ratio()
        if not 0 <= exponent <= 6:
            return None
        scaled = _half_even(_half_even(numerator * 10**9, denominator) * 10**exponent, 10**9)
    except (TypeError, ValueError, OverflowError):
        return None
    return scaled if abs(scaled) <= LARGEST_AMOUNT else None


def _half_even(numerator, denominator):
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


class _Late(Exception):
    pass


class Lane:
    """One till's lane. See the top of this file; options are those of sdk/docs/integrate.md."""

    def __init__(self, agent="http://127.0.0.1:7410", lane="1", capabilities=("add",), barcode_masks=None, channel=None,
                 currency=None, prices_include_tax=None, language=None, deadline_ms=50, patience_ms=1000, token=None,
                 token_file="/run/sidedish/token", on_error=None, clock=time.monotonic):
        self._agent = urllib.parse.urlsplit(agent)
        self._name = urllib.parse.quote(str(lane), safe="")
        self._lane = str(lane)
        self._config = {"capabilities": list(capabilities)}
        if barcode_masks:
            self._config["barcode_masks"] = barcode_masks
        if channel:
            self._config["channel"] = channel
        self._usual = {}
        if currency:
            self._usual["currency"] = currency
        if prices_include_tax is not None:
            self._usual["prices_include_tax"] = prices_include_tax
        if language:
            self._usual["language"] = language
        self._deadline = deadline_ms
        self._patience = patience_ms
        self._given_token = token
        self._token_file = token_file
        self._on_error = on_error
        self._clock = clock
        self._lock = threading.Lock()
        self._connection = None
        self._token = None
        self._opened = False
        self._seq = 0
        self._slow = 0
        self._wait = FIRST_WAIT
        self._away_until = float("-inf")

    def update(self, snapshot):
        """The basket as it is now, the whole of it: {"status", "basket", "seq", "prompts"}. A seq that is not said is the clock."""
        answer = {"status": "invalid"}
        try:
            body = dict({"deadline_ms": self._deadline}, **self._usual)
            body.update(snapshot)
            if "seq" not in body:
                self._seq = max(self._seq + 1, int(time.time() * 1000))
                body["seq"] = self._seq
            answer = {"basket": body.get("basket"), "seq": body["seq"]}
            answer.update(self._call(body["deadline_ms"], "POST", "/v1/lanes/%s/basket" % self._name, body))
            if answer.get("late"):
                answer["status"] = "late"
        except Exception as error:  # a sale goes on, whatever was passed
            self._tell(repr(error))
            answer["status"] = "invalid"
        answer["prompts"] = answer.get("prompts", []) if answer["status"] == "ok" else []
        return answer

    def event(self, type, basket, **more):
        """checkout_started, tender_started, tender_cancelled, completed (total=), parked, resumed (token=), voided, replaced_by (related=)."""
        body = dict({"type": type, "basket": basket}, **more)
        if "total" in body and "currency" not in body and "currency" in self._usual:
            body["currency"] = self._usual["currency"]
        return self._call(self._patience, "POST", "/v1/lanes/%s/events" % self._name, body)

    def answer(self, prompt, outcome, **more):
        """accepted, declined, undone, not_a_fit, accept_failed; by="staff" or "customer", why=. Repeat at will."""
        id = prompt.get("id", "") if isinstance(prompt, dict) else prompt
        path = "/v1/prompts/%s/outcome" % urllib.parse.quote(str(id), safe="")
        return self._call(self._patience, "POST", path, dict({"lane": self._lane, "outcome": outcome}, **more))

    def returned(self, **what):
        """A product that was sold comes back: product=, quantity=, value=, currency=, basket=."""
        body = dict({"currency": self._usual["currency"]} if "currency" in self._usual else {}, **what)
        return self._call(self._patience, "POST", "/v1/lanes/%s/returns" % self._name, body)

    def close(self):
        """Lets go of the connection. The lane stays open at the agent; the next call connects again."""
        with self._lock:
            self._disconnect()

    # ---- from here on nothing is for callers ----

    def _call(self, ms, method, path, body):
        if self._clock() < self._away_until:
            return {"status": "unavailable"}
        until = self._clock() + ms / 1000.0
        if not self._lock.acquire(timeout=max(0.0, ms / 1000.0)):
            return {"status": "late"}
        try:
            if self._clock() < self._away_until:
                return {"status": "unavailable"}
            return self._exchange(method, path, body, until)
        except _Late:
            self._disconnect()
            self._slow += 1
            if self._slow >= SLOW_IN_A_ROW:
                self._away("the agent answers too late")
            return {"status": "late"}
        except (OSError, http.client.HTTPException) as error:
            self._away("the agent cannot be reached at %s: %s" % (self._agent.geturl(), error))
            return {"status": "unavailable"}
        except Exception as error:  # a sale goes on, whatever was passed
            self._disconnect()
            self._tell(repr(error))
            return {"status": "invalid"}
        finally:
            self._lock.release()

    def _open(self, until):
        answer = self._exchange("PUT", "/v1/lanes/%s" % self._name, self._config, until)
        self._opened = answer["status"] == "ok"
        if answer["status"] == "conflict":
            self._tell("the lane is open with other capabilities, and a basket is live in it", answer["problem"])
        return answer

    def _exchange(self, method, path, body, until):
        """A request and its answer; reads the token again and opens the lane again, once each."""
        refreshed = False
        reopened = method == "PUT"
        while True:
            if not self._opened and not reopened:
                reopened = True
                opened = self._open(until)
                if opened["status"] != "ok":
                    return opened
            if self._token is None:
                refreshed = True
                self._token = self._read_token()
            code, answer = self._request(method, path, body, until)
            if code == 401 and not refreshed:
                self._token = None
                continue
            if code == 404 and str(answer.get("type", "")).endswith("/unknown-lane") and self._opened:
                self._opened = False
                if not reopened:
                    continue
            status = _word(code, answer)
            if status == "ok":
                return dict({"status": status}, **answer)
            if status == "refused":
                self._away(answer.get("title") or "the agent answers %d" % code)
            elif status in ("invalid", "limit"):
                self._tell(answer.get("title", ""), answer)
            return {"status": status, "problem": answer}

    def _read_token(self):
        if callable(self._given_token):
            return str(self._given_token()).strip()
        if self._given_token:
            return str(self._given_token).strip()
        with open(self._token_file) as file:
            return file.read(256).strip()

    def _request(self, method, path, body, until):
        text = json.dumps(body, allow_nan=False).encode("utf-8")
        headers = {"Authorization": "Bearer " + self._token, "Content-Type": "application/json"}
        kept = self._connection is not None
        while True:
            try:
                if self._connection is None:
                    self._connection = self._connect(until)
                self._hurry(until)
                self._connection.request(method, path, text, headers)
                self._hurry(until)
                response = self._connection.getresponse()
                self._hurry(until)
                said = response.read()
                break
            except socket.timeout:
                raise _Late()
            except (OSError, http.client.HTTPException):
                self._disconnect()
                if not kept:
                    raise
                kept = False  # the agent had closed it: once more, on a new one
        self._slow = 0
        self._wait = FIRST_WAIT
        try:
            answer = json.loads(said.decode("utf-8"))
        except ValueError:
            answer = {}
        return response.status, answer if isinstance(answer, dict) else {}

    def _connect(self, until):
        connection = http.client.HTTPConnection(self._agent.hostname, self._agent.port or 80, timeout=self._left(until))
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _left(self, until):
        left = until - self._clock()
        if left <= 0:
            raise _Late()
        return left

    def _hurry(self, until):
        left = self._left(until)
        if self._connection.sock is not None:
            self._connection.sock.settimeout(left)

    def _disconnect(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _away(self, why):
        """Nothing is asked for a while."""
        self._disconnect()
        self._opened = False
        self._token = None
        self._slow = 0
        self._away_until = self._clock() + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)
        self._tell(why)

    def _tell(self, text, problem=None):
        try:
            if self._on_error:
                self._on_error(text, problem)
        except Exception:  # the callback's own affair
            pass


def _word(code, problem):
    """What a status of HTTP means; see /problems/... of the agent."""
    if code < 300:
        return "ok"
    if str(problem.get("type", "")).rsplit("/", 1)[-1] in ("limit", "too-fast", "too-large"):
        return "limit"
    return {401: "refused", 403: "refused", 404: "not_found", 409: "conflict"}.get(code, "unavailable" if code >= 500 else "invalid")
