// The strip of /till in a web POS, against a played agent. Numbers are those of the acceptance checks in the issue: "1:" is check 1.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';

import { Agent, prompt } from './support/agent.mjs';
import { browse, first_load, long, watch, watched, within } from './support/browser.mjs';
import { pages, root } from './support/built.mjs';
import { pos, pos_page } from './support/host.mjs';
import { catalogue } from './support/house.mjs';

const times = (quick, slice, whole) => (long === 'whole' ? whole : long === 'slice' ? slice : quick);
const code = '4006381333931';

let agent, till, browser, page, strip, said;

before(async () => {
  agent = await new Agent().start();
  till = await pos(agent);
  agent.origins.push(till.url);
  agent.host = pos_page(agent);
  browser = await browse({ hasTouch: true });
  browser.context.setDefaultTimeout(15_000);
});
after(async () => {
  await browser?.close();
  till?.stop();
  await agent?.stop();
});

async function open(url = till.url) {
  page = await browser.context.newPage();
  said = watch(page);
  await page.goto(url);
  strip = page.frameLocator('iframe');
  await agent.listened();
  await page.waitForFunction('states.length > 0');
}
beforeEach(async () => {
  Object.assign(agent, { outcomes: [], requests: [], answer: () => 200, scanned: undefined, config: new Agent().config });
  await open();
});
afterEach(async () => {
  await page.close();
  await agent.left();
});

/// A product's picture as the agent serves it, and how large its file is.
function small_picture(key) {
  const { pictures } = catalogue.products.find((product) => product.key === key);
  return { path: `/pictures/${pictures.small}`, bytes: statSync(join(root, 'sim/shops/burgerbar/pictures', `${pictures.small}.webp`)).size };
}
let count = 0;
/// A basket and a fresh prompt in it.
async function offer(changes = {}) {
  count += 1;
  const basket = `b${count}`;
  const made = prompt({ basket, id: count.toString(16).padStart(16, '0'), ...changes });
  await page.evaluate('dock.changed()');
  agent.basket({ basket });
  agent.prompts(made);
  await strip.locator('.prompt').waitFor();
  return made;
}
const rest = () => page.waitForTimeout(150);      // no key for longer than a scanner's pause
async function press(key) { await rest(); await page.keyboard.press(key); }
const focus = () => page.evaluate('document.activeElement.id');
const lines = () => page.evaluate('lines.map((line) => line.product)');
const shown = (what) => strip.locator(`.strip.is-${what}`).waitFor();
const accepts = () => agent.outcomes.filter(({ outcome }) => outcome === 'accepted').length;

test('till 1: a prompt in the middle of a scan loses no digit', async () => {
  const typed = page.keyboard.type(code, { delay: 5 });
  await page.waitForFunction('document.getElementById("scan").value.length >= 6');
  agent.basket({ basket: 'mid' });
  agent.prompts(prompt({ basket: 'mid' }));
  await typed;
  await shown('prompt');
  assert.equal(await page.inputValue('#scan'), code);
  await page.keyboard.press('Enter');
  assert.deepEqual(await lines(), [code]);
});

test('till 2: the scan field keeps the focus through prompt, accept, decline, undo, expiry and error', async () => {
  await offer();
  assert.equal(await focus(), 'scan', 'prompt');
  await press('F8');
  await shown('accepted');
  assert.equal(await focus(), 'scan', 'accept');
  await press('F9');
  await shown('empty');
  assert.equal(await focus(), 'scan', 'undo');
  await offer();
  await press('F9');
  await shown('chip');
  assert.equal(await focus(), 'scan', 'decline');
  await page.evaluate('fail_add = true');
  await offer();
  await press('F8');
  await shown('error');
  assert.equal(await focus(), 'scan', 'error');
  agent.config = { ...agent.config, fold_ms: 900 };
  await page.close();
  await agent.left();
  await open();
  await offer();
  await shown('chip');
  assert.equal(await focus(), 'scan', 'expiry');
});

for (const [where, url] of [['a frame of another origin', () => till.url], ['a frame of the same origin', () => `${agent.url}/test/host`]]) {
  for (const touch of [false, true]) {
    test(`till 3: after ${touch ? 'a touch' : 'a click'} on Add in ${where}, a scan arrives whole, and the item was added once`, async () => {
      await page.close();
      await open(url());
      const { id } = await offer();
      const box = await strip.locator('.yes').boundingBox();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await (touch ? page.touchscreen.tap(x, y) : page.mouse.click(x, y));
      await shown('accepted');
      await page.keyboard.type(code, { delay: 5 });
      assert.equal(await page.inputValue('#scan'), code);
      assert.equal(await focus(), 'scan');
      assert.deepEqual(await page.evaluate('adds'), [id]);
      assert.equal(accepts(), 1);
    });
  }
}

test('till 4: scans at speed with prompts on: none lost, none doubled, order kept', async () => {
  const scans = times(30, 60, 200);
  const pause = times(100, 250, 500);
  agent.scanned = (n) => {
    agent.basket({ basket: `s${n}` });
    agent.prompts(prompt({ basket: `s${n}`, id: (0x1000 + n).toString(16).padStart(16, '0') }));
  };
  await page.evaluate('report = true');
  const sent = [];
  for (let i = 0; i < scans; ++i) {
    const began = Date.now();
    sent.push(String(4_000_000_000_000 + i * 7919));
    await page.keyboard.type(sent.at(-1));
    await page.keyboard.press('Enter');
    await page.waitForTimeout(Math.max(0, pause - (Date.now() - began)));
  }
  assert.deepEqual(await page.evaluate('codes'), sent);
  assert.equal(accepts(), 0);
  if (long) console.log(`W01: ${scans} scans at ${1000 / pause} a second, 0 lost, 0 doubled`);
});

test('till 5: Enter, Tab, Space, Escape, digits and whole codes accept nothing', async () => {
  await offer();
  for (const key of ['Enter', 'Tab', ' ', 'Escape', '8', 'y', 'Shift+F8', 'Control+F8']) await press(key);
  await rest();
  await page.keyboard.type(code, { delay: 5 });
  await page.keyboard.press('Enter');
  await rest();
  await shown('prompt');
  assert.equal(agent.outcomes.length, 0);
});

test('till 6: a function key within 100 ms of another key is ignored, one that stands alone is not', async () => {
  await offer();
  await rest();
  // As a scanner sends it, by the browser's own clock: a key, 60 ms, the function key.
  const keys = async (first, pause, second) => {
    const times = await page.evaluate(async ([one, ms, two]) => {
      const send = (key) => dispatchEvent(new KeyboardEvent('keydown', { key }));
      send(one);
      const began = performance.now();
      while (performance.now() - began < ms);
      send(two);
      return performance.now() - began;
    }, [first, pause, second]);
    assert.ok(times >= pause);
  };
  await keys('7', 60, 'F8');
  await rest();
  await rest();
  assert.equal(agent.outcomes.length, 0, 'after a digit');
  await keys('F8', 60, '7');
  await rest();
  await rest();
  assert.equal(agent.outcomes.length, 0, 'before a digit');
  await keys('7', 150, 'F8');
  await shown('accepted');
  assert.equal(accepts(), 1);
});

test('till 7: F8 twice, or a tap and F8, is one item and one yes', async () => {
  let release;
  agent.answer = () => new Promise((resolve) => { release = () => resolve(200); });
  const first = await offer();
  await press('F8');
  await page.waitForTimeout(120);
  await page.keyboard.press('F8');
  await rest();
  release();
  await shown('accepted');
  const second = await offer();
  await strip.locator('.yes').click();
  await press('F8');
  await rest();
  release();
  await shown('accepted');
  await rest();
  assert.deepEqual(await page.evaluate('adds'), [first.id, second.id]);
  assert.equal(accepts(), 2);
});

test('till 8: in no state is there a dialog, and nothing lies over the basket', async () => {
  let asked = 0;
  page.on('dialog', (dialog) => { asked += 1; void dialog.dismiss(); });
  await page.evaluate('for (let i = 0; i < 9; ++i) lines.push({ product: "x" + i, price: 100 }); draw()');
  const clear = async (state) => {
    for (const document of [page, strip]) {
      assert.equal(await document.locator('dialog, [role=dialog], [role=alertdialog], [aria-modal], [popover]').count(), 0, state);
    }
    const inside = await page.evaluate(() => {
      const box = document.getElementById('basket').getBoundingClientRect();
      return [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) =>
        document.elementFromPoint(box.left + box.width * x, box.top + box.height * y).closest('#basket') !== null));
    });
    assert.deepEqual(inside, Array(9).fill(true), state);
  };
  await clear('empty');
  await offer();
  await clear('prompt');
  await strip.locator('.ask').click();
  await clear('why');
  await press('F8');
  await shown('accepted');
  await clear('accepted');
  await offer();
  await press('F9');
  await shown('chip');
  await clear('chip');
  await page.evaluate('fail_add = true');
  await offer();
  await press('F8');
  await shown('error');
  await clear('error');
  await agent.stop();
  await strip.locator('.offline').waitFor();
  await clear('offline');
  await agent.start(agent.origins);
  await agent.listened();
  assert.equal(asked, 0);
  for (const { path, file } of pages('plugin').manifest) {
    if (path.endsWith('.js')) assert.doesNotMatch(readFileSync(join(pages('plugin').out, file), 'utf8'), /\b(alert|confirm|showModalDialog)\(/, path);
  }
});

test('till 9: painted within 100 ms of the scan on a slow machine (p95), and never after 300 ms', async () => {
  const rounds = times(25, 60, 200);
  agent.config = { ...agent.config, late_ms: 300 };
  await page.close();
  await open();
  const tool = await browser.context.newCDPSession(page);
  await tool.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const frame = page.frames()[1];
  await frame.evaluate(() => {
    window.seen = [];
    let last;
    const look = () => {
      const now = document.querySelector('.prompt h1')?.textContent;
      // Behind the frame that has it: painted, not only laid out.
      if (now && now !== last) requestAnimationFrame(() => setTimeout(() => { seen[/\d+/.exec(now)[0]] = performance.timeOrigin + performance.now(); }));
      last = now;
    };
    new MutationObserver(look).observe(document.getElementById('strip'), { childList: true, subtree: true, characterData: true });
  });
  // What the machine itself needs for a word to the agent and a frame: for whoever reads the figures.
  const probe = (await page.evaluate(async (url) => {
    const took = [];
    for (let i = 0; i < 25; ++i) {
      const began = performance.now();
      await fetch(`${url}/test/scan/0`, { mode: 'no-cors' });
      await new Promise(requestAnimationFrame);
      took.push(performance.now() - began);
    }
    return took;
  }, agent.url)).sort((a, b) => a - b)[23];
  agent.scanned = (n) => {
    agent.basket({ basket: `t${n}` });
    agent.prompts(prompt({ basket: `t${n}`, id: (0x2000 + n).toString(16).padStart(16, '0'), headline: `Question ${n}?` }));
  };
  await page.evaluate(() => {
    window.report = true;
    window.scanned_at = [];
    document.getElementById('scan').addEventListener('keydown', (event) => {
      if (event.key === 'Enter') scanned_at.push(performance.timeOrigin + event.timeStamp);
    }, true);
  });
  for (let i = 0; i < rounds; ++i) {
    await page.keyboard.type('12345');
    await page.keyboard.press('Enter');
    await frame.waitForFunction((n) => window.seen[n], i + 1, { polling: 20, timeout: 1000 }).catch(() => undefined);  // too late: dropped
  }
  const [began, painted] = [await page.evaluate('scanned_at'), await frame.evaluate('Array.from(seen, (time) => time ?? null)')];
  const took = began.map((time, i) => (painted[i + 1] ?? Infinity) - time).filter(Number.isFinite).sort((a, b) => a - b);
  assert.ok(took.length >= rounds * (long === 'whole' ? 0.95 : 0.2), `${rounds - took.length} of ${rounds} were too late and dropped`);
  const p95 = took[Math.ceil(took.length * 0.95) - 1];
  await tool.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  assert.ok(p95 <= within(100), `p50 ${took[took.length >> 1]} ms, p95 ${p95} ms, the machine itself ${probe} ms`);
  assert.ok(took.at(-1) <= within(300), `max ${took.at(-1)} ms`);
  // Decided after 350 ms: not shown, not now and not later.
  agent.scanned = (n) => void setTimeout(() => agent.prompts(prompt({ basket: 'late', id: 'f'.repeat(16), headline: 'Late?' })), 350);
  agent.basket({ basket: 'late' });
  await shown('empty');
  await page.keyboard.type('12345');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(700);
  await shown('empty');
  if (long) console.log(`W01: scan to strip painted, processor at a quarter: p50 ${took[took.length >> 1].toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, max ${took.at(-1).toFixed(0)} ms over ${rounds}; a word and a frame alone: p95 ${probe.toFixed(0)} ms`);
});

test('till 10: nothing of the till moves when a prompt comes, folds and goes', async () => {
  const observe = () => {
    window.shift = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  };
  const frame = page.frames()[1];
  for (const document of [page, frame]) await document.evaluate(observe);
  const boxes = () => page.evaluate(() => ['basket', 'total', 'strip'].map((id) => JSON.stringify(document.getElementById(id).getBoundingClientRect())));
  const before = await boxes();
  await offer();
  assert.deepEqual(await boxes(), before);
  await press('F9');
  await shown('chip');
  assert.deepEqual(await boxes(), before);
  await press('F8');
  await press('F8');
  await shown('accepted');
  for (const document of [page, frame]) assert.equal(await document.evaluate('shift'), 0);
});

test('till 11: buttons are large and apart, and the printed key is the key that works', async () => {
  for (const [accept, decline] of [['F8', 'F9'], ['F6', 'F7']]) {
    agent.config = { ...agent.config, keys: { accept, decline } };
    await page.close();
    await open();
    for (const width of [1366, 1024, 800]) {
      await page.setViewportSize({ width, height: 600 });
      await offer({ saving: 150, headline: 'Another colour to go with it?', reason: 'Pink, green and roses: mixed on one table they look lovelier' });
      const boxes = await Promise.all(['.yes', '.no'].map((one) => strip.locator(one).boundingBox()));
      for (const box of boxes) assert.ok(box.width >= 120 && box.height >= 64, JSON.stringify(box));
      assert.equal(boxes[0].width, boxes[1].width);
      assert.ok(boxes[1].x - boxes[0].x - boxes[0].width >= 8);
      const out = await page.frames()[1].evaluate(() => document.querySelector('.row').scrollWidth - document.querySelector('.row').clientWidth);
      assert.ok(out <= 0, `${out} px too wide at ${width}`);
      const cut = await page.frames()[1].evaluate(() => document.querySelector('.text').getBoundingClientRect().height);
      assert.ok(cut <= 92, `text is ${cut} px high at ${width}`);
    }
    assert.deepEqual(await strip.locator('.yes kbd, .no kbd').allTextContents(), [accept, decline]);
    assert.equal(await strip.locator('.yes').getAttribute('aria-keyshortcuts'), accept);
    await press(decline);
    await shown('chip');
    assert.equal(await strip.locator('.chip kbd').textContent(), accept);
    await press(accept);
    await shown('prompt');
    await press(accept);
    await shown('accepted');
  }
  await page.setViewportSize({ width: 1024, height: 600 });
});

test('till 12: it folds to the chip after 12 s, F8 recalls, F8 again adds, and payment ends it', async () => {
  const came = await watched(page.frames()[1], '.prompt');
  const first = await offer();
  const began = await came();
  const folded = await watched(page.frames()[1], '.is-chip');
  const took = (await folded()) - began;
  assert.ok(took >= 11_500 && took <= 12_000 + within(500), `${took} ms`);
  agent.prompts(first);       // the agent says again what stands: it stays folded
  await rest();
  await shown('chip');
  await press('F8');
  await shown('prompt');
  assert.equal(agent.outcomes.length, 0);
  await press('F8');
  await shown('accepted');
  const second = await offer();
  await press('F9');
  await shown('chip');
  agent.basket({ basket: second.basket, tender: true });
  await shown('empty');
  await press('F8');
  await rest();
  await shown('empty');
  assert.equal(accepts(), 1);
  // What was added is not taken back once it is paid for.
  const third = await offer();
  await press('F8');
  await shown('accepted');
  agent.basket({ basket: third.basket, tender: true });
  await shown('empty');
  await press('F9');
  await rest();
  assert.deepEqual(await page.evaluate('undos'), []);
});

test('till 13: what is withdrawn while it is shown is gone within 150 ms, as with a hold, a return, training and payment', async () => {
  const times = [];
  const gone = async (why, say) => {
    const made = await offer();
    const went = await watched(page.frames()[1], '.prompt', false);
    const began = Date.now();
    say(made.basket);
    await shown('empty');
    const took = (await went()) - began;
    assert.ok(took <= within(150), `${why}: ${took} ms`);
    times.push(took);
  };
  await gone('withdrawn', (basket) => agent.push('prompts', { basket, seq: 2, prompts: [] }));
  await gone('payment', (basket) => agent.basket({ basket, tender: true }));
  for (const mode of ['return', 'exchange', 'training', 'price_check']) await gone(mode, (basket) => agent.basket({ basket, mode }));
  for (const hold of ['age_check', 'complaint', 'manager', 'override', 'opt_out']) await gone(hold, (basket) => agent.basket({ basket, holds: [hold] }));
  await gone('voided', (basket) => agent.push('closed', { basket, end: 'voided' }));
  await gone('reset', () => agent.push('reset', {}));
  if (long) console.log(`W01: withdrawn prompts are gone after at most ${Math.max(...times).toFixed(0)} ms`);
});

test('till: what stands is never replaced by another, only withdrawn', async () => {
  const made = await offer();
  agent.prompts(made, prompt({ basket: made.basket, id: '00000000000000ff', headline: 'Another?' }));
  agent.prompts(prompt({ basket: made.basket, id: '00000000000000ff', headline: 'Another?' }), made);
  await rest();
  assert.equal(await strip.locator('h1').textContent(), made.headline);
});

test('till 16: with the agent gone a yes is "Not added" within a second, the basket is as it was, and the link comes back by itself', async () => {
  await offer();
  await agent.stop();
  const failed = await watched(page.frames()[1], '.is-error');
  await rest();
  const began = Date.now();
  await page.keyboard.press('F8');
  await shown('error');
  const took = (await failed()) - began;
  assert.ok(took <= within(1000), `${took} ms`);
  assert.match(await strip.locator('h1').textContent(), /Not added, scan it instead/);
  assert.deepEqual(await lines(), []);
  await strip.locator('.offline').waitFor();
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  assert.deepEqual(await lines(), [code]);
  agent.token = 'b'.repeat(64);   // another start, another token
  const back = Date.now();
  await agent.start(agent.origins);
  await agent.listened();
  assert.ok(Date.now() - back <= within(10_000));
  await strip.locator('.offline').waitFor({ state: 'detached' });
  await offer();
  await press('F8');
  await shown('accepted');
  assert.equal(agent.streams, 1);
});

test('till 16: an agent that hangs is waited for no longer than a second', async () => {
  agent.answer = () => new Promise(() => {});
  await offer();
  await rest();
  const took = page.frames()[1].evaluate(() => new Promise((resolve) => {
    let began;
    addEventListener('message', ({ data }) => { if (data.type === 'sidedish:key') began = performance.now(); });
    new MutationObserver(() => { if (document.querySelector('.is-error')) resolve(performance.now() - began); })
      .observe(document.getElementById('strip'), { subtree: true, attributes: true });
  }));
  await page.keyboard.press('F8');
  assert.ok(await took <= within(900), `${await took} ms after the key's 100 ms of quiet`);
  assert.deepEqual(await lines(), []);
});

test('till: an item the host cannot add, or adds too late, is "Not added", said to the agent, and not in the basket', async () => {
  await page.evaluate('fail_add = true');
  const first = await offer();
  await press('F8');
  await shown('error');
  await rest();
  assert.deepEqual(agent.outcomes.map(({ id, outcome }) => [id, outcome]), [[first.id, 'accepted'], [first.id, 'accept_failed']]);
  await page.evaluate('fail_add = false; slow_add = 1400');
  const second = await offer();
  await press('F8');
  await shown('error');
  await page.waitForFunction('undos.length > 0');
  assert.deepEqual(await page.evaluate('undos'), [second.id]);
  assert.deepEqual(await lines(), []);
});

test('till 17: undo takes back that line and no other, to the cent', async () => {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  const total = await page.textContent('#total');
  const made = await offer();
  await press('F8');
  await shown('accepted');
  assert.equal(await page.textContent('#total'), String(Number(total) + made.price_effect));
  await page.keyboard.type('999');
  await page.keyboard.press('Enter');
  await press('F9');
  await shown('empty');
  assert.deepEqual(await lines(), [code, '999']);
  assert.deepEqual(agent.outcomes.map(({ outcome }) => outcome), ['accepted', 'undone']);
  // After five seconds F9 means nothing any more.
  await offer();
  await press('F8');
  await shown('accepted');
  await shown('empty');
  await press('F9');
  await rest();
  assert.equal(agent.outcomes.filter(({ outcome }) => outcome === 'undone').length, 1);
});

test('till: a long press on No says that it does not fit, once', async () => {
  await offer();
  const box = await strip.locator('.no').boundingBox();
  await page.mouse.move(box.x + 30, box.y + 30);
  await page.mouse.down();
  await page.waitForTimeout(700);
  await page.mouse.up();
  await shown('noted');
  await rest();
  assert.deepEqual(agent.outcomes.map(({ outcome }) => outcome), ['not_a_fit', 'declined']);
  assert.equal(await focus(), 'scan');
});

test('till: why this opens in the strip itself and names the rule, its cause, reason, saving and last day', async () => {
  const made = await offer({ saving: 150, why: { trigger: 'sku:ROBOT', trigger_name: 'Toy robot', until: '2026-11-30' } });
  await strip.locator('.ask').click();
  await strip.locator('.why').waitFor();
  const text = await strip.locator('.why').textContent();
  for (const part of [made.rule_name, made.reason, '1.50', 'Toy robot', '30 Nov 2026']) assert.ok(text.replace('Nov 30, 2026', '30 Nov 2026').includes(part), `${part} is not in "${text}"`);
  const high = await page.frames()[1].evaluate(() => document.querySelector('.why').getBoundingClientRect().height);
  assert.ok(high <= 92, `${high} px of 96`);
  await strip.locator('.ask').click();
  await strip.locator('h1').waitFor();
  assert.equal(await focus(), 'scan');
});

test('till: messages of other windows and of other origins are not heard', async () => {
  await offer();
  await page.frames()[1].evaluate(() => window.postMessage({ type: 'sidedish:key', key: 'F8' }, '*'));
  const came = page.waitForEvent('framenavigated', (frame) => frame.parentFrame() !== null && frame.url().endsWith('/test/host'));
  await page.evaluate((url) => {
    const other = document.createElement('iframe');
    other.src = `${url}/test/host`;
    document.body.append(other);
  }, agent.url);
  const other = await came;
  await other.waitForFunction('window.dock !== undefined');
  await other.evaluate(() => parent.frames[0].postMessage({ type: 'sidedish:key', key: 'F8' }, '*'));
  await other.evaluate(() => parent.postMessage({ type: 'sidedish:accept', prompt: { id: 'evil' } }, '*'));
  await rest();
  assert.equal(agent.outcomes.length, 0);
  assert.deepEqual(await page.evaluate('adds'), []);
});

test('till: rush is said, and a theme changes the colours but nothing else', async () => {
  agent.config = { ...agent.config, theme: { '--sd-accent': '#003366', 'background': 'red', '--sd-evil;x': 'y' } };
  await page.close();
  await open();
  agent.push('state', { online: true, recording: true, rush: true });
  await strip.locator('.rush').waitFor();
  agent.push('state', { online: true, recording: true, rush: false });
  await offer();
  assert.equal(await strip.locator('.yes').evaluate((one) => getComputedStyle(one).backgroundColor), 'rgb(0, 51, 102)');
});

for (const language of ['en', 'de', 'ar', 'ja']) {
  test(`till: every state passes axe with the WCAG 2.2 AA tags in ${language}, and nothing is cut off`, async () => {
    await page.close();
    await open(`${till.url}/?lang=${language}`);
    const frame = page.frames()[1];
    const look = async (state) => {
      const { violations } = await new AxeBuilder({ page }).include('iframe').withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], state);
      const wide = await frame.evaluate(() => [...document.querySelectorAll('h1, p:not(.spoken), button, dd, .effect')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.outerHTML));
      assert.deepEqual(wide, [], state);
    };
    assert.equal(await frame.evaluate('document.documentElement.dir'), language === 'ar' ? 'rtl' : 'ltr');
    await look('empty');
    await offer({ saving: 150 });
    await look('prompt');
    await strip.locator('.ask').click();
    await look('why');
    await press('F8');
    await shown('accepted');
    await look('accepted');
    await offer();
    await press('F9');
    await shown('chip');
    await look('chip');
    await page.evaluate('fail_add = true');
    await offer();
    await press('F8');
    await shown('error');
    await look('error');
  });
}

test('till 33: no animation is longer than 200 ms, and with reduced motion there is none', async () => {
  const frame = page.frames()[1];
  await frame.evaluate(() => { window.ran = []; document.addEventListener('animationstart', (event) => {
    for (const one of document.getAnimations()) ran.push(one.effect.getComputedTiming().duration); }, true); });
  await offer();
  await page.waitForTimeout(200);
  const ran = await frame.evaluate('ran');
  assert.ok(ran.length > 0 && ran.every((ms) => ms <= 120), String(ran));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await offer();
  assert.equal(await frame.evaluate('document.getAnimations().length'), 0);
  assert.equal((await frame.evaluate('ran')).length, ran.length);
});

test('till 34, 47, 48: the strip fits its budgets, speaks to its own agent alone, and its policy is never broken', async () => {
  const sized = [];
  page.on('response', (response) => sized.push(response));
  agent.requests.length = 0;
  sized.length = 0;
  await page.reload();
  await page.waitForFunction('states.length > 0');
  await agent.listened();
  await offer({ product_name: '<img src=x onerror=alert(1)>', headline: '<img src=x onerror=alert(1)>', reason: '<script>alert(1)</script>', rule_name: '<b>' });
  assert.equal(await strip.locator('h1').textContent(), '<img src=x onerror=alert(1)>');
  const { manifest } = pages('plugin');
  const size = (test) => manifest.filter(({ path }) => test(path)).reduce((sum, one) => sum + (one.gz ?? one.size), 0);
  const code = size((path) => /^\/assets\/till-.*\.(js|css)$/.test(path));
  assert.ok(code <= 20 * 1024, `scripts and style: ${code}`);
  assert.ok(code + size((path) => path === '/till') + 2048 <= 24 * 1024);
  assert.ok(size((path) => path === '/assets/adapter.js') <= 3 * 1024);
  const mine = agent.requests.filter((one) => one !== 'GET /assets/adapter.js');
  assert.ok(mine.length <= 6, mine.join(', '));
  assert.deepEqual(said.filter((text) => !/favicon|404/.test(text)), []);
  await page.goto('about:blank');
  await agent.left();
  const picture = small_picture('sku:FRIES-M');
  agent.hello = [['basket', { basket: 'first', seq: 1, lines: [], total: 0, mode: 'sale', holds: [], tender: false }],
                 ['prompts', { basket: 'first', seq: 1, prompts: [prompt({ basket: 'first', picture: { small: picture.path } })] }]];
  const load = await first_load(browser.context, `${agent.url}/till`, '.prompt');
  agent.hello = [];
  assert.ok(picture.bytes <= 6 * 1024, `${picture.bytes} bytes of picture`);
  assert.ok(load.bytes <= 24 * 1024 + picture.bytes, `${load.bytes} bytes over the wire`);
  assert.ok(load.requests <= 6, `${load.requests} requests`);
  assert.ok(load.painted <= within(1000), `${load.painted} ms to the first usable paint`);
  if (long) console.log(`W01: first load ${load.bytes} bytes in ${load.requests} requests, usable after ${load.painted.toFixed(0)} ms with a quarter of the processor`);
});

test('till 50: a thousand prompts leave no memory, no element and one connection', async () => {
  const rounds = times(150, 400, 1000);
  const tool = await browser.context.newCDPSession(page);
  const measure = async () => {
    await tool.send('HeapProfiler.collectGarbage');
    const { metrics } = await tool.send('Performance.getMetrics');
    const of = (name) => metrics.find((one) => one.name === name).value;
    return { heap: of('JSHeapUsedSize'), nodes: of('Nodes') };
  };
  await tool.send('Performance.enable');
  const round = async (n) => {
    const made = prompt({ basket: `k${n}`, id: (0x9000 + n).toString(16).padStart(16, '0') });
    agent.basket({ basket: made.basket });
    agent.prompts(made);
    await strip.locator('.prompt').waitFor();
    agent.push('closed', { basket: made.basket, end: 'completed' });
    await shown('empty');
  };
  for (let i = 0; i < 30; ++i) await round(-1 - i & 0xffff);
  const before = await measure();
  const opened = agent.opened;
  for (let i = 0; i < rounds; ++i) await round(i);
  const now = await measure();
  assert.ok(now.heap - before.heap <= 5 << 20, `${now.heap - before.heap} bytes`);
  assert.ok(Math.abs(now.nodes - before.nodes) <= 50, `${now.nodes - before.nodes} nodes`);
  assert.equal(agent.streams, 1);
  assert.equal(agent.opened, opened);
  if (long) console.log(`W01: ${rounds} prompts: heap ${((now.heap - before.heap) / 1024).toFixed(0)} KiB more, ${now.nodes - before.nodes} nodes more, 1 connection`);
});
