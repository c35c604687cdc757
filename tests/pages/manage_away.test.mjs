// Head office goes away and comes back: every page of /manage comes by itself, whether its script or its figures were missing. On the
// real head office, in Debian's Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

let home;
let rosa;
let again;
before(async () => {
  home = await office();
  rosa = await manager(home, 'rosa', 'admin');
  again = await asks_again();
});
after(async () => {
  await rosa?.close();
  await home?.stop();
});

/** Whether this browser asks again for a script that did not come. Most do not: to them the page has to be loaded anew. */
async function asks_again() {
  const page = await rosa.open();
  let there = false;
  await page.route('**/assets/probe.js', (route) => (there ? route.fulfill({ contentType: 'text/javascript', body: 'export default 1;' }) : route.abort()));
  const comes = () => page.evaluate(() => import('/assets/probe.js').then(() => true, () => false));
  assert.equal(await comes(), false);
  there = true;
  const came = await comes();
  await page.close();
  return came;
}
/** Whatever `page` shows from now on came without loading it anew. */
const mark = (page) => page.evaluate(() => { window.not_reloaded = true; });
const marked = (page) => page.evaluate(() => window.not_reloaded === true);
/// Nothing is told to be wrong any more.
const well = (page) => page.waitForFunction(() => !document.querySelector('main [role=alert], main .notice.bad'));

// What is there when a page has all of its own.
const there = { rules: 'table.rules tbody tr', catalogue: 'table.products tbody tr', tills: '.tills tbody tr', people: 'main tbody tr', changes: 'main tbody tr' };

test('away: a page that is opened while head office is away comes by itself when it is back, without a reload where the browser asks again', async () => {
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
    assert.ok(!again || await marked(page), place);
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
  assert.ok(!again || await marked(page));
  await mark(page);
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

// To see it fail: let fetched() only throw; reload without asking whether something is held; forget when it did so last.
test('away: what a browser remembers not to have come is there once the page is loaded anew: by itself, once, and not over what is typed', async () => {
  const page = await rosa.open('#catalogue');
  await page.waitForSelector(there.catalogue);
  await page.locator('table.products td button').first().click();
  let loads = 0;
  let remembers = true;  // until the page is loaded for the last time
  let last = Infinity;
  let looked = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest() && ++loads === last) remembers = false;
    looked += Number(new URL(request.url()).pathname === '/healthz');
  });
  const until = async (so) => { while (!so()) await page.waitForEvent('request'); };
  const looks = (more) => { const end = looked + more; return until(() => looked >= end); };
  await page.route(/\/assets\/(seldom_en|changes)-/, (route) => (remembers ? route.abort() : route.continue()));
  // Words that are missing while a form is half filled.
  await page.route('**/products/*', (route) => (route.request().method() !== 'PUT' ? route.continue()
    : route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ type: 'https://sidedish.invalid/problems/not-valid', errors: [{ pointer: '/price', code: 'not-money', detail: 'x' }] }) })));
  await page.fill('input[name=why]', 'half a sentence');
  await page.click('form.product button.main');
  await looks(2);
  assert.equal(await page.inputValue('input[name=why]'), 'half a sentence');
  assert.equal(loads, 0);
  await page.click('form.product .row:last-child button.plain >> nth=0');
  await page.waitForSelector('form.product', { state: 'detached' });
  // A page that does not come although head office is there: loaded anew once, and no more for a while.
  await page.goto('about:blank');
  loads = 0;
  await page.goto(`${home.url}/manage#changes`, { waitUntil: 'commit' });
  await until(() => loads === 2);
  await page.waitForSelector('main .notice.bad >> text=has not come yet');
  await looks(2);
  assert.equal(loads, 2);
  // With what is fetched anew it comes.
  last = 3;
  await page.click('text=Load everything anew');
  await page.waitForSelector(there.changes);
  await well(page);
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
