// A terminal whose disk is really full: rules, overlay, pictures, records and outcomes all want to be written, nothing crashes or spins,
// status names it, the old rules go on prompting, and with space again everything comes by itself.
// Proved by an overlay that keeps its trouble to itself and says it runs, as it did once, and by a drain that tries again at once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { bin, conversations, firstLine } from '../sdk/house.mjs';
import { noSmallDisk, SmallDisk } from '../support/small_disk.mjs';

const children = [];
const folders = [];
let disk;
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await disk?.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
const folder = (base) => {
  const made = mkdtempSync(join(base, 'sidedish-full-'));
  folders.push(made);
  return made;
};
async function run(command, ...words) {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const url = (await firstLine(child, command)).match(/http:\/\/[^\s,]+/)[0];
  child.removeAllListeners('exit');
  child.on('exit', () => { child.over = true; });
  return { child, url };
}
const until = async (what, true_now, ms = 60_000) => {
  for (const end = Date.now() + ms; !(await true_now()); await new Promise((done) => setTimeout(done, 100))) assert.ok(Date.now() < end, `${what}`);
};
const ask = async (url, method, path, body, headers = {}) => {
  const text = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await fetch(url + path, { method, body: text, headers: { ...(body === undefined || Buffer.isBuffer(body) ? {} : { 'Content-Type': 'application/json' }), ...headers } });
  const answer = await response.text();
  assert.ok(response.status < 300, `${method} ${path} -> ${response.status} ${answer.slice(0, 300)}`);
  return answer.startsWith('{') ? JSON.parse(answer) : answer;
};
/** Processor seconds of a process. */
const spent = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

test('full disk: a terminal goes on with what it has, says so, and takes everything when there is space again', { skip: noSmallDisk }, async (t) => {
  disk = await SmallDisk.open(16);
  mkdirSync(disk.file('state'));
  const home = folder(tmpdir());
  const rings = folder('/dev/shm');
  writeFileSync(join(home, 'agent.json'), '{}');
  const office = await run(join(bin, 'sidedish-headoffice'), 'serve', '--db', join(home, 'h.db'), '--port', '0');
  const pack = JSON.parse(readFileSync(join(conversations, 'pack.json'), 'utf8'));
  const publish = (version, change = () => {}) => {
    const rules = structuredClone(pack);
    rules.pack.version = version;
    change(rules);
    return ask(office.url, 'POST', '/v1/publish', { rules });
  };
  await publish(1);
  await ask(office.url, 'PUT', '/v1/stores/mitte/terminals/t1', {});
  const start = () => run(disk.inside[0], ...disk.inside.slice(1), join(bin, 'sidedish-agent'), 'run', '--config', join(home, 'agent.json'), '--state-dir', join(disk.path, 'state'), '--run-dir', rings,
    '--head-office', office.url, '--store', 'mitte', '--terminal', 't1', '--port', '0', '--start-splay-ms', '0');
  let agent = await start();
  const status = () => ask(agent.url, 'GET', '/v1/status');
  const sold = new Set();
  let prompts = 0;
  const token = () => ({ Authorization: `Bearer ${readFileSync(join(rings, 'token'), 'utf8').trim()}` });
  const open = () => ask(agent.url, 'PUT', '/v1/lanes/1', { capabilities: ['add'] }, token());
  const sell = async (id) => {
    const shown = await ask(agent.url, 'POST', '/v1/lanes/1/basket', { basket: id, seq: 1, currency: 'EUR', deadline_ms: 10_000, lines: [{ product: 'sku:BURGER', quantity: '1', unit_price: '5.90' }] }, token());
    prompts += shown.prompts.length;
    await ask(agent.url, 'POST', '/v1/lanes/1/events', { type: 'completed', basket: id }, token());
    sold.add(id);
  };
  await until('the first rules', async () => (await status()).health === 'ok');
  const first = (await status()).image.sha256;
  await open();
  for (let i = 0; i < 5; ++i) await sell(`before-${i}`);
  await until('kept and counted', async () => (await status()).outbox.pending === 0 && (await status()).report.counted > 0);
  const lane = readdirSync(disk.file('state/records'))[0];
  const records = () => readdirSync(disk.file(`state/records/${lane}`)).filter((name) => name.endsWith('.record')).length;
  const had = records();
  assert.ok(had >= 5);

  disk.fill();
  const picture = Buffer.from('RIFF????WEBPVP8 of a burger that is hungry for space');
  const digest = createHash('sha256').update(picture).digest('hex');
  await ask(office.url, 'PUT', `/v1/pictures/${digest}`, picture, { 'Content-Type': 'image/webp' });
  await publish(2, (rules) => {
    rules.rules[0].priority = 61;
    rules.catalogue.products[0].pictures = { small: digest };
  });
  await ask(office.url, 'POST', '/v1/stores/mitte/overlay/changes', { who: 'Ana', why: 'of the test', changes: [{ set: 'paused', subject: 'cheese-crackers' }] });
  // What the log of the outbox has room for is kept; from then on the ring holds what is sold.
  const was = prompts;
  for (let i = 0; !(await status()).outbox.disk_full; ++i) {
    assert.ok(i < 3000, 'the outbox never says that the disk is full');
    await sell(`full-${i}`);
  }
  await until('rules and overlay say why they do not come', async () => {
    const { image, overlay } = await status();
    return /No space left/.test(image.trouble) && /No space left/.test(overlay.trouble);
  });
  for (let i = 0; i < 20; ++i) await sell(`still-${i}`);
  assert.equal(prompts - was, sold.size - 5, 'the old rules go on');
  const before = spent(agent.child.pid);
  await new Promise((done) => setTimeout(done, 4000));
  const cost = spent(agent.child.pid) - before;
  t.diagnostic(`${cost.toFixed(2)} s of processor time in 4 s on the full disk`);
  assert.ok(cost < 1, `${cost} s of 4 s: it spins`);
  const said = await status();
  assert.equal(said.image.sha256, first);
  assert.equal(said.image.refused, 0, 'no image is blamed for the disk');
  assert.deepEqual([said.overlay.generation, said.overlay.version, said.overlay.paused], [0, 0, 0]);
  assert.match(said.health, /the disk is full/);
  assert.ok(!agent.child.over);

  // Killed and started on the full disk: it serves, and prompts from the old rules.
  agent.child.kill('SIGKILL');
  await until('it is gone', () => agent.child.over);
  agent = await start();
  await open();
  for (let i = 0; i < 5; ++i) await sell(`again-${i}`);
  assert.equal((await status()).image.sha256, first);

  disk.free();
  await until('everything has come', async () => {
    const { image, overlay, pictures, health, outbox } = await status();
    return health === 'ok' && image.sha256 !== first && overlay.generation === 1 && overlay.version === 1 && pictures.present === 1 && outbox.pending === 0 && !outbox.disk_full;
  });
  const { counters, image } = await status();
  assert.equal(image.manifest_version > 1, true);
  assert.equal(counters.decision_records_incomplete ?? 0, 0);
  assert.ok(counters.decision_records_lost > 0 || records() > had, 'what became of the records is known');
  await sell('after');
  const report = async () => (await ask(office.url, 'GET', '/v1/reports/outcomes?by=store&from=2020-01-01&to=2099-12-31')).rows[0];
  await until('every prompt is counted', async () => (await report())?.shown === prompts);
});
