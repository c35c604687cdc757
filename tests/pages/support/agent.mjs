// The agent's API as the pages use it, played by a test: it says what the test tells it to, when it tells it to, and
// writes down what it was told. What the real agent decides is tested with the real agent (whole.test.mjs).
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { root, serve } from './built.mjs';

export const prompt = (changes = {}) => ({
  id: '00000000000000a1', basket: 'b1', basis_seq: 1, kind: 'add_on', moment: 'basket', action: 'add', product: 'sku:AA4', product_name: 'AA batteries', quantity: '1',
  price_effect: 399, saving: 0, currency: 'EUR', exponent: 2, headline: 'Add 4 AA batteries?', reason: 'Toy needs 4, none in the box · 6 of 10 add them',
  line20x2: ['AA batteries', '+ 3.99'], rule: 'toy-batteries', rule_name: 'Toy batteries', fresh: true, plus_tax: false, hints: ['strip'], ...changes,
});

export class Agent {
  outcomes = [];       // {id, lane, outcome, by, why?}
  requests = [];       // method and path of each
  config = { store: 's1', terminal: 't1', languages: ['en', 'de', 'ar', 'ja'], currency: 'EUR', exponent: 2, keys: { accept: 'F8', decline: 'F9' },
             fold_ms: 12_000, late_ms: 10_000, store_name: 'The Shop' };  // a busy machine is not late; tests of lateness say 300
  token = 'a'.repeat(64);
  answer = () => 200;  // status of an outcome; a promise is waited for
  host = '';           // a till at the agent's own origin
  scanned;             // called with the number of each scan that a test till reports
  opened = 0;          // event streams ever
  #streams = new Set();
  #sockets = new Set();
  #next = 0;
  #port = 0;
  /// What a new stream hears first.
  hello = [];

  async start(origins = []) {
    this.origins = origins;
    this.server = http.createServer((request, response) => this.#handle(request, response));
    this.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.server.listen(this.#port, '127.0.0.1');
    await once(this.server, 'listening');
    this.#port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.#port}`;
    return this;
  }
  /// As when the process is killed; start() brings it back at the same address.
  async stop() {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#streams.clear();
    await closed;
  }
  get streams() { return this.#streams.size; }
  push(name, data) {
    for (const stream of this.#streams) stream.write(`id: ${++this.#next}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }
  prompts(...prompts) { this.push('prompts', { basket: prompts[0]?.basket ?? this.basket_id ?? 'b1', seq: 1, prompts }); }
  basket(changes = {}) {
    const said = { basket: 'b1', seq: 1, lines: [], total: 0, mode: 'sale', holds: [], tender: false, ...changes };
    this.basket_id = said.basket;
    this.push('basket', said);
  }
  /// Until no page listens.
  async left() {
    for (let tries = 0; this.#streams.size > 0; ++tries) {
      if (tries > 6000) throw new Error('a closed page goes on listening');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  /// Until a page listens.
  async listened(count = 1) {
    for (let tries = 0; this.#streams.size < count; ++tries) {
      if (tries > 3000) throw new Error('no page came to listen');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  get policy() {
    return `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self' ${this.origins.join(' ')}`;
  }
  async #handle(request, response) {
    const { pathname } = new URL(request.url, 'http://x');
    this.requests.push(`${request.method} ${pathname}`);
    if (pathname === '/test/host') return void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(this.host);
    if (pathname.startsWith('/test/scan/')) {
      this.scanned?.(Number(pathname.split('/')[3]));
      return void response.writeHead(204).end();
    }
    if (serve('plugin', request, response, { token: this.token, policy: this.policy })) return;
    const picture = /^\/pictures\/([0-9a-f]{64})$/.exec(pathname);
    if (picture) {
      const bytes = fs.readFileSync(path.join(root, 'sim/shops/burgerbar/pictures', `${picture[1]}.webp`));
      return void response.writeHead(200, { 'Content-Type': 'image/webp', 'Cache-Control': 'public, max-age=31536000, immutable' }).end(bytes);
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) return void response.writeHead(401).end();
    const json = (value, status = 200) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
    if (pathname === '/v1/pages/config') return void json(this.config);
    if (/^\/v1\/lanes\/[a-z0-9-]+\/events$/.test(pathname) && request.method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(': hello\n\n');
      this.opened += 1;
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
      for (const [name, data] of this.hello) response.write(`id: ${++this.#next}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      return;
    }
    const outcome = /^\/v1\/prompts\/([0-9a-f]{16})\/outcome$/.exec(pathname);
    if (outcome && request.method === 'POST') {
      let body = '';
      for await (const part of request) body += part;
      this.outcomes.push({ id: outcome[1], ...JSON.parse(body) });
      const status = await this.answer(this.outcomes.at(-1));
      return void json(status === 200 ? { status: 'ok' } : { type: '/problems/test' }, status);
    }
    json({ type: '/problems/not-found' }, 404);
  }
}
