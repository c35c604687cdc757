// Head office on a disk that is really full: outcomes, a publication and a draft are answered by 503 with Retry-After, nothing of them
// is saved, what was acknowledged is there, reading goes on; with space again, and after a kill -9, it goes on.
// Proved by a full disk that is answered without Retry-After, and by one that SqliteStorage takes for an internal error.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { bin, conversations, firstLine, root } from '../sdk/house.mjs';
import { noSmallDisk, SmallDisk } from '../support/small_disk.mjs';
import { description } from './description.mjs';

const { api, check, resolve } = description(join(root, 'headoffice/server/openapi.json'), join(root, 'rules/format/schema'));
let disk;
let server;
after(async () => {
  server?.kill('SIGKILL');
  await disk?.close();
});

let base;
async function start() {
  const [command, ...words] = [...disk.inside, join(bin, 'sidedish-headoffice'), 'serve', '--db', join(disk.path, 'h.db'), '--port', '0'];
  server = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  base = (await firstLine(server, 'the server')).match(/http:\/\/[^,]+/)[0];
  server.removeAllListeners('exit');
}

/** 503 as described, or the status that is expected. */
async function ask(method, path, { target = path, body, headers = {}, status = 200 } = {}) {
  const response = await fetch(base + target, { method, body, headers });
  const text = await response.text();
  assert.ok([status, 503].includes(response.status), `${method} ${target} -> ${response.status} ${text.slice(0, 300)}`);
  if (response.status !== 503) return { full: false, value: text === '' ? undefined : JSON.parse(text), tag: response.headers.get('etag'), response };
  const type = response.headers.get('content-type');
  assert.equal(type, 'application/problem+json');
  assert.match(response.headers.get('retry-after'), /^[1-9]\d*$/);
  check(resolve(api.paths[path][method.toLowerCase()].responses[503]).content[type].schema, JSON.parse(text), `${method} ${path}`);
  assert.match(JSON.parse(text).type, /storage-unavailable$/);
  return { full: true };
}

const json = { 'Content-Type': 'application/json' };
const pack = JSON.parse(readFileSync(join(conversations, 'pack.json'), 'utf8'));
const publish = (version, note = '') => ask('POST', '/v1/publish', { body: JSON.stringify({ rules: { ...pack, pack: { ...pack.pack, version, note } } }), headers: json, status: 201 });
const manifest = async () => (await ask('GET', '/v1/stores/{store}/manifest', { target: '/v1/stores/mitte/manifest' })).value;
let sequence = 0;
/** A hundred outcomes; repeated until they are taken. */
function outcomes(from) {
  const [event] = structuredClone(Object.values(Object.values(api.paths['/v1/outcomes'].post.requestBody.content)[0].examples)[0].value);
  const events = Array.from({ length: 100 }, (_, i) => ({ ...event, id: String(from + i), source: '/stores/mitte/terminals/t1/epochs/9f2c41d07a3be855', time: new Date().toISOString() }));
  const body = JSON.stringify(events);
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  return () => ask('POST', '/v1/outcomes', { body, headers: { 'Content-Type': 'application/cloudevents-batch+json', 'Content-Digest': digest } });
}
const source = async () => (await ask('GET', '/v1/stores/{store}/terminals', { target: '/v1/stores/mitte/terminals' })).value.terminals[0].sources[0];

test('full disk: head office acknowledges nothing that it did not keep, says when to come again, and goes on', { skip: noSmallDisk }, async () => {
  disk = await SmallDisk.open(12);
  await start();
  assert.equal((await publish(1)).full, false);
  await ask('PUT', '/v1/stores/{store}/terminals/{terminal}', { target: '/v1/stores/mitte/terminals/t1', body: '{}', headers: json, status: 201 });
  const invited = spawnSync(disk.inside[0], [...disk.inside.slice(1), join(bin, 'sidedish-headoffice'), 'invite', '--role', 'editor', '--db', join(disk.path, 'h.db')], { encoding: 'utf8' });
  const token = invited.stdout.trim().split('#link=')[1];
  const joined = await ask('POST', '/v1/people', { body: JSON.stringify({ token, id: 'edna', name: 'Edna', password: 'correct horse battery' }), headers: json, status: 201 });
  const edna = { Cookie: joined.response.headers.get('set-cookie').split(';')[0], 'Sidedish-CSRF': joined.value.csrf };

  const path = '/v1/packs/{pack}/rules/{rule}/draft';
  const rule = pack.rules.find(({ id }) => id === 'burger-fries');
  const told = async () => (await ask('GET', '/v1/packs/{pack}/rules/{rule}', { target: `/v1/packs/conversations/rules/${rule.id}`, headers: edna })).value;
  let draft = { tag: (await told()).published_etag, name: undefined };
  const save = async (name) => {
    const headers = { ...json, ...edna, 'If-Match': draft.tag };
    const saved = await ask('PUT', path, { target: path.replace('{pack}', 'conversations').replace('{rule}', rule.id), body: JSON.stringify({ ...rule, name }), headers });
    if (!saved.full) draft = { tag: saved.tag ?? saved.value.etag, name };
    return saved;
  };
  assert.equal((await save('the first')).full, false);

  sequence += (await outcomes(sequence + 1)()).value.accepted;

  disk.fill();
  // Until the log's pages are used up, too: what is taken before counts.
  let refused;
  while (!refused) {
    const batch = outcomes(sequence + 1);
    const answer = await batch();
    if (answer.full) refused = batch;
    else sequence += answer.value.accepted;
  }
  const version = (await manifest()).version;
  let next = 2;
  while (!(await publish(next, 'x'.repeat(next * 10))).full) next += 1;
  const published = await manifest();
  assert.equal(published.pack_version, next - 1);
  assert.ok(version <= published.version);
  for (let i = 0; !(await save(`draft ${i}`)).full; ++i);
  for (let i = 0; i < 20; ++i) assert.equal((await refused()).full, true);
  const unharmed = async () => {
    assert.equal((await source()).high_water, String(sequence));
    assert.deepEqual((await source()).gaps, []);
    assert.deepEqual(await manifest(), published);
    const kept = (await told()).draft;
    assert.equal(kept.rule.name, draft.name);
    assert.equal(kept.etag, draft.tag);
  };
  await unharmed();

  disk.free();
  await unharmed();
  assert.equal((await refused()).value.accepted, 100);
  sequence += 100;
  assert.equal((await publish(next, 'again')).full, false);
  assert.equal((await save('the last')).full, false);
  assert.equal((await manifest()).pack_version, next);

  // And full again, killed there: what was acknowledged is there after the next start.
  disk.fill();
  for (let full = false; !full;) {
    const answer = await outcomes(sequence + 1)();
    full = answer.full;
    if (!full) sequence += answer.value.accepted;
  }
  server.kill('SIGKILL');
  disk.free();
  await start();
  assert.equal((await source()).high_water, String(sequence));
  assert.deepEqual((await source()).gaps, []);
  assert.equal((await outcomes(sequence + 1)()).value.accepted, 100);
});
