#!/usr/bin/env node
// packaging/third-party.mjs --build DIR --targets FILE,... --name NAME --version V --out DIR
//
// What others wrote and these programs carry or load, from what the build really did: the objects of each program as ninja
// knows them, the headers that the compiler read for them, the libraries that were linked, and the npm packages that esbuild
// put into the pages. Writes OUT/THIRD-PARTY.txt (each with its licence) and OUT/sbom.cdx.json (CycloneDX 1.5).
//
// On Debian: files belong to packages, and each package has its copyright file. What belongs to none is an error, so that a
// library from elsewhere cannot slip in unnamed.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const options = {};
for (let i = 2; i < process.argv.length; i += 2) {
  const name = /^--(build|targets|name|version|out)$/.exec(process.argv[i])?.[1];
  if (!name || process.argv[i + 1] === undefined) throw new Error(`what is "${process.argv[i]}"?`);
  options[name] = process.argv[i + 1];
}
const build = path.resolve(options.build);
const run = (command, args) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: 'C' } });
const lines = (text) => text.split('\n').filter(Boolean);

// Everything that goes into the programs, by ninja's own graph. The plugin is linked from archives that it only depends on.
const targets = options.targets.split(',').map((name) => (name.endsWith('.so') ? `lib/${name}` : `bin/${name}`));
const inputs = new Set(targets.flatMap((target) => lines(run('ninja', ['-C', build, '-t', 'inputs', target])))
  .filter((line) => !line.startsWith('ninja: ')));
const used = new Set();
const objects = [...inputs].filter((input) => input.endsWith('.o'));
if (objects.length === 0) throw new Error(`${build}: ninja knows no object of ${targets.join(', ')}`);
let current;
for (const line of lines(run('ninja', ['-C', build, '-t', 'deps']))) {
  const head = /^(\S.*): #deps/.exec(line);
  if (head) current = inputs.has(head[1]);
  else if (current) used.add(line.trim());
}
for (const input of inputs) if (/\.(so[.\d]*|a)$/.test(input)) used.add(input);

// Files outside the project belong to Debian packages.
const files = [...used].map((file) => path.resolve(build, file))
  .filter((file) => path.relative(root, file).startsWith('..') && path.relative(build, file).startsWith('..'));
const wanted = [...new Set(files.map((file) => fs.realpathSync(file)))];
// A file of a merged /usr may stand in dpkg's lists by its old place.
const spelled = new Map(wanted.flatMap((file) => [[file, file], ...(file.startsWith('/usr/lib/') ? [[file.slice(4), file]] : [])]));
const owner = new Map();
const spellings = [...spelled.keys()];
for (let i = 0; i < spellings.length; i += 500) {
  // Its status says that some were not found, which is looked at below.
  const { stdout } = spawnSync('dpkg', ['-S', ...spellings.slice(i, i + 500)], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: 'C' } });
  for (const line of lines(stdout)) {
    const [, names, file] = /^(.*?): (\/.*)$/.exec(line) ?? [];
    if (spelled.has(file) && !names.startsWith('diversion')) owner.set(spelled.get(file), names.split(', ')[0].replace(/:.*/, ''));
  }
}
const ownerless = wanted.filter((file) => !owner.has(file));
if (ownerless.length) throw new Error(`belongs to no Debian package: ${ownerless.join(', ')}`);

// The C and C++ runtimes and the kernel's headers: every program of the system has them, under exceptions that ask for no notice.
const runtime = /^(libc6(-dev)?|linux-libc-dev|libgcc-.*|libgcc-s1|libstdc\+\+.*|gcc-\d+.*|g\+\+-\d+.*|cpp-\d+.*)$/;
const names = [...new Set(owner.values())].filter((name) => !runtime.test(name)).sort();
const field = (name, what) => run('dpkg-query', ['-W', '-f', `\${${what}}`, name]);
const parts = new Map();  // by source package: a library and its headers are one work
for (const name of names) {
  const source = field(name, 'source:Package');
  const part = parts.get(source) ?? { name: source, version: field(name, 'source:Version'), packages: [],
                                      text: fs.readFileSync(`/usr/share/doc/${name}/copyright`, 'utf8').trim() };
  part.packages.push(name);
  parts.set(source, part);
}
const components = [...parts.values()].map((part) => ({
  ...part, what: `Debian packages ${part.packages.join(', ')}`, purl: `pkg:deb/debian/${part.name}@${encodeURIComponent(part.version)}`,
}));

// The pages say themselves what is in them.
for (const input of inputs) {
  const pages = /generated\/.*_assets\.cpp$/.test(input) && /\.incbin \\"([^"]*third-party\.txt)\\"/.exec(fs.readFileSync(path.resolve(build, input), 'utf8'));
  if (!pages) continue;
  for (const entry of fs.readFileSync(pages[1], 'utf8').split('\n----\n')) {
    const [, name, version, licence, text] = /^\s*(\S+) (\S+), (\S+)\n([^]*)$/.exec(entry);
    components.push({ name, version, licence, text: text.trim(), what: 'npm package, bundled into the pages', purl: `pkg:npm/${name.replace('@', '%40')}@${version}` });
  }
}
if ([...inputs].some((input) => input.endsWith('rules/compile/locale.cpp.o'))) {
  components.push({ name: 'Unicode Common Locale Data Repository', version: '48', licence: 'Unicode-3.0', what: 'conventions of languages, in rules/compile/locale.cpp',
                    text: fs.readFileSync(path.join(root, 'packaging/licences/Unicode-3.0.txt'), 'utf8').trim() });
}
for (const { name, text } of components) if (!text) throw new Error(`${name}: has no licence text`);

const rule = '-'.repeat(78);
const blocks = components.map(({ name, version, what, licence, text }) =>
  `${name} ${version}\n(${what}${licence ? `; ${licence}` : ''})\n\n${text}\n`);
const head = `What others wrote and ${options.name} ${options.version} carries or loads: ${components.map(({ name }) => name).join(', ')}.
Written by packaging/third-party.mjs from what the build linked, included and bundled. The runtimes of C and C++ are the system's.
Texts named /usr/share/common-licenses/... are on every Debian.
`;
fs.mkdirSync(options.out, { recursive: true });
fs.writeFileSync(path.join(options.out, 'THIRD-PARTY.txt'), [head, ...blocks].join(`\n${rule}\n\n`));
const sbom = {
  bomFormat: 'CycloneDX', specVersion: '1.5', version: 1,
  metadata: { component: { type: 'application', name: options.name, version: options.version, licenses: [{ license: { id: 'Apache-2.0' } }] } },
  components: components.map(({ name, version, licence, purl, what }) => ({
    type: 'library', name, version, description: what, ...(purl && { purl }), ...(licence && { licenses: [{ license: { id: licence } }] }) })),
};
fs.writeFileSync(path.join(options.out, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 1)}\n`);
console.log(`${options.name}: ${components.length} works of others`);
