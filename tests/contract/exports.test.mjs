// Shows that tests/contract/exports refuses what must not come into a host: small libraries with one fault each.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const exports_check = fileURLToPath(new URL('exports', import.meta.url));

function verdict(source, options = []) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-exports-'));
  try {
    fs.writeFileSync(path.join(folder, 'a.c'), source);
    const library = path.join(folder, 'liba.so');
    execFileSync('gcc', ['-shared', '-fPIC', '-nostartfiles', '-o', library, path.join(folder, 'a.c'), ...options]);
    const run = spawnSync(exports_check, [library], { encoding: 'utf8' });
    return { status: run.status, text: run.stdout + run.stderr };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const ours = '#include <string.h>\nint sidedish_a(const char* p) { return (int)strlen(p); }\n';

test('exports: a library in order is let in', () => {
  const { status, text } = verdict(ours);
  assert.equal(status, 0, text);
  assert.match(text, /^1 functions, needs libc\.so\.6, \d+ bytes stripped$/m);
});

const faults = [
  ['a symbol that is not ours', `${ours}int helper(void) { return 1; }\n`, [], /exports helper /],
  ['a library beside libc', `#include <math.h>\n${ours}double sidedish_b(double x) { return cos(x); }\n`, ['-fno-builtin', '-lm'], /needs .*libm\.so\.6/],
  ['code that runs at load', `${ours}__attribute__((constructor)) static void early(void) { }\n`, [], /runs code at load or unload: +\.init_array/],
  ['a thread of our own', `#include <pthread.h>\n${ours}int sidedish_t(void* (*f)(void*)) { pthread_t t; return pthread_create(&t, 0, f, 0); }\n`, [], /calls pthread_create/],
  ['an allocation from the host', `${ours}#include <stdlib.h>\nvoid* sidedish_m(unsigned long n) { return malloc(n); }\n`, [], /calls malloc/],
  ['more than 1 MiB', `${ours}const char sidedish_big[1 << 20] = {1};\n`, [], /1 MiB or more/],
];
for (const [name, source, options, expected] of faults) {
  test(`exports: ${name} is found`, () => {
    const { status, text } = verdict(source, options);
    assert.equal(status, 1, text);
    assert.match(text, expected);
  });
}
