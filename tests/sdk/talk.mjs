// Holds the recorded conversations (tests/contract/conversations/README.md) over one way in.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conversations } from './house.mjs';

export const usualLanes = { 1: { capabilities: ['add', 'undo', 'reports_completion'] } };

/** All of them, by name: { name, needs, lanes, steps }. */
export function all() {
  return readdirSync(conversations)
    .filter((file) => file.endsWith('.json') && !/^(pack|.*\.schema)\.json$/.test(file))
    .sort()
    .map((file) => ({ name: file.replace(/\.json$/, ''), needs: [], lanes: usualLanes, ...JSON.parse(readFileSync(join(conversations, file), 'utf8')) }));
}

/** "prompts[0].product", "prompts.length"; null where nothing is. */
function at(answer, path) {
  if (path.endsWith('.length')) return (at(answer, path.slice(0, -'.length'.length)) ?? []).length;
  return path.split(/[.[\]]+/).filter(Boolean).reduce((value, step) => value?.[step] ?? null, answer);
}

function filled(value, kept) {
  if (typeof value === 'string') return value.startsWith('$') ? kept[value.slice(1)] : value;
  if (Array.isArray(value)) return value.map((item) => filled(item, kept));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, kept)]));
  return value;
}

/** way: { open(lane, config), basket(lane, body), event, outcome, return, from_double, http, restart }. Returns what came back otherwise. */
export async function hold(conversation, way) {
  const wrong = [];
  const kept = {};
  const open = async () => {
    for (const [lane, config] of Object.entries(conversation.lanes)) await way.open(lane, config);
  };
  await open();
  for (const [index, written] of conversation.steps.entries()) {
    const step = filled(written, kept);
    if (step.restart) {
      await way.restart();
      await open();
      continue;
    }
    const action = ['basket', 'event', 'outcome', 'return', 'from_double', 'http'].find((name) => step[name]);
    const answer = await way[action](step.lane ?? '1', step[action]);
    for (const [path, expected] of Object.entries(step.expect)) {
      const found = at(answer, path);
      const differs = expected !== null && typeof expected === 'object';
      if (differs ? found !== expected.not : found === expected) continue;
      wrong.push(`${conversation.name}, step ${index + 1}: ${path} should ${differs ? 'not be ' : 'be '}${JSON.stringify(differs ? expected.not : expected)} and is ${JSON.stringify(found)} in ${JSON.stringify(answer)}`);
    }
    for (const [name, path] of Object.entries(step.keep ?? {})) kept[name] = at(answer, path);
  }
  return wrong;
}

/** Holds all that a way can do; a lane of one conversation is no lane of the next. */
export async function holdAll(make, can) {
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

/** The loopback API as it is; a lane of one conversation is no lane of the next. */
export function rawWay(house, prefix) {
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
