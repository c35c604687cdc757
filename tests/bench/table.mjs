// tests/bench/table.mjs FOLDER RULES...: the Markdown table of tests/bench/run. Columns are rules, a cell is the median over
// the repetitions of the p50 in microseconds at 20 lines; answers are compared with brute force's, and a difference is told.
import fs from 'node:fs';
import path from 'node:path';
import os from 'node:os';

const [folder, ...rules] = process.argv.slice(2);
const runs = fs.readdirSync(folder).filter((name) => /^\d+$/.test(name)).map((name) => path.join(folder, name));
const lines = (file) => fs.readFileSync(file, 'utf8').trim().split('\n');
const rows = runs.flatMap((run) => lines(path.join(run, 'results.jsonl')).map((line) => JSON.parse(line)));
const median = (values) => values.sort((a, b) => a - b)[(values.length - 1) >> 1];
const names = [...new Set(rows.map((row) => row.peer))];
const p50 = (name, count) => {
  const found = rows.filter((row) => row.peer === name && row.R === Number(count) && row.lines === 20).map((row) => row.p50_us);
  return found.length ? median(found) : undefined;
};

let wrong = 0;
for (const run of runs) {
  for (const count of rules) {
    const brute = path.join(run, `answers-brute-${count}.txt`);
    if (!fs.existsSync(brute)) continue;
    const want = new Map(lines(brute).map((line) => line.split(' ')).map(([session, n, ...rest]) => [`${session} ${n}`, rest]));
    for (const name of names) {
      const file = path.join(run, `answers-${name}-${count}.txt`);
      if (!fs.existsSync(file)) continue;
      for (const line of lines(file)) {
        const [session, n, ...rest] = line.split(' ');
        const other = want.get(`${session} ${n}`);
        const from = rest[0] === '-1' ? 2 : 0;
        if (other && other.slice(from).join() !== rest.slice(from).join()) wrong += 1;
      }
    }
  }
}

const shown = { 'sidedish-best': 'Sidedish, `decide()`: best three, all guards', 'sidedish-call': 'Sidedish, C function: text keys, prompts recorded',
  'sidedish-all': 'Sidedish, every rule that matches', brute: 'brute force, every rule from scratch' };
console.log(`One line added to a basket -> the best three; median of ${runs.length}, microseconds, baskets of 20 lines. ${os.cpus()[0].model.trim()}, ${os.cpus().length} processors.\n`);
console.log(`| | ${rules.map((count) => `${Number(count).toLocaleString('en')} rules`).join(' | ')} |`);
console.log(`| --- | ${rules.map(() => '--:').join(' | ')} |`);
for (const name of names.sort((a, b) => (p50(a, rules[0]) ?? 1e9) - (p50(b, rules[0]) ?? 1e9))) {
  const cells = rules.map((count) => p50(name, count)).map((us) => (us === undefined ? '-' : us < 100 ? us.toFixed(1) : Math.round(us).toLocaleString('en')));
  console.log(`| ${shown[name] ?? name} | ${cells.join(' | ')} |`);
}
console.log(wrong ? `\n${wrong} ANSWERS DIFFER from brute force` : '\nEvery answer equals that of brute force.');
process.exitCode = wrong ? 1 : 0;
