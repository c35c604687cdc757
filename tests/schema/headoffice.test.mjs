// Head office against its own description: every schema compiles, every example validates, every operation is hit on
// the real program, and every answer it gives here, good or bad, is one the description allows (C01, C02).
// Fails when an answer gains a member or status that openapi.json does not know, or when an operation is not called.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

import { firstLine } from '../sdk/house.mjs';
import { description } from './description.mjs';

import { book } from './headoffice_book.mjs';
import { catalogue } from './headoffice_catalogue.mjs';
import { fleet } from './headoffice_fleet.mjs';
import { people } from './headoffice_people.mjs';
import { replay } from './headoffice_replay.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = join(process.env.SIDEDISH_BIN ?? join(root, 'build', 'dev', 'bin'), 'sidedish-headoffice');
const { api, schemas, ajv, check, resolve } = description(join(root, 'headoffice/server/openapi.json'), join(root, 'rules/format/schema'));

let server;
let base;
let home;
const hit = new Set();
/// Answers without the headers that each has, and how many had them.
const bare = [];
let whole = 0;
function look(response, what) {
  const kept = response.status === 304 || /no-store|no-cache|immutable/.test(response.headers.get('cache-control') ?? '');
  if (kept && response.headers.get('x-content-type-options') === 'nosniff') ++whole;
  else bare.push(what);
}

before(async () => {
  if (!existsSync(program)) throw new Error(`${program} is not built`);
  home = mkdtempSync(join(tmpdir(), 'sidedish-'));
  server = spawn(program, ['serve', '--db', join(home, 'h.db'), '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(server, 'the server');
  base = line.match(/http:\/\/[^,]+/)[0];
});

after(async () => {
  if (server) {
    server.removeAllListeners('exit');
    const gone = new Promise((done) => server.on('exit', done));
    server.kill('SIGTERM');
    await gone;
  }
  if (home) rmSync(home, { recursive: true });
});

/** Calls an operation and holds its answer to the description. */
async function call(method, path, { target = path, body, headers = {}, status } = {}) {
  const response = await fetch(base + target, { method, body, headers, redirect: 'manual' });
  const bytes = Buffer.from(await response.arrayBuffer());
  const what = `${method} ${target} -> ${response.status}`;
  assert.equal(response.status, status ?? 200, `${what} ${bytes.toString().slice(0, 400)}`);
  look(response, what);
  const operation = api.paths[path]?.[method.toLowerCase()];
  assert.ok(operation, `${method} ${path} is described`);
  hit.add(operation.operationId);
  const described = resolve(operation.responses[response.status] ?? operation.responses.default);
  assert.ok(operation.responses[response.status] || response.status >= 400, `${what} is described`);
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  for (const header of Object.keys(described.headers ?? {})) assert.ok(response.headers.get(header), `${what} has ${header}`);
  if (response.status === 304 || response.status === 204) {
    assert.equal(bytes.length, 0);
    return { response, bytes };
  }
  assert.ok(described.content[type], `${what}: ${type} is described`);
  if (response.status >= 400) assert.equal(type, 'application/problem+json');
  let value;
  if (type.endsWith('json')) {
    value = JSON.parse(bytes);
    if (described.content[type].schema) check(described.content[type].schema, value, what);
    if (response.status >= 400) assert.equal(value.status, response.status);
  }
  return { response, bytes, value };
}

const example = (path, method) => structuredClone(Object.values(Object.values(api.paths[path][method].requestBody.content)[0].examples)[0].value);
const json = { 'Content-Type': 'application/json' };

function post(events, { status, headers = {}, raw, gzip = false, target } = {}) {
  let body = raw ?? Buffer.from(JSON.stringify(events));
  if (gzip) body = gzipSync(body);
  return call('POST', '/v1/outcomes', {
    target, status, body,
    headers: {
      'Content-Type': 'application/cloudevents-batch+json',
      'Content-Digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
      ...(gzip ? { 'Content-Encoding': 'gzip' } : {}), ...headers,
    },
  });
}
const event = (id, data = {}) => {
  const made = example('/v1/outcomes', 'post')[0];
  return { ...made, id: String(id), time: new Date().toISOString(), data: { ...made.data, ...data } };
};

test('every schema compiles and has a name of its own', () => {
  assert.ok(schemas.length >= 15);
  for (const schema of schemas) assert.ok(ajv.getSchema(schema.$id), schema.$id);
});

test('every example of the description validates', () => {
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

test('publishing creates stores, gives manifests and blobs, and their tags are honoured', async () => {
  await call('GET', '/healthz');
  await call('GET', '/readyz');
  await call('GET', '/v1/stores/{store}/manifest', { target: '/v1/stores/mitte/manifest', status: 404 });
  const pack = example('/v1/publish', 'post');
  const published = await call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 201 });
  assert.deepEqual(published.value.stores, ['mitte']);
  const manifest = await call('GET', '/v1/stores/{store}/manifest', { target: '/v1/stores/mitte/manifest' });
  assert.equal(manifest.value.version, published.value.version);
  const tag = manifest.response.headers.get('etag');
  await call('GET', '/v1/stores/{store}/manifest', { target: '/v1/stores/mitte/manifest', headers: { 'If-None-Match': tag }, status: 304 });
  const digest = manifest.value.image.sha256;
  const blob = await call('GET', '/v1/blobs/sha256/{digest}', { target: `/v1/blobs/sha256/${digest}` });
  assert.equal(createHash('sha256').update(blob.bytes).digest('hex'), digest);
  assert.equal(blob.bytes.length, manifest.value.image.size);
  assert.match(blob.response.headers.get('cache-control'), /immutable/);
  await call('GET', '/v1/blobs/sha256/{digest}', { target: `/v1/blobs/sha256/${digest}`, headers: { 'If-None-Match': `"${digest}"` }, status: 304 });
  await call('GET', '/v1/blobs/sha256/{digest}', { target: '/v1/blobs/sha256/abc', status: 404 });
});

test('a long poll wakes when something is published, and is 304 when its time is over', async () => {
  const target = '/v1/stores/mitte/manifest';
  const tag = (await call('GET', '/v1/stores/{store}/manifest', { target })).response.headers.get('etag');
  const over = await call('GET', '/v1/stores/{store}/manifest', { target, headers: { 'If-None-Match': tag, Prefer: 'wait=1' }, status: 304 });
  assert.equal(over.response.headers.get('etag'), tag);
  const waiting = call('GET', '/v1/stores/{store}/manifest', { target, headers: { 'If-None-Match': tag, Prefer: 'wait=50' } });
  for (;;) {
    const metrics = (await call('GET', '/metrics')).bytes.toString();
    if (metrics.includes('sidedish_http_long_polls 1')) break;
  }
  const pack = example('/v1/publish', 'post');
  pack.rules.pack.version += 1;
  await call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 201 });
  const woken = await waiting;
  assert.notEqual(woken.response.headers.get('etag'), tag);
  assert.equal(woken.value.pack_version, pack.rules.pack.version);
});

test('a broken pack returns every finding with its pointer and changes nothing', async () => {
  const target = '/v1/stores/mitte/manifest';
  const was = (await call('GET', '/v1/stores/{store}/manifest', { target })).value.version;
  const pack = example('/v1/publish', 'post');
  pack.rules.rules[0].offers[0].product = 'sku:NOWHERE';
  pack.rules.rules[0].when.has.items = ['sku:NOTHING'];
  const refused = await call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 422 });
  assert.ok(refused.value.errors.length >= 2);
  for (const { pointer } of refused.value.errors) assert.match(pointer, /^\/rules\/rules\/0\//);
  pack.catalogue.products[0].price = 'much';
  const worse = await call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 422 });
  assert.ok(worse.value.errors.some(({ pointer }) => pointer.startsWith('/catalogue/products/0/price')));
  await call('POST', '/v1/publish', { body: '[]', headers: json, status: 400 });
  await call('POST', '/v1/publish', { body: '{}', status: 415 });
  await call('POST', '/v1/publish', { body: '{}', headers: { ...json, Origin: 'https://elsewhere.example' }, status: 403 });
  assert.equal((await call('GET', '/v1/stores/{store}/manifest', { target })).value.version, was);
});

// Proved by leaving the digest out of Service::put_picture(), then by publishing without looking for pictures.
test('pictures are saved under their digest, and a pack may only name those that are here', async () => {
  const path = '/v1/pictures/{sha256}';
  const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
  const webp = (size) => Buffer.concat([Buffer.from('RIFF????WEBPVP8 '), Buffer.alloc(size - 16, size % 251)]);
  const put = (bytes, status, name = digest(bytes), headers = {}) => call('PUT', path, { target: `/v1/pictures/${name}`, body: bytes, headers, status });
  const small = webp(6 * 1024), large = webp(60 * 1024), png = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1');

  assert.deepEqual((await put(small, 201)).value, { sha256: digest(small), size: small.length, type: 'image/webp' });
  await put(small, 200);
  await put(large, 201, digest(large), { 'Content-Type': 'image/png' });
  assert.equal((await put(png, 201)).value.type, 'image/png');
  await put(small, 422, digest(large));
  await put(webp(60 * 1024 + 1), 413);
  await put(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415, undefined, { 'Content-Type': 'image/svg+xml' });
  await put(Buffer.alloc(0), 415);
  await put(small, 404, digest(small).toUpperCase());
  await put(small, 403, digest(small), { Origin: 'https://elsewhere.example' });
  const got = await call('GET', path, { target: `/v1/pictures/${digest(large)}` });
  assert.deepEqual(got.bytes, large);
  assert.match(got.response.headers.get('cache-control'), /immutable/);
  assert.equal(got.response.headers.get('content-type'), 'image/webp');
  assert.equal(got.response.headers.get('x-content-type-options'), 'nosniff');
  await call('GET', path, { target: `/v1/pictures/${digest(large)}`, headers: { 'If-None-Match': `"${digest(large)}"` }, status: 304 });
  await call('GET', path, { target: `/v1/pictures/${'0'.repeat(64)}`, status: 404 });
  await call('GET', path, { target: '/v1/pictures/none', status: 404 });

  const target = '/v1/stores/mitte/manifest';
  const was = (await call('GET', '/v1/stores/{store}/manifest', { target })).value;
  assert.ok(!('pictures' in was));
  const pack = example('/v1/publish', 'post');
  pack.rules.pack.version = was.pack_version + 1;
  const products = pack.catalogue.products;
  products[0].pictures = { small: digest(small), large: '0'.repeat(64) };
  products[1].pictures = { small: digest(large) };
  const publish = (status, body = pack) => call('POST', '/v1/publish', { body: JSON.stringify(body), headers: json, status });
  const refused = await publish(422);
  assert.deepEqual(refused.value.errors.map(({ pointer }) => pointer), ['/catalogue/products/0/pictures/large', '/catalogue/products/1/pictures/small']);
  const inside = { rules: { ...pack.rules, catalogue: pack.catalogue } };
  assert.ok((await publish(422, inside)).value.errors.every(({ pointer }) => pointer.startsWith('/rules/catalogue/products/')));
  assert.deepEqual((await call('GET', '/v1/stores/{store}/manifest', { target })).value, was);

  products[0].pictures = { small: digest(small), large: digest(large) };
  products[1].pictures = { large: digest(large), small: digest(png) };
  await publish(201);
  const { value } = await call('GET', '/v1/stores/{store}/manifest', { target });
  const entry = (bytes, type = 'image/webp') => ({ sha256: digest(bytes), size: bytes.length, type });
  assert.deepEqual(value.pictures, [entry(small), entry(large), entry(png, 'image/png')].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)));
  const odd = structuredClone(pack);
  odd.catalogue.products[0].category = 'nowhere';
  assert.ok((await publish(422, odd)).value.errors.some(({ pointer }) => pointer === '/catalogue/products/0/category'));
});

// Proved by an overlay that is made and not named in the manifest, and by a change that wakes nobody.
test('what is paused, recalled, repriced or out of stock is named in the manifest at once', async () => {
  const target = '/v1/stores/mitte/manifest';
  const path = '/v1/stores/{store}/overlay/changes', wide = '/v1/packs/{pack}/overlay/changes';
  const order = (changes, more = {}) => JSON.stringify({ who: 'Ana', why: 'fryer broken', changes, ...more });
  const change = (changes, status, headers = {}) =>
    call('POST', path, { target: '/v1/stores/mitte/overlay/changes', body: order(changes), headers: { ...json, ...headers }, status });
  const manifest = () => call('GET', '/v1/stores/{store}/manifest', { target });
  const view = () => call('GET', '/v1/stores/{store}/overlay', { target: '/v1/stores/mitte/overlay' });

  const before = await manifest();
  assert.ok(!('overlay' in before.value));
  assert.equal((await view()).value.version, 0);
  const waiting = call('GET', '/v1/stores/{store}/manifest', { target, headers: { 'If-None-Match': before.response.headers.get('etag'), Prefer: 'wait=50' } });
  while (!(await call('GET', '/metrics')).bytes.toString().includes('sidedish_http_long_polls 1'));
  const pause = { set: 'paused', subject: 'burger-fries' };
  assert.deepEqual((await change([pause])).value, { stores: [{ store: 'mitte', version: 1, changes: 1, left_out: 0 }] });
  const { sha256, size, version } = (await waiting).value.overlay;
  assert.equal(version, 1);
  const blob = await call('GET', '/v1/blobs/sha256/{digest}', { target: `/v1/blobs/sha256/${sha256}` });
  assert.equal(blob.bytes.length, size);
  assert.equal(createHash('sha256').update(blob.bytes).digest('hex'), sha256);

  assert.equal((await change([pause])).value.stores[0].changes, 0);
  await change([{ set: 'price', subject: 'sku:FRIES', price: '2.50' }, { set: 'stock', subject: 'sku:FRIES', class: 'low', left: 3 }, { set: 'recalled', subject: 'sku:BURGER', until: '2099-01-01T00:00:00Z' }]);
  const { value } = await view();
  assert.deepEqual(value.standing.map(({ what }) => what), ['paused', 'recalled', 'price', 'stock']);
  assert.equal(value.version, 2);
  assert.ok(!('from' in value.changes.at(-1)) && value.changes.at(-1).why === 'fryer broken');

  const again = { 'Idempotency-Key': 'resume-1' };
  assert.equal((await change([{ clear: 'paused', subject: 'burger-fries' }], 200, again)).value.stores[0].version, 3);
  await change([pause]);
  assert.equal((await change([{ clear: 'paused', subject: 'burger-fries' }], 200, again)).value.stores[0].changes, 0);
  await change([pause], 422, again);
  assert.equal((await view()).value.standing[0].what, 'paused');

  const floor = await change([{ set: 'price', subject: 'sku:FRIES', price: '0.54' }], 422);
  assert.deepEqual(floor.value.errors.map(({ pointer }) => pointer), ['/changes/0/price']);
  assert.match(floor.value.errors[0].detail, /margin floor/);
  await change([{ set: 'paused', subject: 'burger-frise' }], 422);
  await change([{ set: 'paused', subject: 'burger-fries', until: '2001-01-01T00:00:00Z' }], 422);
  await change([], 422);
  await change([pause], 422, { 'Idempotency-Key': 'k'.repeat(65) });
  await change([pause], 415, { 'Content-Type': 'text/plain' });
  await change([pause], 403, { Origin: 'https://elsewhere.example' });
  await call('POST', path, { target: '/v1/stores/nowhere/overlay/changes', body: order([pause]), headers: json, status: 404 });
  await call('GET', '/v1/stores/{store}/overlay', { target: '/v1/stores/nowhere/overlay', status: 404 });

  const all = (body, status) => call('POST', wide, { target: '/v1/packs/corner/overlay/changes', body, headers: json, status });
  assert.deepEqual((await all(order([{ clear: 'recalled', subject: 'sku:BURGER' }]))).value.stores.map(({ store }) => store), ['mitte']);
  await all(order([pause], { stores: ['nowhere'] }), 404);
  await all(order([pause], { stores: [] }), 422);
  await call('POST', wide, { target: '/v1/packs/none/overlay/changes', body: order([pause]), headers: json, status: 404 });

  const pack = example('/v1/publish', 'post');
  pack.rules.pack.version = before.value.pack_version + 1;
  await call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 201 });
  assert.equal((await manifest()).value.overlay.version, (await view()).value.version);
  assert.equal((await view()).value.standing[0].subject, 'burger-fries');
});

test('the command line pauses, resumes, recalls, reprices and tells the stock', async () => {
  const run = (...words) => promisify(execFile)(program, [...words, '--db', join(home, 'h.db')]);
  const standing = async () => (await call('GET', '/v1/stores/{store}/overlay', { target: '/v1/stores/mitte/overlay' })).value.standing;
  const why = ['--why', 'of the test', '--who', 'Ana'];
  await run('resume', 'corner', 'burger-fries', ...why);
  for (const what of [['price', 'sku:FRIES'], ['stock', 'sku:FRIES']]) {
    await run(what[0] === 'price' ? 'reprice' : 'stock', 'corner', what[1], '--end', ...why);
  }
  assert.deepEqual(await standing(), []);
  assert.match((await run('pause', 'corner', 'burger-fries', '--store', 'mitte', '--until', '2099-01-01T00:00:00Z', ...why)).stdout, /^mitte {3}changed, overlay version \d+\n$/);
  assert.match((await run('pause', 'corner', 'burger-fries', '--until', '2099-01-01T00:00:00Z', ...why)).stdout, /was so already/);
  await run('recall', 'corner', 'sku:BURGER', ...why);
  await run('stock', 'corner', 'sku:FRIES', 'low', '--left', '3', ...why);
  await run('reprice', 'corner', 'sku:FRIES', '2.50', ...why);
  const all = await standing();
  assert.deepEqual(all.map(({ what, subject }) => `${what} ${subject}`), ['paused burger-fries', 'recalled sku:BURGER', 'price sku:FRIES', 'stock sku:FRIES']);
  assert.equal(all[0].who, 'Ana');
  assert.equal(all[3].left, 3);
  assert.match((await run('overlay', 'mitte')).stdout, /price {3}sku:FRIES {3}2\.50 .*Ana: of the test/);
  await assert.rejects(run('reprice', 'corner', 'sku:FRIES', '0.10', ...why), (error) => error.code === 2 && /margin floor/.test(error.stderr));
  await assert.rejects(run('pause', 'corner', 'burger-fries'), /--why is required/);
});

// Proved by a manifest that does not ask who it is for, and by a refusal that halts nothing.
test('rules go out in waves, halt where they do not pass, and go back in one command', async () => {
  const target = '/v1/stores/mitte/manifest';
  const path = '/v1/stores/{store}/manifest';
  const manifest = async (query = '', headers) => (await call('GET', path, { target: target + query, headers })).value;
  const rollouts = async () => (await call('GET', '/v1/waves')).value.rollouts;
  for (const id of ['w1', 'w2', 'w3']) {
    await call('PUT', '/v1/stores/{store}/terminals/{terminal}', { target: `/v1/stores/mitte/terminals/${id}`, body: '{}', headers: json, status: 201 });
  }
  assert.deepEqual(await rollouts(), []);
  const before = await manifest();
  const pack = example('/v1/publish', 'post');
  pack.rules.pack.version = before.pack_version + 1;
  pack.rules.rules[0].priority = 70;
  pack.rollout = { waves: [{ terminals: ['mitte/w1'] }, { terminals: ['mitte/w2'] }, 'all'], wait_minutes: 30, who: 'Ana', why: 'better words' };
  const publish = (status, body = pack) => call('POST', '/v1/publish', { body: JSON.stringify(body), headers: json, status });
  const wrong = await publish(422, { ...pack, rollout: { waves: [{ percent: 10 }], who: 'Ana', why: 'x' } });
  assert.deepEqual(wrong.value.errors.map(({ pointer }) => pointer), ['/rollout/waves']);
  const { version, image } = (await publish(201)).value;

  assert.deepEqual(await manifest(), before);
  assert.deepEqual(await manifest('?terminal=w2'), before);
  assert.equal((await manifest('?terminal=w1')).version, version);
  const tag = (await call('GET', path, { target: `${target}?terminal=w2` })).response.headers.get('etag');
  const waiting = manifest(`?terminal=w2&running=${before.image.sha256}`, { 'If-None-Match': tag, Prefer: 'wait=50' });
  await manifest(`?terminal=w1&running=${image.sha256}`); // it runs there: the next wave begins
  assert.equal((await waiting).version, version);
  assert.equal((await rollouts())[0].wave, 2);
  await manifest(`?terminal=w2&running=${before.image.sha256}&refused=${image.sha256}&why=at%20its%20test%20vector%203`);
  while ((await rollouts())[0].state === 'running');
  const [halted] = await rollouts();
  assert.deepEqual([halted.state, halted.why, halted.terminals, halted.healthy, halted.refused], ['halted', 'mitte/w2 refused it: at its test vector 3', 2, 1, 1]);
  assert.deepEqual(await manifest('?terminal=w3'), before);

  const shown = { ...json, Authorization: `Bearer ${readFileSync(join(home, 'h.db.token'), 'utf8')}` };  // the command line's
  const order = (body, status, at = version) => call('POST', '/v1/waves/{version}', { target: `/v1/waves/${at}`, body: JSON.stringify(body), headers: shown, status });
  const reason = { why: 'of the test' };
  await order({ order: 'advance', ...reason }, 422);
  await order({ order: 'advance' }, 422);
  await order({ order: 'sing', ...reason }, 422);
  await order({ order: 'halt', ...reason }, 404, 4711);
  await order({ order: 'halt', ...reason }, 404, 'last');
  const back = (body, status, of = 'corner') => call('POST', '/v1/packs/{pack}/rollback', { target: `/v1/packs/${of}/rollback`, body: JSON.stringify(body), headers: shown, status });
  await back({ version: before.version }, 422);
  await back({ version: 4711, ...reason }, 404);
  await back({ version: before.version, ...reason }, 404, 'other');
  const again = (await back({ version: before.version, ...reason }, 201)).value;
  assert.equal(again.image.sha256, before.image.sha256);
  for (const query of ['', '?terminal=w1', '?terminal=w3']) {
    const now = await manifest(query);
    assert.deepEqual([now.version, now.image.sha256], [again.version, before.image.sha256]);
  }

  const run = (...words) => promisify(execFile)(program, [...words, '--db', join(home, 'h.db')]);
  const files = { rules: join(home, 'rules.json'), catalogue: join(home, 'catalogue.json') };
  pack.rules.pack.version += 1;
  pack.rules.rules[0].priority = 71;
  for (const name of ['rules', 'catalogue']) writeFileSync(files[name], JSON.stringify(pack[name]));
  await assert.rejects(run('publish', files.rules, files.catalogue, '--wave', '10%'), /--why/);
  await run('publish', files.rules, files.catalogue, '--wave', 'mitte/w1,mitte/w2', '--wave', '10%', '--why', 'of the command line', '--by-command');
  const [begun] = await rollouts();
  assert.deepEqual(begun.waves, [{ terminals: ['mitte/w1', 'mitte/w2'] }, { percent: 10 }, 'all']);
  assert.equal(begun.advance, 'by-command');
  assert.match((await run('waves', 'halt', String(begun.version), '--why', 'lunch')).stdout, /: halted, wave 1 of 3, 0 of 2 terminals .*: lunch/);
  await run('waves', 'resume', String(begun.version), '--why', 'after lunch');
  assert.match((await run('waves', 'advance', String(begun.version), '--why', 'fine')).stdout, /: running, wave 2 of 3/);
  assert.match((await run('rollback', 'corner', String(before.version), '--why', 'enough')).stdout, /was published again, as version \d+/);
});

test('the command line uploads the pictures of a folder', async () => {
  const folder = join(home, 'pictures');
  mkdirSync(folder);
  const picture = Buffer.from('RIFF????WEBPVP8 of the command line');
  writeFileSync(join(folder, 'burger.webp'), picture);
  writeFileSync(join(folder, 'README.md'), 'no picture');
  const run = promisify(execFile);
  const { stdout } = await run(program, ['pictures', folder, '--db', join(home, 'h.db'), '--json']);
  const sha256 = createHash('sha256').update(picture).digest('hex');
  assert.deepEqual(JSON.parse(stdout), { pictures: [{ sha256, size: picture.length, type: 'image/webp' }] });
  await call('GET', '/v1/pictures/{sha256}', { target: `/v1/pictures/${sha256}` });
  writeFileSync(join(folder, 'large.webp'), Buffer.concat([picture, Buffer.alloc(61440)]));
  await assert.rejects(run(program, ['pictures', folder, '--db', join(home, 'h.db')]), (error) => error.code === 2 && /large\.webp was not saved/.test(error.stderr) && /1 pictures/.test(error.stdout));
});

test('stores and terminals are saved, listed and checked', async () => {
  const store = '/v1/stores/{store}';
  const body = JSON.stringify({ name: 'Nord', time_zone: 'Europe/London' });
  await call('PUT', store, { target: '/v1/stores/nord', body, headers: json, status: 201 });
  await call('PUT', store, { target: '/v1/stores/nord', body, headers: json });
  await call('PUT', store, { target: '/v1/stores/nord', body, status: 415 });
  await call('PUT', store, { target: '/v1/stores/nord', body: '{"name": "x", "time_zone": "Mars/Base"}', headers: json, status: 422 });
  await call('PUT', store, { target: '/v1/stores/nord', body: '{"name": 7}', headers: json, status: 422 });
  const terminal = '/v1/stores/{store}/terminals/{terminal}';
  await call('PUT', terminal, { target: '/v1/stores/mitte/terminals/t1', body: '{}', headers: json, status: 201 });
  await call('PUT', terminal, { target: '/v1/stores/mitte/terminals/t1', body: '{}', headers: json });
  await call('PUT', terminal, { target: '/v1/stores/nowhere/terminals/t1', status: 404 });
  await call('PUT', terminal, { target: `/v1/stores/mitte/terminals/${'x'.repeat(65)}`, status: 422 });
  const stores = await call('GET', '/v1/stores');
  assert.deepEqual(stores.value.stores.map(({ id }) => id), ['mitte', 'nord']);
  await call('GET', '/v1/stores/{store}/terminals', { target: '/v1/stores/nowhere/terminals', status: 404 });
});

test('outcomes: every answer of the table, and each event counted once', async () => {
  const first = await post([event(1), event(2), event(4)]);
  assert.equal(first.value.accepted, 3);
  const again = await post([event(1, {}), event(2)].map((e, i) => ({ ...e, time: '2026-11-21T11:32:05.120Z', id: String(10 + i) })), { gzip: true });
  assert.equal(again.value.accepted, 2);
  const mixed = [event(20), event(21, { arm: 'purple' })];
  const rejected = await post(mixed);
  assert.equal(rejected.value.rejected[0].id, '21');
  assert.equal((await post([mixed[0]])).value.duplicate, 1);
  const conflict = await post([{ ...mixed[0], data: { ...mixed[0].data, quantity: 2000 } }], { status: 409 });
  assert.equal(conflict.value.first, '20');
  await post([{ ...event(1), source: '/stores/mitte/terminals/t9/epochs/9f2c41d07a3be855' }], { status: 403 });
  await post([{ ...event(1), source: 'nonsense' }], { status: 422 });
  await post(Array.from({ length: 501 }, (_, i) => event(100 + i)), { status: 413 });
  await post([], { raw: gzipSync(Buffer.alloc(32 << 20)), headers: { 'Content-Encoding': 'gzip' }, status: 413 });
  await post([], { raw: Buffer.from('[{"a":1,"a":2}]'), status: 400 });
  await post([], { raw: Buffer.from('['.repeat(100_000)), status: 400 });
  await post([event(30)], { headers: { 'Content-Digest': `sha-256=:${'A'.repeat(43)}=:` }, status: 400 });
  await post([event(30)], { headers: { 'Content-Type': 'text/plain' }, status: 415 });
  await post([event(30)], { headers: { 'Content-Encoding': 'br' }, status: 415 });
  const terminals = await call('GET', '/v1/stores/{store}/terminals', { target: '/v1/stores/mitte/terminals' });
  const [source] = terminals.value.terminals[0].sources;
  assert.equal(source.high_water, '20');
  assert.deepEqual(source.gaps, [{ first: '3', last: '3' }, { first: '5', last: '9' }, { first: '12', last: '19' }]);
  assert.equal(source.conflicts, 1);
});

test('reports add up, and wrong questions are named', async () => {
  const target = '/v1/reports/outcomes?by=store,rule,arm&from=2026-01-01&to=2099-12-31';
  const { value } = await call('GET', '/v1/reports/outcomes', { target });
  assert.equal(value.rows.length, 1);
  assert.equal(value.rows[0].accepted, 6);
  assert.equal(value.rows[0].price_effect.EUR, 6 * 290);
  assert.equal(value.sources.rejected, 1);
  await call('GET', '/v1/reports/outcomes');
  const { value: slices } = await call('GET', '/v1/reports/outcomes', { target: '/v1/reports/outcomes?by=channel,daypart,rule,arm&from=2026-01-01&to=2099-12-31' });
  assert.equal(slices.rows.reduce((sum, { accepted }) => sum + accepted, 0), 6);
  assert.ok(slices.rows.every(({ channel, daypart }) => channel && daypart));
  for (const bad of ['from=yesterday', 'by=moon', 'by=day,day', 'channel=moon', 'daypart=noon', 'colour=red']) {
    await call('GET', '/v1/reports/outcomes', { target: `/v1/reports/outcomes?${bad}`, status: 400 });
  }
  const { value: records } = await call('GET', '/v1/reports/records', { target: '/v1/reports/records?verify=1' });
  assert.ok(records.duplicates > 0); // the generated events of this file share their lane ids, and that is seen
  assert.equal('duplicates' in (await call('GET', '/v1/reports/records')).value, false);
  await call('GET', '/v1/reports/records', { target: '/v1/reports/records?verify=yes', status: 400 });
  await call('GET', '/v1/reports/outcomes', { target: '/v1/reports/outcomes?store=nowhere', status: 404 });
});

const command = (...words) => promisify(execFile)(program, [...words, '--db', join(home, 'h.db')]);
const { join_as } = people({ call, command, at: () => ({ base, home }) });
book({ call, command, example, ajv });

replay({ call, command, example });
fleet({ call, command, example });

/** Publishes the description's example, its catalogue beside the rules; `alone`: without one. */
async function publish_example({ alone = false } = {}) {
  const body = example('/v1/publish', 'post');
  const inside = body.rules.catalogue ?? body.catalogue;
  delete body.rules.catalogue;
  if (alone) delete body.catalogue;
  else body.catalogue = inside;
  await call('POST', '/v1/publish', { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, status: 201 });
  return { pack: body.rules.pack.id, rules: body.rules };
}
catalogue({ call, join_as, publish: publish_example });

test('the program serves its description and every schema', async () => {
  assert.deepEqual((await call('GET', '/openapi.json')).value, api);
  for (const schema of schemas) {
    const name = schema.$id.split('/').at(-1);
    assert.deepEqual((await call('GET', '/schemas/{name}', { target: `/schemas/${name}` })).value, schema);
  }
  await call('GET', '/schemas/{name}', { target: '/schemas/nothing', status: 404 });
});

// To see it fail: leave finish() out of Door::add().
test('every answer has the headers that forbid guessing its type and say how long it may be kept', async () => {
  const page = await fetch(`${base}/manage`);
  const assets = [...(await page.text()).matchAll(/\/assets\/[\w.-]+/g)].map(([one]) => one);
  assert.ok(assets.length >= 3, `${assets}`);
  for (const [at, method, status] of [['/manage', 'GET', 200], ...assets.map((one) => [one, 'GET', 200]), ['/nothing', 'GET', 404], ['/v1/people', 'PATCH', 405], ['/v1/session', 'GET', 401]]) {
    const response = await fetch(base + at, { method });
    assert.equal(response.status, status, at);
    look(response, `${method} ${at}`);
  }
  assert.deepEqual(bare, []);
  assert.ok(whole > 300, `${whole}`);
});

test('every operation of the description was hit', () => {
  const all = Object.values(api.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  assert.deepEqual([...hit].sort(), all.sort());
});
