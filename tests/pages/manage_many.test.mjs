// The list of rules with 2,000 of them, on the real head office: what is drawn and what is made anew while one types is counted.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { root } from './support/built.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

const many = 2000;
const shop = path.join(root, 'sim/shops/burgerbar');
const read = (file) => JSON.parse(fs.readFileSync(path.join(shop, file), 'utf8'));
let home;
let rosa;
before(async () => {
  home = await office({ counted: false });
  const { rules: [pattern], ...pack } = read('rules.json');
  const catalogue = read('catalogue.json');
  const keys = catalogue.products.filter(({ restricted, hidden }) => !restricted && !hidden).map(({ key }) => key);
  pack.rules = Array.from({ length: many }, (_, n) => {
    const [trigger, offer] = [keys[n % keys.length], keys[(n + 1 + Math.floor(n / keys.length)) % keys.length]];
    return { id: `rule-${n}`, name: `Rule ${n}`, kind: 'add_on', when: { all: [{ has: { items: [trigger] } }, { total: { min: '1.00' } }] }, offers: [{ product: offer }], quantity: 'one', text: { en: { headline: `Number ${n}?` } }, extra_adds_per_1000: 20 + (n % 60), priority: 1 + (n % 100) };
  });
  pack.pack = { ...pack.pack, id: 'many' };
  assert.ok(pattern.id);
  const pictures = path.join(shop, 'pictures');
  await home.command('pictures', pictures);
  const file = path.join(home.home, 'many.json');
  fs.writeFileSync(file, JSON.stringify(pack));
  await home.command('publish', file, path.join(shop, 'catalogue.json'));
  rosa = await manager(home, 'rosa', 'admin');
});
after(async () => {
  await rosa?.close();
  await home?.stop();
});

// Proved by making every rule's sentence anew with each letter, and by drawing all rows.
test('rules: of 2,000 a page is drawn at a time, and a letter typed makes nothing anew but what is drawn', async () => {
  const page = await rosa.open('');
  await page.addInitScript(() => {
    window.made = 0;
    for (const name of ['ListFormat', 'NumberFormat', 'PluralRules', 'DateTimeFormat']) {
      Intl[name] = new Proxy(Intl[name], { construct(target, words) { window.made += 1; return new target(...words); } });
    }
  });
  const asked = [];
  page.on('request', (request) => { if (/\/v1\/products/.test(request.url())) asked.push(request.url()); });
  await page.goto(`${home.url}/manage#rules/many`);
  await page.reload();
  await page.waitForSelector('table.rules tbody tr');
  assert.match(await page.textContent('main'), /2,000 rules\./);
  const drawn = () => page.locator('table.rules tbody tr').count();
  assert.equal(await drawn(), 100);
  await page.click('text=Show more');
  await page.waitForFunction(() => document.querySelectorAll('table.rules tbody tr').length === 200);
  // Names of products come in bunches, as they are needed; afterwards they are known.
  await page.fill('input[type=search]', 'fries');
  await page.waitForFunction(() => /Fries/.test(document.querySelector('table.rules tbody tr .does')?.textContent ?? ''));
  const names = asked.length;
  assert.ok(names <= 4, `${names} questions for names`);
  await page.evaluate(() => { window.made = 0; });
  const times = [];
  for (const text of ['rule', 'rule-1', 'rule-19', 'rule-199', 'rule-1999', 'fries burger']) {
    times.push(await page.evaluate(async (wanted) => {
      const field = document.querySelector('input[type=search]');
      const before = performance.now();
      field.value = wanted;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - before;
    }, text));
  }
  await page.waitForFunction(() => /burger/i.test(document.querySelector('table.rules tbody tr')?.textContent ?? ''));
  assert.ok(await drawn() <= 100);
  const made = await page.evaluate('window.made');
  assert.ok(made <= 20, `${made} writers of numbers and lists made while typing`);
  assert.equal(asked.length, names, 'nothing is asked while one types');
  if (process.env.SIDEDISH_TIMES) console.log('ms a letter:', times.map((one) => one.toFixed(1)).join(' '));
  await page.close();
});
