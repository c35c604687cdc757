// The rules' tab of /manage on the real head office, in Debian's Chromium: list, form, picker, mistakes, drafts, money. (Checks 35 to
// 38, 42 as far as the overlay, 46 and 47 of the pages; what two people do to one rule is in manage_approval.test.mjs.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

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

const row = (page, name) => page.locator('table.rules tbody tr', { hasText: name });
/// What head office has of a rule.
const kept = (page, rule) => page.evaluate(async (at) => (await fetch(at)).json(), `/v1/packs/${pack}/rules/${rule}`);
/// Goes on with Tab until the control is reached, as somebody without a mouse does.
async function reach(page, wanted) {
  for (let i = 0; i < 80; ++i) {
    if (await page.evaluate((selector) => document.activeElement.matches(selector), wanted)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${wanted} is not reached`);
}
const is_draft = (page) => page.waitForFunction(() => /^Draft of/.test(document.querySelector('.status')?.textContent));
const invalid = (page) => page.$$eval('.editor [aria-invalid=true]', (all) => all.map((one) => one.dataset.at));

test('rules: the list says in words what each rule does and what it earned', async () => {
  const page = await rosa.open('#rules');
  await page.waitForSelector('table.rules tbody tr');
  await page.waitForFunction(() => /Fries, medium/.test(document.querySelector('table.rules')?.innerText) && /1,400/.test(document.querySelector('table.rules')?.innerText));
  const fries = row(page, 'Fries with that?');
  assert.match(await fries.innerText(), /Running[^]*Add-on[^]*no Sides[^]*Fries, medium[^]*1,400\s+10\.0%[^]*\+[\d.]+ … \+[\d.]+[^]*Better/);
  assert.match(await row(page, 'The evening meal').innerText(), /Bundle[^]*together for €10\.90/);
  assert.match(await row(page, 'Dips for nuggets and wings').innerText(), /Not enough data/);
  await rosa.clean(page, 'list');
  await rosa.shot(page, 'list');
  for (const tag of ['de', 'ar', 'ja']) {
    await rosa.speak(page, tag);
    await rosa.clean(page, `list in ${tag}`);
    await rosa.shot(page, `list-${tag}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${tag} scrolls sideways`);
  }
  await rosa.speak(page, 'en');
  await page.setViewportSize({ width: 768, height: 1024 });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, '768 px');
  await rosa.shot(page, 'list-768');
  await page.close();
});

test('rules: a slash goes to the search; states and stores filter; nothing found can be taken back', async () => {
  const page = await rosa.open('#rules');
  await page.waitForSelector('table.rules tbody tr');
  const all = await page.locator('table.rules tbody tr').count();
  await page.locator('h1').click();
  await page.keyboard.press('/');
  await page.keyboard.type('cappuccino-large');
  await page.waitForFunction(() => document.querySelectorAll('table.rules tbody tr').length === 1);
  assert.equal(await page.inputValue('input[type=search]'), 'cappuccino-large', 'the slash itself is not typed');
  await page.fill('input[type=search]', 'no such thing');
  await page.waitForSelector('.empty');
  await rosa.clean(page, 'nothing found');
  await rosa.shot(page, 'list-none');
  await page.click('.empty button');
  await page.waitForFunction((n) => document.querySelectorAll('table.rules tbody tr').length === n, all);
  await page.locator('.find select').nth(0).selectOption('paused');
  await page.waitForSelector('.empty');
  await page.close();
});

test('rules: what is paused in the list is paused at head office, and comes back within ten seconds', async () => {
  const page = await rosa.open('#rules');
  await row(page, 'A shake against the heat').locator('input').check();
  await row(page, 'A drink with the meal').locator('input').check();
  await rosa.clean(page, 'two selected');
  await page.click('.bulk >> text=Pause');
  await page.waitForSelector('.notice >> text=2 rules are paused.');
  await page.waitForFunction(() => document.querySelectorAll('.state.is-paused').length === 2);
  const { standing } = await page.evaluate(async () => (await fetch('/v1/stores/mitte/overlay')).json());
  assert.deepEqual(standing.filter(({ what }) => what === 'paused').map(({ subject }) => subject).sort(), ['burger-drink', 'spicy-shake']);
  await rosa.clean(page, 'paused');
  await rosa.shot(page, 'list-paused');
  await page.click('.notice >> text=Undo');
  await page.waitForFunction(() => document.querySelectorAll('.state.is-paused').length === 0);
  await page.close();
});

test('rules: a rule is made and kept by keyboard alone', async () => {
  const page = await rosa.open('#rules');
  await page.waitForSelector('table.rules tbody tr');
  const to = (wanted) => reach(page, wanted);
  await page.keyboard.press('/');
  await to('.new summary');
  await page.keyboard.press('Enter');
  await to('.new a[href$="+add_on"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.editor');
  await to('[data-at="/name"]');
  await page.keyboard.type('A dip for the wings');
  await to('[role=combobox]');
  await page.keyboard.type('fire wings');
  await page.waitForSelector('[role=option]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await to('[data-at="/offers"]');
  await page.keyboard.type('garlic');
  await page.waitForSelector('[role=option]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await to('[data-at="/text/en/headline"]');
  await page.keyboard.type('A dip with the wings?');
  await to('.add:not(.condition .add) select:not([data-at])');
  await page.keyboard.type('Dates');
  await page.waitForSelector('input[type=date]');
  await to('[data-at="/when/all/1/dates/from"]');
  await page.keyboard.type('12012026');
  await to('[data-at="/when/all/1/dates/to"]');
  await page.keyboard.type('12242026');
  await page.keyboard.press('Control+s');
  await is_draft(page);
  assert.equal(page.url(), `${home.url}/manage#rules/${pack}/a-dip-for-the-wings`);
  const { draft } = await kept(page, 'a-dip-for-the-wings');
  assert.equal(draft.rule.offers.length, 1);
  assert.equal(draft.rule.text.en.headline, 'A dip with the wings?');
  assert.equal(draft.rule.when.all.length, 2);
  assert.ok(draft.rule.when.all[1].dates.from < draft.rule.when.all[1].dates.to);
  await rosa.clean(page, 'a new rule, kept');
  await rosa.shot(page, 'new-kept');
  await page.close();
});

// To see it fail: let duplicate() send another `enabled`, or take an id without looking whether it is free.
test('rules: a rule is duplicated by keyboard alone: a draft that says all of it under a name of its own, and nothing is published', async () => {
  const page = await rosa.open(`#rules/${pack}/burger-drink`);
  await page.waitForSelector('.editor');
  const { published } = await kept(page, 'burger-drink');
  await reach(page, '.actions button');
  for (let i = 0; (await page.evaluate('document.activeElement.textContent')) !== 'Duplicate'; ++i) {
    assert.ok(i < 10, 'Duplicate is not reached');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.dataset.at === '/name');
  assert.equal(page.url(), `${home.url}/manage#rules/${pack}/burger-drink-copy`);
  assert.equal(await page.evaluate(() => getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), `${published.name} (copy)`);
  assert.match(await page.innerText('.editor > .notice'), /nothing of it is published/);
  await rosa.clean(page, 'a copy');
  await rosa.shot(page, 'copy');
  const copy = await kept(page, 'burger-drink-copy');
  assert.deepEqual([copy.published, copy.draft.state], [null, 'draft']);
  assert.deepEqual(copy.draft.rule, { ...published, id: 'burger-drink-copy', name: `${published.name} (copy)` });
  await page.keyboard.type('Water with the meal');
  await page.keyboard.press('Control+s');
  await page.waitForFunction(async () => (await (await fetch('/v1/packs/burger-bar/rules/burger-drink-copy')).json()).draft.rule.name === 'Water with the meal');
  assert.deepEqual((await kept(page, 'burger-drink')).published, published);
  assert.equal((await kept(page, 'burger-drink')).draft, null);
  // From the list, of a draft, in another language; the id is another one again.
  await page.click('.back a');
  await page.waitForSelector('table.rules tbody tr');
  await rosa.speak(page, 'de');
  await row(page, 'Water with the meal').locator('input').focus();
  await page.keyboard.press('Space');
  await page.waitForSelector('.bulk');
  await rosa.clean(page, 'one selected');
  await page.locator('.bulk button', { hasText: 'Duplizieren' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.dataset.at === '/name');
  assert.deepEqual((await kept(page, 'burger-drink-copy-2')).draft.rule, { ...published, id: 'burger-drink-copy-2', name: 'Water with the meal (Kopie 2)' });
  await rosa.shot(page, 'copy-de');
  await rosa.speak(page, 'en');
  await page.goto(`${home.url}/manage#rules/${pack}/burger-drink-copy-2`);
  await page.click('.back a');
  await page.waitForSelector('table.rules tbody tr');
  await row(page, 'A drink with the meal').locator('input').check();
  await row(page, 'Water with the meal').first().locator('input').check();
  assert.equal(await page.locator('.bulk >> text=Duplicate').count(), 0, 'one at a time');
  await page.close();
});

// The line broke under the answer to the first save; the page asked again and made a second rule, "...-2", or a conflict with itself.
// To see it fail: leave #sent out of Editing.#send().
test('rules: the answer to a save is lost: it stays one rule, and nobody is in conflict with themselves', async () => {
  for (const [rule, more] of [['a-late-snack', true], ['a-late-snack', false], ['nuggets-dip', true], ['nuggets-dip', false]]) {
    const fresh = rule === 'a-late-snack';
    const page = await rosa.open(`#rules/${pack}/${fresh ? '+add_on' : rule}`);
    await page.waitForSelector('.editor');
    if (!fresh) await page.click('.actions >> text="Edit"');
    let lost = 0;
    await page.route('**/draft*', async (route) => {
      if (route.request().method() !== 'PUT' || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    if (fresh) {
      await page.fill('[data-at="/name"]', 'A late snack');
      await page.locator('[role=combobox]').first().fill('fire wings');
      await page.click('[role=option]');
      await page.locator('[data-at="/offers"]').fill('garlic');
      await page.click('[role=option]');
      await page.fill('[data-at="/text/en/headline"]', 'Hungry again?');
    }
    await page.fill('[data-at="/priority"]', '66');
    await page.keyboard.press('Control+s');
    await page.waitForSelector('.editor > .notice.bad');
    assert.equal(lost, 1);
    // What is typed meanwhile goes on top of what was kept.
    if (more) await page.fill('[data-at="/text/en/reason"]', 'It is late');
    await page.keyboard.press('Control+s');
    await is_draft(page);
    assert.equal(await page.locator('.conflict').count(), 0);
    const { draft } = await kept(page, rule);
    assert.equal(draft.rule.priority, 66);
    assert.equal(draft.rule.text.en.reason === 'It is late', more);
    assert.equal(await page.evaluate(async () => (await fetch('/v1/packs/burger-bar/rules/a-late-snack-2')).status), 404);
    await page.click('.actions >> text=Discard');
    await page.click('dialog .main');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.close();
  }
});

// To see it fail: send what the list has without its tag, or let ending() forget the first day.
test('rules: one field of several is set at once, as drafts; a conflict is said of its rule, and ten seconds take it back', async () => {
  const page = await rosa.open('#rules');
  await page.waitForSelector('table.rules tbody tr');
  const ids = ['burger-fries', 'spicy-shake', 'cappuccino-large'];
  const draft_of = async (rule, change, headers) => page.evaluate(async ([at, how, more]) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    const { published } = await (await fetch(at)).json();
    return (await fetch(`${at}/draft`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, ...more }, body: JSON.stringify({ ...published, ...how }) })).status;
  }, [`/v1/packs/${pack}/rules/${rule}`, change, headers]);
  const before_ = Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await kept(page, id)])));
  const select = async () => {
    for (const id of ids) await page.locator(`tr:has(a[href$="/${id}"]) input`).check();
  };
  const choose = async (field, value) => {
    await select();
    await page.locator('.bulk button', { hasText: 'Change' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await reach(page, 'dialog select');
    await page.selectOption('dialog select', field);
    await page.fill('#several-value', value);
  };
  await choose('holdout_percent', '91');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog [aria-invalid=true]');
  await page.waitForFunction('document.activeElement.id === "several-value"');
  assert.match(await page.innerText('#several-about'), /from 0 to 90/);
  await rosa.clean(page, 'several, wrong');
  await rosa.shot(page, 'several-wrong');
  // Somebody drafts one of them meanwhile: it stays as they made it.
  assert.equal(await draft_of('spicy-shake', { priority: 12 }, { 'If-Match': before_['spicy-shake'].published_etag }), 200);
  await page.fill('#several-value', '37');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice >> text=2 rules have a draft with this.');
  assert.match(await page.innerText('.notice.bad'), /1 rule stays as it is:[^]*A shake against the heat: somebody changed it meanwhile/);
  await rosa.clean(page, 'several, done');
  await rosa.shot(page, 'several-done');
  for (const id of ['burger-fries', 'cappuccino-large']) {
    const { draft, published } = await kept(page, id);
    assert.deepEqual(published, before_[id].published);
    assert.deepEqual([draft.state, draft.rule], ['draft', { ...published, holdout_percent: 37 }], id);
  }
  assert.deepEqual((await kept(page, 'spicy-shake')).draft.rule, { ...before_['spicy-shake'].published, priority: 12 });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Undo');
  await page.keyboard.press('Enter');
  await page.waitForFunction(async () => (await (await fetch('/v1/packs/burger-bar/rules/burger-fries')).json()).draft === null);
  await page.waitForFunction(async () => (await (await fetch('/v1/packs/burger-bar/rules/cappuccino-large')).json()).draft === null);
  // The last day: what stands in a draft stays, days that begin later are left alone, and back is the draft as it was.
  const when = { all: [before_['burger-fries'].published.when, { dates: { from: '2031-05-01' } }].flatMap((one) => one.all ?? [one]) };
  assert.equal(await draft_of('burger-fries', { when }, { 'If-Match': before_['burger-fries'].published_etag }), 200);
  await page.reload();
  await page.waitForSelector('table.rules tbody tr');
  await choose('ends', '2031-04-30');
  assert.match(await page.innerText('dialog .mind'), /Fries with that\?: it begins after that day/);
  await rosa.clean(page, 'several, one left alone');
  await rosa.shot(page, 'several-alone');
  await page.fill('#several-value', '2031-06-30');
  await page.waitForSelector('dialog .mind', { state: 'detached' });
  await page.click('dialog .main');
  await page.waitForSelector('.notice >> text=3 rules have a draft with this.');
  assert.deepEqual((await kept(page, 'burger-fries')).draft.rule.when.all.at(-1), { dates: { from: '2031-05-01', to: '2031-06-30' } });
  const shake = (await kept(page, 'spicy-shake')).draft.rule;
  assert.equal(shake.priority, 12);
  assert.deepEqual(shake.when.all.at(-1), { dates: { to: '2031-06-30' } });
  for (const id of ids) assert.equal((await kept(page, id)).draft.stale, false);
  await page.click('.notice >> text=Undo');
  await page.waitForFunction(async () => (await (await fetch('/v1/packs/burger-bar/rules/cappuccino-large')).json()).draft === null);
  assert.deepEqual((await kept(page, 'burger-fries')).draft.rule.when, when);
  assert.deepEqual((await kept(page, 'spicy-shake')).draft.rule, { ...before_['spicy-shake'].published, priority: 12 });
  for (const tag of ['de', 'ar', 'ja']) {
    await rosa.speak(page, tag);
    await select();
    await page.locator('.bulk button').nth(4).click();
    await page.waitForSelector('dialog[open]');
    await rosa.clean(page, `several in ${tag}`);
    await rosa.shot(page, `several-${tag}`);
    await page.keyboard.press('Escape');
  }
  await rosa.speak(page, 'en');
  for (const id of ['burger-fries', 'spicy-shake']) await page.evaluate(async (at) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    await fetch(at, { method: 'DELETE', headers: { 'Sidedish-CSRF': csrf, 'If-Match': '*' } });
  }, `/v1/packs/${pack}/rules/${id}/draft`);
  await page.close();
});

test('rules: the picker follows the keys of a combobox, and takes a scanned code at once', async () => {
  const page = await rosa.open(`#rules/${pack}/+add_on`);
  const box = page.locator('[data-at="/offers"]');
  await box.click();
  await page.waitForSelector('[role=listbox]:visible');
  assert.equal(await box.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await box.getAttribute('aria-expanded'), 'false');
  await page.keyboard.type('cola');
  await page.waitForSelector('[role=option]');
  assert.equal(await box.getAttribute('aria-activedescendant'), null, 'nothing is taken by itself');
  const options = await page.$$eval('[role=option]', (all) => all.map((one) => one.innerText));
  assert.ok(options.length > 2 && options.every((one) => /cola/i.test(one) && /€\d/.test(one)), options.join());
  const active = () => page.evaluate(() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.innerText);
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), options[0]);
  await page.keyboard.press('ArrowUp');
  assert.equal(await active(), options.at(-1), 'from the first to the last');
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), options[0]);
  await rosa.clean(page, 'picker');
  await rosa.shot(page, 'picker');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.equal(await box.inputValue(), '', 'the second Escape empties it');
  // A scanner: faster than any list, and Enter.
  await page.keyboard.type('FRIES-M');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.offers .chip');
  assert.match(await page.innerText('.offers .chip'), /Fries, medium/);
  assert.equal(await box.inputValue(), '');
  await page.waitForFunction('document.activeElement.dataset.at === "/offers"');  // ready for the next
  await page.close();
});

// To see it fail: let the preview answer without the guard's number.
test('rules: what keeps the preview silent is said in the language of the page', async () => {
  const page = await rosa.open(`#rules/${pack}/fries-dip`);
  const says = (words) => page.waitForFunction((wanted) => document.querySelector('.preview .said')?.innerText.includes(wanted), words);
  await page.click('.actions >> text=Edit');
  await page.fill('[data-at="/spend_jump_percent"]', '1');
  await says('Nothing is said: Too dear for the basket');
  for (const [tag, words] of [['de', 'Zu teuer für den Korb'], ['ar', 'أغلى مما تحتمله السلة'], ['ja', 'かごに対して高すぎる']]) {
    await rosa.speak(page, tag);
    await says(words);
    await rosa.clean(page, `silent in ${tag}`);
  }
  await rosa.speak(page, 'en');
  await page.click('.actions >> text=Discard');
  await page.click('dialog .danger');
  await page.waitForFunction(() => document.querySelector('.status')?.textContent === 'No changes');
  await page.close();
});

test('rules: what the page can tell is wrong is said at its field, the first has the focus, and nobody is asked', async () => {
  const page = await rosa.open(`#rules/${pack}/+add_on`);
  await page.waitForSelector('.editor');
  const sent = [];
  page.on('request', (request) => { if (!/GET|preview/.test(`${request.method()} ${request.url()}`)) sent.push(request.url()); });
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.summary');
  assert.deepEqual(await invalid(page), ['/name', '/when/all/0/has', '/offers', '/text/en/headline']);
  await page.waitForFunction('document.activeElement.dataset.at === "/name"');
  assert.equal(await page.evaluate(() => document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText.split('\n')[0]), 'Fill this in');
  await rosa.clean(page, 'mistakes');
  await rosa.shot(page, 'mistakes');
  // The summary leads to the field.
  await page.click('.summary a >> nth=3');
  await page.waitForFunction(() => document.activeElement?.dataset.at === '/text/en/headline');
  await page.keyboard.type('x'.repeat(31));
  assert.match(await page.innerText('.counter.wrong'), /31\/30/);
  await page.fill('[data-at="/name"]', 'Fries with fries');
  for (const at of ['/when/all/0/has', '/offers']) {
    await page.fill(`[data-at="${at}"]`, 'FRIES-M');
    await page.press(`[data-at="${at}"]`, 'Enter');
  }
  await page.waitForSelector('[data-at="/offers/0"]');
  await page.locator('.add select').last().selectOption('dates');
  await page.fill('[data-at="/when/all/1/dates/from"]', '2026-12-24');
  await page.fill('[data-at="/when/all/1/dates/to"]', '2026-12-01');
  await page.keyboard.press('Control+s');
  const words = await page.innerText('.summary');
  assert.match(words, /cannot be suggested/);
  assert.match(words, /Too long/);
  assert.match(words, /ends before it starts/);
  assert.deepEqual(sent, []);
  // Head office refuses each of them as well.
  const { findings } = await page.evaluate(async (at) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    const rule = { id: 'bad', name: 'Bad', kind: 'add_on', when: { all: [{ has: { items: ['sku:FRIES-M'] } }, { dates: { from: '2026-12-24', to: '2026-12-01' } }] }, offers: [{ product: 'sku:FRIES-M' }],
                   text: { en: { headline: 'x'.repeat(31) } }, extra_adds_per_1000: 50 };
    return (await fetch(at, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf }, body: JSON.stringify({ rule }) })).json();
  }, `/v1/packs/${pack}/check`);
  assert.ok(findings.some(({ severity }) => severity === 'error'), JSON.stringify(findings));
  await page.close();
});

test('rules: what is published is only read; who leaves with changes is asked; Discard brings back every byte', async () => {
  const page = await rosa.open(`#rules/${pack}/burger-fries`);
  await page.waitForSelector('.editor');
  assert.equal(await page.getAttribute('[data-at="/name"]', 'readonly'), '');
  assert.equal(await page.locator('[role=combobox]').count(), 0);
  await rosa.clean(page, 'published');
  await rosa.shot(page, 'published');
  const before_ = await kept(page, 'burger-fries');
  await page.click('.actions >> text="Edit"');
  // Conditions without a field of their own stand in words.
  assert.match(await page.innerText('.in-words >> nth=1'), /not: Dinner[^]*no Drinks/);
  await page.fill('[data-at="/text/en/reason"]', 'Hot and salted');
  await page.click('.back a');
  await page.waitForSelector('dialog[open]');
  assert.match(await page.innerText('dialog'), /Leave without saving\?/);
  await rosa.clean(page, 'leaving');
  await rosa.shot(page, 'leaving');
  await page.click('dialog .plain');
  assert.match(page.url(), /burger-fries$/);
  // It is kept by itself after a while.
  await is_draft(page);
  const with_draft = await kept(page, 'burger-fries');
  assert.equal(with_draft.draft.rule.text.en.reason, 'Hot and salted');
  assert.equal(JSON.stringify({ ...with_draft.draft.rule, text: 0 }), JSON.stringify({ ...before_.published, text: 0 }), 'what was not touched is the same, byte for byte');
  assert.match(await page.innerText('.compare'), /Reason \(English\)[^]*Hot and salted, ready[^]*Hot and salted/);
  await rosa.shot(page, 'draft');
  await page.click('.actions >> text=Discard');
  await page.click('dialog .main');
  await page.waitForFunction(() => document.querySelector('[data-at="/text/en/reason"]')?.value === 'Hot and salted, ready with everything else');
  const after_ = await kept(page, 'burger-fries');
  assert.equal(after_.draft, null);
  assert.equal(JSON.stringify(after_.published), JSON.stringify(before_.published));
  await page.close();
});

// To see it fail: leave the test for the unit, or for a number that is missing, out of check().
test('rules: a holdout by customer has a cap of its own; what does not go together is said at its field', async () => {
  const page = await rosa.open(`#rules/${pack}/burger-fries`);
  await page.waitForSelector('.editor');
  await page.click('.actions >> text="Edit"');
  const before_ = await kept(page, 'burger-fries');
  assert.equal(await page.inputValue('[data-at="/unit"]'), 'basket');
  assert.equal(await page.locator('[data-at="/caps/customer/prompts"]').count(), 0);
  await page.selectOption('[data-at="/unit"]', 'customer');
  await page.fill('[data-at="/caps/customer/prompts"]', '2');
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.summary');
  assert.deepEqual(await invalid(page), ['/caps/customer/days']);
  await page.fill('[data-at="/caps/customer/days"]', '28');
  await rosa.clean(page, 'cap per customer');
  await page.keyboard.press('Control+s');
  await is_draft(page);
  const { draft } = await kept(page, 'burger-fries');
  assert.deepEqual(draft.rule, { ...before_.published, unit: 'customer', caps: { ...before_.published.caps, customer: { prompts: 2, days: 28 } } });
  await page.selectOption('[data-at="/unit"]', 'store_day');
  await page.keyboard.press('Control+s');
  await page.waitForSelector('.summary');
  assert.match(await page.innerText('.summary'), /Only where it is held out by customer/);
  assert.deepEqual(await invalid(page), ['/caps/customer/prompts']);
  await page.fill('[data-at="/caps/customer/prompts"]', '');
  await page.fill('[data-at="/caps/customer/days"]', '');
  await page.waitForFunction(() => !document.querySelector('[data-at="/caps/customer/days"]'));
  await page.click('.actions >> text=Discard');
  await page.click('dialog .main');
  await page.waitForFunction(() => document.querySelector('[data-at="/unit"]')?.value === 'basket');
  await page.close();
});

test('rules: head office gone in the middle of a sentence: it stays, is offered again, and goes on its way', async () => {
  const page = await rosa.open(`#rules/${pack}/cake-coffee`);
  await page.click('.actions >> text="Edit"');
  await home.kill();
  await page.fill('[data-at="/text/en/reason"]', 'Half a sentence');
  await page.waitForSelector('.editor > .notice.bad');
  assert.match(await page.innerText('.status'), /on this computer only/);
  await rosa.clean(page, 'away');
  await rosa.shot(page, 'away');
  await home.again();
  await is_draft(page);
  assert.equal((await kept(page, 'cake-coffee')).draft.rule.text.en.reason, 'Half a sentence');
  // What the browser alone has is offered when somebody comes back to it.
  await page.fill('[data-at="/text/en/headline"]', 'x'.repeat(31));
  await page.close({ runBeforeUnload: false });
  const again = await rosa.open(`#rules/${pack}/cake-coffee`);
  await again.waitForSelector('.notice >> text=Take it back');
  await rosa.clean(again, 'offered back');
  await rosa.shot(again, 'offered-back');
  await again.click('text=Take it back');
  assert.equal(await again.inputValue('[data-at="/text/en/headline"]'), 'x'.repeat(31));
  await again.close();
});

test('rules: every kind has its form, in every language, without a mistake that axe finds', async () => {
  const page = await rosa.open('#rules');
  for (const rule of ['evening-meal', 'cappuccino-large', 'receipt-dessert', '+also_bought', '+bundle']) {
    await page.goto(`${home.url}/manage#rules/${pack}/${rule}`);
    await page.waitForSelector('.editor');
    if (!rule.startsWith('+')) await page.click('.actions >> text="Edit"');
    await rosa.clean(page, rule);
    await rosa.shot(page, `form-${rule}`);
  }
  await page.goto(`${home.url}/manage#rules/${pack}/evening-meal`);
  await page.click('.actions >> text="Edit"');
  for (const tag of ['de', 'ar', 'ja']) {
    await rosa.speak(page, tag);
    await rosa.clean(page, `a bundle in ${tag}`);
    await rosa.shot(page, `form-evening-meal-${tag}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${tag} scrolls sideways`);
  }
  // Money is read and written as the reader's language does.
  await rosa.speak(page, 'de');
  assert.equal(await page.inputValue('[data-at="/bundle/price"]'), '10,90');
  await page.fill('[data-at="/bundle/price"]', '1.234,50');
  await page.waitForFunction(() => document.querySelector('.status')?.textContent.startsWith('Entwurf'));
  assert.equal((await kept(page, 'evening-meal')).draft.rule.bundle.price, '1234.50');
  await page.fill('[data-at="/bundle/price"]', '1234.50');
  await page.keyboard.press('Control+s');
  await page.waitForSelector('[data-at="/bundle/price"][aria-invalid=true]');
  assert.equal(await page.inputValue('[data-at="/bundle/price"]'), '1234.50', 'what was typed stays');
  await rosa.speak(page, 'en');
  await page.close();
});

test('rules: markup in a draft is text wherever it stands, and no policy is broken', async () => {
  const page = await rosa.open('#rules');
  const status = await page.evaluate(async (at) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    const rule = { id: 'evil', name: '<img src=x onerror=alert(1)>', kind: 'add_on', when: { has: { items: ['sku:<b>x</b>'] } }, offers: [{ product: 'sku:FRIES-M' }], text: { en: { headline: '<script>alert(1)</script>' } }, extra_adds_per_1000: 50 };
    return (await fetch(at, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, 'If-None-Match': '*' }, body: JSON.stringify(rule) })).status;
  }, `/v1/packs/${pack}/rules/evil/draft`);
  assert.equal(status, 200, 'a draft is kept with what is wrong in it');
  await page.reload();
  await row(page, 'onerror').locator('a').click();
  await page.waitForSelector('.editor');
  assert.equal(await page.textContent('h1'), '<img src=x onerror=alert(1)>');
  assert.equal(await page.$$eval('.editor script, .editor img[src=x]', (all) => all.length), 0);
  await page.keyboard.press('Control+s');
  assert.deepEqual(rosa.foreign, []);
  assert.deepEqual(rosa.violations, []);
  await page.close();
});

// At whatever hour: which reasons there are depends on it, that they add up does not.
test('rules: a rule goes over the real baskets of the last week: its numbers add up, and each opens the baskets behind it', async () => {
  const page = await rosa.open(`#rules/${pack}/burger-fries`);
  await page.click('text=Try it');
  await page.waitForSelector('.tallies');
  const lines = await page.$$eval('.tallies > li', (all) => all.map((one) => [one.querySelector('.what').textContent, Number(one.querySelector('strong.n').textContent.replace(/\D/g, ''))]));
  const [what, baskets] = lines.pop();
  assert.equal(what, 'All baskets');
  assert.ok(baskets > 500, `${baskets}`);
  assert.equal(lines.reduce((sum, [, n]) => sum + n, 0), baskets);
  assert.ok(lines.some(([name, n]) => /bought|asked|Not met/.test(name) && n > 0));
  const first = page.locator('.tallies details').first();
  await first.locator('summary').click();
  assert.match(await first.locator('.baskets li').first().innerText(), /Berlin Mitte[^]*1 × /);
  await rosa.clean(page, 'replay');
  await rosa.shot(page, 'replay');
  await rosa.speak(page, 'de');
  await rosa.clean(page, 'replay in de');
  await rosa.shot(page, 'replay-de');
  await rosa.speak(page, 'en');
  await page.close();
});

/// Opens a number and says what stands behind it.
const behind = async (line) => {
  if (!(await line.evaluate((details) => details.open))) await line.locator('summary').click();
  const [text, n] = await line.locator('summary > span, summary > strong').allInnerTexts();
  return { text, n: Number(n.replace(/\D/g, '')), first: await line.locator('.quiet:not(.why):not(.n)').allInnerTexts(), why: await line.locator('.baskets .why').allInnerTexts() };
};

// To see it fail: print no `why`, or that of another line.
test('rules: behind each number stand its first ten baskets, and each says why in the language of the page', async () => {
  const page = await rosa.open(`#rules/${pack}/fries-dip`);
  await page.click('text=Try it');
  await page.waitForSelector('.tallies');
  const lines = await page.locator('.tallies details').all();
  assert.ok(lines.length >= 2, `${lines.length} numbers open`);
  const told = [];
  for (const line of lines) told.push(await behind(line));
  for (const { text, n, first, why } of told) {
    assert.equal(why.length, Math.min(n, 10), text);
    assert.deepEqual(first, n > 10 ? [`The first 10 of ${n.toLocaleString('en')}`] : [], text);
    for (const one of why) assert.ok(one === text || one.startsWith(`${text} · here: `) || (/asked/.test(text) && /^Held out/.test(one)), `${one} behind ${text}`);
  }
  const without = told.find(({ text }) => /^Not met: Fries/.test(text));
  assert.ok(without.why.every((one) => one === `${without.text} · here: 0`), without.why[0]);
  assert.ok(told.some(({ text, why }) => text !== without.text && why.length > 0 && !why.some((one) => /here: 0/.test(one))));
  await rosa.clean(page, 'why');
  await rosa.shot(page, 'why');
  for (const [tag, here] of [['de', 'hier: 0'], ['ar', 'هنا: '], ['ja', 'このかごでは0']]) {
    await rosa.speak(page, tag);
    assert.ok((await page.locator('.baskets .why').allInnerTexts()).some((one) => one.includes(here)), tag);
    await rosa.clean(page, `why in ${tag}`);
    await rosa.shot(page, `why-${tag}`);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${tag} scrolls sideways`);
  }
  await rosa.speak(page, 'en');
  await page.close();
});

test('rules: a replay goes over the stores and days that were chosen; a store manager has own ones to choose from', async () => {
  const stan = await manager(home, 'stan', 'store-manager', { stores: ['mitte'] });
  const began = (page) => page.waitForRequest((request) => request.method() === 'POST' && /\/replay$/.test(request.url())).then((request) => request.postDataJSON());
  try {
    const page = await rosa.open(`#rules/${pack}/fries-dip`);
    await page.waitForSelector('input[name=replay-store]', { state: 'attached' });
    const all = await page.locator('input[name=replay-store]').evaluateAll((ticks) => ticks.map(({ value }) => value));
    assert.ok(all.length > 1 && all.includes('mitte'), `${all}`);
    await page.locator('.over summary').click();
    const other = all.find((id) => id !== 'mitte');
    await page.check(`input[name=replay-store][value=${other}]`);
    let asked = began(page);
    await page.click('text=Try it');
    assert.deepEqual((await asked).stores, [other]);
    await page.waitForFunction(() => document.querySelector('.tallies > li:last-child strong.n')?.textContent === '0');
    await page.uncheck(`input[name=replay-store][value=${other}]`);
    await page.check('input[name=replay-store][value=mitte]');
    const days_ago = (n) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10);
    await page.fill('input[name=replay-from]', days_ago(5));
    await page.fill('input[name=replay-to]', days_ago(4));
    asked = began(page);
    await page.click('text=Try again');
    const { stores, from, to } = await asked;
    assert.deepEqual([stores, from, to], [['mitte'], days_ago(5), days_ago(4)]);
    await page.waitForFunction(() => Number(document.querySelector('.tallies > li:last-child strong.n')?.textContent) > 0);
    const store = await page.locator('.over label', { has: page.locator('[value=mitte]') }).innerText();
    assert.match(await page.locator('section[aria-labelledby=replay] > .quiet', { hasText: 'Baskets from' }).innerText(), new RegExp(` · ${store}$`));
    await rosa.clean(page, 'replay chosen');
    await rosa.shot(page, 'replay-chosen');
    await page.fill('input[name=replay-to]', days_ago(6));
    await page.click('text=Try again');
    assert.match(await page.locator('section[aria-labelledby=replay] [role=alert]').innerText(), /31 days/);
    await page.close();
    const own = await stan.open(`#rules/${pack}/fries-dip`);
    await own.waitForSelector('input[name=replay-store]', { state: 'attached' });
    assert.deepEqual(await own.locator('input[name=replay-store]').evaluateAll((ticks) => ticks.map(({ value }) => value)), ['mitte']);
    await own.click('text=Try it');
    await own.waitForFunction(() => Number(document.querySelector('.tallies > li:last-child strong.n')?.textContent.replace(/\D/g, '')) > 0);
    await own.close();
  } finally {
    await stan.close();
  }
});

// To see it fail: begin with `late` true, or never set it.
test('rules: a replay that takes longer than 300 ms shows how far it is, and none before', async () => {
  const page = await rosa.open(`#rules/${pack}/fries-dip`);
  let begun;
  let looked;
  let go_on;
  const first = new Promise((resolve) => { looked = resolve; });
  const held = new Promise((resolve) => { go_on = resolve; });
  await page.route('**/packs/*/replay', async (route) => {
    const response = await route.fetch();
    begun = await response.json();
    await route.fulfill({ response });
  });
  await page.route('**/replays/*', async (route) => {
    if (looked) {
      looked();
      looked = undefined;
      return route.fulfill({ json: { ...begun, state: 'running', done: 3, of: 10 } });
    }
    await held;
    return route.continue();
  });
  await page.waitForSelector('section[aria-labelledby=replay] button');
  // From when it is busy on, whatever else this machine does: how long nothing is shown.
  await page.evaluate(() => {
    const section = document.querySelector('section[aria-labelledby=replay]');
    new MutationObserver(() => {
      if (section.querySelector('button').getAttribute('aria-disabled') === 'true') globalThis.began ??= performance.now();
      if (section.querySelector('progress')) globalThis.shown ??= performance.now();
    }).observe(section, { subtree: true, childList: true, attributes: true });
  });
  await page.click('text=Try it');
  await first;
  const bar = page.locator('section[aria-labelledby=replay] [role=status] progress[value="3"][max="10"]');
  await bar.waitFor();
  const after = await page.evaluate('shown - began');
  assert.ok(after >= 290, `shown after ${after} ms`);
  await rosa.clean(page, 'replay runs');
  await rosa.shot(page, 'replay-runs');
  go_on();
  await page.waitForSelector('.tallies');
  assert.equal(await page.locator('section[aria-labelledby=replay] progress').count(), 0);
  await page.close();
});
