// A store manager with two stores of three: results and the list of rules are of both together, or of one, and say so. On the real head
// office, in Debian's Chromium.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';

import { turn_to } from './support/browser.mjs';
import { manager } from './support/manager.mjs';
import { accepted, office, shown } from './support/office.mjs';

const more = { nord: 3, sued: 500 };
let home;
let mia;
before(async () => {
  home = await office();
  const put = async (method, where, body, headers = { 'Content-Type': 'application/json' }) => {
    const response = await fetch(home.url + where, { method, body, headers });
    assert.ok(response.ok, await response.text());
  };
  await put('PUT', '/v1/stores/sued', JSON.stringify({ name: 'Süd', time_zone: 'Europe/Berlin' }));
  for (const [store, n] of Object.entries(more)) {
    await put('PUT', `/v1/stores/${store}/terminals/t1`, '{}');
    const at = new Date(Date.now() - 5 * 86_400_000).toISOString();
    const body = JSON.stringify(Array.from({ length: n }, (_, i) => ({
      specversion: '1.0', id: String(i + 1), source: `/stores/${store}/terminals/t1/epochs/9f2c41d07a3be855`, type: 'com.sidedish.prompt.shown', time: at, datacontenttype: 'application/json',
      data: { record: { epoch: '00c0ffee00000001', counter: i + 1 }, steady_ms: i + 1, clock: 'good', basket: `B-${i + 1}`, channel: 'cashier', moment: 'basket', prompt: (i + 1).toString(16).padStart(16, '0'), rule: 'burger-fries', offer: 'sku:FRIES-M',
              arm: 'treated', by: 'staff', revision: 1, propensity_ppm: 1_000_000, quantity: 1000, price_effect: 320, saving: 0, currency: 'EUR' } })));
    await put('POST', '/v1/outcomes', body, { 'Content-Type': 'application/cloudevents-batch+json', 'Content-Digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:` });
  }
  mia = await manager(home, 'mia', 'store-manager', { stores: ['mitte', 'nord'] });
});
after(async () => {
  await mia?.close();
  await home?.stop();
});

test('stores: a store manager with two stores sees both together, or one of them; the list of rules says whose its figures are', async () => {
  const page = await mia.open();
  await page.waitForSelector('.by-rule tbody tr');
  const figure = (n) => page.waitForFunction((wanted) => document.querySelector('.figures dd')?.firstChild.textContent === wanted, n.toLocaleString('en'));
  await figure(shown + more.nord);
  assert.equal(await page.$eval('.figures dd:nth-of-type(1)', (one) => one.firstChild.textContent), (shown + more.nord).toLocaleString('en'));
  const stores = page.locator('.filters select').nth(1);
  assert.deepEqual((await stores.locator('option').allTextContents())[0], 'Own stores');
  assert.equal(await stores.locator('option').count(), 3);
  assert.match(await page.textContent('.by-rule tbody'), /Better/);
  assert.match(await page.textContent('.figures'), new RegExp(String(accepted)));
  await mia.clean(page, 'results of own stores');
  await mia.shot(page, 'own-stores');
  await stores.selectOption('nord');
  await figure(more.nord);
  await stores.selectOption('mitte');
  await figure(shown);
  await stores.selectOption('');
  await figure(shown + more.nord);
  for (const [tag, words] of [['de', 'Eigene Filialen'], ['ar', 'متاجره'], ['ja', '担当店舗']]) {
    await mia.speak(page, tag);
    assert.equal((await stores.locator('option').allTextContents())[0], words);
  }
  await mia.speak(page, 'en');
  await turn_to(page, 'rules');
  await page.waitForFunction((wanted) => document.querySelector('table.rules')?.textContent.includes(wanted), (1400 + more.nord).toLocaleString('en'));
  assert.match(await page.textContent('.at-rules'), /Figures of the last 28 days\. Own stores: Berlin Mitte, \S/);
  await mia.clean(page, 'rules with figures of own stores');
  await mia.shot(page, 'own-stores-rules');
  await page.close();
});
