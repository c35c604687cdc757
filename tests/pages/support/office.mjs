// The real head office with four weeks of what tills would have reported: one rule that helps, one that does nothing, one too young.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { root } from './built.mjs';

const build = process.env.SIDEDISH_BUILD ?? path.join(root, 'build/dev');
const program = path.join(build, 'bin/sidedish-headoffice');
const hex = (n) => n.toString(16).padStart(16, '0');

/// Rules of the story, with baskets and attached ones of each arm. Which day a basket falls on does not depend on its arm.
/// `customers`: so many in each arm, who are held out as a whole.
export const story = {
  'burger-fries': { name: 'Fries with that?', treated: [1400, 560], control: [1400, 420] },
  'burger-drink': { name: 'A drink with the meal', treated: [1200, 240], control: [1200, 242] },
  'nuggets-dip': { name: 'A dip', treated: [40, 9], control: [38, 7], customers: 19 },
};
export const shown = 1400 + 1200 + 40;
export const accepted = 140 + 60 + 4;
/// Of these, sales whose accepted item came back.
export const came_back = 9;
/** Of each rule so many more said no. */
export const declined = 20;
/** And so many said nothing. */
export const lapsed = 7;
/// Of the 28 days before, one rule's: a quarter of them at kiosks. A sale was of €10.50.
export const before = { shown: 60, accepted: 15, came_back: 3, baskets: 100 };

const bought = (attached) => [{ key: 'sku:CLASSIC', quantity: 1000, value: 890 }, { key: attached ? 'sku:FRIES-M' : 'sku:COLA-M', quantity: 1000, value: 320 }];

function events(now) {
  const out = [];
  let seq = 0;
  const add = (type, at, data) => {
    seq += 1;
    out.push({ specversion: '1.0', id: String(seq), source: '/stores/mitte/terminals/t1/epochs/9f2c41d07a3be855', type: `com.sidedish.${type}`, time: new Date(at).toISOString(), datacontenttype: 'application/json',
               data: { record: { epoch: '00c0ffee00000001', counter: seq }, steady_ms: seq, clock: 'good', basket: `B-${seq}`, channel: 'cashier', ...data } });
  };
  const prompt_of = (rule, channel, arm) => ({ channel, moment: 'basket', prompt: hex(seq + 1), rule, offer: 'sku:FRIES-M', arm, by: 'staff', revision: 1, propensity_ppm: 1_000_000, quantity: 1000, price_effect: 320, saving: 0, currency: 'EUR' });
  const sale = (at, { arm, attached, accepted: yes, ...data }) => add('basket.closed', at, {
    mode: 'sale', end: 'completed', unit: hex(seq), arm, offer: 'sku:FRIES-M', eligible: true, attached, margin_known: true, items: 2000, lines: 2,
    shown: arm === 'treated' ? 1 : 0, withheld: arm === 'control' ? 1 : 0, accepted: yes ? 1 : 0, tender_at: new Date(at).toISOString(), ended_at: new Date(at).toISOString(), pack_version: 1, currency: 'EUR', part: 0, parts: 1, basket_lines: bought(attached), ...data });
  const comes_back = (at, data) => add('prompt.returned', at, { moment: 'basket', offer: 'sku:FRIES-M', by: 'staff', revision: 1, propensity_ppm: 1_000_000, quantity: 1000, price_effect: -320, saving: 0, currency: 'EUR', ...data });
  const takes = { 'burger-fries': 140, 'burger-drink': 60, 'nuggets-dip': 4 };
  for (const [rule, { treated, control, customers }] of Object.entries(story)) {
    for (const [arm, [all, attached]] of Object.entries({ treated, control })) {
      for (let i = 0; i < all; ++i) {
        // In the night that is one business day earlier.
        const at = now - (1 + (i % 26)) * 86_400_000;
        const channel = i % 4 === 0 ? 'kiosk' : 'cashier';
        if (arm === 'treated') {
          const prompt = prompt_of(rule, channel, arm);
          add('prompt.shown', at, prompt);
          if (i < takes[rule]) add('prompt.accepted', at, prompt);
          else if (i < takes[rule] + declined) add('prompt.declined', at, prompt);
          else if (i < takes[rule] + declined + lapsed) add('prompt.lapsed', at, prompt);
          if (rule === 'burger-drink' && i < 5) add('prompt.not_a_fit', at, { ...prompt, remark: i < 3 ? 'has <b>one</b>' : '' });
        }
        const yes = arm === 'treated' && i < takes[rule];
        // Nobody is in a hurry, and a question takes two seconds.
        const opened_at = new Date(at - 40_000 - ((i * 7919) % 20_000) - (arm === 'treated' ? 2000 : 0)).toISOString();
        sale(at, { channel, rule, arm, attached: i < attached, accepted: yes, total: i < attached ? 1210 : 890, margin: i < attached ? 640 : 470, opened_at,
                   ...(customers ? { unit_of: 'customer', unit: hex((i % customers) * 2 + (arm === 'treated' ? 1 : 0)) } : {}) });
        if (yes && i < 3) comes_back(at + 3_600_000, { basket: '', remark: `B-${seq}` });
      }
    }
  }
  // Goods that nobody had suggested come back.
  comes_back(now - 86_400_000, { price_effect: -99_900 });
  const earlier = now - 40 * 86_400_000;
  for (let i = 0; i < before.baskets; ++i) {
    const channel = i % 4 === 0 ? 'kiosk' : 'cashier';
    const arm = i < before.shown ? 'treated' : 'control';
    const prompt = prompt_of('burger-fries', channel, arm);
    if (arm === 'treated') add('prompt.shown', earlier, prompt);
    if (i < before.accepted) add('prompt.accepted', earlier, prompt);
    sale(earlier, { channel, rule: 'burger-fries', arm, attached: i < before.accepted, accepted: i < before.accepted, total: 1050, margin: 500, opened_at: new Date(earlier - 40_000).toISOString() });
    if (i < before.came_back) comes_back(earlier + 3_600_000, { basket: '', remark: `B-${seq}` });
  }
  return out;
}

/// A rule takes no markup in its name (the document is refused); a store's name and a person's do.
function story_alone() {
  const example = JSON.parse(fs.readFileSync(path.join(root, 'headoffice/server/openapi.json'), 'utf8')).paths['/v1/publish'].post.requestBody.content['application/json'].examples.example.value;
  const [pattern] = example.rules.rules;
  example.rules.rules = Object.entries(story).map(([id, { name, customers }]) => ({ ...structuredClone(pattern), id, name, holdout_percent: 50, ...(customers ? { unit: 'customer' } : {}) }));
  return example;
}
function shop_of(name, any_hour) {
  const document = (file) => JSON.parse(fs.readFileSync(path.join(root, 'sim/shops', name, file), 'utf8'));
  const rules = document('rules.json');
  if (any_hour) rules.rules = rules.rules.filter(({ when }) => !JSON.stringify(when ?? {}).includes('daypart'));
  // The story's arms are of one size.
  for (const rule of rules.rules) {
    if (!(rule.id in story)) continue;
    rule.holdout_percent = 50;
    if (story[rule.id].customers) rule.unit = 'customer';
  }
  return { rules, catalogue: document('catalogue.json') };
}

/// `shop`: one of sim/shops is published instead of a pack with the rules of the story alone; `any_hour`: without its rules for parts of the
/// day; `more`: options of the program.
export async function office({ counted = true, shop, any_hour = false, more = [] } = {}) {
  if (!fs.existsSync(program)) throw new Error(`${program} is not there: build it first (tests/run --stage dev node)`);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-office-'));
  const db = path.join(home, 'office.db');
  const command = async (...words) => (await promisify(execFile)(program, [...words, '--db', db])).stdout.trim();
  let server;
  let url;
  async function start(port = 0) {
    const told = path.join(home, 'port');
    fs.rmSync(told, { force: true });
    server = spawn(program, ['serve', '--db', db, '--port', String(port), '--port-file', told, ...more], { stdio: 'ignore' });
    for (let tries = 0; !fs.existsSync(told); ++tries) {
      if (tries > 1000 || server.exitCode !== null) throw new Error('head office did not start');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    url = `http://127.0.0.1:${fs.readFileSync(told, 'utf8').trim()}`;
  }
  async function kill() {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }
  await start();
  const put = async (method, where, body, headers = {}) => {
    const response = await fetch(url + where, { method, body, headers: { 'Content-Type': 'application/json', ...headers } });
    const text = await response.text();
    if (!response.ok || /"rejected":\[\{/.test(text)) throw new Error(`${method} ${where}: ${response.status} ${text}`);
  };
  if (shop) {
    const pictures = path.join(root, 'sim/shops', shop, 'pictures');
    for (const file of fs.readdirSync(pictures).filter((one) => one.endsWith('.webp'))) await put('PUT', `/v1/pictures/${path.basename(file, '.webp')}`, fs.readFileSync(path.join(pictures, file)), { 'Content-Type': 'image/webp' });
  }
  await put('POST', '/v1/publish', JSON.stringify(shop ? shop_of(shop, any_hour) : story_alone()));
  await put('PUT', '/v1/stores/nord', JSON.stringify({ name: 'Nord <b>bold</b>', time_zone: 'Europe/London' }));
  await put('PUT', '/v1/stores/mitte/terminals/t1', '{}');
  if (counted) {
    const all = events(Date.now());
    for (let i = 0; i < all.length; i += 500) {
      const body = JSON.stringify(all.slice(i, i + 500));
      await put('POST', '/v1/outcomes', body, { 'Content-Type': 'application/cloudevents-batch+json', 'Content-Digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:` });
    }
  }
  return {
    home, command,
    get url() { return url; },
    kill,
    again: () => start(Number(new URL(url).port)),
    link: (...words) => command('invite', ...words),
    async stop() {
      if (server.exitCode === null && server.signalCode === null) await kill();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}
