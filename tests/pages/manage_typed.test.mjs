// What is typed into the forms of /manage beside a rule's: whoever goes away is asked, and the browser keeps a product's. On the real head
// office, in Debian's Chromium.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { turn_to } from './support/browser.mjs';
import { root } from './support/built.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

let home;
let rosa;
before(async () => {
  home = await office({ counted: false });
  const pack = JSON.parse(fs.readFileSync(path.join(root, 'headoffice/server/openapi.json'), 'utf8')).paths['/v1/publish'].post.requestBody.content['application/json'].examples.example.value;
  pack.rules.pack.version = 2;
  const response = await fetch(`${home.url}/v1/publish`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(pack) });
  assert.equal(response.status, 201, await response.text());
  rosa = await manager(home, 'rosa', 'admin');
});
after(async () => {
  await rosa?.close();
  await home?.stop();
});

async function open(place) {
  const page = await rosa.open(place);
  const asked = [];
  page.on('dialog', (dialog) => { asked.push(dialog.type()); void dialog.accept(); });
  return { page, asked };
}
/// Goes to another tab, is asked, stays or goes.
async function goes(page, place, button) {
  await page.click(`nav a[href="#${place}"]`);
  await page.waitForSelector('dialog[open]');
  await page.click(`dialog[open] button:has-text("${button}")`);
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
}

test('typed: a product half changed: whoever goes is asked, a reload keeps it, and it is offered again', async () => {
  const { page, asked } = await open('#catalogue');
  await page.click('table.products td button');
  await page.fill('input[name="name/en"]', 'Half a na');
  await page.selectOption('select[name=stock]', 'low');
  await page.selectOption('select[name=contains]', 'some');
  await page.fill('input[name=allergens]', 'mustard');
  await page.check('input[name=hidden]');
  await page.fill('input[name=why]', 'since');
  const stands = () => page.evaluate(() => JSON.stringify([...new FormData(document.querySelector('form.product'))]));
  const before = await stands();
  await page.click('nav a[href="#tills"]');
  await page.waitForSelector('dialog[open]');
  assert.match(await page.textContent('dialog[open]'), /offered to you when you come back/);
  await rosa.clean(page, 'leaving a product');
  await rosa.shot(page, 'typed-leaving');
  await page.click('dialog[open] button:has-text(\"Stay\")');
  assert.equal(await stands(), before);
  assert.match(page.url(), /#catalogue$/);
  await page.reload();
  assert.deepEqual(asked, ['beforeunload']);
  // Which one it was, stands above the list.
  await page.waitForSelector('.notice.mind');
  assert.match(await page.textContent('.notice.mind'), /You changed sku:\S+ and did not save it/);
  await rosa.clean(page, 'a product that was not saved');
  await rosa.shot(page, 'typed-listed');
  await page.click('.notice.mind button');
  await page.waitForSelector('form.product');
  assert.notEqual(await stands(), before);
  await rosa.shot(page, 'typed-offered');
  await rosa.clean(page, 'a product offered again');
  await page.click('button:has-text(\"Take it back\")');
  await page.waitForFunction(() => document.querySelector('input[name="name/en"]')?.value === 'Half a na');
  assert.equal(await stands(), before);
  // It is what was typed, not what is saved: it is held as before, and kept when it is left.
  await goes(page, 'tills', 'Leave');
  await page.waitForSelector('nav a[href="#tills"][aria-current=page]');
  await turn_to(page, 'catalogue');
  await page.click('.notice.mind button');
  await page.click('button:has-text(\"Throw it away\")');
  await page.waitForFunction(() => !document.querySelector('.notice.mind'));
  await turn_to(page, 'tills');
  await turn_to(page, 'catalogue');
  await page.waitForSelector('table.products tbody tr');
  assert.equal(await page.locator('.notice.mind').count(), 0);
  // A new one, too; what is cancelled is gone.
  await page.click('button:has-text(\"New product\")');
  await page.fill('input[name=key]', 'sku:NEW');
  await page.reload();
  await page.click('.notice.mind button');
  await page.click('button:has-text(\"Take it back\")');
  await page.waitForFunction(() => document.querySelector('input[name=key]')?.value === 'sku:NEW');
  await page.click('form.product button:has-text(\"Cancel\")');
  await page.waitForSelector('table.products tbody tr');
  assert.equal(await page.locator('.notice.mind').count(), 0);
  await page.close();
});

test('typed: a product that was changed meanwhile: what is taken back meets theirs, field by field', async () => {
  const { page } = await open('#catalogue');
  await page.waitForSelector('table.products tbody tr');
  await page.click('table.products td button');
  await page.fill('input[name=tags]', 'mine');
  await page.reload();
  await page.waitForSelector('.notice.mind');
  const key = (await page.textContent('table.products .code')).trim();
  assert.equal(await page.evaluate(async (one) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    const at = `/v1/packs/corner/products/${encodeURIComponent(one)}`;
    const was = await fetch(at);
    return (await fetch(`${at}?why=x`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, 'If-Match': was.headers.get('ETag') }, body: JSON.stringify({ ...(await was.json()), tax_class: 'theirs' }) })).status;
  }, key), 200);
  await page.click('.notice.mind button');
  await page.click('button:has-text(\"Take it back\")');
  await page.waitForFunction(() => document.querySelector('input[name=tags]')?.value === 'mine');
  await page.fill('input[name=why]', 'both');
  await page.click('form.product button:has-text(\"Save\")');
  await page.waitForSelector('.conflict');
  await page.click('button:has-text(\"Save what is chosen\")');
  await page.waitForFunction(() => document.querySelector('.notice')?.textContent.includes('is saved'));
  const saved = await page.evaluate(async (one) => (await fetch(`/v1/packs/corner/products/${encodeURIComponent(one)}`)).json(), key);
  assert.deepEqual([saved.tags, saved.tax_class], [['mine'], 'theirs']);
  assert.equal(await page.locator('.notice.mind').count(), 0);
  await page.close();
});

test('typed: a person half changed, an invitation, a file to import and a reason are not left without a question', async () => {
  const mia = await manager(home, 'mia', 'viewer');
  await mia.close();
  const { page, asked } = await open('#people');
  await page.click('button[aria-label="Change Mia"]');
  // Nothing typed: nobody is asked.
  await turn_to(page, 'tills');
  await turn_to(page, 'people');
  await page.click('button[aria-label="Change Mia"]');
  await page.fill('input[name=why]', 'half a');
  await goes(page, 'tills', 'Stay');
  assert.equal(await page.inputValue('input[name=why]'), 'half a');
  // Another person's form would take its place; signing out would leave it, too.
  await page.click('button[aria-label="Change Rosa"]');
  await page.click('dialog[open] button:has-text(\"Stay\")');
  assert.match(await page.textContent('form h2'), /Change Mia/);
  await page.click('header .menu summary');
  await page.click('header .menu button');
  await page.waitForSelector('dialog[open]');
  assert.match(await page.textContent('dialog[open]'), /will be lost/);
  await rosa.clean(page, 'leaving a person');
  await page.click('dialog[open] button:has-text(\"Stay\")');
  await page.click('header .menu summary');
  await page.reload();
  assert.deepEqual(asked, ['beforeunload']);
  await page.waitForSelector('main tbody tr');
  await page.locator('form select').first().selectOption('store-manager');
  await goes(page, 'catalogue', 'Leave');
  // A file.
  await page.click('button:has-text(\"Import CSV\")');
  await page.setInputFiles('input[type=file]', { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('key,price\n') });
  await goes(page, 'tills', 'Stay');
  assert.match(await page.textContent('form.import'), /a\.csv/);
  await goes(page, 'tills', 'Leave');
  // A reason, at the tills and in a dialog.
  await page.click('.versions button');
  await page.fill('form.ask input[name=why]', 'because');
  await goes(page, 'catalogue', 'Stay');
  assert.equal(await page.inputValue('form.ask input[name=why]'), 'because');
  await goes(page, 'catalogue', 'Leave');
  await page.click('table.products td button');
  await page.click('form.product .delete');
  await page.fill('dialog input[name=why]', 'because');
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll('dialog[open]').length === 2);
  await page.locator('dialog[open]').last().locator('button:has-text(\"Stay\")').click();
  assert.equal(await page.inputValue('dialog input[name=why]'), 'because');
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll('dialog[open]').length === 2);
  await page.locator('dialog[open]').last().locator('button:has-text(\"Leave\")').click();
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
  assert.match(page.url(), /#tills$/);
  await page.close();
});
