// What /manage costs before it can be used, and what it shows while it waits: bytes and requests of the first load, skeletons, a replay that
// is stopped. The real head office, Debian's Chromium. (Size budgets and check 41 of the pages.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { first_load, turn_to, within } from './support/browser.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

const pack = 'burger-bar';
let home;
let rosa;
before(async () => {
  home = await office({ shop: 'burgerbar' });
  rosa = await manager(home, 'rosa', 'admin');
});
after(async () => {
  await rosa?.close();
  await home?.stop();
});

// To see it fail: make a budget smaller than what is printed.
test('manage: the first load of rules and of results is within its budget of bytes and requests', async () => {
  for (const [place, wanted, bytes, requests] of [['#rules', 'table.rules tbody tr', 110 * 1024, 15], ['#results', '.by-rule tbody tr', 140 * 1024, 18]]) {
    const load = await first_load(rosa.context, `${home.url}/manage${place}`, wanted);
    console.log(`first load of ${place}: ${load.bytes} bytes in ${load.requests} requests, painted after ${load.painted.toFixed(0)} ms with a quarter of the processor`);
    assert.ok(load.bytes > 10_000 && load.bytes <= bytes, `${place}: ${load.bytes} bytes over the wire`);
    assert.ok(load.requests <= requests, `${place}: ${load.requests} requests: ${load.asked.join(' ')}`);
  }
});

/// When the first grey rows were seen since the observer was put there, if they were.
const watch_skeleton = (page) => page.evaluate(() => {
  window.began = performance.now();
  window.seen = undefined;
  window.watching?.disconnect();
  window.watching = new MutationObserver(() => { if (document.querySelector('.skeleton')) window.seen ??= performance.now() - window.began; });
  window.watching.observe(document.body, { childList: true, subtree: true });
});

// To see it fail: let Skeleton be there at once, or leave it out of a page.
test('manage: each page that loads a table shows grey rows after 300 ms and not before, with its head and the menu in use', async () => {
  const page = await rosa.open('#people');
  await page.waitForSelector('table tbody tr');
  for (const [place, what, table] of [['results', '**/v1/results*', '.by-rule tbody tr'], ['rules', '**/v1/packs/*/rules', 'table.rules tbody tr'], ['catalogue', '**/v1/products?*offset*', 'table.products tbody tr'], ['tills', '**/v1/fleet*', 'table tbody tr'],
    ['changes', '**/v1/changes?limit*', 'table tbody tr'], ['people', '**/v1/people', 'table tbody tr']]) {
    let held = 0;
    let let_go;
    const free = new Promise((resolve) => { let_go = resolve; });
    await page.route(what, async (route) => {
      held += 1;
      await free;
      await route.continue();
    });
    await watch_skeleton(page);
    await turn_to(page, place);
    await page.waitForSelector('.skeleton', { timeout: within(5000) });
    const seen = await page.evaluate('window.seen');
    assert.ok(seen >= 290, `${place}: after ${seen} ms`);
    assert.ok(held > 0, `${place}: nothing is waited for`);
    assert.ok((await page.innerText('main h1')).length > 0, place);
    assert.match(await page.innerText('.skeleton'), /Loading/);
    await rosa.clean(page, `${place} loads`);
    await rosa.shot(page, `loads-${place}`);
    let_go();
    await page.waitForSelector(table);
    await page.waitForSelector('.skeleton', { state: 'detached' });
    // What takes the place of grey rows may be grey at once: these are over.
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 100); }));
    await page.unroute(what);
  }
  await page.close();
});

/// A replay that head office says it is at, until it is stopped: what came of it is that of the real one, done meanwhile.
async function endless(page) {
  const seen = { stopped: 0, looks: 0 };
  let begun;
  await page.route('**/packs/*/replay', async (route) => {
    const response = await route.fetch();
    begun = { ...(await response.json()), state: 'running', done: 3, of: 10 };
    await route.fulfill({ response, json: begun });
  });
  await page.route('**/replays/*', async (route) => {
    if (route.request().method() === 'DELETE') {
      seen.stopped += 1;
      const response = await route.fetch();
      seen.status = response.status();
      return route.fulfill({ response });
    }
    seen.looks += 1;
    if (seen.stopped === 0) return route.fulfill({ json: begun });
    for (;;) {
      const response = await route.fetch();
      const real = await response.json();
      if (real.result) return route.fulfill({ json: { ...begun, state: 'stopped', result: real.result } });
    }
  });
  return seen;
}
const stop = '[aria-labelledby=replay] [role=status] button';

// To see it fail: leave stop() out of the button, or out of what is done when the page goes.
test('rules: a replay is stopped by keyboard, says how far it came, and can be begun again', async () => {
  const page = await rosa.open(`#rules/${pack}/fries-dip`);
  const seen = await endless(page);
  await page.waitForSelector('[aria-labelledby=replay] .over button');
  for (let i = 0; i < 80 && !(await page.evaluate(() => document.activeElement.matches('[aria-labelledby=replay] .over button'))); ++i) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector(stop);
  await rosa.clean(page, 'a replay that can be stopped');
  await rosa.shot(page, 'replay-stop');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate((one) => document.activeElement.matches(one), stop), true, 'Stop is the next');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice >> text=Stopped after 3 of 10 baskets.');
  assert.deepEqual([seen.stopped, seen.status], [1, 204]);
  await page.waitForFunction('document.activeElement.textContent === "Try again"');
  assert.ok(await page.locator('.tallies').count() > 0, 'what there is stands there');
  await rosa.clean(page, 'a replay that was stopped');
  for (const tag of ['de', 'ar', 'ja']) {
    await rosa.speak(page, tag);
    await rosa.shot(page, `replay-stopped-${tag}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${tag} scrolls sideways`);
  }
  await rosa.speak(page, 'en');
  const looks = seen.looks;
  await page.unroute('**/packs/*/replay');
  await page.unroute('**/replays/*');
  await page.click('text=Try again');
  await page.waitForSelector('.notice >> text=Stopped after', { state: 'detached' });
  await page.waitForSelector('.tallies');
  assert.equal(seen.looks, looks);
  await page.close();
});

test('rules: who goes away from a replay, to another page or altogether, ends it at head office', async () => {
  for (const away of [(page) => page.click('nav a[href="#tills"]'), (page) => page.goto('about:blank')]) {
    const page = await rosa.open(`#rules/${pack}/fries-dip`);
    const seen = await endless(page);
    await page.click('text=Try it');
    await page.waitForSelector(stop);
    const ended = page.waitForRequest((request) => request.method() === 'DELETE' && /\/v1\/replays\/\d+$/.test(request.url()));
    await away(page);
    await ended;
    assert.equal(seen.stopped <= 1, true, 'once');
    await page.close();
  }
});
