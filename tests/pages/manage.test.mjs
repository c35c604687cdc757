// /manage on the real head office, in Debian's Chromium: coming in, results, people, the log of changes; by keyboard, in four
// languages, and when head office goes away. (Checks 35, 44, 45, 47 to 49 as far as these pages are there.)
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';

import { browse, turn_to, within } from './support/browser.mjs';
import { pages, root } from './support/built.mjs';
import { accepted, before as earlier, came_back, declined, lapsed, office, shown } from './support/office.mjs';
import { exports_of, judge_words } from './support/words.mjs';

const password = 'correct horse battery';
let home;
let chrome;
before(async () => {
  home = await office();
  chrome = await browse({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
});
after(async () => {
  await chrome?.close();
  await home?.stop();
});

/// Where a picture of every state goes when somebody wants to look: SIDEDISH_SHOTS=folder.
async function shot(page, name) {
  if (process.env.SIDEDISH_SHOTS) await page.screenshot({ path: path.join(process.env.SIDEDISH_SHOTS, `manage-${name}.png`), fullPage: true });
}

const foreign = [];
const violations = [];
async function open(address = '/manage') {
  const page = await chrome.context.newPage();
  page.setDefaultTimeout(within(5000));
  page.on('request', (request) => { if (!request.url().startsWith(home.url) && !request.url().startsWith('blob:')) foreign.push(request.url()); });
  page.on('console', (message) => { if (/Content Security Policy/i.test(message.text())) violations.push(message.text()); });
  await page.goto(home.url + address);
  return page;
}
async function clean(page, what) {
  const { violations: found } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(found.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), [], what);
}
async function in_language(page, tag) {
  await page.selectOption('header select', tag);
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, tag);
}
async function join(page, id, name) {
  await page.fill('input[name=name]', name);
  await page.fill('input[name=id]', id);
  await page.fill('input[name=password]', password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('nav');
}
async function sign_in(page, id) {
  await page.fill('input[name=id]', id);
  await page.fill('input[name=password]', password);
  await page.keyboard.press('Enter');
}
async function leave(page) {
  await page.click('.menu summary');
  await page.click('.menu button');
  await page.waitForSelector('input[name=password]');
}

test('manage: the first admin joins by a link, which leaves the address and works once', async () => {
  const link = await home.link();
  const page = await open(new URL(link).pathname + new URL(link).hash);
  await page.waitForSelector('input[name=name]');
  assert.equal(page.url(), `${home.url}/manage`);
  assert.match(await page.textContent('main'), /as Admin/);
  await clean(page, 'join');
  await shot(page, 'join');
  await page.fill('input[name=name]', 'Root');
  await page.fill('input[name=id]', 'root');
  await page.fill('input[name=password]', 'short');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[aria-invalid=true]');
  await page.waitForFunction('document.activeElement.name === "password"');
  assert.match(await page.textContent('#password-about'), /10 characters or more/);
  await clean(page, 'join, wrong');
  await shot(page, 'join-wrong');
  await join(page, 'root', 'Root');
  assert.equal(await page.textContent('h1'), 'Results');
  await page.close();
  const again = await open(new URL(link).pathname + new URL(link).hash);
  assert.match(await again.textContent('[role=alert]'), /was used or is older than a day/);
  await shot(again, 'link-over');
  await again.click('button.main');
  await again.waitForSelector('nav');
  await again.close();
});

test('manage: name and password sign in by keyboard alone; a wrong one is said, and too many wait', async () => {
  const page = await open();
  await page.waitForSelector('nav');
  await leave(page);
  await clean(page, 'sign-in');
  await shot(page, 'sign-in');
  await page.waitForFunction('document.activeElement.name === "id"');
  await page.keyboard.type('nobody');
  await page.keyboard.press('Tab');
  await page.keyboard.type('not this one');
  for (let i = 0; i < 7; ++i) {
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]');
    await page.waitForFunction(() => document.querySelector('button.main')?.ariaDisabled === 'false');
  }
  assert.match(await page.textContent('[role=alert]'), /Too many tries. Wait \d+ s/);
  await clean(page, 'sign-in, wrong');
  await shot(page, 'sign-in-wrong');
  await sign_in(page, 'root');
  await page.waitForSelector('nav');
  await page.close();
});

test('manage: results are what was counted, a lift is an interval and a word, and each figure is in table and CSV', async () => {
  const page = await open();
  await page.waitForSelector('tbody tr');
  const figures = await page.$$eval('.figures:not(.spans) dd', (all) => all.map((one) => [one.firstChild.textContent, one.querySelector('.note')?.textContent]));
  assert.deepEqual(figures.map(([now]) => now), [shown.toLocaleString('en'), String(accepted), `${((100 * accepted) / shown).toFixed(1)}%`, `€${(accepted * 3.2).toFixed(2)}`, `${((100 * came_back) / accepted).toFixed(1)}%`, '5,278', '€9.80']);
  // Beside each the same of the days right before.
  assert.deepEqual(figures.map(([, was]) => was), [String(earlier.shown), String(earlier.accepted), '25.0%', '€48.00', '20.0%', String(earlier.baskets), '€10.50'].map((value) => `before: ${value}`));
  const dates = [...(await page.textContent('p:has(+ .figures)')).matchAll(/[A-Z][a-z]{2} \d+, \d{4}/g)].map(([one]) => Date.parse(`${one} UTC`) / 86_400_000);
  assert.equal(dates.length, 4);
  assert.deepEqual(dates.map((one) => one - dates[0]), [0, 27, -28, -1]);
  assert.match(await page.textContent('p:has(+ .figures)'), /04:00 store time \(Europe\/Berlin, Europe\/London\)/);
  // What all of it changed, as head office says it: rules by basket, each compared with itself.
  const { all, lifts } = await page.evaluate(async () => (await fetch(`/v1/results?by=rule,arm&from=${new Date(Date.now() - 27 * 86_400_000).toISOString().slice(0, 10)}&to=${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}`)).json());
  const points = (ppm) => `${ppm > 0 ? '+' : ''}${(ppm / 10_000).toFixed(1)}`;
  assert.equal(all.units.treated, 1400 + 1200);
  assert.deepEqual(all.rates, { with: Math.round(1e6 * 800 / 2600), without: Math.round(1e6 * ((420 / 1400) * 1400 + (242 / 1200) * 1200) / 2600) });
  const changed = Object.fromEntries(await page.$$eval('.changed .figures > div', (tiles) => tiles.map((one) => [one.querySelector('dt').textContent, one.querySelector('dd').innerText])));
  assert.deepEqual(Object.keys(changed), ['Attach rate', 'Lift (95 %)', 'Net revenue per 1,000 sales', 'Seconds per sale']);
  assert.match(changed['Attach rate'], /^30\.8%\s+without: 25\.5%$/);
  const word_of = { better: 'Better', worse: 'Worse', inconclusive: 'Inconclusive' };
  assert.deepEqual(changed['Lift (95 %)'].split(/\n+/), [`${points(all.ppm.low)} … ${points(all.ppm.high)}`, word_of[all.verdict]]);
  assert.match(changed['Seconds per sale'], /^\+[\d.]+ sec … \+[\d.]+ sec\s+Worse$/);
  const rows = await page.$$eval('.by-rule tbody tr', (all) => all.map((row) => [...row.children].map((one) => one.innerText)));
  const by_name = new Map(rows.map(([name, ...rest]) => [name, rest]));
  const fries = by_name.get('Fries with that?');
  assert.deepEqual(fries.slice(0, 4), ['1,400', '10.0%', '40.0%', '30.0%']);
  const [, low, high] = /([+-][\d.]+) … ([+-][\d.]+)/.exec(fries[4]);
  const { ppm } = lifts.find(({ rule }) => rule === 'burger-fries');
  assert.deepEqual([low, high], [points(ppm.low), points(ppm.high)], 'as head office counts it, which tests hold to SQL');
  assert.ok(Number(low) > 0 && Number(low) < 10 && Number(high) > 10, fries[4]);
  assert.match(fries[5], /^Better\s+It has its verdict: 10% held out is enough now \(50% is\)\.\s+Make a draft with 10%/, 'and no luck among three rules');
  assert.match(by_name.get('A drink with the meal')[5], /^Inconclusive/);
  const dip = [...by_name].find(([name]) => name.startsWith('A dip'));
  assert.equal(dip[1][4], '', 'no interval below 1,000 baskets');
  assert.match(dip[1][5], /^Not enough data\s*by customer: 19 with, 19 without$/);
  assert.equal(rows[0][0], 'Fries with that?', 'what surely earns stands first');
  assert.equal(await page.$$eval(':is(.by-rule, .earned) :is(.word.better, .word.worse)', (all) => all.length), 2, 'no colour without a verdict');
  // What it earned stands below, ranked by what it surely brought.
  const earned = await page.$$eval('.earned tbody tr', (all) => all.map((row) => [...row.children].map((one) => one.innerText)));
  assert.deepEqual(earned.map(([name]) => name), ['Fries with that?', 'A drink with the meal', 'A dip']);
  const [, revenue, word, margin, seconds, returned] = earned[0];
  const [, least, most] = /\+€([\d.]+) … \+€([\d.]+)/.exec(revenue);
  assert.ok(Number(least) > 0 && Number(least) < 320 && Number(most) > 320, revenue);
  assert.match(revenue, /a sale counts at most €\d/);
  assert.match(word, /^Better/);
  assert.match(margin, /^\+€[\d.]+ … \+€[\d.]+\s+Better$/);
  assert.match(seconds, /^\+[\d.]+ sec … \+[\d.]+ sec\s+Worse$/, 'a question takes two seconds');
  assert.equal(returned, `${((100 * 3) / 140).toFixed(1)}%`);
  assert.match(earned[1][2], /^Inconclusive/);
  assert.doesNotMatch(earned[2][1], /…/, 'no interval below 1,000 sales');
  const [money] = await Promise.all([page.waitForEvent('download'), page.locator('section:has(.earned) button', { hasText: 'CSV' }).click()]);
  assert.match(fs.readFileSync(await money.path(), 'utf8'), /\r\nburger-fries,Fries with that\?,EUR,\d+,3\d{4},\d+,\d+,better,/);
  // The chart is for eyes; the same numbers are a table.
  await page.click('details:has(table) summary');
  // (What comes back in the night may do so on a day that showed nothing.)
  const days = await page.$$eval('.by-day tbody tr', (all) => all.map((row) => [...row.children].slice(1, 3).map((one) => Number(one.textContent.replace(',', '')))));
  assert.equal(days.reduce((sum, [n]) => sum + n, 0), shown);
  assert.equal(days.reduce((sum, [, n]) => sum + n, 0), accepted);
  // A rule over time, with the prompt and without.
  const [over_time] = await Promise.all([page.waitForEvent('download'), page.locator('.attached[data-rule=burger-fries] button', { hasText: 'CSV' }).click()]);
  const sums = (text) => text.trim().split('\r\n').slice(1).map((line) => line.split(',').slice(1).map(Number)).reduce((sum, row) => sum.map((n, i) => n + row[i]));
  assert.deepEqual(sums(fs.readFileSync(await over_time.path(), 'utf8')), [1400, 560, 1400, 420]);
  await page.locator('.attached select').selectOption('burger-drink');
  await page.waitForSelector('.attached[data-rule=burger-drink]');
  const [another] = await Promise.all([page.waitForEvent('download'), page.locator('.attached button', { hasText: 'CSV' }).click()]);
  assert.deepEqual(sums(fs.readFileSync(await another.path(), 'utf8')), [1200, 240, 1200, 242]);
  assert.equal(await page.$$eval('.attached tbody tr', (all) => all.length), 26);
  // The same rule where it works: the arms of all dayparts, or channels, are those of the rule.
  const where = async (by) => {
    await page.locator('.where select').selectOption(by);
    await page.waitForSelector(`.where[data-rule=burger-fries][data-by=${by}]`);
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.where button', { hasText: 'CSV' }).click()]);
    const [head, ...rows] = fs.readFileSync(await file.path(), 'utf8').trim().split('\r\n').map((line) => line.split(','));
    assert.equal(head[0].replace('\ufeff', ''), by);
    assert.deepEqual([1, 2, 3, 4].map((i) => rows.reduce((sum, row) => sum + Number(row[i]), 0)), [1400, 560, 1400, 420], by);
    return page.$$eval('.where tbody tr', (all) => all.map((row) => [...row.children].map((one) => one.innerText)));
  };
  await page.locator('.attached select').selectOption('burger-fries');
  for (const [name] of await where('daypart')) assert.match(name, /^(Morning|Midday|Afternoon|Evening|Night) \(/);
  assert.deepEqual((await where('store')).map(([name, low, high]) => [name, low, high]), [['Berlin Mitte', '40.0%', '30.0%']]);
  const channels = await where('channel');
  assert.deepEqual(channels.map(([name]) => name), ['Tills', 'Kiosks']);
  assert.match(channels[1][4], /^Not enough data/, 'no word for 350 baskets an arm');
  assert.equal(channels[1][3], '');
  // What was said of those that were not taken: as it was said, never as markup.
  const refused = await page.$$eval('.declined tbody tr', (all) => all.map((row) => [...row.children].map((one) => one.innerText)));
  assert.equal(refused.length, 3);
  const drink = refused.find(([name]) => name === 'A drink with the meal');
  assert.deepEqual(drink.slice(1), [String(declined), String(lapsed), 'No fit: has <b>one</b> (3)\nNo fit: no reason given (2)']);
  // One channel alone: every figure is of it.
  const all_shown = await page.textContent('.figures dd');
  await page.locator('.filters select').nth(2).selectOption('kiosk');
  await page.waitForFunction((was) => document.querySelector('.figures dd')?.textContent !== was, all_shown);
  assert.equal(await page.$eval('.figures dd', (one) => one.firstChild.textContent), String(350 + 300 + 10));
  assert.equal(await page.textContent('.figures dd .note'), `before: ${earlier.shown / 4}`);
  await page.locator('.filters select').nth(2).selectOption('');
  await page.waitForFunction((was) => document.querySelector('.figures dd')?.textContent === was, all_shown);
  // Of longer ago nothing is known, and nothing is said.
  await page.locator('.filters select').first().selectOption('90');
  await page.waitForFunction((all) => document.querySelector('.figures dd')?.firstChild.textContent === all, (shown + earlier.shown).toLocaleString('en'));
  assert.equal(await page.locator('.figures:not(.spans) .note').count(), 0);
  await page.locator('.filters select').first().selectOption('28');
  await page.waitForFunction((was) => document.querySelector('.figures dd')?.textContent === was, all_shown);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('button', { hasText: 'CSV' }).first().click()]);
  const csv = fs.readFileSync(await download.path(), 'utf8');
  assert.match(csv, /\r\nburger-fries,Fries with that\?,1400,140,1400,560,1400,420,100000,/);
  await page.locator('summary', { hasText: 'What the words mean' }).click();
  await clean(page, 'results');
  await shot(page, 'results');
  for (const [tag, title] of [['de', 'Ergebnisse'], ['ar', 'النتائج'], ['ja', '結果']]) {
    await in_language(page, tag);
    assert.equal(await page.textContent('h1'), title);
    assert.equal(await page.$$eval('.by-rule tbody th > bdi', (all) => all.length), 3, 'a name keeps its own direction');
    await clean(page, `results in ${tag}`);
    await shot(page, `results-${tag}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${tag} scrolls sideways`);
  }
  assert.equal(await page.evaluate('document.documentElement.dir'), 'ltr');
  await in_language(page, 'en');
  await page.setViewportSize({ width: 768, height: 1024 });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, '768 px');
  await shot(page, 'results-768');
  await page.locator('main select').nth(1).selectOption('nord');
  await page.waitForSelector('.empty');
  assert.match(await page.textContent('.empty'), /Nothing was counted/);
  await shot(page, 'results-empty');
  await page.close();
});

test('manage: where arms cannot be compared it is said why, and no colour and no interval is shown', async () => {
  const page = await open();
  await page.route('**/v1/results?by=rule,arm*', async (route) => {
    const answer = await route.fetch();
    const report = await answer.json();
    for (const lift of report.lifts) Object.assign(lift, { money: [], ...({ 'burger-fries': { trust: 'split' }, 'burger-drink': { trust: 'ends' } }[lift.rule]) });
    delete report.all;
    await route.fulfill({ response: answer, json: report });
  });
  await page.reload();
  await page.waitForSelector('.by-rule tbody tr');
  const rows = new Map(await page.$$eval('.by-rule tbody tr', (all) => all.map((row) => [row.children[0].innerText, [...row.children].slice(5, 7).map((one) => one.innerText)])));
  assert.deepEqual(rows.get('Fries with that?'), ['', 'The arms are not split as planned: no verdict.']);
  assert.deepEqual(rows.get('A drink with the meal'), ['', 'Too many baskets have no end: no verdict.']);
  assert.equal(await page.locator('.by-rule :is(.word, .bar)').count(), 1, 'the word of the third rule alone');
  assert.equal(await page.locator('.changed').count(), 0);
  await clean(page, 'results, arms that cannot be compared');
  await page.close();
});

test('manage: of several currencies each has its line and its average, and the largest sums stay in their tiles', async () => {
  const page = await open();
  await page.route('**/v1/results?by=rule,arm*', async (route) => {
    const answer = await route.fetch();
    const report = await answer.json();
    Object.assign(report.totals, { sales: { '': 2, EUR: 40, JPY: 3, KWD: 7 }, total: { '': 0, EUR: 1_234_567_890, JPY: 1000, KWD: 8_750 } });
    Object.assign(report.rows.find(({ rule }) => rule), { price_effect: { EUR: -123_456_789, JPY: 987_654_321, KWD: 1_234_567_891 } });
    await route.fulfill({ response: answer, json: report });
  });
  await page.reload();
  await page.waitForSelector('.by-rule tbody tr');
  const tile = (name) => page.$$eval('.figures:not(.spans) > div', (all, wanted) => [...all.find((one) => one.querySelector('dt').textContent === wanted).querySelectorAll('dd > span:not(.note)')].map((one) => one.textContent), name);
  assert.deepEqual(await tile('Average sale'), ['€308,641.97', '¥333', 'KWD\u00a01.250']);
  assert.equal((await tile('Added to baskets')).length, 3);
  for (const width of [1280, 768]) {
    await page.setViewportSize({ width, height: 900 });
    const wider = await page.$$eval('.figures > div', (all) => all.filter((one) => [one, ...one.querySelectorAll('dd, dd span')].some((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0)).map((one) => one.innerText));
    assert.deepEqual(wider, [], String(width));
  }
  await shot(page, 'results-currencies');
  await clean(page, 'results, several currencies');
  await page.close();
});

test('manage: an admin invites and changes people; a store manager sees own stores, and no page of admins', async () => {
  const page = await open('/manage#people');
  await page.waitForSelector('tbody tr');
  await page.locator('form select').first().selectOption('store-manager');
  await page.check('text=Berlin Mitte');
  await page.click('text=Make a link');
  const link = await page.textContent('.link');
  await clean(page, 'people');
  await shot(page, 'people');
  await page.close();
  const mia = await open('/manage');
  await mia.waitForSelector('nav');
  await leave(mia);
  await mia.goto(link);
  await join(mia, 'mia', 'Mia <i>Manager</i>');
  await mia.waitForSelector('.wide tbody tr');
  assert.deepEqual(await mia.$$eval('nav a', (all) => all.map((one) => one.textContent)), ['Results', 'Rules', 'Catalogue', 'Stores', 'Tills', 'History']);
  assert.deepEqual(await mia.locator('main select').nth(1).locator('option').allTextContents(), ['Berlin Mitte']);
  assert.equal(await mia.evaluate(async () => (await fetch('/v1/results')).status), 403, 'all stores are not hers');
  assert.equal(await mia.evaluate(async () => (await fetch('/v1/people')).status), 403);
  await leave(mia);
  await sign_in(mia, 'root');
  await mia.waitForSelector('nav');
  await turn_to(mia, 'people');
  await mia.click('button[aria-label="Change Mia <i>Manager</i>"]');
  await mia.locator('form').first().locator('select').nth(1).selectOption('disabled');
  await mia.fill('input[name=why]', 'left us');
  await clean(mia, 'people, changing');
  await shot(mia, 'people-change');
  await mia.click('text=Save');
  await mia.waitForSelector('[role=status]');
  await mia.waitForFunction(() => document.querySelector('tbody')?.textContent.includes('Disabled'));
  await turn_to(mia, 'changes');
  await mia.waitForSelector('tbody tr');
  assert.match(await mia.textContent('tbody tr'), /root.*changed a person.*disabled: true.*left us/s);
  assert.match(await mia.textContent('main'), /none altered since/);
  assert.match(await mia.textContent('main'), /command line\s*registered a till stores\/mitte\/terminals\/t1/);
  await clean(mia, 'history');
  await shot(mia, 'history');
  await mia.close();
});

test('manage: markup in a name is text, no other host is asked, no policy broken, and nobody frames the page', async () => {
  const page = await open('/manage#people');
  await page.waitForSelector('tbody tr');
  assert.match(await page.textContent('main'), /Mia <i>Manager<\/i>/);
  assert.ok((await page.textContent('main')).includes('root'));
  assert.equal(await page.$$eval('main i, main b, main img', (all) => all.length), 0);
  await turn_to(page, 'results');
  await page.waitForSelector('.wide tbody tr');
  assert.match((await page.locator('main select').nth(1).locator('option').allTextContents()).join(), /Nord <b>bold<\/b>/);
  assert.deepEqual(foreign, []);
  assert.deepEqual(violations, []);
  const { headers } = await fetch(`${home.url}/manage`);
  assert.match(headers.get('content-security-policy'), /frame-ancestors 'none'/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  // Nothing of anybody is in the page itself: who is not signed in gets the same bytes.
  assert.doesNotMatch(await (await fetch(`${home.url}/manage`)).text(), /root|mitte/i);
  assert.equal((await fetch(`${home.url}/v1/results`)).status, 401);
  await page.close();
});

test('manage: head office away, or the session over: what is typed stays, and it goes on by itself', async () => {
  const page = await open('/manage#people');
  await page.waitForSelector('tbody tr');
  await page.locator('tbody tr', { hasText: 'Mia' }).locator('button').click();
  await page.fill('input[name=why]', 'half a sentence');
  await home.kill();
  await page.click('text=Save');
  await page.waitForSelector('[role=alert]');
  assert.match(await page.textContent('[role=alert]'), /Head office does not answer/);
  assert.equal(await page.inputValue('input[name=why]'), 'half a sentence');
  await clean(page, 'offline');
  await shot(page, 'offline');
  await home.again();
  await page.waitForFunction(() => !document.querySelector('main > [role=alert]'));
  // Signed out everywhere from somewhere else.
  assert.equal(await page.evaluate(async () => {
    const { csrf } = await (await fetch('/v1/session')).json();
    return (await fetch('/v1/sessions', { method: 'DELETE', headers: { 'Sidedish-CSRF': csrf } })).status;
  }), 200);
  await page.click('text=Save');
  await page.waitForSelector('input[name=password]');
  assert.match(await page.textContent('main'), /what you typed is still here/);
  await shot(page, 'sign-in-again');
  await sign_in(page, 'root');
  await page.waitForSelector('input[name=why]:visible');
  assert.equal(await page.inputValue('input[name=why]'), 'half a sentence');
  await page.click('text=Save');
  await page.waitForSelector('[role=status]');
  await page.close();
});

test('manage: transfers stay within their budget: rules, their form and its preview, in one language', async () => {
  const { manifest } = pages('headoffice');
  // Other languages, words that are fetched when one of them is needed, and what is fetched when it is opened (page: of the catalogue and the tills;
  // more: what is asked of rules now and then).
  const there = manifest.filter(({ path: at }) => /\.(js|css)$/.test(at) && !/\/(de|ar|ja|seldom_\w+|page|results|people|changes|more)-/.test(at));
  const size = (rows) => rows.reduce((sum, { size: raw, br }) => sum + (br ?? raw), 0);
  assert.ok(size(there) <= 70 * 1024, `${size(there)} bytes of scripts and styles`);
  const results = manifest.filter(({ path: at }) => /\/results-/.test(at));
  assert.equal(results.length, 1);
  assert.ok(size(results) <= 30 * 1024, `${size(results)} bytes more for the results`);
});

test('manage: the style of one page reaches no other: everything in its file stands below its class', () => {
  for (const [name, beside] of [['rules', ['html:has(.editor)']], ['catalogue', []], ['tills', []]]) {
    const text = fs.readFileSync(path.join(root, `headoffice/pages/manage/${name}/${name}.css`), 'utf8').replace(/\/\*[^]*?\*\//g, '');
    const top = [];
    let depth = 0;
    let selector = '';
    for (const sign of text) {
      if (sign === '{' && depth++ === 0) top.push(selector.trim());
      else if (sign === '}' && --depth === 0) selector = '';
      else if (depth === 0) selector += sign;
    }
    assert.equal(depth, 0);
    assert.deepEqual(top.filter((one) => one !== `.at-${name}` && !beside.includes(one)), [], name);
  }
});

test('manage: every language has every word, with the same places, and every word is used', async () => {
  const folder = path.join(root, 'headoffice/pages/manage');
  const words = {};
  for (const file of fs.readdirSync(path.join(folder, 'languages'))) words[path.basename(file, '.ts')] = (await exports_of(path.join(folder, 'languages', file), home.home)).words;
  judge_words(words, folder, /^(tills_(ask_)?(halt|resume|advance)$|viewer|store-manager|editor|approver|admin|not_enough_data|inconclusive|better|worse)/);
});

test('rules, what is fetched now and then: every language has every word, with the same places, and every word is used', async () => {
  const folder = path.join(root, 'headoffice/pages/manage/rules');
  const { words } = await exports_of(path.join(folder, 'more/words.ts'), home.home);
  judge_words(words, folder, /^rules\.(guard|silence)_/);
});

test('results: every language has every word, with the same places, and every word is used', async () => {
  const folder = path.join(root, 'headoffice/pages/manage/results');
  const { words } = await exports_of(path.join(folder, 'words.ts'), home.home);
  judge_words(words, folder, /^(not_a_fit|accept_failed)$/);
});
