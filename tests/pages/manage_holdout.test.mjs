// What a verdict is for: on the results of /manage one press makes a draft that holds out less. The real head office, Debian's Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

let home;
let edda;
let pack;
before(async () => {
  home = await office();
  edda = await manager(home, 'edda', 'editor');
});
after(async () => {
  await edda?.close();
  await home?.stop();
});

/// Asks as the page does, with its session.
const ask = (page, method, where, body, headers = {}) => page.evaluate(async ([how, to, what, more]) => {
  const { csrf } = await (await fetch('/v1/session')).json();
  const response = await fetch(to, { method: how, headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, ...more }, ...(what === undefined ? {} : { body: JSON.stringify(what) }) });
  return response.json().catch(() => undefined);
}, [method, where, body, headers]);
const rule = () => `/v1/packs/${pack}/rules/burger-fries`;
const note = '.by-rule tr:has-text("Fries with that?") td div.note';
async function to_button(page) {
  await page.waitForSelector(`${note} button`);
  for (let i = 0; i < 60; ++i) {
    if (await page.evaluate(() => document.activeElement.matches('div.note button'))) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('the button is not reached');
}

// To see it fail: send what is published instead of what stands in the draft, without its tag, or publish it.
test('results: a rule with a verdict gets a draft with less held out by one key, on top of what stands there; nothing is published', async () => {
  const page = await edda.open('#results');
  await page.waitForSelector(`${note} button`);
  [{ id: pack }] = (await ask(page, 'GET', '/v1/packs')).packs;
  const { published, published_etag: tag } = await ask(page, 'GET', rule());
  assert.equal(published.holdout_percent, 50);
  assert.equal(await page.locator('.by-rule div.note button').count(), 1, 'who has no verdict keeps its holdout');
  assert.match(await page.innerText(note), /10% held out is enough now \(50% is\)\.\s+Make a draft with 10%/);
  await edda.clean(page, 'less held out');
  await edda.shot(page, 'less');
  const sent = [];
  page.on('request', (request) => { if (request.method() !== 'GET') sent.push(`${request.method()} ${new URL(request.url()).pathname}`); });
  // Somebody's draft goes on: its other changes stay.
  await ask(page, 'PUT', `${rule()}/draft`, { ...published, priority: 66 }, { 'If-Match': tag });
  sent.length = 0;
  await to_button(page);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`${note} a`);
  assert.match(await page.innerText(note), /There is a draft with 10%\. Nothing is published\.\s+Open the rule/);
  assert.deepEqual(sent, [`PUT ${rule()}/draft`]);
  const now = await ask(page, 'GET', rule());
  assert.deepEqual(now.published, published);
  assert.deepEqual([now.draft.state, now.draft.rule], ['draft', { ...published, priority: 66, holdout_percent: 10 }]);
  await edda.clean(page, 'a draft with less');
  await edda.shot(page, 'less-done');
  // The way there is under the next key.
  await page.waitForFunction('document.activeElement.tagName === "A"');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.editor');
  assert.equal(await page.inputValue('[data-at="/holdout_percent"]'), '10');
  await page.close();
});

test('results: what somebody has handed on, or changed at the same moment, is left alone, and that is said, in every language', async () => {
  const page = await edda.open('#results');
  await page.waitForSelector(`${note} button`);
  const { draft } = await ask(page, 'GET', rule());
  // Somebody is faster by a moment.
  let faster = true;
  await page.route('**/draft*', async (route) => {
    if (faster) {
      faster = false;
      await ask(page, 'PUT', `${rule()}/draft`, { ...draft.rule, priority: 67 }, { 'If-Match': draft.etag });
    }
    return route.continue();
  });
  await to_button(page);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.by-rule >> text=Somebody changed the rule meanwhile.');
  assert.equal((await ask(page, 'GET', rule())).draft.rule.priority, 67);
  await ask(page, 'POST', `${rule()}/submit`, { why: 'x' });
  for (const [tag, words, said] of [['en', /Make a draft with 10%/, /waits or is approved already/], ['de', /Entwurf mit 10\s%\sanlegen/, /wartet schon oder ist freigegeben/], ['ar', /إنشاء مسودة بنسبة/, /ينتظر أو ووفق عليه/], ['ja', /10%の下書きを作る/, /承認待ちか承認済み/]]) {
    await page.reload();
    await page.waitForSelector(`${note} button`);
    await edda.speak(page, tag);
    assert.match(await page.innerText(note), words);
    await to_button(page);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${note} a`);
    assert.match(await page.innerText(note), said);
    await edda.clean(page, `on its way, in ${tag}`);
    await edda.shot(page, `less-${tag}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${tag} scrolls sideways`);
  }
  assert.equal((await ask(page, 'GET', rule())).draft.state, 'waiting');
  await edda.speak(page, 'en');
  await page.close();
});

test('results: a viewer reads that less would do, and is offered nothing', async () => {
  const vera = await manager(home, 'vera', 'viewer');
  try {
    const page = await vera.open('#results');
    await page.waitForSelector(note);
    assert.match(await page.innerText(note), /10% held out is enough now/);
    assert.equal(await page.locator(`${note} button`).count(), 0);
  } finally {
    await vera.close();
  }
});
