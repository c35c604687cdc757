// The pages' words and money, and the parser of their event stream, without a browser.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';

import { root } from './support/built.mjs';

const shared = path.join(root, 'sdk/js/shared');
const languages = ['en', 'de', 'ar', 'ja'];

/// A module of the pages, as node understands it.
async function load(file) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-module-'));
  try {
    await build({ entryPoints: [path.join(shared, file)], bundle: true, format: 'cjs', outfile: path.join(folder, 'it.cjs'), logLevel: 'error' });
    return createRequire(import.meta.url)(path.join(folder, 'it.cjs'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
const { messages, say_in } = await load('i18n.ts');
const money = await load('money.ts');
const { EventParser } = await load('stream.ts');

test('words: every language has every text, with the same places', () => {
  const keys = Object.keys(messages.en).sort();
  assert.deepEqual(Object.keys(messages).sort(), [...languages].sort());
  const places = (message) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g) ?? [])].sort();
  for (const language of languages) {
    assert.deepEqual(Object.keys(messages[language]).sort(), keys, language);
    for (const key of keys) {
      assert.equal(typeof messages[language][key], typeof messages.en[key], `${language}: ${key}`);
      assert.deepEqual(places(messages[language][key]), places(messages.en[key]), `${language}: ${key}`);
    }
  }
});

test('words: where a number decides, every plural of the language is there', () => {
  for (const language of languages) {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, message] of Object.entries(messages[language])) {
      if (typeof message === 'string') continue;
      for (const category of wanted) assert.ok(message[category], `${language}: ${key} has no ${category}`);
    }
  }
  assert.equal(say_in('en', 'items', { count: 1 }), '1 item');
  assert.equal(say_in('ar', 'items', { count: 2 }), 'صنفان');
});

test('words: every text is used by a page, and none shouts', () => {
  const sources = ['plugin/pages/till', 'plugin/pages/kiosk', 'sdk/js/shared'].flatMap((folder) => fs.readdirSync(path.join(root, folder)).filter((file) => /\.tsx$|^(strip|panel)\.ts$/.test(file))
    .map((file) => fs.readFileSync(path.join(root, folder, file), 'utf8')));
  for (const key of Object.keys(messages.en)) assert.ok(sources.some((text) => text.includes(`'${key}'`)), `${key} is used nowhere`);
  for (const language of languages) assert.doesNotMatch(JSON.stringify(messages[language]), /[!！]/, language);
});

test('money: minor units become each language\'s own writing, with no, two and three decimals', () => {
  assert.equal(money.price(399, 2, 'EUR', 'en'), '€3.99');
  assert.equal(money.price(399, 2, 'EUR', 'de'), '3,99\u00a0€');
  assert.equal(money.price(399, 0, 'JPY', 'ja'), '￥399');
  assert.equal(money.amount(1234, 3, 'en'), '1.234');
  assert.equal(money.effect(-150, 2, 'en'), '\u2212\u00a01.50');
  assert.equal(money.effect(399, 2, 'de'), '+\u00a03,99');
  assert.equal(money.milli('0.350'), 350);
  assert.equal(money.milli('-2'), -2000);
  assert.equal(money.milli('1e3'), 0);
});

test('stream: events are the same however the bytes are cut, and what is no event is passed over', () => {
  const text = ': hello\r\n\r\nid: 7\nevent: prompts\ndata: {"a":"ü"}\n\n:\n\nevent: x\nid: 8\ndata: 1\ndata: 2\n\nid: 9\n\nevent: cut';
  const bytes = new TextEncoder().encode(text);
  for (let cut = 0; cut <= bytes.length; ++cut) {
    const heard = [];
    const parser = new EventParser((...event) => heard.push(event));
    parser.push(bytes.subarray(0, cut));
    parser.push(bytes.subarray(cut));
    assert.deepEqual(heard, [['prompts', '{"a":"ü"}', '7'], ['x', '1\n2', '8']], `cut at ${cut}`);
  }
});
