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
  const written = found(sources('headoffice'), /\bwhat = "([^"]+)"/g, /"((?:rule|product|catalogue|publication|person)\.[a-z-]+)"/g);
  assert.ok(written.length >= 28, written.join());
  for (const [tag, all] of Object.entries(words)) assert.deepEqual(Object.keys(all).sort(), written, tag);
  judge_words(words, path.join(root, 'headoffice/pages/manage/changes'), /./);
});
