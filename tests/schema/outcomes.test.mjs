// What the real agent sends is what the published schema of an outcome says, every kind of event there is: a till's day over its
// loopback API, with a head office that is away, refuses one event, and is back, on a terminal whose disk was full and that is off at midnight.
// Proved by breaking it: with a member more in append_event() its kind is named, and without a step below "never seen" names the kind.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';

import { bin, conversations, House, root, takingOffice } from '../sdk/house.mjs';
import { holdAll, rawWay } from '../sdk/talk.mjs';

const schema = JSON.parse(readFileSync(join(root, 'rules/format/schema/outcome.schema.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: false }).compile(schema);

/** Of the sources: what travels, and the tombstone, which no lane records. */
function kinds() {
  const source = readFileSync(join(root, 'rules/format/wire_words.cpp'), 'utf8');
  const table = source.slice(source.indexOf('kTypes = {'), source.indexOf('};', source.indexOf('kTypes = {')));
  return [...table.matchAll(/"([a-z_.]+)"/g)].map(([, name]) => name).concat('tombstone').sort();
}

let office;
let house;
before(async () => {
  office = await takingOffice();
  house = await House.open(['--head-office', office.url, '--start-splay-ms', '0']);
});
after(async () => {
  await house?.close();
  await office?.close();
});

const until = async (what, true_now) => {
  for (const end = Date.now() + 60_000; !(await true_now()); await new Promise((done) => setTimeout(done, 50))) assert.ok(Date.now() < end, what);
};
const kind_of = ({ type }) => type.replace('com.sidedish.', '');
const seen = () => new Set(office.events.map(kind_of));
const sent = () => until('everything is sent', async () => {
  const { outbox, rings } = await house.status();
  return outbox.pending === 0 && rings.trouble === '';
});
const has = (kind) => until(kind, () => seen().has(kind));
const lines = (...products) => products.map((product) => ({ product, quantity: '1', unit_price: '5.90' }));
/** A sale in a lane of its own, which knows the till by heart. */
async function lane(name, capabilities = ['add', 'undo', 'reports_completion']) {
  const way = rawWay(house, '');
  await way.open(name, { capabilities });
  return Object.fromEntries(['basket', 'event', 'outcome', 'return'].map((what) => [what, async (body) => {
    const answer = await way[what](name, body);
    assert.equal(answer.code, undefined, JSON.stringify(answer));
    return answer;
  }]));
}

test('outcomes: a till\'s day as recorded', async () => {
  assert.ok(await holdAll((prefix) => rawWay(house, prefix), ['restart', 'raw']) >= 30);
  const till = await lane('day');
  const offered = async (basket) => (await till.basket({ basket, seq: 1, lines: lines('sku:BURGER') })).prompts[0].id;
  const gone = await offered('withdrawn');
  assert.ok(gone);
  await till.basket({ basket: 'withdrawn', seq: 2, lines: [] });
  await till.event({ type: 'completed', basket: 'withdrawn', total: '0.00' });
  await till.outcome({ prompt: await offered('misfit'), outcome: 'not_a_fit', why: 'the shopper has a toddler' });
  await till.event({ type: 'voided', basket: 'misfit' });
  await till.outcome({ prompt: await offered('kept'), outcome: 'accepted', by: 'customer' });
  await till.basket({ basket: 'kept', seq: 2, lines: lines('sku:BURGER', 'sku:FRIES') });
  await till.event({ type: 'tender_started', basket: 'kept' });
  await till.event({ type: 'completed', basket: 'kept', total: '8.80' });
  await till.outcome({ prompt: await offered('voided'), outcome: 'accepted', by: 'staff' });
  await till.basket({ basket: 'voided', seq: 2, lines: lines('sku:BURGER', 'sku:FRIES') });
  await till.basket({ basket: 'voided', seq: 3, lines: lines('sku:BURGER') });
  await till.event({ type: 'completed', basket: 'voided', total: '5.90' });
  await till.return({ basket: 'kept', product: 'sku:FRIES', quantity: '1', value: '2.90', currency: 'EUR' });
  await sent();
});

test('outcomes: a control group', async () => {
  const pack = JSON.parse(readFileSync(join(conversations, 'pack.json'), 'utf8'));
  pack.pack.version += 1;
  pack.settings.global_holdout_percent = 40;
  pack.settings.holdout_percent = 50;
  const file = join(house.home, 'held.json');
  writeFileSync(file, JSON.stringify(pack));
  const was = (await house.status()).image.generation;
  house.rules(file);
  await until('the rules with a control group', async () => (await house.status()).image.generation > was);
  const till = await lane('arms');
  for (let i = 0; i < 40; ++i) {
    await till.basket({ basket: `A-${i}`, seq: 1, lines: lines('sku:BURGER') });
    await till.event({ type: 'completed', basket: `A-${i}`, total: '5.90' });
  }
  await sent();
  const arms = new Set(office.events.filter((one) => one.data.basket?.startsWith('A-')).map((one) => one.data.arm));
  assert.deepEqual([...arms].sort(), ['control', 'global_control', 'treated']);
});

test('outcomes: one that head office cannot take', async () => {
  let bad;
  office.refuses = (event) => event.data.basket === 'POISON' && kind_of(event) === 'basket.closed' && (bad = event);
  const till = await lane('poison');
  await till.basket({ basket: 'POISON', seq: 1, lines: lines('sku:BURGER') });
  await till.event({ type: 'completed', basket: 'POISON', total: '5.90' });
  await has('tombstone');
  office.refuses = () => undefined;
  const stone = office.events.find((one) => kind_of(one) === 'tombstone');
  assert.deepEqual(stone.data, { from: bad.id, to: bad.id, why: 'quarantined', count: 1 });
});

test('outcomes: a disk that takes no more while head office is away', async () => {
  await house.stop();
  office.away = true;
  house.before = ['sh', '-c', 'trap "" XFSZ; ulimit -f 12288; exec "$@"', 'sh'];  // 6 MiB a file: the ring's 4 fit, the outbox does not grow for ever
  await house.start();
  const till = await lane('full');
  const large = Array.from({ length: 1900 }, (_, i) => ({ product: `sku:${String(i).padStart(80, 'X')}`, quantity: '1', unit_price: '5.90' }));
  let count = 0;
  const sale = async () => {
    const basket = `F-${count++}`;
    await till.basket({ basket, seq: 1, lines: [...large, ...lines('sku:BURGER')] });
    await till.event({ type: 'completed', basket, total: '5.90' });
  };
  await until('the agent says that it cannot write', async () => {
    await sale();
    const { health, rings } = await house.status();
    return rings.trouble !== '' && health === 'the outbox could not be written: outcomes wait in the rings';
  });
  for (const end = count + 40; count < end;) await sale();  // over 100 KiB each: more than the ring's 4 MiB
  await house.stop('SIGKILL');
  house.before = [];
  office.away = false;
  await house.start();
  await until('the full ring is emptied', () => readdirSync(join(house.run, 'rings')).length === 0);
  await house.restart();  // totals are sent once a minute, and at a start
  await has('tally');
  await sent();
  const of = (kind) => office.events.filter((one) => kind_of(one) === kind && one.data.basket?.startsWith('F-') && !one.data.part).length
    + office.events.filter((one) => kind_of(one) === 'tally' && one.data.kind === kind).reduce((sum, { data }) => sum + data.count, 0);
  await until('each sale is counted', () => of('basket.closed') === count);
});

test('outcomes: a day is over while the terminal is off', async () => {
  const shim = join(bin, '../lib/libtomorrow.so');
  assert.ok(existsSync(shim), `${shim} is not built`);
  await house.stop();
  house.before = ['env', `LD_PRELOAD=${shim}`, 'SIDEDISH_DAYS=1', `ASAN_OPTIONS=${process.env.ASAN_OPTIONS ?? ''}:verify_asan_link_order=0`];
  await house.start();
  await has('audit');
  const { data, source } = office.events.find((one) => kind_of(one) === 'audit');
  assert.equal(data.counts['prompt.shown'], office.events.filter((one) => one.source === source && kind_of(one) === 'prompt.shown').length);
});

test('outcomes: every event was one the schema allows, and every kind there is was seen', () => {
  assert.ok(office.events.length > 300, `${office.events.length} events`);
  for (const event of office.events) assert.ok(validate(event), `${JSON.stringify(validate.errors?.slice(0, 3))} ${JSON.stringify(event).slice(0, 600)}`);
  assert.deepEqual(kinds().filter((kind) => !seen().has(kind)), [], 'never seen');
  assert.deepEqual([...seen()].filter((kind) => !kinds().includes(kind)), [], 'not in the sources');
});
