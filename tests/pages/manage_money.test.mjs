// Money on /manage: one reading and writing of it for the rules' form and the catalogue, exact with no, two and three decimals, as each
// language writes it. (Check 46 of the pages.) The real head office, Debian's Chromium.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { turn_to } from './support/browser.mjs';
import { root } from './support/built.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';
import { exports_of } from './support/words.mjs';

/// Of each currency what people type for one amount, in each language; what is no amount; what documents have; and how a list writes it.
const currencies = [
  { currency: 'JPY', price: '1000', is: '1234', typed: { en: '1,234', de: '1.234', ar: '١٬٢٣٤', ja: '１，２３４' }, wrong: { en: '12.5', de: '12,5', ar: '١٢٫٥', ja: '12.5' }, written: { en: '¥1,234', de: '1.234 ¥', ja: '￥1,234' } },
  { currency: 'EUR', price: '1000.00', is: '1234.50', typed: { en: '1,234.50', de: '1.234,50', ar: '١٬٢٣٤٫٥٠', ja: '1,234.50' }, wrong: { en: '1.234', de: '1234.50', ar: '١٫٢٣٤', ja: '1.234' }, written: { en: '€1,234.50', de: '1.234,50 €', ja: '€1,234.50' } },
  { currency: 'KWD', price: '1000.000', is: '1234.505', typed: { en: '1,234.505', de: '1.234,505', ar: '١٬٢٣٤٫٥٠٥', ja: '1234.505' }, wrong: { en: '1.2345', de: '1,2345', ar: '١٫٢٣٤٥', ja: '1.2345' }, written: { en: 'KWD 1,234.505', de: '1.234,505 KWD', ja: 'KWD 1,234.505' } },
];
const pack_of = (currency) => `shop-${currency.toLowerCase()}`;
const languages = ['en', 'de', 'ar', 'ja'];
let home;
let rosa;
let cash;

before(async () => {
  home = await office({ counted: false });
  for (const { currency, price } of currencies) {
    const store = currency.toLowerCase();
    const product = (key, name) => ({ key, name: { en: name }, category: 'goods', price, cost: price.replace('1000', '100') });
    const pack = {
      rules: { format: 'sidedish-rules/1', pack: { id: pack_of(currency), version: 1 }, currency, prices_include_tax: true, languages: ['en'], stores: [{ id: store, name: `Store ${currency}`, time_zone: 'UTC' }],
               rules: [{ id: 'pair', name: 'A pair', kind: 'bundle', bundle: { slots: [{ id: 'a', choose: { items: ['sku:A'] } }, { id: 'b', choose: { items: ['sku:B'] } }], price }, text: { en: { headline: 'Both?' } }, extra_adds_per_1000: 50, priority: 50 }] },
      catalogue: { format: 'sidedish-catalogue/1', currency, categories: [{ id: 'goods', name: { en: 'Goods' } }], products: [product('sku:A', 'Apple'), product('sku:B', 'Bread')] },
    };
    const response = await fetch(`${home.url}/v1/publish`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(pack) });
    assert.equal(response.status, 201, await response.text());
  }
  rosa = await manager(home, 'rosa', 'admin');
  cash = await exports_of(path.join(root, 'headoffice/pages/manage/cash.ts'), home.home);
});
after(async () => {
  await rosa?.close();
  await home?.stop();
});

test('money: goes out and back exactly, with no, two and three decimals, in every writing', () => {
  const { decimal_text, minor_of, shown, typed } = cash;
  for (const { is, typed: ways, wrong } of currencies) {
    const exponent = is.split('.')[1]?.length ?? 0;
    for (const tag of languages) {
      assert.equal(typed(ways[tag], exponent, tag), minor_of(is, exponent), `${ways[tag]} in ${tag}`);
      assert.equal(typed(wrong[tag], exponent, tag), undefined, `${wrong[tag]} in ${tag}`);
    }
  }
  assert.equal(typed('1.234,50', 2, 'de'), typed('1,234.50', 2, 'en'));
  assert.equal(typed('1234,5', 2, 'de'), 123450);
  assert.equal(typed('١٬٢٣٤٫٥٠', 2, 'ar-EG'), 123450);
  assert.equal(typed('۱۲۳۴', 0, 'en'), 1234, 'digits of other scripts count in every language');
  assert.equal(typed('1\u202f234,5', 2, 'fr'), 123450);
  assert.equal(typed('1 234,5', 2, 'fr'), 123450);
  for (const [text, exponent, language] of [['1.5', 0, 'ja'], ['1.234', 2, 'en'], ['1.23,4', 2, 'de'], ['12.50', 2, 'de'], ['1,2,3', 2, 'en'], ['', 2, 'en'], ['-1', 2, 'en'], ['1e3', 2, 'en'], ['12345678901', 2, 'en'], ['.', 2, 'en'], ['1 234', 2, 'en'], ['1,', 2, 'de']]) {
    assert.equal(typed(text, exponent, language), undefined, `${text} in ${language}`);
  }
  for (const exponent of [0, 2, 3]) {
    for (const minor of [0, 1, 9, 10, 99, 100, 101, 999, 1000, 123_456, 9_999_999_999]) {
      assert.equal(minor_of(decimal_text(minor, exponent), exponent), minor);
      for (const language of ['en', 'de', 'ar', 'ja', 'fr', 'ar-EG']) assert.equal(typed(shown(minor, exponent, language), exponent, language), minor, `${minor}, ${exponent}, ${language}`);
    }
  }
});

const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');
/** Waits until the words stand there: what is saved or turned into another language is drawn a moment later. */
const says = (page, where, words) => page.locator(where).filter({ hasText: plain(words) }).first().waitFor();
const kept = (page, where) => page.evaluate(async (at) => (await fetch(at)).json(), where);
const speak = async (page, tag) => {
  await page.evaluate((wanted) => { const select = document.querySelector('header select'); select.value = wanted; select.dispatchEvent(new Event('change', { bubbles: true })); }, tag);
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, tag);
};

// To see it fail: let the field read a point as a decimal sign in every language, or show minor units divided by a hundred.
test('money: the form of a rule takes it as each language writes it, shows it so in the others, and keeps it exactly', async () => {
  const price = '[data-at="/bundle/price"]';
  for (const { currency, is, typed, wrong, written } of currencies) {
    const at = `/v1/packs/${pack_of(currency)}/rules/pair`;
    const page = await rosa.open(`#rules/${pack_of(currency)}/pair`);
    await page.click('.actions .main');
    const draft_is = (amount) => page.waitForFunction(async ([where, wanted]) => (await (await fetch(where)).json()).draft?.rule.bundle.price === wanted, [at, amount]);
    for (const tag of languages) {
      await speak(page, tag);
      await page.fill(price, '');
      await page.type(price, typed[tag]);
      await page.keyboard.press('Control+s');
      await draft_is(is);
      await page.type(price, '1');   // another amount in between: what comes next is no leftover
      await page.fill(price, wrong[tag]);
      await page.keyboard.press('Control+s');
      await page.waitForSelector(`${price}[aria-invalid=true]`);
      assert.equal(await page.inputValue(price), wrong[tag], 'what was typed stays');
      assert.equal((await kept(page, at)).draft.rule.bundle.price, is, 'and is not kept');
      await page.fill(price, typed[tag]);
      await page.keyboard.press('Control+s');
      await page.waitForSelector(`${price}[aria-invalid=false]`);
      // In each other language the same amount is there to be typed over: what stands there is that amount again.
      for (const other of languages) {
        await speak(page, other);
        await page.focus('[data-at="/name"]');
        const exponent = is.split('.')[1]?.length ?? 0;
        // As this browser writes it: which digits Arabic has is another in every few versions.
        const shown = await (await page.waitForFunction(([where, minor, of, tag]) => {
          const wanted = new Intl.NumberFormat(tag, { minimumFractionDigits: of, maximumFractionDigits: of, useGrouping: false }).format(minor / 10 ** of);
          return document.querySelector(where).value === wanted && wanted;
        }, [price, cash.minor_of(is, exponent), exponent, other])).jsonValue();
        assert.equal(cash.decimal_text(cash.typed(shown, exponent, other), exponent), is, `${shown} in ${other}`);
      }
    }
    await rosa.clean(page, `a price in ${currency}`);
    await rosa.shot(page, `money-${currency}`);
    for (const [tag, words] of Object.entries(written)) {
      await speak(page, tag);
      await says(page, '.compare', words);
    }
    await speak(page, 'en');
    await page.close();
  }
});

// To see it fail: let a product be read by another parser than the form of a rule.
test('money: the catalogue takes it as each language writes it, shows it, and keeps it exactly', async () => {
  const page = await rosa.open('#catalogue');
  for (const { currency, is, typed, wrong, written } of currencies) {
    const at = `/v1/packs/${pack_of(currency)}/products/${encodeURIComponent('sku:A')}`;
    await page.waitForSelector('main select >> nth=0');
    await page.locator('main select').first().selectOption(pack_of(currency));
    for (const tag of languages) {
      await speak(page, tag);
      await page.locator('.products tbody tr', { hasText: 'Apple' }).locator('button').first().click();
      await page.fill('input[name=price]', wrong[tag]);
      await page.fill('input[name=cost]', '');
      await page.fill('input[name=why]', 'a price');
      await page.keyboard.press('Enter');
      await page.waitForSelector('input[name=price][aria-invalid=true]');
      await page.fill('input[name=price]', typed[tag]);
      await page.keyboard.press('Enter');
      await page.waitForSelector('form.product', { state: 'detached' });
      assert.equal((await kept(page, at)).price, is, `${typed[tag]} in ${tag}`);
      if (written[tag]) await says(page, '.products tbody tr >> nth=0', written[tag]);
      // As it is shown it is taken again.
      await page.locator('.products tbody tr', { hasText: 'Apple' }).locator('button').first().click();
      await page.waitForSelector('input[name=price]');
      const shown = await page.inputValue('input[name=price]');
      assert.equal(cash.decimal_text(cash.typed(shown, is.split('.')[1]?.length ?? 0, tag), is.split('.')[1]?.length ?? 0), is, `${shown} in ${tag}`);
      await page.locator('form.product > .row:last-child button.plain').first().click();
      await page.waitForSelector('form.product', { state: 'detached' });
    }
    await rosa.shot(page, `money-catalogue-${currency}`);
    await speak(page, 'en');
  }
  await turn_to(page, 'rules');
  await page.close();
});
