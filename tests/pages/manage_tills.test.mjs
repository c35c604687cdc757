// The tab "Tills" of /manage on the real head office, in Debian's Chromium: how each till is, from what tills and one real agent
// say; new rules in waves, halted and going on; versions and the way back. (Checks 42, 43 and 49 as far as this page has them.)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';

import { browse, turn_to, within } from './support/browser.mjs';
import { root } from './support/built.mjs';
import { office } from './support/office.mjs';
import { exports_of, judge_words } from './support/words.mjs';

const password = 'correct horse battery';
const json = { 'Content-Type': 'application/json' };
let home;
let chrome;
before(async () => {
  home = await office({ counted: false });
  chrome = await browse({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
});
after(async () => {
  await chrome?.close();
  await home?.stop();
});

/// Where a picture of every state goes when somebody wants to look: SIDEDISH_SHOTS=folder.
async function shot(page, name) {
  if (process.env.SIDEDISH_SHOTS) await page.screenshot({ path: path.join(process.env.SIDEDISH_SHOTS, `tills-${name}.png`), fullPage: true });
}
async function clean(page, what) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), [], what);
}
async function open(page, address = '/manage#tills') {
  page.setDefaultTimeout(within(5000));
  await page.goto(home.url + address);
  return page;
}
async function join(id, name, ...words) {
  const context = await chrome.context.browser().newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  const link = new URL(await home.link(...words));
  const page = await open(await context.newPage(), link.pathname + link.hash);
  await page.fill('input[name=name]', name);
  await page.fill('input[name=id]', id);
  await page.fill('input[name=password]', password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('nav');
  await turn_to(page, 'tills');
  await page.waitForSelector('main h1');
  return page;
}
async function in_language(page, tag) {
  await page.selectOption('header select', tag);
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, tag);
}

async function call(method, where, body) {
  const response = await fetch(home.url + where, { method, headers: json, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}
const manifest = (id, query = '', store = 'mitte') => call('GET', `/v1/stores/${store}/manifest?terminal=${id}${query}`);
const has = (id, image, store) => manifest(id, `&running=${image}`, store);
const refuses = (id, image, running) => manifest(id, `&running=${running}&refused=${image}&why=at%20its%20test%20vector%203`);
const health = (id, more = {}, store = 'mitte') => call('PUT', `/v1/stores/${store}/terminals/${id}/health`,
  { time: new Date().toISOString(), agent: '0.1.0', outbox: { pending: 0, quarantined: 0 }, pictures: { wanted: 40, present: 40 }, lanes: 1, alarms: [], ...more });
const example = () => JSON.parse(fs.readFileSync(path.join(root, 'headoffice/server/openapi.json'), 'utf8')).paths['/v1/publish'].post.requestBody.content['application/json'].examples.example.value;
async function publish(version, rollout) {
  const body = { ...example(), ...(rollout ? { rollout: { wait_minutes: 60, advance: 'by-command', who: 'Ana', ...rollout } } : {}) };
  body.rules.pack.version = version;
  return call('POST', '/v1/publish', body);
}
/// What a row of the table says, cell by cell.
const row = (page, id) => page.locator('tbody tr', { has: page.locator(`th:text-is("${id}")`) }).first();
const state = (page, id) => row(page, id).locator('.badge').textContent();
/// The page asks again every ten seconds; a test does not wait for that.
async function look(page, until) {
  await page.reload();
  await page.waitForSelector(until);
}

/// Asks until it is so.
async function until(what, holds) {
  for (const late = Date.now() + within(20_000); !(await holds());) {
    if (Date.now() > late) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let first;
let admin;
const fleet = () => admin.evaluate(async () => (await fetch('/v1/fleet')).json());
const till = async (id) => (await fleet()).stores.find((store) => store.id === 'mitte').terminals.find((one) => one.id === id);

test('tills: a fresh head office says what is missing', async () => {
  admin = await join('root', 'Root');
  await admin.route('**/v1/fleet', (route) => route.fulfill({ json: { at: new Date().toISOString(), stores: [], rollouts: [] } }));
  await look(admin, '.empty');
  assert.match(await admin.textContent('.empty'), /No tills yet/);
  await clean(admin, 'empty');
  await shot(admin, 'empty');
  await admin.unroute('**/v1/fleet');
});

test('tills: every till stands in one word, with what it tells of itself, in four languages', async () => {
  for (const id of ['t2', 't3', 't4', 't5']) await call('PUT', `/v1/stores/mitte/terminals/${id}`, {});
  await call('PUT', '/v1/stores/nord/terminals/n1', {});
  first = (await manifest('t1')).image.sha256;
  for (const id of ['t1', 't2', 't4']) await has(id, first);
  await health('t1');
  await health('t2', { outbox: { pending: 412, quarantined: 2 }, pictures: { wanted: 40, present: 38 }, alarms: [{ code: 'disk_full', detail: 'outcomes wait in the rings' }, { code: 'of_tomorrow', detail: 'a new trouble' }] });
  await health('t4', { time: new Date(Date.now() + 640_000).toISOString() });
  await health('t5', { alarms: [{ code: 'no_rules', detail: 'nothing is suggested' }] });
  await look(admin, 'tbody tr');
  assert.equal(await state(admin, 't1'), 'Fine');
  assert.deepEqual(await row(admin, 't1').locator('td').allTextContents().then((all) => all.slice(2)), ['Version 1', '0', '40 of 40', 'right']);
  assert.equal(await state(admin, 't2'), 'Needs a look');
  const t2 = await row(admin, 't2').innerText();
  for (const words of [/Its disk is full/, /a new trouble/, /2 reports set aside/, /412/, /38 of 40/]) assert.match(t2, words);
  assert.equal(await state(admin, 't3'), 'Never heard of');
  assert.match(await row(admin, 't4').innerText(), /Its clock is wrong[^]*10 min ahead/);
  assert.match(await row(admin, 't5').innerText(), /It has no rules/);
  assert.match(await admin.textContent('main'), /1 of 6 fine, 3 need somebody/);
  await clean(admin, 'stores');
  await shot(admin, 'stores');
  for (const [tag, title, word] of [['de', 'Kassen', 'Nie gehört'], ['ar', 'الصناديق', 'لم يتصل قط'], ['ja', 'レジ', '通信なし']]) {
    await in_language(admin, tag);
    assert.equal(await admin.textContent('h1'), title);
    assert.equal(await state(admin, 't3'), word);
    await clean(admin, `stores in ${tag}`);
    await shot(admin, `stores-${tag}`);
    assert.equal(await admin.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${tag} scrolls sideways`);
  }
  await in_language(admin, 'en');
  await admin.check('text=Only those that need somebody');
  assert.deepEqual(await admin.locator('section.card').first().locator('tbody th').allTextContents(), ['t2', 't4', 't5']);
  await admin.locator('main select').first().selectOption('nord');
  assert.match(await admin.textContent('.empty'), /Nothing here needs anybody/);
  await shot(admin, 'nothing-needed');
  await admin.setViewportSize({ width: 768, height: 1024 });
  await look(admin, 'tbody tr');
  assert.equal(await admin.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, '768 px');
  assert.equal(await admin.$eval('.tills', (one) => one.scrollWidth <= one.clientWidth), true, 'every column is seen at 768 px');
  await shot(admin, 'stores-768');
  await admin.setViewportSize({ width: 1280, height: 900 });
  // Markup in a store's name is text.
  assert.equal(await admin.$$eval('main b', (all) => all.length), 0);
});

test('tills: of a large chain those come first that need somebody', async () => {
  await admin.route('**/v1/fleet', async (route) => {
    const response = await route.fetch();
    const fleet = await response.json();
    fleet.stores = Array.from({ length: 40 }, (_, n) => ({ ...fleet.stores[0], id: `s${n}`, name: `Store ${n}`, terminals: fleet.stores[0].terminals.map((one) => (n === 7 ? one : { ...one, state: 'fine' })) }));
    await route.fulfill({ response, json: fleet });
  });
  await look(admin, 'tbody tr');
  assert.equal(await admin.isChecked('main input[type=checkbox]'), true);
  assert.deepEqual(await admin.locator('section.card h2').allTextContents(), ['Store 7', 'Versions']);
  await admin.uncheck('main input[type=checkbox]');
  assert.equal(await admin.locator('section.card h2').count(), 41);
  await admin.unroute('**/v1/fleet');
});

test('tills: one that says nothing any more is silent', async () => {
  // Five minutes are not waited for: what head office answers then is answered here.
  await admin.route('**/v1/fleet', async (route) => {
    const response = await route.fetch();
    const fleet = await response.json();
    Object.assign(fleet.stores.find(({ id }) => id === 'mitte').terminals[0], { state: 'silent', last_seen: new Date(Date.parse(fleet.at) - 3 * 3_600_000).toISOString() });
    await route.fulfill({ response, json: fleet });
  });
  await look(admin, 'tbody tr');
  assert.match(await row(admin, 't1').innerText(), /Silent[^]*3 hours ago/);
  await shot(admin, 'silent');
  await admin.unroute('**/v1/fleet');
});

let second;

test('tills: of new rules it is seen who has them, who refused them and whose turn is later; a halt and going on want a reason', async () => {
  second = await publish(902, { waves: [{ terminals: ['mitte/t1', 'mitte/t2'] }, { percent: 30 }, 'all'], why: 'a new meal' });
  await has('t1', second.image.sha256);
  await look(admin, '.rollout');
  const card = admin.locator('.rollout');
  assert.match(await card.locator('h2').textContent(), new RegExp(`version ${second.version} of corner`));
  assert.match(await card.locator('.waves > li').first().innerText(), /chosen tills · now[^]*1 of 2 have it[^]*t1\u2069: has it[^]*t2\u2069: not yet/);
  assert.match(await card.locator('.waves > li').last().innerText(), /all tills · later/);
  await clean(admin, 'on its way');
  await shot(admin, 'on-its-way');

  await refuses('t2', second.image.sha256, first);
  await until('it halts', async () => (await fleet()).rollouts[0].state === 'halted');
  await look(admin, '.rollout .head .badge.bad');
  assert.match(await card.innerText(), /Halted[^]*mitte\/t2 refused it: .*at its test vector 3/);
  assert.equal(await state(admin, 't2'), 'Refused new rules');
  assert.match(await row(admin, 't2').innerText(), /New rules did not pass its test[^]*at its test vector 3/);
  await clean(admin, 'halted');
  await shot(admin, 'halted');
  for (const tag of ['de', 'ar', 'ja']) {
    await in_language(admin, tag);
    await clean(admin, `halted in ${tag}`);
    await shot(admin, `halted-${tag}`);
  }
  await in_language(admin, 'en');

  // By keyboard alone.
  await card.locator('button', { hasText: 'Go on' }).focus();
  await admin.keyboard.press('Enter');
  await admin.waitForFunction(() => document.activeElement?.name === 'why');
  await admin.keyboard.press('Enter');
  await admin.waitForSelector('[aria-invalid=true]');
  assert.match(await admin.textContent('#why-about'), /Say why/);
  await clean(admin, 'going on, without a reason');
  await shot(admin, 'go-on');
  await admin.keyboard.type('t2 is repaired tomorrow');
  await admin.keyboard.press('Enter');
  await admin.waitForSelector('.rollout .head .badge.good');
  assert.match(await card.innerText(), /On its way[^]*t2 is repaired tomorrow/);

  await card.locator('button', { hasText: 'Begin the next wave' }).click();
  await admin.fill('input[name=why]', 'the others are fine');
  await admin.click('.ask button.main');
  await card.locator('.waves > li.done').waitFor();
  assert.match(await card.locator('.waves > li').nth(1).innerText(), /30% of all tills · now/);
  await card.locator('button', { hasText: 'Halt' }).click();
  await clean(admin, 'halting');
  await shot(admin, 'halt');
  await admin.fill('input[name=why]', 'lunch');
  await admin.click('.ask button.main');
  await admin.waitForSelector('.rollout .head .badge.bad');
  await turn_to(admin, 'changes');
  await admin.waitForSelector('tbody tr');
  assert.deepEqual((await admin.$$eval('tbody tr', (all) => all.map((one) => [one.children[1].innerText, one.children[2].innerText.replace(/ corner$/, ''), one.children[5].innerText]))).slice(0, 5),
    [['root', 'halted new rules', 'lunch'], ['root', 'began the next wave', 'the others are fine'], ['root', 'let new rules go on', 't2 is repaired tomorrow'],
     ['head office', 'halted new rules', 'mitte/t2 refused it: at its test vector 3'], ['Ana', 'published', 'a new meal']]);
  await turn_to(admin, 'tills');
});

test('tills: versions say who and why; one click and a reason go back to one, and every till is told', async () => {
  await look(admin, '.rollout');
  const versions = admin.locator('section[aria-label=Versions]');
  await versions.locator('tbody tr').first().waitFor();
  const rows = await versions.locator('tbody tr').allInnerTexts();
  assert.equal(rows.length, 2);
  assert.match(rows[0], new RegExp(`^${second.version}\\b[^]*Ana[^]*a new meal[^]*halted in wave 2 of 3`));
  assert.match(rows[0], /A dip taken out/);
  assert.match(rows[1], /^1\b[^]*a program[^]*A dip new[^]*everywhere/);
  await versions.locator('button', { hasText: 'Back to this' }).click();
  await admin.waitForFunction(() => document.activeElement?.name === 'why');
  await clean(admin, 'going back');
  await shot(admin, 'back');
  await admin.keyboard.press('Enter');
  await admin.waitForSelector('[aria-invalid=true]');
  await admin.keyboard.type('the new meal confuses');
  await admin.keyboard.press('Enter');
  await versions.locator('[role=status]').waitFor();
  assert.match(await versions.locator('[role=status]').textContent(), /Version 1 is published again, as version 3/);
  await versions.locator('tbody tr', { hasText: 'the new meal confuses' }).waitFor();
  await admin.waitForFunction(() => !document.querySelector('.rollout'));
  assert.match(await versions.locator('tbody tr').first().innerText(), /^3\b[^]*root[^]*the new meal confuses[^]*everywhere/);
  for (const id of ['t1', 't2', 't3']) assert.equal((await manifest(id)).image.sha256, first);
  await clean(admin, 'gone back');
  await shot(admin, 'gone-back');
});

test('tills: an editor halts and does not go back, a store manager and a viewer look at what they may', async () => {
  const { version } = await publish(903, { waves: [{ terminals: ['mitte/t1'] }, 'all'], why: 'better words' });
  const buttons = async (page) => {
    await page.waitForSelector('.rollout, section.card');
    await page.locator('section[aria-label=Versions] tbody tr').first().waitFor();
    return page.$$eval('main button', (all) => all.map((one) => one.textContent));
  };
  const editor = await join('ed', 'Ed', '--role', 'editor');
  assert.deepEqual(await buttons(editor), ['Begin the next wave', 'Halt']);
  await editor.context().close();
  const viewer = await join('vi', 'Vi', '--role', 'viewer');
  assert.deepEqual(await buttons(viewer), []);
  await shot(viewer, 'viewer');
  await viewer.context().close();
  const manager = await join('nora', 'Nora', '--role', 'store-manager', '--store', 'nord');
  await manager.waitForSelector('tbody tr');
  assert.deepEqual(await manager.locator('main h2').allTextContents(), ['Nord <b>bold</b>']);
  assert.equal(await manager.evaluate(async (at) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    return (await fetch(`/v1/waves/${at}`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf }, body: '{"order":"halt","why":"x"}' })).status;
  }, version), 403);
  await shot(manager, 'store-manager');
  await manager.context().close();
});

test('tills: what a real agent tells of itself stands here within a moment', async () => {
  await call('PUT', '/v1/stores/mitte/terminals/real', {});
  const run = fs.mkdtempSync('/dev/shm/sidedish-test-');
  fs.mkdirSync(path.join(run, 'rings'));
  fs.chmodSync(path.join(run, 'rings'), 0o3770);
  const program = path.join(process.env.SIDEDISH_BUILD ?? path.join(root, 'build/dev'), 'bin/sidedish-agent');
  const agent = spawn(program, ['run', '--head-office', home.url, '--store', 'mitte', '--terminal', 'real', '--port', '0', '--start-splay-ms', '0',
                                '--state-dir', path.join(home.home, 'agent'), '--run-dir', run], { stdio: 'ignore' });
  try {
    await until('the agent is fine', async () => (await till('real')).state === 'fine');
    await look(admin, 'tbody tr');
    const cells = await row(admin, 'real').locator('td').allTextContents();
    assert.deepEqual([cells[0], ...cells.slice(2)], ['Fine', 'Version 3', '0', '0 of 0', 'right']);
    await shot(admin, 'real-agent');
  } finally {
    if (agent.exitCode === null) {
      const gone = once(agent, 'exit');
      agent.kill('SIGTERM');
      await gone;
    }
    fs.rmSync(run, { recursive: true, force: true });
  }
});

test('tills: head office away, the page stays, says so, and goes on by itself', async () => {
  await home.kill();
  await admin.waitForSelector('main > [role=alert]', { timeout: within(20_000) });
  assert.ok(await admin.locator('tbody tr').count() > 3);
  await clean(admin, 'offline');
  await shot(admin, 'offline');
  await home.again();
  await admin.waitForFunction(() => !document.querySelector('main > [role=alert]'), undefined, { timeout: within(20_000) });
});

test('tills: every language has every word, with the same places, and every word is used', async () => {
  const folder = path.join(root, 'headoffice/pages/manage/tills');
  const { words } = await exports_of(path.join(folder, 'words.ts'), home.home);
  judge_words(words, folder, /^tills_(ask_)?(halt|resume|advance)$/);
});
