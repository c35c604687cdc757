// Decisions of the agent's own lanes, those of web tills, are the same bytes again in `sidedish-rules replay`, which replays the plugin's,
// and `explain` knows why: the recorded conversations, and a seeded shift at three tills with everything a snapshot can say.
// Proved by breaking it: with another moment of a basket written into the lane's record than the one it was decided at (`changed`), replay says which and where.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { bin, House, root } from '../sdk/house.mjs';
import { holdAll, rawWay } from '../sdk/talk.mjs';
import { dice } from '../support/dice.mjs';
import { rules_at_any_hour } from '../support/shop.mjs';

const houses = [];
const open = async (options) => {
  const house = await House.open(options);
  houses.push(house);
  return house;
};
after(async () => { for (const house of houses) await house.close(); });

const until = async (what, true_now) => {
  for (const end = Date.now() + 30_000; !(await true_now()); await new Promise((done) => setTimeout(done, 50))) assert.ok(Date.now() < end, what);
};
const said = (...words) => spawnSync(join(bin, 'sidedish-rules'), words, { encoding: 'utf8', maxBuffer: 1 << 26 });

/** The agent's own way out of its state folder; each record with the name that replay gives it. */
function exported(house) {
  const folder = join(house.home, 'exported');
  execFileSync(join(bin, 'sidedish-agent'), ['records', '--config', join(house.home, 'agent.json'), '--state-dir', join(house.home, 'state'), '--export', folder, '--most', '100000']);
  return { folder, files: readdirSync(folder).map((name) => join(folder, name)) };
}

test('replay: what web tills were answered in the recorded conversations decides the same bytes again', async () => {
  const house = await open();
  assert.ok(await holdAll((prefix) => rawWay(house, prefix), ['restart', 'raw']) >= 30);
  await house.stop();
  const { folder, files } = exported(house);
  assert.ok(files.length > 20, `${files.length} records`);
  const again = said('replay', house.image, folder);
  assert.equal(again.status, 0, again.stdout + again.stderr);
  assert.match(again.stdout, new RegExp(`\\b${files.length}\\b`));
  for (const file of files) {
    const why = said('explain', file, '--image', house.image);
    assert.equal(why.status, 0, why.stderr);
  }
  // A record that was changed is found.
  const bytes = readFileSync(files[0]);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(files[0], bytes);
  assert.equal(said('replay', house.image, folder).status, 1);
});

test('replay: a shift at web tills with arms, overlays, customers, parked sales and a crash decides the same bytes again', async () => {
  const seed = Number(process.env.SIDEDISH_SEED ?? Date.now() % 1e6);
  const roll = dice(seed);
  const one_of = (list) => list[roll(list.length)];
  const some = (list, most) => list.filter(() => roll(list.length) < most);
  const shop = join(root, 'sim/shops/burgerbar');
  const { products, categories } = JSON.parse(readFileSync(join(shop, 'catalogue.json'), 'utf8'));
  assert.ok(categories.length > 0);

  const overlays = [
    { paused: ['burger-fries'] },
    { recalled: ['sku:FRIES-M', 'sku:COLA-M'], prices: { 'sku:FRIES-L': '4.20' } },
    { stock: { as_of: new Date().toISOString(), products: { 'sku:WATER': { class: 'out' } } } },
  ];
  const house = await open([]);
  await house.stop();
  const pack = rules_at_any_hour();
  Object.assign(pack.settings, { holdout_percent: 30, global_holdout_percent: 5, exploration_percent: 10 });
  const file = join(house.home, 'shop.json');
  writeFileSync(file, JSON.stringify(pack));
  house.rules(file, join(shop, 'catalogue.json'));
  const overlay = join(house.home, 'overlay');
  const kept = join(house.home, 'kept');
  mkdirSync(join(kept, 'overlays'), { recursive: true });
  const lay = (changes, version) => {
    const document = join(house.home, 'overlay.json');
    writeFileSync(document, JSON.stringify({ format: 'sidedish-overlay/1', pack: pack.pack.id, version, currency: 'EUR', ...changes }));
    const made = said('overlay', document, '--image', house.image, '-o', overlay);
    assert.equal(made.status, 0, made.stderr);
    const name = createHash('sha256').update(readFileSync(overlay)).digest('hex');
    cpSync(overlay, join(kept, 'overlays', `${name}.overlay`));  // the agent keeps the last two
  };
  lay({}, 1);
  house.options = ['--overlay', overlay];
  await house.start();
  await until('the overlay', async () => (await house.status()).overlay.version === 1);

  const tills = ['a', 'b', 'k'];
  const capabilities = { a: ['add', 'replace', 'convert', 'undo', 'reports_completion'], b: ['add'], k: ['add', 'replace', 'convert', 'apply_promotion', 'undo'] };
  const way = rawWay(house, '');
  const opened = async () => { for (const till of tills) await way.open(till, { capabilities: capabilities[till], channel: till === 'k' ? 'kiosk' : 'cashier' }); };
  await opened();
  const line = () => {
    const { key, price } = one_of(products);
    const made = { product: key, quantity: one_of(['1', '1', '2', '0.250', '-1']), unit_price: price };
    if (roll(5) === 0) made.flags = some(['voided', 'weighed', 'open_price', 'age_restricted', 'locked'], 1);
    if (roll(9) === 0) made.kind = one_of(['fee', 'deposit', 'discount', 'comment']);
    if (roll(9) === 0) made.line_total = '1.00';
    return made;
  };
  let prompted = 0;
  const steps = 1000;
  const sales = Object.fromEntries(tills.map((till) => [till, { id: `${till}-0`, seq: 0, lines: [] }]));
  const parked = [];
  const away = [];  // resumed, maybe at another till
  for (let step = 0; step < steps; ++step) {
    if (step > 0 && step % 250 === 0) {
      const version = step / 250 + 1;
      lay(overlays[version - 2], version);
      await until('the next overlay', async () => (await house.status()).overlay.version === version);
    }
    if (step === 400) {
      await house.restart();
      await opened();
    }
    const till = one_of(tills);
    const sale = sales[till];
    const next = () => { sales[till] = { id: `${till}-${step}`, seq: 0, lines: [] }; };
    const say = async (type, more = {}) => way.event(till, { type, basket: sale.id, ...more });
    const what = sale.lines.length === 0 ? 0 : roll(16);
    if (what > 14) {
      await say(one_of(['checkout_started', 'tender_started', 'tender_cancelled']));
    } else if (what === 14) {
      const { token } = await say('parked');
      if (token) parked.push({ ...sale, token, till });
      next();
    } else if (what === 13 && parked.length > 0) {
      const back = parked.splice(roll(parked.length), 1)[0];
      away.push({ ...back });
      await way.event(till, { type: 'resumed', basket: back.id, token: back.token });
      sales[till] = back;
    } else if (what >= 10) {
      await say(one_of(['completed', 'completed', 'voided']));
      next();
    } else {
      sale.lines = roll(6) === 0 ? sale.lines.slice(1) : [...sale.lines, line()];
      const body = { basket: sale.id, seq: ++sale.seq, lines: sale.lines, moment: one_of(['basket', 'basket', 'basket', 'basket', 'basket', 'checkout', 'browse', 'receipt']) };
      if (body.moment === 'browse') body.looking_at = one_of(products).key;
      if (roll(12) === 0) body.mode = one_of(['return', 'exchange', 'training', 'price_check']);
      if (roll(12) === 0) body.holds = some(['age_check', 'complaint', 'manager', 'override', 'opt_out', 'rush'], 1);
      if (roll(3) === 0) body.language = one_of(['de', 'ja', 'ar', 'en', 'fr-CA']);
      if (roll(3) === 0) body.facts = { queue: roll(9), order_type: one_of(['takeaway', 'drive', 'eat_in']) };
      if (roll(3) === 0) {
        body.customer = {
          id: `C-${roll(20)}`, segments: some(['regular', 'family', 'student'], 1), avoid: some(['gluten', 'milk', 'diet:vegan', 'nuts'], 1),
          first_visit: roll(2) === 0, bought: some(products, 4).slice(0, 32).map(({ key }) => ({ product: key, days_ago: roll(40) })), bought_days: 90,
        };
      }
      if (roll(6) === 0) body.operator_id = `op-${roll(3)}`;
      const { prompts, status } = await way.basket(till, body);
      if (status === 'conflict') {  // no ninth basket: what is parked here is given up
        for (const { id } of [...parked, ...away].filter((one) => one.till === till)) await way.event(till, { type: 'voided', basket: id });
        next();
        continue;
      }
      assert.equal(status, 'ok', `seed ${seed}, step ${step}: ${JSON.stringify(body)}`);
      prompted += prompts.length;
      const [prompt] = prompts;
      if (!prompt || roll(3) === 0) continue;
      const outcome = one_of(['accepted', 'declined', 'not_a_fit']);
      await way.outcome(till, { prompt: prompt.id, outcome, by: one_of(['staff', 'customer']) });
      if (outcome === 'accepted' && prompt.product) sale.lines = [...sale.lines, { product: prompt.product, quantity: '1', unit_price: '3.00', from_prompt: prompt.id }];
    }
  }
  await house.stop();
  const { folder, files } = exported(house);
  const again = said('replay', house.image, folder, '--overlay', kept);
  assert.equal(again.status, 0, `seed ${seed}: ${again.stdout.slice(-2000)}${again.stderr.slice(-2000)}`);
  assert.ok(prompted > 50, `seed ${seed}: ${prompted} prompts`);
  assert.ok(files.length > 50, `seed ${seed}: ${files.length} records`);
  for (const till of ['0', '1', '2']) assert.ok(files.some((name) => name.includes(`t1.${till}-`)), `lane ${till}`);
  console.log(`seed ${seed}: ${steps} steps, ${prompted} prompts, ${files.length} decision records decided the same bytes again`);
});
