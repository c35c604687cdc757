// An agent that is not there, or does not answer: what it costs a sale, over each binding. The medians of a thousand scans are
// printed; the bound of a millisecond is the promise, not what they need.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { connect } from '../../sdk/js/sidedish.mjs';
import { House, root } from './house.mjs';

const basket = { basket: 'A', lines: [{ product: 'sku:BURGER', quantity: '1', unit_price: '5.90' }] };
const sockets = new Set();
let deaf; // takes connections and never says anything
let closed; // a port where nobody listens

before(async () => {
  deaf = createServer((socket) => { sockets.add(socket.on('error', () => {})); }).listen(0, '127.0.0.1');
  await once(deaf, 'listening');
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  closed = `http://127.0.0.1:${gone.address().port}`;
  gone.close();
});
after(() => {
  for (const socket of sockets) socket.destroy();
  deaf.close();
});
const deafUrl = () => `http://127.0.0.1:${deaf.address().port}`;

async function inJs(agent) {
  const timed = async (call) => {
    const began = performance.now();
    const { status } = await call();
    return { status, ms: performance.now() - began };
  };
  const times = async (count, call) => {
    const out = [];
    for (let i = 0; i < count; i += 1) out.push(await timed(call));
    return out;
  };
  const lane = connect({ agent, token: 't', currency: 'EUR' });
  const first = await times(5, () => lane.update(basket));
  const later = await times(1001, () => lane.update(basket));

  let now = 0;
  const asked = [];
  const stepped = connect({ agent: closed, token: 't', deadlineMs: 5000, now: () => now, onError: (text) => asked.push(text) });
  const pattern = [];
  for (now of [0, 900, 1100, 2900, 3200, 7100, 7300]) {
    const before_ = asked.length;
    await stepped.update(basket);
    pattern.push(asked.length > before_);
  }

  const wild = connect({ agent, token: () => { throw new Error('no file'); }, onError: () => { throw new Error('the host\'s own log'); } });
  const circle = { basket: 'A' };
  circle.lines = [circle];
  const nonsense = [
    await wild.update(null), await wild.update({}), await wild.update(circle), await wild.event(), await wild.answer(), await wild.answer({}, 'accepted'),
    await wild.returned(), await connect({ agent }).update(undefined), await connect({ agent: 'nonsense', token: 7 }).update(basket),
  ];
  return {
    statuses: first.map(({ status }) => status), first_ms: first.map(({ ms }) => ms), later: [...new Set(later.map(({ status }) => status))],
    median_ms: later.map(({ ms }) => ms).sort((a, b) => a - b)[500], asked: pattern, nonsense: nonsense.filter(({ status }) => status === 'ok').length,
  };
}
const run = promisify(execFile);
const inChild = (command, file) => async (agent) => JSON.parse((await run(command, [join(root, 'tests/sdk', file), agent])).stdout);

for (const [language, probe] of [['JavaScript', inJs], ['Python', inChild('python3', 'away.py')], ['PHP', inChild('php', 'away.php')]]) {
  test(`an agent that is not there costs a scan less than a millisecond, in ${language}`, async (t) => {
    const seen = await probe(closed);
    assert.equal(seen.statuses.at(-1), 'unavailable'); // the first may be late: a language warms up
    assert.deepEqual(seen.later, ['unavailable']);
    assert.ok(seen.median_ms < 1, `${seen.median_ms} ms`);
    assert.deepEqual(seen.asked, [true, false, true, false, true, false, true], 'asked again after 1, 2 and 4 seconds, not before');
    assert.equal(seen.nonsense, 0, 'whatever is passed is answered');
    t.diagnostic(`${language}: median of a scan without an agent ${(seen.median_ms * 1000).toFixed(1)} us`);
  });

  test(`an agent that never answers costs three deadlines and then less than a millisecond, in ${language}`, async () => {
    const seen = await probe(deafUrl());
    assert.deepEqual(seen.statuses, ['late', 'late', 'late', 'unavailable', 'unavailable']);
    for (const ms of seen.first_ms.slice(0, 3)) assert.ok(ms < 500, `50 ms were given, it took ${ms}`);
    assert.ok(seen.median_ms < 1, `${seen.median_ms} ms`);
  });
}

test('a till hears of its agent again when it is back', async () => {
  const house = await House.open();
  try {
    let now = 1000;
    const lane = connect({ agent: house.url, token: () => house.token(), currency: 'EUR', deadlineMs: 5000, patienceMs: 5000, now: () => now });
    assert.equal((await lane.update(basket)).prompts.length, 1);
    await house.stop();
    assert.equal((await lane.update(basket)).status, 'unavailable');
    await house.start();
    assert.equal((await lane.update(basket)).status, 'unavailable', 'not asked yet');
    now += 1001;
    assert.equal((await lane.update(basket)).prompts.length, 1);
  } finally {
    await house.close();
  }
});

test('of snapshots that wait for one another only the newest is sent, and each call ends within its time', async () => {
  const sent = [];
  let free;
  const slow = new Promise((done) => { free = done; });
  const fetch = async (url, init) => {
    if (init.method === 'POST') sent.push(JSON.parse(init.body).seq);
    await slow;
    return { status: 200, text: async () => '{"status":"ok","prompts":[{"id":"0000000000000001"}]}' };
  };
  const lane = connect({ token: 't', fetch, deadlineMs: 20 });
  assert.equal((await lane.update({ ...basket, seq: 1 })).status, 'late');
  const waiting = [2, 3, 4].map((seq) => lane.update({ ...basket, seq, deadline_ms: 5000 }));
  free();
  assert.deepEqual((await Promise.all(waiting)).map(({ status, prompts }) => [status, prompts.length]), [['late', 0], ['late', 0], ['ok', 1]]);
  assert.deepEqual(sent, [4]);
});

test('a browser that keeps the page away from this machine is named in the log', async (t) => {
  const before_ = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => (before_ ? Object.defineProperty(globalThis, 'navigator', before_) : delete globalThis.navigator));
  const query = async ({ name }) => {
    if (name !== 'loopback-network') throw new TypeError('no such permission');
    return { state: 'denied' };
  };
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { permissions: { query } } });
  const said = [];
  await new Promise((done) => {
    const onError = (text) => {
      said.push(text);
      if (said.length === 2) done();
    };
    connect({ token: 't', fetch: async () => { throw new TypeError('Failed to fetch'); }, onError });
  });
  assert.match(said[0], /cannot be reached/);
  assert.match(said[1], /LoopbackNetworkAllowedForUrls/);
});
