// The catalogue's page on the real head office, in Debian's Chromium: found, changed, pictures, CSV in and out; what a role may not do
// is not there; a second browser, a stale report. (Checks 35, 36, 39, 46 and 47 of the pages, as far as they are about products.)
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';

import { browse, turn_to, within } from './support/browser.mjs';
import { root } from './support/built.mjs';
import { office } from './support/office.mjs';
import { exports_of, judge_words } from './support/words.mjs';

const shop = path.join(root, 'sim/shops/burgerbar');
const burger = path.join(shop, 'pictures');
let home;
let chrome;
let page;
before(async () => {
  home = await office({ counted: false });
  await home.command('pictures', burger);
  await home.command('publish', path.join(shop, 'rules.json'), path.join(shop, 'catalogue.json'));
  chrome = await browse({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  page = await chrome.context.newPage();
  page.setDefaultTimeout(within(5000));
  const link = new URL(await home.link());
  await page.goto(home.url + link.pathname + link.hash);
  await page.fill('input[name=name]', 'Root');
  await page.fill('input[name=id]', 'root');
  await page.fill('input[name=password]', 'correct horse battery');
  await page.keyboard.press('Enter');
  await page.waitForSelector('nav');
});
after(async () => {
  await chrome?.close();
  await home?.stop();
});

async function shot(name, at = page) {
  if (process.env.SIDEDISH_SHOTS) await at.screenshot({ path: path.join(process.env.SIDEDISH_SHOTS, `catalogue-${name}.png`), fullPage: true });
}
async function clean(what, at = page) {
  const { violations: found } = await new AxeBuilder({ page: at }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(found.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), [], what);
  assert.equal(await at.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${what} scrolls sideways`);
}
async function in_language(tag) {
  await page.selectOption('header select', tag);
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, tag);
}
/// Asks as the page does, with its session.
const ask = (method, where, body, headers = {}) => page.evaluate(async ([how, to, what, more]) => {
  const { csrf } = await (await fetch('/v1/session')).json();
  const response = await fetch(to, { method: how, headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, ...more }, ...(what === undefined ? {} : { body: JSON.stringify(what) }) });
  return { status: response.status, etag: response.headers.get('etag'), value: await response.json().catch(() => undefined) };
}, [method, where, body, headers]);
const one = (key) => `/v1/packs/burger-bar/products/${encodeURIComponent(key)}`;
const first_key = () => page.textContent('.products tbody tr .code');
async function look(text) {
  await page.fill('input[name=q]', text);
  await page.waitForFunction((wanted) => document.querySelector('#catalogue-found')?.textContent !== '' && (document.querySelector('.products tbody tr .code')?.textContent ?? '') === wanted.key, { key: (await ask('GET', `/v1/products?pack=burger-bar&limit=1&q=${encodeURIComponent(text)}`)).value.products[0]?.key ?? '' });
}
const csv = (text, name = 'prices.csv') => page.setInputFiles('.import input[type=file]', { name, mimeType: 'text/csv', buffer: Buffer.isBuffer(text) ? text : Buffer.from(text) });

test('catalogue page: it comes when it is opened, and shows what a pack sells', async () => {
  const scripts = [];
  page.on('request', (request) => { if (/\.js$/.test(request.url())) scripts.push(request.url()); });
  await turn_to(page, 'catalogue');
  await page.waitForSelector('.products tbody tr');
  assert.ok(scripts.some((url) => /\/page-/.test(url)), 'a script of its own');
  assert.deepEqual(await page.locator('main select').first().locator('option').allTextContents(), ['burger-bar', 'corner']);
  assert.match(await page.textContent('main'), /86 products · Everything is published/);
  const row = await page.locator('.products tbody tr').first().innerText();
  assert.match(row, /Classic Burger[\s\S]*sku:CLASSIC[\s\S]*Burgers and mains › Beef burgers[\s\S]*€6\.20[\s\S]*€2\.05[\s\S]*In stock/);
  await page.waitForFunction(() => document.querySelector('.products img')?.naturalWidth > 0);
  await clean('list');
  await shot('list');
  for (const [tag, title] of [['de', 'Sortiment'], ['ar', 'المنتجات'], ['ja', '商品']]) {
    await in_language(tag);
    await page.waitForFunction((wanted) => document.querySelector('h1')?.textContent === wanted, title);
    await clean(`list in ${tag}`);
    await shot(`list-${tag}`);
  }
  await in_language('en');
  await page.setViewportSize({ width: 768, height: 1024 });
  await clean('list at 768 px');
  await shot('list-768');
  await page.setViewportSize({ width: 1280, height: 900 });
});

test('catalogue page: products are found while one types, and a scanned barcode opens its product', async () => {
  await page.evaluate('document.activeElement.blur()');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate('document.activeElement.name'), 'q');
  assert.equal(await page.inputValue('input[name=q]'), '');
  await look('chees');
  assert.match(await page.textContent('.products tbody'), /Cheese/);
  await clean('found');
  await shot('found');
  await look('no such thing');
  assert.match(await page.textContent('.empty'), /No product is called so/);
  await shot('found-none');
  const { value, etag } = await ask('GET', one('sku:CLASSIC'));
  assert.equal((await ask('PUT', one('sku:CLASSIC'), { ...value, aliases: ['gtin:4006381333931'] }, { 'If-Match': etag })).status, 200);
  // As a scanner types it: all at once, and Enter.
  await page.fill('input[name=q]', '');
  await page.focus('input[name=q]');
  await page.keyboard.type('4006381333931', { delay: 1 });
  await page.keyboard.press('Enter');
  await page.waitForSelector('form.product');
  assert.match(await page.textContent('form.product h2'), /sku:CLASSIC/);
  assert.equal(await page.inputValue('textarea[name=aliases]'), 'gtin:4006381333931');
});

test('catalogue page: a product is changed at its fields; what is wrong is said there and sent nowhere', async () => {
  await clean('product');
  await shot('product');
  await page.setViewportSize({ width: 768, height: 1024 });
  await clean('product at 768 px');
  await shot('product-768');
  await page.setViewportSize({ width: 1280, height: 900 });
  const sent = [];
  page.on('request', (request) => { if (request.method() === 'PUT') sent.push(request.url()); });
  await page.fill('input[name=price]', '6,2,0');
  for (const tag of ['en', 'de', 'ar', 'ja']) await page.fill(`input[name="name/${tag}"]`, '');
  await page.click('form.product button.main');
  await page.waitForSelector('[aria-invalid=true]');
  await page.waitForFunction('document.activeElement.name === "name/en"');  // the first field that is wrong
  assert.match(await page.textContent('form.product'), /A name in one language at least[\s\S]*An amount like 12\.50/);
  assert.deepEqual(sent, []);
  await clean('product, wrong');
  await shot('product-wrong');
  // As a German types it; what was typed stays when the language changes.
  await in_language('de');
  await page.fill('input[name="name/de"]', 'Großer Klassiker');
  await page.fill('input[name=price]', '1.006,50');
  await page.selectOption('select[name=stock]', 'low');
  await page.fill('input[name=why]', 'neue Karte');
  await page.click('form.product button.main');
  await page.waitForSelector('.notice');
  assert.match(await page.textContent('.notice'), /Großer Klassiker ist gespeichert/);
  assert.match(await page.textContent('main'), /Änderungen warten/);
  await in_language('en');
  const { value } = await ask('GET', one('sku:CLASSIC'));
  assert.deepEqual([value.price, value.stock, value.name], ['1006.50', 'low', { de: 'Großer Klassiker' }]);
  assert.deepEqual(value.allergens, ['gluten', 'egg', 'milk', 'mustard', 'sesame'], 'what was not touched stays');
  await shot('saved');
});

test('catalogue page: a picture is made small here; what is none is refused, and SVG always', async () => {
  await look('fries');
  await page.locator('.products tbody tr').first().locator('button').click();
  await page.waitForSelector('form.product');
  const key = (await page.textContent('form.product h2 .code')).trim();
  const give = (name, mimeType, buffer) => page.setInputFiles('.photo input[type=file]', { name, mimeType, buffer });
  await give('logo.svg', 'image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
  await page.waitForSelector('.photo .notice.bad');
  assert.match(await page.textContent('.photo .notice'), /SVG files are programs/);
  await give('text.png', 'image/png', Buffer.from('no picture at all'));
  await page.waitForFunction(() => /no picture that a browser knows/.test(document.querySelector('.photo .notice')?.textContent ?? ''));
  await clean('picture refused');
  await shot('picture-refused');
  // A photograph as a camera makes it: large, and full of detail.
  const photo = Buffer.from(await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1600, height: 1200 });
    const pen = canvas.getContext('2d');
    for (let i = 0, n = 7; i < 4000; ++i) {
      n = (n * 16807) % 2147483647;
      pen.fillStyle = `hsl(${n % 360} 60% ${30 + (n % 40)}%)`;
      pen.fillRect(n % 1600, (n >> 8) % 1200, 20 + (n % 90), 20 + (n % 70));
    }
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    return [...new Uint8Array(await blob.arrayBuffer())];
  }));
  await give('photo.png', 'image/png', photo);
  await page.waitForFunction(() => /picture is ready/.test(document.querySelector('.photo')?.textContent ?? ''), undefined, { timeout: within(20_000) });
  await clean('picture');
  await shot('picture');
  await page.click('form.product button.main');
  await page.waitForSelector('.notice');
  const { value } = await ask('GET', one(key));
  for (const [size, most, side] of [['large', 61440, 480], ['small', 6144, 64]]) {
    const got = await fetch(`${home.url}/v1/pictures/${value.pictures[size]}`);
    const bytes = await got.arrayBuffer();
    assert.equal(got.headers.get('content-type'), 'image/webp');
    assert.ok(bytes.byteLength <= most, `${size}: ${bytes.byteLength}`);
    const wide = await page.evaluate(async (digest) => { const made = await createImageBitmap(await (await fetch(`/v1/pictures/${digest}`)).blob()); return [made.width, made.height]; }, value.pictures[size]);
    assert.deepEqual(wide, [side, side * 0.75]);
  }
});

test('catalogue page: two people change one product: the second sees what it was, both versions, and chooses; nothing is lost', async () => {
  await look('sku:CLASSIC');
  await page.locator('.products tbody tr').first().locator('button').click();
  await page.waitForSelector('form.product');
  await page.fill('input[name=price]', '7.00');
  await page.fill('input[name=tags]', 'best');
  const before = await ask('GET', one('sku:CLASSIC'));
  await ask('PUT', one('sku:CLASSIC'), { ...before.value, price: '8.00', cost: '3.00' }, { 'If-Match': before.etag });
  await page.click('form.product > .row button.main');
  await page.waitForSelector('.conflict');
  assert.deepEqual(await page.locator('.conflict thead th').allTextContents(), ['Field', 'Before', 'Theirs', 'Yours']);
  const row = async (field) => (await page.locator('.conflict tbody tr', { hasText: field }).innerText()).replace(/\s+/g, ' ');
  assert.match(await row('Price'), /1006\.50 8\.00 7\.00/);
  const chosen = (field) => page.locator('.conflict tbody tr', { hasText: field }).locator('input').evaluateAll((all) => all.map((one) => one.checked));
  assert.deepEqual([await chosen('Price'), await chosen('Cost'), await chosen('Tags')], [[false, false], [true, false], [false, true]], 'who changed a field alone, has it');
  assert.equal(await page.getAttribute('.conflict .main', 'aria-disabled'), 'true');
  await page.click('.conflict .main', { force: true });
  assert.equal((await ask('GET', one('sku:CLASSIC'))).value.price, '8.00', 'nothing is saved before every field is chosen');
  await clean('conflict');
  await shot('conflict');
  for (const tag of ['ja', 'ar']) {
    await in_language(tag);
    await clean(`conflict in ${tag}`);
    await shot(`conflict-${tag}`);
  }
  await in_language('en');
  await page.setViewportSize({ width: 768, height: 1024 });
  await clean('conflict at 768 px');
  await shot('conflict-768');
  await page.setViewportSize({ width: 1280, height: 900 });
  // By keyboard: the arrow goes on to yours.
  await page.locator('.conflict tbody tr', { hasText: 'Price' }).locator('input').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('.conflict .main:not([aria-disabled=true])');
  await page.focus('.conflict .main');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice');
  const { value } = await ask('GET', one('sku:CLASSIC'));
  assert.deepEqual([value.price, value.cost, value.tags], ['7.00', '3.00', ['best']]);
});

test('catalogue page: a product that rules need is not deleted, and they are named; another is, with a reason, and comes back within ten seconds', async () => {
  await look('FRIES-M');
  await page.locator('.products tbody tr').first().locator('button').click();
  await page.waitForSelector('form.product');
  const remove = async (why) => {
    await page.focus('.delete');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.name === 'why' && document.activeElement.getAttribute('aria-invalid') === 'true');
    await page.keyboard.type(why);
    await clean('deleting');
    await shot('delete');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
  };
  await remove('too many kinds');
  await page.waitForSelector('.needed');
  const needed = await page.innerText('.needed');
  assert.match(needed, /still needed[\s\S]*Fries with that\?[\s\S]*\(rule\)/);
  assert.equal(await page.getAttribute('.needed a >> nth=0', 'href').then((at) => at.startsWith('#rules/burger-bar/')), true);
  assert.equal((await ask('GET', one('sku:FRIES-M'))).status, 200);
  await clean('still needed');
  await shot('delete-needed');
  for (const tag of ['de', 'ja', 'ar']) {
    await in_language(tag);
    await clean(`still needed in ${tag}`);
    await shot(`delete-needed-${tag}`);
  }
  await in_language('en');
  await page.click('text=Cancel');
  const base = (await ask('GET', one('sku:CLASSIC'))).value;
  const lonely = { ...base, key: 'sku:LONELY', name: { en: 'Lonely bun' }, aliases: ['gtin:4000417025005'] };
  assert.equal((await ask('PUT', one('sku:LONELY'), lonely, { 'If-None-Match': '*' })).status, 201);
  const open_it = async () => {
    await page.fill('input[name=q]', '');
    await look('sku:LONELY');
    await page.locator('.products tbody tr').first().locator('button').click();
    await page.waitForSelector('form.product');
  };
  await open_it();
  await remove('nobody buys it');
  await page.waitForSelector('.notice >> text=Lonely bun is deleted.');
  assert.equal((await ask('GET', one('sku:LONELY'))).status, 404);
  await clean('deleted');
  await shot('deleted');
  await page.waitForFunction(() => document.activeElement?.textContent === 'Undo');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice >> text=It is back.');
  const { aliases, name } = (await ask('GET', one('sku:LONELY'))).value;
  assert.deepEqual([aliases, name], [lonely.aliases, lonely.name]);
  const { value: { changes } } = await ask('GET', '/v1/changes?limit=2');
  assert.deepEqual(changes.map(({ what, why }) => [what, why]), [['product.added', 'taken back at once'], ['product.removed', 'nobody buys it']]);
  await open_it();
  await remove('nobody buys it');
  await page.waitForSelector('.notice >> text=Lonely bun is deleted.');
});

test('catalogue page: a CSV shows row by row what it would change, and changes it only then', async () => {
  await page.click('text=Import CSV');
  await page.waitForSelector('form.import');
  await clean('import');
  await shot('import');
  await page.click('form.import button.main');
  await page.waitForSelector('.import [role=alert]');
  assert.match(await page.textContent('.import'), /Choose a file first/);
  await csv(Buffer.from('key;name:en\r\nCLASSIC;Caf\xe9\r\n', 'latin1'));
  await page.click('form.import button.main');
  await page.waitForSelector('.import .notice.bad');
  assert.match(await page.textContent('.import .notice'), /Line 2 is not UTF-8/);
  await shot('import-bad');
  await csv('key,name:en,price,stock,category,Remark\nCLASSIC,Classic,6.90,low,beef-burgers,x\nCOLA-L,,1;50,gone,nowhere,\nWRAP,=Wrap,5.90,in,veggie,\nBAD,<img src=x onerror=alert(1)>,1.00,in,veggie,\n');
  await page.click('form.import button.main');
  await page.waitForSelector('.kinds');
  assert.match((await page.locator('.kinds').innerText()).replace(/\s+/g, ' '), /2 Refused 1 Changed 1 New 0 Unchanged/);
  const refused = await page.locator('.import tbody').innerText();
  assert.match(refused, /3[\s\S]*sku:COLA-L[\s\S]*price: “1;50” is not an amount like 12\.50[\s\S]*stock: “gone” is not in, low or out/);
  assert.match(refused, /<img src=x onerror=alert\(1\)>/);
  assert.match(await page.textContent('.import'), /These columns are not used: Remark/);
  await clean('report');
  await shot('report-refused');
  await page.click('.kinds .changed');
  assert.match(await page.locator('.import tbody').innerText(), /Classic[\s\S]*price: 7\.00 → 6\.90/);
  await shot('report-changed');
  await page.click('.kinds .new');
  assert.match(await page.locator('.import tbody').innerText(), /=Wrap[\s\S]*price: 5\.90/);
  await page.setViewportSize({ width: 768, height: 1024 });
  await clean('report at 768 px');
  await shot('report-768');
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.equal((await ask('GET', one('sku:WRAP'))).status, 404, 'nothing has changed yet');
  // Somebody else is faster.
  const before = await ask('GET', one('sku:CLASSIC'));
  await ask('PUT', one('sku:CLASSIC'), { ...before.value, cost: '2.22' }, { 'If-Match': before.etag });
  await page.fill('.import input[name=why]', 'spring');
  await page.click('text=Apply 2 changes');
  await page.waitForSelector('.import .notice.bad');
  assert.match(await page.textContent('.import .notice'), /changed since the file was checked/);
  assert.equal((await ask('GET', one('sku:WRAP'))).status, 404);
  await shot('report-stale');
  await page.click('.import button:has-text("Check it again")');
  await page.waitForSelector('text=Apply 2 changes');
  assert.equal(await page.inputValue('.import input[name=why]'), 'spring', 'what was typed stays');
  await page.click('text=Apply 2 changes');
  await page.waitForFunction(() => /1 new and 1 changed/.test(document.querySelector('.notice')?.textContent ?? ''));
  const { value } = await ask('GET', one('sku:CLASSIC'));
  assert.deepEqual([value.price, value.cost], ['6.90', '2.22']);
  assert.deepEqual((await ask('GET', one('sku:WRAP'))).value.name, { en: '=Wrap' });
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Export CSV')]);
  const saved = fs.readFileSync(await download.path(), 'utf8');
  assert.match(saved, /^\ufeffkey,name:ar,name:de,name:en,name:ja,category,/);
  assert.match(saved, /\r\nsku:WRAP,,,'=Wrap,,veggie,5\.90,/);
  await turn_to(page, 'changes');
  await page.waitForSelector('tbody tr');
  assert.match(await page.textContent('tbody tr'), /root.*imported products.*spring/s);
  await shot('history');
});

test('catalogue page: a new product is made by keyboard alone', async () => {
  await turn_to(page, 'catalogue');
  await page.waitForSelector('.products tbody tr');
  await page.focus('text=New product');
  // To see it fail: give the form its focus in an effect after the paint, when the first keys may have gone elsewhere.
  await page.evaluate(() => {
    window.first = new Promise((done) => {
      new MutationObserver((_, watch) => {
        if (!document.querySelector('form.product')) return;
        watch.disconnect();
        done(document.activeElement.name);
      }).observe(document.body, { childList: true, subtree: true });
    });
  });
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate('first'), 'key', 'as soon as it stands there');
  await page.keyboard.press('End');
  await page.keyboard.type('MINT-TEA');
  const to = async (name) => {
    for (let i = 0; i < 30 && await page.evaluate('document.activeElement.name') !== name; ++i) await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.name'), name);
  };
  await to('name/en');
  await page.keyboard.type('Mint tea');
  await to('category');
  await page.keyboard.type('Drinks');
  await to('price');
  await page.keyboard.type('2.40');
  await shot('new');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice');
  assert.match(await page.textContent('.notice'), /Mint tea is saved/);
  assert.equal((await ask('GET', one('sku:MINT-TEA'))).value.price, '2.40');
});

test('catalogue page: a viewer reads and finds; what changes something is not there', async () => {
  const link = new URL(await home.link('--role', 'viewer'));
  const context = await browse({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  try {
    const viewer = await context.context.newPage();
    viewer.setDefaultTimeout(within(5000));
    await viewer.goto(home.url + link.pathname + link.hash);
    await viewer.fill('input[name=name]', 'Vera');
    await viewer.fill('input[name=id]', 'vera');
    await viewer.fill('input[name=password]', 'correct horse battery');
    await viewer.keyboard.press('Enter');
    await viewer.waitForSelector('nav');
    await turn_to(viewer, 'catalogue');
    await viewer.waitForSelector('.products tbody tr');
    assert.equal(await viewer.locator('main button:visible', { hasText: /Change|New product|Import/ }).count(), 0);
    assert.equal(await viewer.locator('text=Export CSV').count(), 1);
    await clean('viewer', viewer);
    await shot('viewer', viewer);
  } finally {
    await context.close();
  }
});

test('catalogue page: every language has every word, with the same places, and every word is used', async () => {
  const folder = path.join(root, 'headoffice/pages/manage/catalogue');
  const { words } = await exports_of(path.join(folder, 'words.ts'), home.home);
  judge_words(words, folder, /^(stock|allergens|rows|x)_/);
});
