// What head office says in words of its own (changes, problems, findings) is said in every language: collected from its sources.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { root } from './support/built.mjs';
import { exports_of, judge_words } from './support/words.mjs';

const out = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-words-'));
after(() => fs.rmSync(out, { recursive: true }));

/** The C++ sources of some rooms, one after the other. */
const sources = (...rooms) => rooms.flatMap((room) => fs.readdirSync(path.join(root, room), { recursive: true }).map((file) => path.join(root, room, file)))
  .filter((file) => /\.[ch]pp$/.test(file)).map((file) => fs.readFileSync(file, 'utf8')).join('\n');
const found = (text, ...patterns) => [...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, one]) => one)))].sort();

test('words: whatever head office writes into the log of changes has words in every language', async () => {
  const { words } = await exports_of(path.join(root, 'headoffice/pages/manage/changes/words.ts'), out);
  // Whoever writes a change names it so, at once or through a variable or a table.
  const written = found(sources('headoffice'), /\bwhat = "([^"]+)"/g, /"((?:rule|pack|product|catalogue|publication|person|store|terminal)\.[a-z-]+)"/g);
  assert.ok(written.length >= 36, written.join());
  for (const [tag, all] of Object.entries(words)) assert.deepEqual(Object.keys(all).sort(), written, tag);
  judge_words(words, path.join(root, 'headoffice/pages/manage/changes'), /./);
});

test('words: whatever is found in a rule or a product, every problem head office answers with, and all that keeps a rule silent has words in every language', async () => {
  const folder = path.join(root, 'headoffice/pages/manage');
  const seldom = {};
  const common = {};
  for (const tag of ['en', 'de', 'ar', 'ja']) {
    seldom[tag] = (await exports_of(path.join(folder, `seldom/seldom_${tag}.ts`), out)).words;
    common[tag] = (await exports_of(path.join(folder, `languages/${tag}.ts`), out)).words;
  }
  judge_words(seldom, folder, /^([fp]|guard|silence)_/);
  // What tills and agents are answered is nobody's to read here.
  const text = sources('rules/compile', 'rules/format', 'headoffice/book', 'headoffice/catalogue').replace(/\/\/[^\n]*/g, '');
  const wire = found(sources('rules/format').replace(/\/\/[^\n]*/g, ''), /fields\.add\(\s*"([a-z]+)"/g, /(?:data|event)\.add\(\s*"([a-z]+)"/g);
  const codes = found(text, /\b(?:add|tell)\(\s*"([a-z]+(?:-[a-z]+)*)"/g, /\bexpected\([^;]*?, "([a-z-]+)"\)/g, /\bcode = "([a-z-]+)"/g, /\bkPlain = "([a-z-]+)"/g, /"((?:no-such|not|too|never|unknown|below|missing|few|idle|other|store)-[a-z-]+)"/g).filter((one) => !wire.includes(one));
  assert.ok(codes.length > 70, codes.join());
  const problems = found(sources('headoffice'), /\bproblem_of\(\s*\d+,\s*"([a-z-]+)"/g, /\bwith_findings\(\s*\d+,\s*"([a-z-]+)"/g, /^ {4}\{"([a-z]+(?:-[a-z]+)+)", "[A-Z]/gm);
  assert.ok(problems.length >= 25, problems.join());
  // These three have words of their own, with what is to be done.
  const told = { 'wrong-credentials': 'wrong_credentials', 'too-many-tries': 'too_many_tries', 'link-over': 'link_over' };
  // By the numbers the engine has for them; the first of each means nothing.
  const numbers = (file, kind) => found(fs.readFileSync(path.join(root, file), 'utf8').split(`enum class ${kind} `)[1].split('};')[0], /^ +\w+ =\s+(\d+),/gm).filter((one) => one !== '0');
  const silent = [...numbers('rules/engine/explain.hpp', 'Guard').map((one) => `guard_${one}`), ...numbers('rules/model/words.hpp', 'Silence').map((one) => `silence_${one}`)];
  assert.ok(silent.length >= 39, silent.join());
  for (const tag of Object.keys(seldom)) {
    assert.deepEqual(silent.filter((one) => !Object.hasOwn(seldom[tag], one)), [], tag);
    assert.deepEqual(codes.filter((one) => !Object.hasOwn(seldom[tag], `f_${one}`) && !Object.hasOwn(common[tag], `rules.f_${one}`)), [], tag);
    assert.deepEqual(problems.filter((one) => !Object.hasOwn(seldom[tag], `p_${one}`) && !Object.hasOwn(common[tag], told[one] ?? '')), [], tag);
  }
  const known = new Set([...silent, 'elsewhere', ...codes.map((one) => `f_${one}`), ...problems.map((one) => `p_${one}`)]);
  assert.deepEqual(Object.keys(seldom.en).filter((one) => !known.has(one)), [], 'words that nothing needs');
});
