// Publishing approved drafts from /manage to every till at once or in waves, on the real head office, in Debian's Chromium.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';

import { turn_to } from './support/browser.mjs';
import { root } from './support/built.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

const pack = 'burger-bar';
const json = { 'Content-Type': 'application/json' };
let home;
let edda;
let otto;
const call = async (method, where, body) => {
  const response = await fetch(home.url + where, { method, headers: json, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
};
const told = (till) => call('GET', `/v1/stores/mitte/manifest?terminal=${till}`);
const has = async (till, image) => {
  await call('GET', `/v1/stores/mitte/manifest?terminal=${till}&running=${image}`);
  await call('PUT', `/v1/stores/mitte/terminals/${till}/health`, { time: new Date().toISOString(), agent: '0.1.0', outbox: { pending: 0, quarantined: 0 }, pictures: { wanted: 40, present: 40 }, lanes: 1, alarms: [] });
};
before(async () => {
  home = await office({ counted: false, shop: 'burgerbar' });
  for (let i = 2; i <= 14; ++i) await call('PUT', `/v1/stores/mitte/terminals/t${i}`, {});
  await has('t3', (await told('t3')).image.sha256);
  [edda, otto] = [await manager(home, 'edda', 'editor'), await manager(home, 'otto', 'approver')];
});
after(async () => {
  await edda?.close();
  await otto?.close();
  await home?.stop();
});

/// Asks as the page does, with its session.
const ask = (page, method, where, body, headers = {}) => page.evaluate(async ([how, to, what, more]) => {
  const { csrf } = await (await fetch('/v1/session')).json();
  const response = await fetch(to, { method: how, headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, ...more }, ...(what === undefined ? {} : { body: JSON.stringify(what) }) });
  return response.json().catch(() => undefined);
}, [method, where, body, headers]);
/// A change of the rule that was approved, and waits to be published.
async function approved(rule, priority) {
  const at = `/v1/packs/${pack}/rules/${rule}`;
  const hers = await edda.open();
  const { published, published_etag: tag } = await ask(hers, 'GET', at);
  await ask(hers, 'PUT', `${at}/draft`, { ...published, priority }, { 'If-Match': tag });
  await ask(hers, 'POST', `${at}/submit`, { why: 'x' });
  const his = await otto.open();
  assert.equal((await ask(his, 'POST', `${at}/approve`, { why: 'x' })).state, 'approved');
  await hers.close();
  await his.close();
}
/// Goes on with Tab until the control is reached, as somebody without a mouse does.
async function to(page, wanted) {
  for (let i = 0; i < 60; ++i) {
    if (await page.evaluate((selector) => document.activeElement.matches(selector), wanted)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${wanted} is not reached`);
}
const asking = async (rule, button) => {
  const page = await otto.open(`#rules/${pack}/${rule}`);
  await page.click(`.actions >> text=${button}`);
  await page.waitForSelector('dialog[open] .out');
  return page;
};

test('publishing: what is usual depends on how many tills there are; what cannot be is a mistake', async () => {
  const out = path.join(home.home, 'rollout.cjs');
  await build({ entryPoints: [path.join(root, 'headoffice/pages/manage/rules/rollout.ts')], bundle: true, format: 'cjs', outfile: out, logLevel: 'error' });
  const { mistakes, rollout_of, usual } = createRequire(import.meta.url)(out);
  const tills = (n, fine = n) => ({ tills: Array.from({ length: n }, (_, i) => ({ name: `s/t${i}`, label: `S · t${i}`, fine: i >= n - fine })) });
  assert.equal(rollout_of(usual(tills(9))), undefined, 'few tills: at once');
  assert.deepEqual(rollout_of(usual(tills(10, 4))), { waves: [{ terminals: ['s/t6'] }, { percent: 10 }, 'all'], advance: 'by-report', wait_minutes: 60 });
  assert.deepEqual(rollout_of(usual(tills(500, 0))).waves, [{ percent: 10 }, 'all'], 'no till is fine');
  const plan = (more) => ({ ...usual(tills(20)), ...more });
  assert.deepEqual(mistakes(plan({})), []);
  assert.deepEqual(mistakes(plan({ pilots: [], percent: ' ' })), ['pilots']);
  assert.deepEqual(mistakes(plan({ pilots: [], percent: ' ', waves: false })), []);
  for (const percent of ['0', '100', '1.5', 'x', '-1']) assert.deepEqual(mistakes(plan({ percent })), ['percent'], percent);
  for (const minutes of ['', '0', '20161', 'x']) assert.deepEqual(mistakes(plan({ minutes })), ['minutes'], minutes);
  assert.deepEqual(rollout_of(plan({ percent: '٢٥', minutes: '٩٠', command: true })), { waves: [{ terminals: ['s/t0'] }, { percent: 25 }, 'all'], advance: 'by-command', wait_minutes: 90 });
});

// Proved by leaving out the order: every till was told at once.
test('publishing: a change goes out in waves by keyboard alone; what is wrong is said at its field and sent nowhere', async () => {
  await approved('wings-corn', 61);
  const page = await asking('wings-corn', 'Publish now');
  const posts = [];
  page.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/publish')) posts.push(request.postDataJSON()); });
  const before_ = (await told('t5')).version;
  assert.equal(await page.isChecked('dialog label:has-text("In waves") input'), true, 'fourteen tills: waves are usual');
  assert.match((await page.locator('.out-pilots label:has(input:checked)').allInnerTexts()).join(), /^[^,]+ · t3$/, 'one till that is fine');
  await otto.clean(page, 'publishing in waves');
  await otto.shot(page, 'publish-waves');
  for (const tag of ['de', 'ar', 'ja']) {
    await page.evaluate((wanted) => { document.querySelector('header select').value = wanted; document.querySelector('header select').dispatchEvent(new Event('change', { bubbles: true })); }, tag);
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, tag);
    await otto.clean(page, `publishing in waves in ${tag}`);
    await otto.shot(page, `publish-waves-${tag}`);
  }
  await page.evaluate(() => { document.querySelector('header select').value = 'en'; document.querySelector('header select').dispatchEvent(new Event('change', { bubbles: true })); });
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  await page.setViewportSize({ width: 768, height: 1024 });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, '768 px');
  await otto.shot(page, 'publish-waves-768');
  await page.setViewportSize({ width: 1280, height: 900 });
  await to(page, 'input[name=pilot]:checked');
  await page.keyboard.press('Space');
  await to(page, '#out-percent');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await to(page, '#ask-why');
  await page.keyboard.type('sweeter corn');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#out-first');
  await page.waitForFunction(() => document.activeElement.name === 'pilot');
  assert.match(await page.textContent('#out-first'), /Choose a till or a share/);
  await otto.clean(page, 'waves without a first');
  await otto.shot(page, 'publish-waves-wrong');
  await page.keyboard.press('Space'); // the first till
  await to(page, '#out-percent');
  await page.keyboard.type('100');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /1 to 99/.test(document.querySelector('#out-percent-about')?.textContent ?? '') && document.activeElement.id === 'out-percent');
  assert.deepEqual(posts, []);
  await page.keyboard.press('Backspace');
  await to(page, 'input[name=advance]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.waitForSelector('.notice >> text=It goes out in waves');
  const first = posts[0].rollout.waves[0].terminals;
  assert.deepEqual(posts, [{ rules: ['wings-corn'], why: 'sweeter corn', rollout: { waves: [{ terminals: first }, { percent: 10 }, 'all'], advance: 'by-command', wait_minutes: 60 } }]);
  assert.equal(first.length, 1);
  const [, pilot] = first[0].split('/');
  const version = (await told(pilot)).version;
  assert.ok(version > before_);
  const later = await Promise.all(Array.from({ length: 14 }, (_, i) => told(`t${i + 1}`)));
  assert.equal(later.filter((one) => one.version === version).length, 1, 'the pilot alone');
  // The page of tills shows it.
  await turn_to(page, 'tills');
  await page.waitForSelector('.rollout');
  assert.match(await page.innerText('.rollout'), new RegExp(`version ${version}[^]*sweeter corn[^]*chosen tills · now[^]*10% of all tills · later[^]*all tills · later`));
  await page.close();
});

test('publishing: what is on its way is told before it is replaced; to every till at once is one key away', async () => {
  await approved('nuggets-dip', 62);
  const page = await asking('nuggets-dip', 'Publish now');
  assert.match(await page.innerText('dialog .notice'), /Version \d+ is still on its way/);
  await page.check('dialog label:has-text("To every till at once") input');
  assert.equal(await page.locator('.out-waves').count(), 0);
  await otto.clean(page, 'publishing at once');
  await otto.shot(page, 'publish-once');
  await page.fill('#ask-why', 'lunch');
  await page.click('dialog .main');
  await page.waitForSelector('.notice >> text=Published.');
  const all = await Promise.all(['t1', 't5', 't14'].map(told));
  assert.equal(new Set(all.map(({ version }) => version)).size, 1);
  assert.deepEqual((await call('GET', '/v1/waves')).rollouts.filter(({ state }) => state === 'running'), []);
  await page.close();
});

/** The next day on which Europe's clocks change, the last Sunday of March or October, and when it is 02:30 in every store. */
function clocks_change() {
  const last_sunday = (year, month) => {
    const end = new Date(Date.UTC(year, month, 0));
    return new Date(end - end.getUTCDay() * 86_400_000);
  };
  const year = new Date().getUTCFullYear();
  const [next] = [last_sunday(year, 3), last_sunday(year, 10), last_sunday(year + 1, 3)].filter((one) => one > Date.now() + 86_400_000);
  const [day] = next.toISOString().split('T');
  return { day, due: next.getUTCMonth() === 2 ? `${day}T01:30:00.000Z` : `${day}T02:30:00.000Z` };
}

test('publishing: a publication to come says that it goes out in waves; several at once are asked the same', async () => {
  await approved('fries-dip', 63);
  await approved('burger-fries', 64);
  await has('t3', (await told('t3')).image.sha256);
  const page = await asking('fries-dip', 'Publish later');
  // In the hour that clocks are put on over, or back into: the last store's clocks show it (Lisbon's, an hour after Berlin's).
  const { day, due } = clocks_change();
  await page.fill('#publish-at', `${day}T02:30`);
  await page.fill('#ask-why', 'after the holidays');
  await otto.clean(page, 'scheduling in waves');
  await otto.shot(page, 'schedule-waves');
  await page.click('dialog .main');
  await page.waitForFunction((wanted) => document.querySelector('.status')?.textContent.includes(wanted), `${day} 02:30`);
  assert.match(await page.innerText('.status'), /in waves/);
  const { draft } = await ask(page, 'GET', `/v1/packs/${pack}/rules/fries-dip`);
  assert.equal(draft.due_at, due);
  assert.deepEqual(draft.rollout, { waves: [{ terminals: ['mitte/t3'] }, { percent: 10 }, 'all'], advance: 'by-report', wait_minutes: 60 });
  await turn_to(page, 'rules');
  const row = page.locator('table.rules tbody tr', { hasText: 'Fries with that?' });
  await row.locator('input').check();
  await page.click('.bulk >> text=Publish now');
  await page.waitForSelector('dialog[open] .out');
  await otto.clean(page, 'publishing from the list');
  await otto.shot(page, 'publish-list');
  await page.fill('#ask-why', 'from the list');
  await page.click('dialog .main');
  await page.waitForSelector('.notice >> text=1 rule is published in 10 seconds.');
  await page.waitForFunction(() => document.activeElement?.textContent === 'Undo');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice', { state: 'detached' });
  assert.equal((await ask(page, 'GET', `/v1/packs/${pack}/rules/burger-fries`)).draft.state, 'approved', 'taken back');
  await row.locator('input').check();
  await page.click('.bulk >> text=Publish now');
  await page.fill('#ask-why', 'from the list');
  await page.click('dialog .main');
  // Whoever goes on within the ten seconds has said so.
  await page.waitForSelector('.notice >> text=1 rule is published in 10 seconds.');
  await turn_to(page, 'tills');
  await page.waitForSelector('.rollout');
  assert.match(await page.innerText('.rollout'), /from the list/);
  await page.close();
});

// The tab was closed within the ten seconds, and what somebody had confirmed never went out. To see it fail: leave `keepalive` out of ask_tagged(), or pagehide out of Bulk.
test('publishing: who closes the page within the ten seconds has said so: it is published', async () => {
  await approved('burger-fries', 71);
  const page = await otto.open('#rules');
  await page.locator('table.rules tbody tr', { hasText: 'Fries with that?' }).locator('input').check();
  await page.click('.bulk >> text=Publish now');
  await page.waitForSelector('dialog[open] .out');
  await page.fill('#ask-why', 'closing time');
  await page.click('dialog .main');
  await page.waitForSelector('.notice >> text=1 rule is published in 10 seconds.');
  await page.close();
  const other = await otto.open();
  const row = () => ask(other, 'GET', `/v1/packs/${pack}/rules/burger-fries`);
  for (let tries = 0; (await row()).draft !== null; ++tries) {
    assert.ok(tries < 30, 'it is not published');
    await other.waitForTimeout(100);
  }
  const { published, history } = await row();
  assert.deepEqual([published.priority, history[0].why], [71, 'closing time']);
  await other.close();
});
