/*
 * Sidedish for web tills and scripts in JavaScript: the best add-on for the basket as it is now, or silence.
 * No dependencies. A script tag makes `window.sidedish`; as a module: sidedish.mjs beside this file; types: sidedish.d.ts.
 *
 *   const lane = sidedish.connect({ lane: '1', capabilities: ['add'], currency: 'EUR' });
 *   const { prompts } = await lane.update({ basket: receipt, lines });     // after every change, the whole basket
 *   await lane.answer(prompts[0], 'accepted', { by: 'staff' });            // and add the item by the till's own means
 *   await lane.event('completed', receipt, { total: '8.80' });
 *
 * A sale never depends on this: nothing throws, no promise rejects, every call ends within its time (50 ms for a basket, one
 * second for the rest), and an agent that is not there costs nothing while it is away. The answer is a value with a `status`:
 * ok, stale, late, invalid, not_found, conflict, limit, refused, unavailable.                                    Apache-2.0
 */
(function (root) {
  'use strict';

  const FIRST_WAIT_MS = 1000; // an agent that is away is asked again after so long,
  const LONGEST_WAIT_MS = 30000; // then twice as long, up to this
  const SLOW_IN_A_ROW = 3; // so many late answers count as away
  const LATE = Object.freeze({ status: 'late' }); // of the agent; not of a snapshot that a newer one has overtaken

  /** Minor units or thousandths of a binary float: half to even, noise below 1e-9 removed; null for what is no amount. */
  function fromDouble(value, exponent) {
    if (!Number.isFinite(value) || !Number.isInteger(exponent) || exponent < 0 || exponent > 6 || Math.abs(value) > 1e13) return null;
    const [whole, part] = Math.abs(value).toFixed(9).split('.'); // exact, to units of 1e-9
    const rest = part.slice(exponent);
    const half = '5' + '0'.repeat(rest.length - 1);
    let scaled = Number(whole + part.slice(0, exponent)); // below 2^53 for every amount that is none too large
    if (rest > half || (rest === half && scaled % 2 === 1)) scaled += 1;
    if (scaled > 1e12) return null;
    return value < 0 && scaled > 0 ? -scaled : scaled;
  }

  /** What a status of HTTP means; see /problems/... of the agent. */
  function wordOf(code, problem) {
    if (code < 300) return 'ok';
    if (/\/(limit|too-fast|too-large)$/.test((problem && problem.type) || '')) return 'limit';
    if (code === 401 || code === 403) return 'refused';
    if (code === 404) return 'not_found';
    if (code === 409) return 'conflict';
    return code >= 500 ? 'unavailable' : 'invalid';
  }

  class Lane {
    constructor(options) {
      const given = options || {};
      this.agent = String(given.agent || 'http://127.0.0.1:7410').replace(/\/+$/, '');
      this.name = String(given.lane || '1');
      this.config = { capabilities: given.capabilities || ['add'] };
      if (given.barcodeMasks) this.config.barcode_masks = given.barcodeMasks;
      if (given.channel) this.config.channel = given.channel;
      this.usual = {}; // of every snapshot
      if (given.currency) this.usual.currency = given.currency;
      if (given.pricesIncludeTax !== undefined) this.usual.prices_include_tax = given.pricesIncludeTax;
      if (given.language) this.usual.language = given.language;
      this.deadline = given.deadlineMs > 0 ? given.deadlineMs : 50;
      this.patience = given.patienceMs > 0 ? given.patienceMs : 1000; // for everything but a basket
      this.givenToken = given.token;
      this.onError = given.onError;
      this.fetch = given.fetch || ((url, init) => root.fetch(url, init));
      this.now = given.now || (() => Date.now());
      this.token = null;
      this.opened = false;
      this.spoke = false;
      this.seq = 0;
      this.waiting = new Map(); // basket -> number of its newest snapshot
      this.turn = Promise.resolve();
      this.slow = 0;
      this.wait = FIRST_WAIT_MS;
      this.awayUntil = -Infinity;
      this.call(this.patience, async (until) => (this.opened ? { status: 'ok' } : this.open(until)));
    }

    /** The basket as it is now, the whole of it. Resolves to { status, basket, seq, prompts }; show these, clear all others. */
    update(snapshot) {
      try {
        const body = Object.assign({ deadline_ms: this.deadline }, this.usual, snapshot);
        if (body.seq === undefined) body.seq = this.seq = Math.max(this.seq + 1, Math.floor(this.now())); // grows over a reload too
        const mine = (this.waiting.get(body.basket) || 0) + 1;
        this.waiting.set(body.basket, mine);
        return this.call(body.deadline_ms, async (until) => {
          if (this.waiting.get(body.basket) !== mine) return { status: 'late' }; // a newer one is on its way
          this.waiting.delete(body.basket);
          return this.send('POST', '/basket', body, until);
        }).then((answer) => {
          const status = answer.late ? 'late' : answer.status;
          return Object.assign({ basket: body.basket, seq: body.seq }, answer, { status, prompts: (status === 'ok' && answer.prompts) || [] });
        });
      } catch (error) {
        return Promise.resolve(Object.assign(this.wrong(error), { prompts: [] }));
      }
    }

    /** type: checkout_started, tender_started, tender_cancelled, completed, parked, resumed, voided, replaced_by. */
    event(type, basket, more) {
      const body = Object.assign({ type, basket }, more);
      if (body.total !== undefined && !body.currency && this.usual.currency) body.currency = this.usual.currency;
      return this.call(this.patience, (until) => this.send('POST', '/events', body, until));
    }

    /** outcome: accepted, declined, undone, not_a_fit, accept_failed. more: { by: 'staff' | 'customer', why }. Repeat at will. */
    answer(prompt, outcome, more) {
      const id = encodeURIComponent(String((prompt && prompt.id) || prompt));
      const body = Object.assign({ lane: this.name, outcome }, more);
      return this.call(this.patience, (until) => this.exchange('POST', `/v1/prompts/${id}/outcome`, body, until));
    }

    /** A product that was sold comes back: { product, quantity, value, currency, basket? }. */
    returned(what) {
      const body = Object.assign(this.usual.currency ? { currency: this.usual.currency } : {}, what);
      return this.call(this.patience, (until) => this.send('POST', '/returns', body, until));
    }

    // ---- from here on nothing is for callers ----

    /** One call after the other, each with an end: whoever waits is answered by then, whatever the agent does. */
    call(ms, work) {
      if (this.now() < this.awayUntil) return Promise.resolve({ status: 'unavailable' });
      const until = this.now() + ms;
      const done = this.turn.then(async () => {
        try {
          if (this.now() < this.awayUntil) return { status: 'unavailable' };
          if (this.now() >= until) return LATE;
          return await work(until);
        } catch (error) {
          return this.wrong(error);
        }
      });
      this.turn = done;
      let timer;
      const late = new Promise((resolve) => { timer = setTimeout(() => resolve(LATE), ms + 5); });
      return Promise.race([done, late]).then((answer) => {
        clearTimeout(timer);
        if (answer === LATE) {
          this.slow += 1;
          if (this.slow === SLOW_IN_A_ROW) this.away('the agent answers too late');
        }
        return answer;
      });
    }

    open(until) {
      return this.exchange('PUT', `/v1/lanes/${encodeURIComponent(this.name)}`, this.config, until).then((answer) => {
        this.opened = answer.status === 'ok';
        if (answer.status === 'conflict') this.tell('the lane is open with other capabilities, and a basket is live in it', answer.problem);
        return answer;
      });
    }

    send(method, what, body, until) { return this.exchange(method, `/v1/lanes/${encodeURIComponent(this.name)}${what}`, body, until); }

    /** A request and its answer; reads the token again and opens the lane again, once each. */
    async exchange(method, path, body, until) {
      let refreshed = false;
      let reopened = method === 'PUT';
      for (;;) {
        if (!this.opened && !reopened) {
          reopened = true;
          const open = await this.open(until);
          if (open.status !== 'ok') return open;
        }
        if (!this.token) {
          refreshed = true;
          const problem = await this.readToken(until);
          if (problem) return problem;
        }
        const { code, answer } = await this.request(method, path, body, until);
        if (code === 0) return answer;
        if (code === 401 && !refreshed) {
          this.token = null;
          continue;
        }
        if (code === 404 && /\/unknown-lane$/.test(answer.type || '') && this.opened) {
          this.opened = false;
          if (!reopened) continue;
        }
        const status = wordOf(code, answer);
        if (status === 'refused') this.away(answer.title || `the agent answers ${code}`);
        if (status === 'ok') return Object.assign({ status }, answer);
        if (status === 'invalid' || status === 'limit') this.tell(answer.title, answer);
        return { status, problem: answer };
      }
    }

    async readToken(until) {
      if (typeof this.givenToken === 'function') this.token = await this.givenToken();
      else if (this.givenToken) this.token = this.givenToken;
      else {
        const meta = typeof document === 'object' && document.querySelector('meta[name="sidedish-token"]');
        if (meta) this.token = meta.content;
        else {
          const { code, answer } = await this.request('GET', '/v1/hello', undefined, until);
          if (code === 0) return answer;
          if (code === 200) this.token = answer.token;
        }
      }
      this.token = this.token ? String(this.token).trim() : null;
      if (this.token) return null;
      this.away('no token: is this page\'s origin among the agent\'s --allow-origin?');
      return { status: 'refused' };
    }

    /** { code, answer }; code 0: nothing came back. */
    async request(method, path, body, until) {
      const abort = typeof AbortController === 'function' ? new AbortController() : null;
      const timer = setTimeout(() => abort && abort.abort(), Math.max(1, until - this.now()));
      const headers = {};
      if (this.token) headers.Authorization = `Bearer ${this.token}`;
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      const init = {
        method, headers, body: body === undefined ? undefined : JSON.stringify(body),
        signal: abort ? abort.signal : undefined, credentials: 'omit', cache: 'no-store',
        keepalive: !path.endsWith('/basket'), // outlives the page; browsers allow small bodies only
      };
      try {
        let response;
        try {
          response = await this.fetch(this.agent + path, init);
        } catch (error) {
          if (!this.spoke || (abort && abort.signal.aborted)) throw error;
          this.spoke = false; // the agent had closed the connection: once more, on a new one
          response = await this.fetch(this.agent + path, init);
        }
        const text = await response.text();
        this.spoke = true;
        this.slow = 0;
        this.wait = FIRST_WAIT_MS;
        let answer = {};
        try { answer = JSON.parse(text) || {}; } catch (error) { answer = {}; }
        return { code: response.status, answer };
      } catch (error) {
        if (abort && abort.signal.aborted) return { code: 0, answer: LATE };
        this.away(`the agent cannot be reached at ${this.agent}`);
        this.askPermission();
        return { code: 0, answer: { status: 'unavailable' } };
      } finally {
        clearTimeout(timer);
      }
    }

    /** Nothing is asked for a while. */
    away(why) {
      this.opened = this.spoke = false;
      this.token = null;
      this.awayUntil = this.now() + this.wait;
      this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
      this.slow = 0;
      this.tell(why);
    }

    /** A browser that keeps pages away from programs of this machine says so here, and nowhere else. */
    askPermission() {
      const permissions = typeof navigator === 'object' && navigator.permissions;
      if (!permissions) return;
      for (const name of ['loopback-network', 'local-network-access']) {
        Promise.resolve().then(() => permissions.query({ name })).then((answer) => {
          if (answer.state === 'denied') this.tell('the browser does not let this page talk to programs of this machine: allow it, or set the policy LoopbackNetworkAllowedForUrls');
        }).catch(() => {}); // a browser that does not know the name does not keep it either
      }
    }

    wrong(error) {
      this.tell(String((error && error.message) || error));
      return { status: 'invalid' };
    }

    tell(text, problem) {
      try {
        if (this.onError) this.onError(String(text), problem);
      } catch (error) { /* the callback's own affair: a sale goes on */ }
    }
  }

  const api = { connect: (options) => new Lane(options), fromDouble };
  root.sidedish = Object.assign(root.sidedish || {}, api);
  if (typeof module === 'object' && module.exports) module.exports = api;
})(typeof globalThis === 'object' ? globalThis : self);
