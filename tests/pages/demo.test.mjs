// The demo's till and kiosk for both shops, with the real agent: everything by keyboard alone, and everything by touch alone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { after, afterEach, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';

import { browse, watch, within } from './support/browser.mjs';
import { root } from './support/built.mjs';
import { house } from './support/house.mjs';

const wcag = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
// Of each shop: two codes that are asked about, the beginning of a name, a tile of the till, and what the kiosk's customer taps.
const shops = {
  burgerbar: { store: 'mitte', language: 'ar', codes: ['DOUBLE', 'CRISPY'], name: 'choco', tile: 0, item: 2 },
  giftware: { store: 'market-row', language: 'en', codes: ['22697', '22423'], name: 'regency cake', tile: 1, item: 1 },
};
let browser, page, strip, said;

before(async () => {
  browser = await browse({ viewport: { width: 1280, height: 800 }, hasTouch: true });
  browser.context.setDefaultTimeout(15_000);
});
after(() => browser?.close());
afterEach(async () => { await page?.close(); page = undefined; });

async function open(url, size = { width: 1280, height: 800 }) {
  page = await browser.context.newPage();
  await page.setViewportSize(size);
  said = watch(page);
  await page.goto(url);
  strip = page.frameLocator('iframe');
}
async function till(url) {
  await open(url);
  await strip.locator('.strip').waitFor({ state: 'attached' });
  await page.waitForTimeout(300);
}
const kiosk_size = { width: 1080, height: 1920 };
async function press(key) {
  await page.waitForTimeout(150);
  await page.keyboard.press(key);
}
async function scan(code) {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}
const shown = (what) => strip.locator(`.strip.is-${what}`).waitFor();
const total = () => page.textContent('#total');
const lines = () => page.locator('#basket .count').count();
const focus = () => page.evaluate('document.activeElement.id');
const empty = () => page.locator('.basket .none').waitFor();
/// Tab until the control has the focus: it is there, and it shows that it is. Not before it can have it: a Tab on a page that is still on
/// its way goes into a frame of another process, which takes the focus when it likes, and the next key with it.
async function to(selector, has = '') {
  await page.locator(`${selector}:not(:disabled)`).first().waitFor();
  for (const late = Date.now() + within(2000); Date.now() < late;) {
    const ring = await page.evaluate(([wanted, text]) => {
      const one = document.activeElement;
      return one.matches(wanted) && one.textContent.includes(text) ? getComputedStyle(one).outlineStyle : undefined;
    }, [selector, has]);
    if (ring) return assert.notEqual(ring, 'none', `${selector} has the focus and does not show it`);
    await page.keyboard.press('Tab');
  }
  const place = await page.evaluate((wanted) => [document.querySelector('main')?.cloneNode(false), document.querySelector(wanted), document.activeElement]
    .map((one) => one?.outerHTML.slice(0, 160) ?? 'nothing').join(' | '), selector);
  assert.fail(`Tab never came to ${selector} ${has}: ${place}`);
}
async function passes_axe(where) {
  const { violations } = await new AxeBuilder({ page }).withTags(wcag).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes[0].html.slice(0, 160)}`), []);
}
const complaints = () => said.filter((text) => !/favicon|404/.test(text));

/// Serves baskets until one is asked about, and, with a `yes`, until that has added something: an answer that came too late on a
/// busy machine is none, and the sale goes on.
async function asked(serve, yes = undefined, pay = by_key) {
  for (let tries = 0; tries < 8; ++tries) {
    await serve();
    if (await strip.locator('.is-prompt').waitFor({ timeout: 3000 }).then(() => true, () => false)) {
      if (!yes) return;
      await yes();
      await strip.locator('.is-accepted, .is-error').waitFor();
      if (await strip.locator('.is-accepted').count()) return;
    }
    await pay();
  }
  assert.fail('nothing came of eight sales');
}
async function by_key() {
  await press('F2');
  await press('F2');
  await empty();
}
/// The panel after Pay; without an answer in time payment is there at once, as it must be, and we come again.
async function last_look(panel, pay) {
  for (let tries = 0; tries < 8; ++tries) {
    await pay();
    await Promise.race([panel.locator('.panel h1').waitFor(), page.locator('.paying h1').waitFor()]);
    if (await panel.locator('.panel h1').count()) return page.waitForTimeout(300);
    await page.locator('.paying button').last().click();
  }
  return assert.fail('no last look in eight tries');
}

for (const [shop, { store, language, codes, name, tile, item }] of Object.entries(shops)) {
  let home;
  before(async () => { home = await house({ shop, store }); });
  after(() => home?.stop());

  test(`demo till of ${shop}: by keyboard alone: codes and names, yes, undo, no, hold and resume, a return, checks, void, and payment`, async () => {
    await till(`${home.url}/till?shop=${shop}`);
    await passes_axe('till');
    let before_;
    await asked(() => scan(codes[0]), async () => { before_ = await total(); await press('F8'); });
    assert.notEqual(await total(), before_);
    await press('F9');
    await shown('empty');
    assert.equal(await total(), before_);
    await press('F3');
    await empty();
    await scan(name);
    assert.equal(await lines(), 1, 'by the beginning of a name');
    await press('Delete');
    await empty();
    await press('F4');
    await page.locator('#basket .count').first().waitFor();
    assert.equal(await total(), before_);
    for (const [key, label] of [['F7', 'Age check'], [undefined, 'Complaint'], [undefined, 'Manager']]) {
      const button = page.locator('.action', { hasText: label });
      for (const on of ['true', 'false']) {
        if (key) await press(key);
        else { await to('.action', label); await page.keyboard.press('Enter'); }
        await page.waitForFunction(([text, state]) => [...document.querySelectorAll('.action')].find((one) => one.textContent.includes(text)).getAttribute('aria-pressed') === state, [label, on]);
      }
      assert.equal(await button.getAttribute('aria-pressed'), 'false');
    }
    // Whatever has the focus, a code goes where codes go.
    await scan(codes[1]);
    assert.equal(await lines(), 2);
    assert.equal(await focus(), 'scan');
    await press('F2');
    await page.locator('.pay h1').waitFor();
    await press('Escape');
    await page.locator('.shelf').waitFor();
    await press('F2');
    await press('F3');
    await empty();
    await press('F6');
    await scan(codes[0]);
    assert.match(await total(), /^[-\u2212]/);
    await by_key();
    await to('.shelf nav button:nth-child(2)');
    await page.keyboard.press('Enter');
    await to('.shelf li:first-child button');
    await page.keyboard.press('Enter');
    assert.equal(await lines(), 1, 'from the shelf');
    await by_key();
    await asked(() => scan(codes[1]));
    await press('F9');
    await shown('chip');
    await scan(codes[0]);
    await page.waitForTimeout(400);
    assert.equal(await strip.locator('.is-prompt').count(), 0, '15: after a no the sale is silent');
    await press('F2');
    await press('F2');
    await asked(() => scan(codes[0]));
    assert.equal(await focus(), 'scan');
    assert.deepEqual(complaints(), []);
  });

  test(`demo till of ${shop}: by touch alone: categories, items, yes, more, less, hold, resume, a return, checks, and payment; no tap takes the focus`, async () => {
    const action = (label) => page.locator('.actions .action', { hasText: label }).tap();
    const pay = async (how) => {
      await action(/Pay|Give back/);
      await page.locator('.pay .action', { hasText: how }).tap();
      await empty();
    };
    await till(`${home.url}/till?shop=${shop}`);
    await asked(() => page.locator('.shelf li button').nth(tile).tap(), () => strip.locator('.yes').tap(), () => pay('Cash'));
    assert.equal(await lines(), 2);
    const sum = await total();
    await action('Hold');
    await empty();
    await page.locator('.shelf nav button').nth(1).tap();
    await page.locator('.shelf li button').first().tap();
    await page.locator('#basket button[aria-label^="One more"]').tap();
    assert.equal(await page.textContent('#basket .count'), '2');
    await page.locator('#basket button[aria-label^="One less"]').tap();
    await action('Void last');
    await empty();
    await page.locator('.shelf li button').nth(1).tap();
    await pay('Cash');
    await action('Resume');
    await page.locator('#basket .count').first().waitFor();
    assert.equal(await total(), sum);
    for (const label of ['Age check', 'Complaint', 'Manager']) {
      await action(label);
      await page.locator('.action[aria-pressed=true]', { hasText: label }).waitFor();
      await action(label);
    }
    await action(/^.?F?2?.?Pay/);
    await page.locator('.pay .action', { hasText: 'Back' }).tap();
    await page.locator('.shelf').waitFor();
    await pay('Card');
    await action('Return');
    await page.locator('.shelf li button').first().tap();
    assert.match(await total(), /^[-\u2212]/);
    await pay('Cash');
    assert.equal(await focus(), 'scan');
    assert.deepEqual(complaints(), []);
  });

  test(`demo kiosk of ${shop}: by touch alone from the start to the number, with a yes at the last look, and every place passes axe`, async () => {
    await open(`${home.url}/kiosk?shop=${shop}`, kiosk_size);
    await page.locator('.hero').waitFor();
    await passes_axe('start');
    await page.locator('.hero').tap();
    await page.locator('.menu li button').nth(item).waitFor();
    await passes_axe('menu');
    await page.locator('.menu li button').nth(item).tap();
    await page.locator('#panel.band').waitFor();
    await page.frameLocator('iframe').locator('.view-browse .add').first().waitFor();
    await passes_axe('item');
    const [band, order] = await Promise.all(['#panel', 'footer'].map((one) => page.locator(one).boundingBox()));
    assert.ok(band.y + band.height <= order.y + 2, 'the band lies over the order');
    await page.locator('.item .main').tap();
    await page.locator('.steps button').last().tap();
    await page.locator('.steps b', { hasText: '2' }).waitFor();
    await page.locator('.steps button').first().tap();
    const panel = page.frameLocator('iframe');
    await last_look(panel, () => page.locator('.end .main').tap());
    const cards = await panel.locator('.card').count();
    assert.ok(cards >= 1 && cards <= 3, `${cards} cards`);
    const before_ = await panel.locator('.cart .summary b').textContent();
    await panel.locator('.add').first().tap();
    await panel.locator('.stepper').waitFor();
    await page.waitForTimeout(300);
    assert.notEqual(await panel.locator('.cart .summary b').textContent(), before_);
    await panel.locator('.pay').tap();
    await page.locator('.paying h1').waitFor();
    await passes_axe('payment');
    await page.locator('.paying .main').tap();
    await page.locator('.number').waitFor();
    await passes_axe('number');
    await page.locator('.paying .main').tap();
    await page.locator('.hero').waitFor();
    assert.deepEqual(complaints(), []);
  });

  test(`demo kiosk of ${shop}: by keyboard alone, in ${language}, from the start to the number and back to the start`, async () => {
    await open(`${home.url}/kiosk?shop=${shop}&lang=${language}`, kiosk_size);
    await page.locator('.hero').waitFor();
    await to('.hero');
    await page.keyboard.press('Enter');
    await page.locator('.menu li button').nth(item).waitFor();
    await to('.menu nav button:nth-child(2)');
    await page.keyboard.press('Enter');
    await to('.menu nav button:nth-child(1)');
    await page.keyboard.press('Enter');
    await to(`.menu li:nth-child(${item + 1}) button`);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.matches('.item .main'));  // the page sees to that
    await to('.item .main');
    await page.keyboard.press('Enter');
    const panel = page.frameLocator('iframe');
    await last_look(panel, async () => {
      await to('.end .main');
      await page.keyboard.press('Enter');
    });
    assert.equal(await page.frames()[1].evaluate('document.documentElement.dir'), language === 'ar' ? 'rtl' : 'ltr');
    await page.keyboard.press('Escape');
    await page.locator('.paying h1').waitFor();
    await to('.paying .main');
    await page.keyboard.press('Enter');
    await page.locator('.number').waitFor();
    await to('.paying .main');
    await page.keyboard.press('Enter');
    await page.locator('.hero').waitFor();
  });

  test(`demo kiosk of ${shop}: upright, small or wide, no control is cut off or lies under another`, async () => {
    for (const [width, height] of [[1080, 1920], [540, 960], [1920, 1080], [1024, 768]]) {
      await open(`${home.url}/kiosk?shop=${shop}`, { width, height });
      const free = async (where, ...selectors) => {
        const under = await page.evaluate((all) => all.flatMap((selector) => [...document.querySelectorAll(selector)]).filter((one) => {
          const { left, top, width, height } = one.getBoundingClientRect();
          // Its four corners, a little inside, and its middle.
          return ![[0.5, 0.5], [0.1, 0.15], [0.9, 0.15], [0.1, 0.85], [0.9, 0.85]].every(([x, y]) => one.contains(document.elementFromPoint(left + width * x, top + height * y)));
        }).map((one) => one.textContent), selectors);
        assert.deepEqual(under, [], `${where} at ${width}x${height}`);
      };
      await page.locator('.hero').waitFor();
      await free('start', '.go', '.languages button');
      await page.locator('.hero').tap();
      await page.locator('.menu li button').nth(item).waitFor();
      await free('menu', '.end button', '.menu nav button:first-child', '.menu li:first-child button');
      await page.locator('.menu li button').nth(item).tap();
      await page.locator('.item .main').waitFor();
      await free('item', '.item button', '.end button');
      await page.close();
    }
  });

  test(`demo pages of ${shop}: the home page names the shop and passes axe`, async () => {
    await open(home.url);
    await page.locator('h2').first().waitFor();
    await passes_axe('home');
    assert.equal(await page.locator(`a[href="/till?shop=${shop}"], a[href="/kiosk?shop=${shop}"]`).count(), 2);
  });
}

test('demo: the program prints the addresses of the tills and kiosks of both shops and of head office, and they open', { timeout: 300_000 }, async (over) => {
  const bin = path.join(process.env.SIDEDISH_BUILD ?? path.join(root, 'build/dev'), 'bin');
  const state = fs.mkdtempSync('/tmp/sidedish-demo-test-');
  const program = spawn(path.join(bin, 'sidedish-sim'), ['demo', '--baskets', '10', '--terminals', '1', '--shops', path.join(root, 'sim/shops'), '--keep', state], { stdio: ['ignore', 'pipe', 'inherit'] });
  over.after(async () => {
    if (program.exitCode === null) {
      const gone = once(program, 'exit');
      program.kill('SIGINT');
      await gone;
    }
    fs.rmSync(state, { recursive: true, force: true });
  });
  const found = [];
  let manage, link;
  for await (const line of readline.createInterface({ input: program.stdout })) {
    found.push(...(line.match(/http:\/\/\S+\/(till|kiosk)\?shop=\w+/g) ?? []));
    manage ??= line.match(/^ +(http:\S+\/manage)$/)?.[1];
    link = line.match(/^ +(http:\S+\/manage#link=\S+)$/)?.[1];
    if (link) break;
  }
  program.stdout.resume();
  assert.deepEqual(found.map((url) => url.replace(/^.*\//, '')).sort(), ['kiosk?shop=burgerbar', 'kiosk?shop=giftware', 'till?shop=burgerbar', 'till?shop=giftware']);
  for (const url of found) {
    await open(url, url.includes('kiosk') ? kiosk_size : undefined);
    await page.locator(url.includes('kiosk') ? '.hero' : '#scan').waitFor();
    if (!url.includes('kiosk')) await strip.locator('.strip').waitFor({ state: 'attached' });
    assert.deepEqual(complaints(), []);
    const { headers } = await fetch(url);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('content-security-policy'), /^default-src 'none'.*frame-ancestors 'none'$/);
    await page.close();
  }
  assert.equal(link.replace(/#.*$/, ''), manage);
  await open(link);
  await page.locator('button.main').click();
  await page.locator('nav').waitFor();
  // No till that rang up four weeks at once looks ill for it.
  await page.waitForFunction(async () => {
    const fleet = await (await fetch('/v1/fleet')).json();
    return fleet.stores.flatMap(({ terminals }) => terminals.map((one) => one.state)).join() === 'fine,fine';
  });
  await page.close();
  // Once.
  await browser.context.clearCookies();
  await open(link);
  await page.locator('[role=alert]').waitFor();
});
