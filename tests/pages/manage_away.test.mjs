// Head office goes away and comes back: every page of /manage comes by itself, whether its script or its figures were missing. On the
// real head office, in Debian's Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

let home;
let rosa;
before(async () => {
  home = await office();
  rosa = await manager(home, 'rosa', 'admin');
});
after(async () => {
  await rosa?.close();
  await home?.stop();
});

/** Whatever `page` shows from now on came without loading it anew. */
const mark = (page) => page.evaluate(() => { window.not_reloaded = true; });
const marked = (page) => page.evaluate(() => window.not_reloaded === true);
/// Nothing is told to be wrong any more.
const well = (page) => page.waitForFunction(() => !document.querySelector('main [role=alert], main .notice.bad'));

// What is there when a page has all of its own.
const there = { rules: 'table.rules tbody tr', catalogue: 'table.products tbody tr', tills: '.tills tbody tr', people: 'main tbody tr', changes: 'main tbody tr' };

test('away: a page that is opened while head office is away comes by itself when it is back, without a reload', async () => {
  const page = await rosa.open();
  await page.waitForSelector('.by-rule tbody tr');
  await mark(page);
  for (const [place, all] of Object.entries(there)) {
    await home.kill();
    await page.click(`nav a[href="#${place}"]`);
    await page.waitForSelector('main .notice.bad');
    assert.equal(await page.locator(all).count(), 0, place);
    await rosa.clean(page, `${place}, away`);
    await rosa.shot(page, `away-${place}`);
    await home.again();
    await page.waitForSelector(all);
    await well(page);
    assert.ok(await marked(page), place);
  }
  // A rule, whose editor and words were never fetched.
  await page.click('nav a[href="#rules"]');
  await page.waitForSelector(there.rules);
  await home.kill();
  await page.locator('table.rules th a').first().click();
  await page.waitForSelector('main .notice.bad');
  await page.selectOption('header select', 'de');
  await home.again();
  await page.waitForSelector('.editor');
  await well(page);
  await page.waitForFunction(() => document.documentElement.lang === 'de');
  assert.ok(await marked(page));
  await page.selectOption('header select', 'en');
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  // A product that is opened, and figures that are asked for anew.
  await page.click('nav a[href="#catalogue"]');
  await page.waitForSelector(there.catalogue);
  await home.kill();
  await page.locator('table.products td button').first().click();
  await page.waitForSelector('main .notice.bad');
  await home.again();
  await page.waitForSelector('form.product');
  await well(page);
  await page.click('nav a[href="#results"]');
  await page.waitForSelector('.by-rule tbody tr');
  await home.kill();
  await page.locator('.filters select').first().selectOption('90');
  await page.waitForSelector('main .notice.bad');
  await home.again();
  await page.waitForFunction(() => document.querySelectorAll('.figures dd').length > 0 && document.querySelectorAll('.figures:not(.spans) .note').length === 0);
  await well(page);
  assert.ok(await marked(page));
  await page.close();
});

test('away: head office in trouble for a moment is asked again by itself; what it refuses is not', async () => {
  const page = await rosa.open('#people');
  await page.waitForSelector('main tbody tr');
  let stores = 0;
  await page.route('**/v1/stores', (route) => (++stores === 1 ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"type":"https://sidedish.invalid/problems/storage-unavailable"}' }) : route.continue()));
  await page.reload();
  await page.waitForSelector('main .notice.bad');
  await page.waitForSelector('main tbody tr');
  await well(page);
  assert.equal(stores, 2);
  let lists = 0;
  await page.route('**/v1/people', (route) => { ++lists; return route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"type":"https://sidedish.invalid/problems/not-allowed"}' }); });
  await page.reload();
  await page.waitForSelector('main .notice.bad');
  await page.waitForTimeout(2500);
  assert.equal(lists, 1);
  await page.close();
});

test('away: what was to be done while head office is away is not said to be tried again', async () => {
  const page = await rosa.open('#people');
  await page.waitForSelector('main tbody tr');
  await page.locator('main tbody tr button').first().click();
  await page.fill('input[name=why]', 'half a sentence');
  await home.kill();
  await page.click('text=Save');
  await page.waitForSelector('form [role=alert]');
  assert.match(await page.textContent('form [role=alert]'), /probably not done/);
  await home.again();
  await page.waitForFunction(() => !document.querySelector('main > [role=alert]'));
  assert.equal(await page.inputValue('input[name=why]'), 'half a sentence');
  await page.close();
});
