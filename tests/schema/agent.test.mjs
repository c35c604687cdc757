// The agent's API against its own description: every schema compiles, every example validates, every operation is hit on
// the real program, and every answer and event it gives here, good or bad, is one the description allows (C01).
// Fails when an answer gains a member or status that openapi.json does not know, or when an operation is not called.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { firstLine } from '../sdk/house.mjs';
import { description } from './description.mjs';

import { rules_at_any_hour } from '../support/shop.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = process.env.SIDEDISH_BIN ?? join(root, 'build', 'dev', 'bin');
const room = join(root, 'plugin/loopback');
const { api, schemas, ajv, check, resolve } = description(join(room, 'openapi.json'), join(room, 'schema'));
const menu = join(root, 'sim/shops/burgerbar/pictures');
const picture = readdirSync(menu).find((name) => name.endsWith('.webp')).slice(0, 64);
const origin = 'https://pos.example';

let agent;
let port;
let token;
let home;
const hit = new Set();

before(async () => {
  for (const name of ['sidedish-agent', 'sidedish-rules']) if (!existsSync(join(bin, name))) throw new Error(`${name} is not built`);
  home = mkdtempSync('/dev/shm/sidedish-');
  const shop = join(root, 'sim/shops/burgerbar');
  writeFileSync(join(home, 'rules.json'), JSON.stringify(rules_at_any_hour()));
  execFileSync(join(bin, 'sidedish-rules'), ['compile', join(home, 'rules.json'), join(shop, 'catalogue.json'), '-o', join(home, 'image')]);
  await start();
});

/** The agent on the folders of this file, which a killed one left as they are. */
async function start() {
  agent = spawn(join(bin, 'sidedish-agent'), ['run', '--state-dir', join(home, 'state'), '--run-dir', join(home, 'run'), '--store', 'mitte', '--terminal', 't1',
    '--image', join(home, 'image'), '--pictures', menu, '--port', '0', '--allow-origin', origin], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(agent, 'the agent');
  port = Number(line.match(/:(\d+)(\s|$)/)[1]);
  token = readFileSync(join(home, 'run', 'token'), 'utf8').trim();
  for (let there = false; !there;) {
    const { pictures } = JSON.parse((await ask('GET', '/v1/status', {})).bytes);
    there = pictures.wanted > 0 && pictures.present === pictures.wanted;
  }
}
async function stop(signal) {
  agent.removeAllListeners('exit');
  const gone = new Promise((done) => agent.on('exit', done));
  agent.kill(signal);
  await gone;
}

after(async () => {
  if (agent) await stop('SIGTERM');
  if (home) rmSync(home, { recursive: true });
});

/** One request by hand: fetch() sets Host, Origin and Sec-Fetch-Site by itself. */
function ask(method, target, headers, body, line = undefined) {
  return new Promise((done, failed) => {
    const request = http.request({ host: '127.0.0.1', port, method, path: target, headers, agent: line }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }));
    });
    request.on('error', failed);
    request.end(body);
  });
}

/** Calls an operation and holds its answer to the description. */
async function call(method, path, { target = path, body, headers = {}, status = 200, bare = false } = {}) {
  const sent = { ...(bare ? {} : { Authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers };
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await ask(method, target, sent, text);
  const what = `${method} ${target} -> ${response.status}`;
  assert.equal(response.status, status, `${what} ${response.bytes.toString().slice(0, 400)}`);
  const operation = api.paths[path]?.[method.toLowerCase()];
  assert.ok(operation, `${method} ${path} is described`);
  hit.add(operation.operationId);
  assert.ok(operation.responses[status], `${what} is described`);
  const described = resolve(operation.responses[status]);
  for (const header of Object.keys(described.headers ?? {})) assert.ok(response.headers[header.toLowerCase()], `${what} has ${header}`);
  if (status === 304) return response;
  const type = (response.headers['content-type'] ?? '').split(';')[0];
  assert.ok(described.content[type], `${what}: ${type} is described`);
  if (type.endsWith('json')) {
    const value = JSON.parse(response.bytes);
    if (described.content[type].schema) check(described.content[type].schema, value, what);
    if (status >= 400) assert.equal(value.status, status);
    return { ...response, value };
  }
  return response;
}

const lane = '/v1/lanes/{lane}';
const at = (target) => ({ target });
const basket = (id, seq, lines, more = {}) => ({ basket: id, seq, currency: 'EUR', lines: lines.map((product) => ({ product, quantity: '1', unit_price: 890 })), ...more });
const capabilities = ['add', 'replace', 'convert', 'undo', 'reports_completion'];

test('agent: every schema compiles and has a name of its own', () => {
  assert.ok(schemas.length >= 15);
  for (const schema of schemas) assert.ok(ajv.getSchema(schema.$id), schema.$id);
});

test('agent: every example of the description validates', () => {
  let count = 0;
  const contents = (content, what) => {
    for (const [type, media] of Object.entries(content ?? {})) {
      for (const [name, { value }] of Object.entries(media.examples ?? {})) {
        check(media.schema, value, `${what} ${type} ${name}`);
        count += 1;
      }
    }
  };
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      contents(operation.requestBody?.content, `${method} ${path} request`);
      for (const [status, response] of Object.entries(operation.responses)) contents(resolve(response).content, `${method} ${path} ${status}`);
    }
  }
  assert.ok(count > 40, `${count} examples`);
});

test('agent: a sale with everything in it, each answer and event as described', async () => {
  await call('PUT', lane, { ...at('/v1/lanes/1'), body: { capabilities }, status: 201 });
  await call('PUT', lane, { ...at('/v1/lanes/1'), body: { capabilities } });
  // Listens while it goes on.
  const heard = [];
  const listening = http.request({ host: '127.0.0.1', port, path: '/v1/lanes/1/events', headers: { Authorization: `Bearer ${token}` } });
  const opened = new Promise((done) => listening.on('response', done));
  listening.end();
  const stream = await opened;
  hit.add('listen');
  assert.equal(stream.statusCode, 200);
  assert.equal(stream.headers['content-type'], 'text/event-stream');
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = Object.fromEntries(text.slice(0, end).split('\n').map((line) => line.split(/: (.*)/s)));
      if (block.event) heard.push(block);
      text = text.slice(end + 2);
    }
  });

  const update = (body) => call('POST', `${lane}/basket`, { ...at('/v1/lanes/1/basket'), body });
  const event = (type, id, more = {}, status = 200) => call('POST', `${lane}/events`, { ...at('/v1/lanes/1/events'), body: { type, basket: id, ...more }, status });
  const answer = (id, outcome, status = 200) => call('POST', '/v1/prompts/{id}/outcome', { ...at(`/v1/prompts/${id}/outcome`), body: { lane: '1', outcome, by: 'staff' }, status });

  const first = await update(basket('B-1', 1, ['sku:DOUBLE'], { customer: { segments: ['regular'], first_visit: false }, facts: { queue: 2 }, language: 'ja' }));
  assert.equal(first.value.prompts.length, 1);
  const { small, large } = first.value.prompts[0].picture;
  for (const path of [small, large]) {
    const { bytes } = await call('GET', '/pictures/{sha256}', { ...at(path), bare: true });
    assert.equal(createHash('sha256').update(bytes).digest('hex'), path.slice('/pictures/'.length));
  }
  await call('GET', `${lane}/prompts`, at('/v1/lanes/1/prompts'));
  assert.equal((await update(basket('B-1', 1, []))).value.status, 'stale');
  await answer(first.value.prompts[0].id, 'accepted');
  await answer(first.value.prompts[0].id, 'accepted');
  await answer(first.value.prompts[0].id, 'declined', 409);
  await event('checkout_started', 'B-1');
  await event('tender_started', 'B-1');
  await event('completed', 'B-1', { total: '9.30', currency: 'EUR' });
  const meal = await update(basket('B-2', 1, ['sku:CHEESE', 'sku:COLA-M'], { channel: 'kiosk', language: 'ar' }));
  assert.ok(meal.value.prompts.length >= 1);
  assert.ok((await event('parked', 'B-2')).value.token.length > 300);
  assert.equal((await update(basket('B-3', 1, ['sku:DOUBLE'], { deadline_ms: 0 }))).status, 200);
  await event('completed', 'B-9', {}, 404);
  await event('resumed', 'B-10', { token: 'AAAA' }, 422);
  await call('POST', `${lane}/returns`, { ...at('/v1/lanes/1/returns'), body: { product: 'sku:FRIES-M', quantity: '1', value: 320, currency: 'EUR' } });
  await call('GET', lane, at('/v1/lanes/1'));

  while (!heard.some(({ event: name, data }) => name === 'closed' && data.includes('parked'))) await new Promise((done) => stream.once('data', done));
  listening.destroy();
  const events = api.paths[`${lane}/events`].get.responses[200].content['text/event-stream']['x-events'];
  for (const { event: name, data } of heard) check(events[name], JSON.parse(data), `event ${name}`);
  assert.ok(heard.some(({ event: name, data }) => name === 'basket' && JSON.parse(data).lines[0]?.picture.small));
  assert.deepEqual([...new Set(heard.map(({ event: name }) => name))].sort(), ['answered', 'basket', 'closed', 'prompts', 'state']);
});

test('agent: what is wrong is answered as described', async () => {
  const to = at('/v1/lanes/1/basket');
  const post = `${lane}/basket`;
  await call('POST', post, { ...to, body: '{', status: 400 });
  await call('POST', post, { ...to, body: basket('B-1', 1, []), bare: true, status: 401 });
  await call('POST', post, { ...to, body: basket('B-1', 1, []), headers: { Host: 'evil.example' }, status: 403 });
  await call('POST', post, { ...to, body: basket('B-1', 1, []), headers: { Origin: 'https://evil.example' }, status: 403 });
  await call('POST', post, { ...at('/v1/lanes/9/basket'), body: basket('B-1', 1, []), status: 404 });
  await call('POST', post, { ...to, body: basket('B-1', 1, Array(2001).fill('sku:A')), status: 413 });
  await call('POST', post, { ...to, body: 'x'.repeat(1 << 21), status: 413 });
  await call('POST', post, { ...to, body: '{}', headers: { 'Content-Type': 'text/plain' }, status: 415 });
  await call('POST', post, { ...to, body: { basket: 'B-1', lines: [{ product: 'sku:A', quantity: 1.5 }] }, status: 422 });
  for (let i = 0; i < 8; ++i) {
    await call('PUT', lane, { ...at('/v1/lanes/2'), body: { capabilities }, status: i === 0 ? 201 : 200 });
    await call('POST', post, { ...at('/v1/lanes/2/basket'), body: basket(`P-${i}`, 1, ['sku:DOUBLE']) });
    await call('POST', `${lane}/events`, { ...at('/v1/lanes/2/events'), body: { type: 'parked', basket: `P-${i}` } });
  }
  await call('POST', post, { ...at('/v1/lanes/2/basket'), body: basket('P-8', 1, ['sku:DOUBLE']), status: 409 });
  await call('PUT', lane, { ...at('/v1/lanes/2'), body: { capabilities: [] }, status: 409 });
  // Four hundred as fast as they go: whatever the machine, each is taken or told to wait.
  const line = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const many = await Promise.all(Array.from({ length: 400 }, (_, i) => ask('POST', '/v1/lanes/1/basket', { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    JSON.stringify(basket('F-1', i + 1, [])), line)));
  line.destroy();
  const slow = resolve(api.paths[post].post.responses[429]).content['application/problem+json'].schema;
  for (const { status, headers, bytes } of many) {
    assert.ok(status === 200 || status === 429, `${status}`);
    if (status === 200) continue;
    check(slow, JSON.parse(bytes), '429');
    assert.equal(headers['retry-after'], '1');
  }
});

test('agent: pages, their configuration, files and pictures', async () => {
  const config = await call('GET', '/v1/pages/config');
  assert.deepEqual(config.value.languages.sort(), ['ar', 'de', 'en', 'ja']);
  assert.equal(config.value.store_name, 'Berlin Mitte');
  const hello = await call('GET', '/v1/hello', { headers: { Origin: origin }, bare: true });
  assert.equal(hello.value.token, token);
  assert.equal(hello.headers['access-control-allow-origin'], origin);
  await call('GET', '/v1/hello', { bare: true, status: 403 });
  for (const page of ['/till', '/kiosk']) {
    const { status } = await ask('GET', page, {});
    const { bytes } = await call('GET', page, { bare: true, status });
    if (status === 200) assert.ok(bytes.includes(token));
  }
  const adapter = await ask('GET', '/assets/adapter.js', {});
  await call('GET', '/assets/{file}', { ...at('/assets/adapter.js'), bare: true, status: adapter.status });
  if (adapter.status === 200) await call('GET', '/assets/{file}', { ...at('/assets/adapter.js'), bare: true, headers: { 'If-None-Match': adapter.headers.etag }, status: 304 });
  await call('GET', '/assets/{file}', { ...at('/assets/nothing.js'), bare: true, status: 404 });
  await call('GET', '/pictures/{sha256}', { ...at(`/pictures/${picture}`), bare: true });
  await call('GET', '/pictures/{sha256}', { ...at(`/pictures/${'b'.repeat(64)}`), bare: true, status: 404 });
});

test('agent: it tells how it is, its web tills among the rest, and serves its description', async () => {
  const { value } = await call('GET', '/v1/status', { bare: true });
  assert.deepEqual(value.web.lanes, ['1', '2']);
  assert.ok(value.web.refused['wrong-host'] > 0);
  const { bytes } = await call('GET', '/v1/status.txt', { bare: true });
  assert.match(bytes.toString(), /web tills +1, 2: \d+ updates/);
  const metrics = (await call('GET', '/metrics', { bare: true })).bytes.toString();
  for (const line of ['sidedish_agent_web_refused_total{why="foreign-origin"}', 'sidedish_agent_http_refused_total{why="slow_reader"}', 'sidedish_agent_web_lanes 2']) {
    assert.ok(metrics.includes(line), line);
  }
  await call('GET', '/healthz', { bare: true });
  assert.deepEqual((await call('GET', '/openapi.json', { bare: true })).value, api);
  for (const schema of schemas) {
    const name = schema.$id.split('/').at(-1);
    assert.deepEqual(JSON.parse((await call('GET', '/schemas/{name}', { ...at(`/schemas/${name}`), bare: true })).bytes), schema);
  }
  await call('GET', '/schemas/{name}', { ...at('/schemas/nothing'), bare: true, status: 404 });
});

test('agent: killed in mid-sale, it is repaired by the next snapshot, and nothing recorded is lost', async () => {
  const recorded = async (name) => (await call('GET', lane, at(`/v1/lanes/${name}`))).value.counters.recorded;
  const first = await call('POST', `${lane}/basket`, { ...at('/v1/lanes/1/basket'), body: basket('K-1', 1, ['sku:DOUBLE']) });
  await call('POST', '/v1/prompts/{id}/outcome', { ...at(`/v1/prompts/${first.value.prompts[0].id}/outcome`), body: { lane: '1', outcome: 'declined' } });
  const before = (await recorded('1')) + (await recorded('2'));
  await stop('SIGKILL');
  await start();
  await call('POST', `${lane}/basket`, { ...at('/v1/lanes/1/basket'), body: basket('K-1', 2, ['sku:DOUBLE']), status: 404 });
  await call('PUT', lane, { ...at('/v1/lanes/1'), body: { capabilities }, status: 201 });
  const again = await call('POST', `${lane}/basket`, { ...at('/v1/lanes/1/basket'), body: basket('K-1', 2, ['sku:DOUBLE']) });
  assert.equal(again.value.prompts.length, 1);
  // What the dead one recorded and what this one did since is kept: a basket's end may add to it, nothing takes away.
  for (const end = Date.now() + 10_000; ; ) {
    const { value } = await call('GET', '/v1/status', { bare: true });
    if (value.outbox.kept >= before + 1) break;
    assert.ok(Date.now() < end, `${value.outbox.kept} of ${before + 1} are kept`);
  }
});

test('agent: every operation of the description was hit', () => {
  const all = Object.values(api.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  assert.deepEqual([...hit].sort(), all.sort());
});
