// Stores, groups and settings of /manage on the real head office, in Debian's Chromium: list, forms, drafts, conflicts, what goes out.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { root } from './support/built.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';
import { exports_of, judge_words } from './support/words.mjs';

const pack = 'burger-bar';
let home;
let rosa;
let alan;
before(async () => {
  home = await office({ shop: 'burgerbar' });
  rosa = await manager(home, 'rosa', 'admin');
  alan = await manager(home, 'alan', 'approver');
});
after(async () => {
  await rosa?.close();
  await alan?.close();
  await home?.stop();
});

const kept = (page) => page.evaluate(async (at) => (await fetch(at)).json(), `/v1/packs/${pack}/frame`);
const open = async (who) => {
  const page = await who.open('#stores');
  await page.waitForSelector('table.rules tbody tr');
  return page;
};
/// Goes on with Tab until the control is reached, as somebody without a mouse does.
async function reach(page, wanted, text = '') {
  for (let i = 0; i < 90; ++i) {
    if (await page.evaluate(([selector, words]) => document.activeElement.matches(selector) && document.activeElement.textContent.includes(words), [wanted, text])) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${wanted} ${text} is not reached`);
}
const part = (page, name) => page.click(`.segs >> text=${name}`);
const at = (pointer) => `[data-at="${pointer}"]`;
const says = (page, start) => page.waitForFunction((wanted) => document.querySelector('.status')?.textContent.startsWith(wanted), start);
const save = async (page) => {
  await page.click('.actions >> text=Save draft');
  await says(page, 'Draft of');
};
const discard = async (page) => {
  await page.click('.actions >> text=Discard');
  await page.click('dialog .danger');
  await says(page, 'No changes');
};
const narrow = (page) => page.evaluate('document.documentElement.scrollWidth <= innerWidth');

test('stores: every word is there in every language, and every word is used', async () => {
  const folder = path.join(root, 'headoffice/pages/manage/stores');
  const { words } = await exports_of(path.join(folder, 'words.ts'), home.home);
  judge_words(words, folder, /^$/);
});

test('stores: the list says where each store is, what its clock shows, its groups, and how its tills are', async () => {
  const page = await open(rosa);
  const text = await page.innerText('table.rules');
  assert.match(text, /Berlin Mitte\s+mitte\s+Europe\/Berlin\s+\w+ \d\d:\d\d [AP]M\s+German\s+Germany\s+city\s+\d of \d fine/);
  assert.match(text, /Lisboa Ribeira[^]*Europe\/Lisbon[^]*seaside[^]*none yet/);
  assert.equal(await page.getAttribute('table.rules a[href="#tills"]', 'aria-label'), 'Tills of Berlin Mitte: 0 of 1 fine');
  for (const [view, name] of [['Stores', 'list'], ['Groups', 'groups'], ['Settings', 'settings']]) {
    await part(page, view);
    await rosa.clean(page, name);
    await rosa.shot(page, `stores-${name}`);
  }
  assert.match(await page.innerText('.editor'), /Also here: 2 sets of products/);
  for (const tag of ['de', 'ar', 'ja']) {
    await rosa.speak(page, tag);
    for (const n of [0, 1, 2]) {
      await page.locator('.segs .seg').nth(n).click();
      await rosa.clean(page, `${tag} ${n}`);
      assert.ok(await narrow(page), `${tag} ${n} scrolls sideways`);
      await rosa.shot(page, `stores-${tag}-${n}`);
    }
  }
  await rosa.speak(page, 'en');
  await page.setViewportSize({ width: 768, height: 1024 });
  for (const view of ['Stores', 'Groups', 'Settings']) {
    await part(page, view);
    assert.ok(await narrow(page), `${view} at 768 px`);
    await rosa.shot(page, `stores-768-${view}`);
  }
  await page.close();
});

// Fails when an error of the document is not told at its place, or a rule that needs a store is not named.
test('stores: what is wrong is said at its field, what needs a store or group by name; script text is text', async () => {
  const page = await open(rosa);
  await page.click('[data-store=ostbahnhof]');
  const invalid = () => page.$$eval('.editor [aria-invalid=true]', (all) => all.map((one) => one.dataset.at));
  await page.fill(at('/stores/1/name'), '<img src=x onerror="document.title=1">');
  await page.fill(at('/stores/1/country'), 'Q');
  await page.click('.actions >> text=Save draft');
  await page.waitForSelector('.summary.bad');
  assert.match(await page.innerText('.summary.bad'), /2 things to mend[^]*Name: [^]*Country: /);
  assert.deepEqual(await invalid(), ['/stores/1/name', '/stores/1/country']);
  await page.waitForFunction('document.activeElement.dataset.at === "/stores/1/name"');
  assert.equal(await page.innerText('#store-title'), '<img src=x onerror="document.title=1">');
  assert.notEqual(await page.title(), '1');
  await rosa.clean(page, 'mistakes');
  await rosa.shot(page, 'stores-mistakes');
  // The way to a place leads from anywhere.
  await page.fill(at('/stores/1/name'), 'Berlin Ost');
  await page.fill(at('/stores/1/country'), '');
  await page.fill(at('/stores/1/time_zone'), 'Europe/Atlantis');
  assert.equal(await page.locator('.clock').count(), 0);
  await page.click('.actions >> text=Save draft');
  await page.waitForSelector('.summary.bad >> text=There is no such time zone');
  assert.deepEqual(await invalid(), ['/stores/1/time_zone']);
  await part(page, 'Settings');
  await page.click('.summary.bad >> text=There is no such time zone');
  await page.waitForFunction(() => document.activeElement.dataset.at === '/stores/1/time_zone');
  await page.click('text=Send for approval');
  await page.waitForSelector('.notice.bad >> text=Something has to be mended');
  assert.equal(await page.locator('dialog').count(), 0);
  await discard(page);
  assert.equal((await kept(page)).draft, null);
  await page.click('.back a');

  await page.click('[data-store=mitte]');
  await page.click('text=Take this store out');
  assert.match(await page.innerText('.notice.mind'), /Berlin Mitte\u2069 is taken out/);
  await page.click('.actions >> text=Save draft');
  await page.waitForSelector('.summary.bad');
  assert.match(await page.innerText('.summary.bad'), /Tills there are in use/);
  await rosa.clean(page, 'a store that is needed');
  await rosa.shot(page, 'stores-needed');
  await page.click('text=Put it back');
  await says(page, 'Unsaved');
  await discard(page);

  await part(page, 'Settings');
  await page.fill(at('/settings/holdout_percent'), 'half');
  await page.fill(at('/settings/dayparts/lunch/to'), '25:00');
  await page.click('.actions >> text=Save draft');
  await page.waitForSelector('.summary.bad');
  assert.deepEqual(await page.$$eval('.editor [aria-invalid=true]', (all) => all.map((one) => one.dataset.at)), ['/settings/holdout_percent', '/settings/dayparts/lunch/to']);
  await rosa.shot(page, 'stores-settings-mistakes');
  await discard(page);
  await page.close();
});

// Fails when a group that a rule names can be renamed: the rule would be silent.
test('stores: a group is renamed in all its stores, and a rule that names it keeps it', async () => {
  const page = await open(rosa);
  await part(page, 'Groups');
  const change = async (was, name) => {
    await page.click(`[aria-label="Edit group ${was}"]`);
    await page.fill('#group-name', name);
    await page.click('dialog >> text=Take over');
  };
  await change('city', 'travel');
  assert.equal(await page.innerText('#group-about'), 'There is a group of this name');
  await rosa.clean(page, 'a group');
  await rosa.shot(page, 'stores-group');
  await page.fill('#group-name', 'in town');
  await page.click('dialog >> text=Take over');
  assert.match(await page.innerText('#group-about'), /Letters, digits, dots and dashes only/);
  await page.fill('#group-name', 'town');
  await page.click('dialog >> text=Take over');
  await change('travel', 'trains');
  await page.click('.actions >> text=Save draft');
  await page.waitForSelector('.summary.bad');
  const told = await page.innerText('.summary.bad');
  assert.match(told, /^1 thing to mend\s+Rule \u2068station-cookie\u2069 needs what is gone: There is no such group/);
  assert.equal(await page.getAttribute('.summary.bad a', 'href'), `#rules/${pack}/station-cookie`);
  const { stores } = (await kept(page)).draft.frame;
  assert.deepEqual(stores.map(({ groups }) => groups), [['town'], ['town', 'trains'], ['seaside']]);
  await rosa.shot(page, 'stores-group-needed');
  await discard(page);
  await page.close();
});

test('stores: by keyboard alone a store and a group are added, the objective is changed; somebody else approves and publishes', async () => {
  const page = await open(rosa);
  const was = (await kept(page)).published;
  await reach(page, 'button', 'Add a store');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.dataset.at?.endsWith('/name'));
  await page.keyboard.type('Porto São Bento');
  await reach(page, at('/stores/3/id'));
  assert.equal(await page.inputValue(at('/stores/3/id')), 'porto-sao-bento');
  await reach(page, at('/stores/3/time_zone'));
  assert.equal(await page.inputValue(at('/stores/3/time_zone')), 'Europe/Berlin');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('lisb');
  await page.waitForSelector('[role=listbox]:not([hidden]) [role=option]');
  await rosa.clean(page, 'zones');
  await rosa.shot(page, 'stores-zone');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue(at('/stores/3/time_zone')), 'Europe/Lisbon');
  assert.match(await page.innerText('.clock'), /The clock there shows \w+ \d\d:\d\d [AP]M/);
  await reach(page, at('/stores/3/country'));
  await page.keyboard.type('pt');
  await reach(page, at('/stores/3/groups'));
  await page.keyboard.type('north');
  await page.keyboard.press('Enter');
  await page.keyboard.type('seaside');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.$$eval('.chip bdi', (all) => all.map((one) => one.textContent)), ['north', 'seaside']);
  await rosa.clean(page, 'a new store');
  await rosa.shot(page, 'stores-new');
  await page.keyboard.press('Shift+Tab');
  await page.evaluate(() => document.querySelector('.back a').focus());
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.dataset.store === 'porto-sao-bento');
  assert.match(await page.innerText('table.rules'), /Porto São Bento[^]*new[^]*Portugal\s+north, seaside/);
  await page.evaluate(() => document.activeElement.blur());
  await reach(page, '.seg', 'Settings');
  await page.keyboard.press('Enter');
  await reach(page, at('/settings/objective'));
  await page.keyboard.type('rev');
  assert.equal(await page.inputValue(at('/settings/objective')), 'revenue');
  await reach(page, '#daypart-new');
  await page.keyboard.type('brunch');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.dataset.at === '/settings/dayparts/brunch/from');
  await page.keyboard.type('10:00');
  await page.keyboard.press('Tab');
  await page.keyboard.type('12:30');
  await says(page, 'Unsaved changes');
  await page.evaluate(() => document.activeElement.blur());
  await reach(page, '.actions button', 'Send for approval');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog');
  const difference = await page.innerText('dialog table');
  assert.match(difference, /Porto São Bento[^]*the store[^]*Europe\/Lisbon, Portugal, north, seaside[^]*most[^]*margin\s+revenue[^]*brunch[^]*–[^]*10:00–12:30/);
  await rosa.clean(page, 'sending');
  await rosa.shot(page, 'stores-submit');
  await reach(page, '#ask-why');
  await page.keyboard.type('Porto opens');
  await page.keyboard.press('Enter');
  await says(page, 'Waiting for approval');
  await page.waitForSelector('text=You wrote this change');
  const his = await open(alan);
  await his.click('.actions >> text=Approve');
  assert.match(await his.innerText('dialog table'), /Porto São Bento/);
  await his.fill('#ask-why', 'good');
  await his.keyboard.press('Enter');
  await says(his, 'Approved');
  await his.click('.actions >> text=Publish now');
  await his.waitForSelector('dialog .out');
  await alan.clean(his, 'publishing');
  await alan.shot(his, 'stores-publish');
  await his.fill('#ask-why', 'Porto opens');
  await his.keyboard.press('Enter');
  await says(his, 'No changes');
  const now = await kept(his);
  assert.deepEqual(now.published, { ...was, stores: [...was.stores, { id: 'porto-sao-bento', name: 'Porto São Bento', time_zone: 'Europe/Lisbon', country: 'PT', groups: ['north', 'seaside'] }],
                                    settings: { ...was.settings, objective: 'revenue', dayparts: { ...was.settings.dayparts, brunch: { from: '10:00', to: '12:30' } } } });
  // The log and the list of versions say so, too.
  await his.goto(`${home.url}/manage#changes`);
  await his.waitForFunction(() => /registered a store stores\/porto-sao-bento/.test(document.querySelector('main')?.innerText) && /published stores and settings/.test(document.querySelector('main').innerText));
  assert.match(await his.innerText('main'), /settings\/objective: margin[^]*settings\/objective: revenue/);
  await his.goto(`${home.url}/manage#tills`);
  await his.waitForFunction(() => /stores or settings/.test(document.querySelector('.versions')?.innerText));
  await his.close();
  await page.close();
});

// Fails when the second save writes over the first, or what was typed goes with the page.
test('stores: of two who change the same the second sees what it was, both versions, and chooses; nothing typed is lost', async () => {
  const hers = await open(rosa);
  const his = await open(alan);
  await hers.click('[data-store=mitte]');
  await hers.fill(at('/stores/0/name'), 'Berlin Alexanderplatz');
  await part(his, 'Settings');
  await his.fill(at('/settings/holdout_percent'), '40');
  await part(his, 'Stores');
  await his.click('[data-store=mitte]');
  await his.fill(at('/stores/0/name'), 'Berlin Zoo');
  await save(hers);
  await his.click('.actions >> text=Save draft');
  await his.waitForSelector('.conflict');
  assert.match(await his.innerText('.conflict'), /Rosa|rosa/);
  const lines = await his.$$eval('.conflict tbody tr', (all) => all.map((one) => [...one.cells].map((cell) => cell.innerText.trim()).join(' | ')));
  assert.equal(lines.length, 2, lines.join('\n'));
  assert.match(lines[0], /Name\s*Choose one \| Berlin Mitte \| Berlin Zoo \| Berlin Alexanderplatz/);
  assert.match(lines[1], /Holdout of a rule \| 50% \| 40% \| 50%/);
  assert.equal(await his.getAttribute('.conflict .main', 'aria-disabled'), 'true');
  await alan.clean(his, 'a conflict');
  await alan.shot(his, 'stores-conflict');
  assert.equal((await kept(hers)).draft.frame.stores[0].name, 'Berlin Alexanderplatz');
  await his.click('.conflict [aria-label$="Theirs"] >> nth=0');
  await his.click('.conflict .main');
  await says(his, 'Draft of alan');
  const { draft } = await kept(his);
  assert.deepEqual([draft.frame.stores[0].name, draft.frame.settings.holdout_percent, draft.authors], ['Berlin Alexanderplatz', 40, ['rosa', 'alan']]);
  await discard(his);

  await his.fill(at('/stores/0/name'), 'Berlin Mitte 2');
  await his.click('nav a[href="#rules"]');
  await his.click('dialog .main');
  await his.waitForSelector('.at-rules table.rules .does');
  // Meanwhile she goes on: what he takes back meets that.
  await hers.reload();
  await hers.waitForSelector('table.rules tbody tr');
  await part(hers, 'Settings');
  await hers.fill(at('/settings/exploration_percent'), '7');
  await save(hers);
  await his.click('nav a[href="#stores"]');
  await his.waitForSelector('text=Take it back');
  await alan.clean(his, 'something typed');
  await his.click('text=Take it back');
  await his.waitForSelector('.conflict');
  await his.click('.conflict .main');
  await says(his, 'Draft of alan');
  const both = (await kept(his)).draft.frame;
  assert.deepEqual([both.stores[0].name, both.settings.exploration_percent], ['Berlin Mitte 2', 7]);
  await part(his, 'Settings');
  await his.fill(at('/settings/exploration_percent'), '8');
  await part(his, 'Stores');
  assert.match(await his.innerText('table.rules'), /Berlin Mitte 2/);
  await home.kill();
  await his.click('.actions >> text=Save draft');
  await says(his, 'Changes are kept on this computer only');
  await home.again();
  await save(his);
  await discard(his);
  await hers.close();
  await his.close();
});

test('stores: a store manager sees own stores, a viewer all, and neither has a field to change', async () => {
  const mia = await manager(home, 'mia', 'store-manager', { stores: ['ribeira'] });
  const page = await open(mia);
  assert.equal(await page.locator('table.rules tbody tr').count(), 1);
  assert.doesNotMatch(await page.innerText('main'), /Mitte|Add a store/);
  await page.click('[data-store=ribeira]');
  assert.equal(await page.getAttribute(at('/stores/0/name'), 'readonly'), '');
  assert.equal(await page.locator('text=Take this store out').count(), 0);
  await mia.clean(page, 'a store manager');
  await mia.shot(page, 'stores-own');
  await part(page, 'Settings');
  assert.equal(await page.isDisabled(at('/settings/objective')), true);
  assert.equal(await page.locator('.actions').count(), 0);
  await mia.clean(page, 'settings to be read');
  await mia.close();
  assert.deepEqual([rosa.foreign, rosa.violations, alan.violations], [[], [], []]);
});
