// The recorded conversations over the loopback API as it is, and over the bindings, each with an agent of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, fromDouble } from '../../sdk/js/sidedish.mjs';
import { House, root } from './house.mjs';
import { all, hold } from './talk.mjs';

let house;
before(async () => { house = await House.open(); });
after(async () => { await house?.close(); });

/** Holds all that a way can do; a lane of one conversation is no lane of the next. */
async function holdAll(make, can) {
  let held = 0;
  for (const [index, conversation] of all().entries()) {
    if (!conversation.needs.every((need) => can.includes(need))) continue;
    held += 1;
    const wrong = await hold(conversation, make(`${index}-`));
    assert.deepEqual(wrong, []);
  }
  return held;
}

const words = { 404: 'not_found', 409: 'conflict', 413: 'limit', 429: 'limit' };

function rawWay(prefix) {
  const ask = async (method, path, body, headers = {}) => {
    const response = await fetch(house.url + path, {
      method, body: typeof body === 'object' ? JSON.stringify(body) : body,
      headers: { Authorization: `Bearer ${house.token()}`, 'Content-Type': 'application/json', ...headers },
    });
    const answer = await response.json();
    if (response.status < 300) return answer;
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    return { ...answer, code: response.status, status: words[response.status] ?? 'invalid' };
  };
  const lanePath = (lane) => `/v1/lanes/${prefix}${lane}`;
  const money = { currency: 'EUR', prices_include_tax: true };
  return {
    open: async (lane, config) => assert.equal((await ask('PUT', lanePath(lane), config)).code, undefined),
    basket: (lane, body) => ask('POST', `${lanePath(lane)}/basket`, { ...money, deadline_ms: 5000, ...body }),
    event: (lane, body) => ask('POST', `${lanePath(lane)}/events`, body.total === undefined ? body : { currency: 'EUR', ...body }),
    outcome: (lane, { prompt, ...body }) => ask('POST', `/v1/prompts/${prompt}/outcome`, { lane: prefix + lane, ...body }),
    return: (lane, body) => ask('POST', `${lanePath(lane)}/returns`, body),
    http: (lane, { method, path, body, body_text: text, headers }) => ask(method, path.replace('{lane}', prefix + lane), text ?? body, headers),
    restart: () => house.restart(),
  };
}

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
  assert.ok(await holdAll(rawWay, ['restart', 'raw']) >= 30);
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
