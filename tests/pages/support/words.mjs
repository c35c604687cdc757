// The words of a page: every language has all of them, with the same places and all its plurals, and none is left over.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { build } from 'esbuild';

/** What a TypeScript module exports; `out`: a folder for what is built of it. */
export async function exports_of(file, out) {
  const outfile = path.join(out, `${file.replace(/\W/g, '-')}.cjs`);
  await build({ entryPoints: [file], bundle: true, format: 'cjs', outfile, logLevel: 'error' });
  return createRequire(import.meta.url)(outfile);
}

const places = (message) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g) ?? [])].filter((one) => one !== '{count}').sort();

/** `words`: by language; `folder`: the sources they are used in; `named`: words that no source spells out. */
export function judge_words(words, folder, named) {
  assert.deepEqual(Object.keys(words).sort(), ['ar', 'de', 'en', 'ja']);
  for (const [tag, all] of Object.entries(words)) {
    const wanted = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    assert.deepEqual(Object.keys(all).sort(), Object.keys(words.en).sort(), tag);
    for (const [key, message] of Object.entries(all)) {
      assert.deepEqual(places(message), places(words.en[key]), `${tag}: ${key}`);
      if (typeof message !== 'string') for (const one of wanted) assert.ok(message[one], `${tag}: ${key} has no ${one}`);
    }
  }
  const sources = fs.readdirSync(folder, { recursive: true }).filter((file) => /\.tsx?$/.test(file) && !/messages/.test(file)).map((file) => fs.readFileSync(path.join(folder, file), 'utf8')).join('\n');
  // Names that are put together: `rules.state_${state}`.
  const composed = [...sources.matchAll(/`([\w.]+[._])\$\{/g)].map(([, start]) => start);
  for (const key of Object.keys(words.en)) assert.ok(named.test(key) || composed.some((start) => key.startsWith(start)) || sources.includes(`'${key}'`), `${key} is used nowhere`);
}
