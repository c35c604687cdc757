// The recorded conversations over the loopback API as it is, and over the bindings, each with an agent of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, fromDouble } from '../../sdk/js/sidedish.mjs';
import { House, root } from './house.mjs';
import { holdAll, rawWay } from './talk.mjs';

let house;
before(async () => { house = await House.open(); });
after(async () => { await house?.close(); });

function jsWay(prefix) {
  const lanes = {};
  const told = [];
  const options = { agent: house.url, token: () => house.token(), currency: 'EUR', pricesIncludeTax: true, deadlineMs: 5000, patienceMs: 5000, onError: (text) => told.push(text) };
  return {
    // Not opened again after a restart: a till's page does not know of it.
    open: async (lane, { capabilities, barcode_masks: barcodeMasks }) => {
      lanes[lane] ??= connect({ ...options, lane: prefix + lane, capabilities, barcodeMasks });
    },
    basket: (lane, body) => lanes[lane].update(body),
    event: (lane, { type, basket, ...more }) => lanes[lane].event(type, basket, more),
    outcome: (lane, { prompt, outcome, ...more }) => lanes[lane].answer(prompt, outcome, more),
    return: (lane, body) => lanes[lane].returned(body),
    from_double: async (lane, { value, exponent }) => ({ value: fromDouble(value, exponent) }),
    restart: () => house.restart(),
  };
}

/** A driver in another language: says "restart" when the agent is to be killed, "wrong ..." and at the end "held N". */
async function holdIn(command, file) {
  const child = spawn(command, [join(root, 'tests/sdk', file), house.url, house.tokenFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const wrong = [];
  let held = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'restart') {
      await house.restart();
      child.stdin.write('ready\n');
    } else if (line.startsWith('held ')) held = Number(line.slice(5));
    else wrong.push(line);
  }
  const [code] = await gone;
  assert.deepEqual(wrong, []);
  assert.equal(code, 0);
  return held;
}

test('conversations: what tills do is answered as recorded over the loopback API', async () => {
  assert.ok(await holdAll((prefix) => rawWay(house, prefix), ['restart', 'raw']) >= 30);
});

test('conversations: what tills do is answered as recorded over the JavaScript binding', async () => {
  assert.ok(await holdAll(jsWay, ['restart', 'helper']) >= 30);
});

test('conversations: what tills do is answered as recorded over the Python binding', async () => {
  assert.ok(await holdIn('python3', 'conversations.py') >= 30);
});

test('conversations: what tills do is answered as recorded over the PHP binding', async () => {
  assert.ok(await holdIn('php', 'conversations.php') >= 30);
});
