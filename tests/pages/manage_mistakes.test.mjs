// Each mistake of check 37 by itself, on the real head office, in Debian's Chromium: said at its field, which gets the focus; nothing is
// sent for what the page can tell; head office refuses every one as well.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { root } from './support/built.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

let home;
let rosa;
before(async () => {
  home = await office({ counted: false });
  const pack = JSON.parse(fs.readFileSync(path.join(root, 'headoffice/server/openapi.json'), 'utf8')).paths['/v1/publish'].post.requestBody.content['application/json'].examples.example.value;
  pack.rules.pack.version = 2;
  pack.rules.settings = { margin_floor_percent: 60 };
  const response = await fetch(`${home.url}/v1/publish`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(pack) });
  assert.equal(response.status, 201, await response.text());
  rosa = await manager(home, 'rosa', 'admin');
});
after(async () => {
  await rosa?.close();
  await home?.stop();
});

const take = async (page, at, code) => {
  await page.fill(`[data-at="${at}"]`, code);
  await page.press(`[data-at="${at}"]`, 'Enter');
};
const is_draft = (page) => page.waitForFunction(() => /^Draft of/.test(document.querySelector('.status')?.textContent));
/// Tries to save: the field that has the focus then, and what stands at it.
async function tried(page, at) {
  await page.locator('h1').click();
  await page.keyboard.press('Control+s');
  await page.waitForFunction((wanted) => document.activeElement?.dataset?.at === wanted, at);
  return page.evaluate(() => {
    const one = document.activeElement;
    const about = one.getAttribute('aria-describedby');
    return (about ? document.getElementById(about) : one).innerText;
  });
}

test('mistakes: each that the page can tell is said at its field, has the focus, and is sent nowhere', async () => {
  const page = await rosa.open('#rules/corner/+add_on');
  await page.waitForSelector('.editor');
  await page.fill('[data-at="/name"]', 'Fries, please');
  await take(page, '/when/all/0/has', 'BURGER');
  await take(page, '/offers', 'FRIES');
  await page.fill('[data-at="/text/en/headline"]', 'Fries with that?');
  await page.keyboard.press('Control+s');
  await is_draft(page);
  const sent = [];
  page.on('request', (request) => { if (/\/draft|\/submit/.test(request.url())) sent.push(`${request.method()} ${request.url()}`); });
  const mended = async () => {
    await page.keyboard.press('Control+s');
    await page.waitForFunction(() => !document.querySelector('.summary.bad'));
    await is_draft(page);
    sent.length = 0;
  };
  // A headline of 31 characters.
  await page.fill('[data-at="/text/en/headline"]', 'x'.repeat(31));
  assert.match(await tried(page, '/text/en/headline'), /Too long/);
  assert.equal(await page.getAttribute('[data-at="/text/en/headline"]', 'aria-invalid'), 'true');
  assert.deepEqual(sent, []);
  await page.fill('[data-at="/text/en/headline"]', 'Fries with that?');
  await mended();
  // It ends before it starts.
  await page.locator('.add select').last().selectOption('dates');
  await page.fill('[data-at="/when/all/1/dates/from"]', '2026-12-24');
  await page.fill('[data-at="/when/all/1/dates/to"]', '2026-12-01');
  assert.match(await tried(page, '/when/all/1/dates/to'), /ends before it starts/);
  assert.deepEqual(sent, []);
  await page.fill('[data-at="/when/all/1/dates/to"]', '2026-12-31');
  await mended();
  // What is suggested is what triggers it.
  await take(page, '/offers', 'BURGER');
  assert.match(await tried(page, '/offers/1'), /cannot be suggested/);
  assert.deepEqual(sent, []);
  await page.locator('.offers .remove').last().click();
  await mended();
  // Nothing is suggested.
  await page.locator('.offers .remove').last().click();
  assert.match(await tried(page, '/offers'), /Choose what is suggested/);
  assert.deepEqual(sent, []);
  await take(page, '/offers', 'FRIES');
  await mended();
  // Nothing triggers it: no product, or no condition at all.
  await page.locator('.condition .chip .remove').first().click();
  assert.match(await tried(page, '/when/all/0/has'), /Choose at least one/);
  assert.deepEqual(sent, []);
  await rosa.clean(page, 'an empty trigger');
  await page.close();
});

// Proved by leaving the finding at the bundle, where no field is.
test('mistakes: a price below the margin floor is head office\'s to tell: at the price, with the focus, and it goes no further', async () => {
  const page = await rosa.open('#rules/corner/+bundle');
  await page.waitForSelector('.editor');
  await page.fill('[data-at="/name"]', 'Small meal');
  await take(page, '/bundle/slots/0/choose', 'BURGER');
  await take(page, '/bundle/slots/1/choose', 'FRIES');
  await page.fill('[data-at="/bundle/price"]', '5.00');
  await page.fill('[data-at="/text/en/headline"]', 'Make it a meal?');
  assert.match(await tried(page, '/bundle/price'), /less than the margin floor/);
  assert.equal(await page.getAttribute('[data-at="/bundle/price"]', 'aria-invalid'), 'true');
  await rosa.clean(page, 'below the floor');
  await rosa.shot(page, 'below-floor');
  await page.locator('h1').click();
  await page.click('.actions >> text=Send for approval');
  await page.waitForFunction(() => document.activeElement?.dataset?.at === '/bundle/price');
  assert.equal(await page.locator('dialog[open]').count(), 0);
  // Opened anew, it is head office that refuses it: at the field as well.
  await page.reload();
  await page.click('.actions >> text=Send for approval');
  await page.waitForFunction(() => document.activeElement?.dataset?.at === '/bundle/price' || document.querySelector('dialog[open]'));
  if (await page.locator('dialog[open]').count()) {
    await page.fill('dialog input[name=why]', 'cheap');
    await page.click('dialog .main');
    await page.waitForFunction(() => document.activeElement?.dataset?.at === '/bundle/price');
    assert.match(await page.innerText('.summary'), /less than the margin floor/);
  }
  const { draft } = await page.evaluate(async () => (await fetch('/v1/packs/corner/rules/small-meal')).json());
  assert.equal(draft.state, 'draft');
  await page.close();
});

test('mistakes: head office refuses each of them, at its place and with its code', async () => {
  const page = await rosa.open();
  const answers = await page.evaluate(async () => {
    const { csrf } = await (await fetch('/v1/session')).json();
    const ask = async (method, at, body, more = {}) => {
      const response = await fetch(`/v1/packs/corner${at}`, { method, headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, ...more }, body: JSON.stringify(body) });
      return [response.status, await response.json()];
    };
    const good = { id: 'good', name: 'Good', kind: 'add_on', when: { all: [{ has: { items: ['sku:BURGER'] } }] }, offers: [{ product: 'sku:FRIES' }], text: { en: { headline: 'Fries with that?' } }, extra_adds_per_1000: 50 };
    const { when, ...never } = good;
    const bundle = { id: 'good', name: 'Good', kind: 'bundle', bundle: { slots: [{ id: 'a', choose: { items: ['sku:BURGER'] } }, { id: 'b', choose: { items: ['sku:FRIES'] } }], price: '5.00' }, text: { en: { headline: 'A meal?' } }, extra_adds_per_1000: 50 };
    const bad = {
      'no trigger': never, 'an empty trigger': { ...good, when: { all: [{ has: { items: [] } }] } }, 'a headline of 31': { ...good, text: { en: { headline: 'x'.repeat(31) } } },
      'ends before it starts': { ...good, when: { all: [when.all[0], { dates: { from: '2026-12-24', to: '2026-12-01' } }] } }, 'below the floor': bundle, 'no offer': { ...good, offers: [] }, 'offers the trigger': { ...good, offers: [{ product: 'sku:BURGER' }] },
    };
    const out = [];
    for (const [name, rule] of Object.entries({ good, ...bad })) {
      const id = name.replaceAll(' ', '-');
      const [kept] = await ask('PUT', `/rules/${id}/draft`, { ...rule, id }, { 'If-None-Match': '*' });
      const [status, { errors = [] }] = await ask('POST', `/rules/${id}/submit`, { why: 'x' });
      out.push([name, kept, status, errors.filter(({ severity }) => severity === 'error').map(({ pointer, code }) => `${pointer} ${code}`).join()]);
    }
    return out;
  });
  assert.deepEqual(answers, [
    ['good', 200, 200, ''], ['no trigger', 200, 422, ' missing-member'], ['an empty trigger', 200, 422, '/when/all/0/has/items too-few'], ['a headline of 31', 200, 422, '/text/en/headline too-long'],
    ['ends before it starts', 200, 422, '/when/all/1/dates ends-before-start'], ['below the floor', 200, 422, '/bundle below-floor'], ['no offer', 200, 422, '/offers too-few'], ['offers the trigger', 200, 422, '/offers/0/product offer-is-trigger'],
  ]);
  await page.close();
});

test('mistakes: what is seldom found, and what head office refuses, is told in the reader\'s language, its details beside it', async () => {
  const page = await rosa.open('#rules/corner/+add_on');
  await page.waitForSelector('.editor');
  await page.fill('[data-at="/name"]', 'Everybody wants it');
  await take(page, '/when/all/0/has', 'BURGER');
  await take(page, '/offers', 'FRIES');
  await page.fill('[data-at="/text/en/headline"]', 'Fries with that?');
  await page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
  await page.fill('[data-at="/extra_adds_per_1000"]', '900');
  await page.keyboard.press('Control+s');
  await is_draft(page);
  const says = { en: /This is hardly meant so/, de: /Das ist kaum so gemeint/, ar: /يُستبعد أن يكون هذا مقصودًا/, ja: /意図した値ではなさそうです/ };
  for (const [tag, words] of Object.entries(says)) {
    await rosa.speak(page, tag);
    await page.waitForFunction((wanted) => new RegExp(wanted).test(document.querySelector('.summary')?.textContent), words.source);
    assert.match(await page.textContent('.summary'), /more than every second customer/);
    await rosa.clean(page, `a seldom finding in ${tag}`);
    await rosa.shot(page, `seldom-${tag}`);
  }
  await rosa.speak(page, 'de');
  for (const [type, words] of [['publish-conflict', /anderes veröffentlicht/], ['wrong-state', /In diesem Zustand geht das nicht/], ['not-allowed', /Das dürfen Sie nicht/]]) {
    await page.route('**/submit', (route) => route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ type: `https://sidedish.invalid/problems/${type}`, detail: 'as it was said' }) }));
    await page.locator('.actions button', { hasText: 'Zur Freigabe' }).first().click();
    await page.fill('dialog input[name=why]', 'x');
    await page.click('dialog .main');
    await page.waitForFunction((wanted) => new RegExp(wanted).test(document.querySelector('dialog [role=alert]')?.textContent), words.source);
    assert.match(await page.textContent('dialog [role=alert]'), /as it was said/);
    await rosa.clean(page, type);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('dialog[open]'));
    await page.unroute('**/submit');
  }
  await rosa.speak(page, 'en');
  await page.close();
});
