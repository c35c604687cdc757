#!/usr/bin/env node
// packaging/pages.mjs --set NAME --out DIR [--source FILE --function NAMESPACE::NAME]
//
// Builds a set of pages into DIR: HTML, scripts and styles with a hash of their content in the name, each also as .gz
// and .br where that is smaller, and manifest.json. With --source also the C++ file that carries the same files inside
// a program (assembler .incbin; plugin/pages/assets.hpp says what the table is).
//
// Needs node_modules as package-lock.json has them, and fetches what is missing by `npm ci`. Writes into DIR, FILE and
// node_modules only.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

// A page: its HTML, whose data-entry script and stylesheet are built and replaced. A script: one file without imports.
const sets = {
  plugin: {
    pages: { '/till': 'plugin/pages/till/index.html', '/kiosk': 'plugin/pages/kiosk/index.html' },
    scripts: { '/assets/adapter.js': 'sdk/js/adapter.ts' },
  },
  headoffice: {
    pages: { '/manage': 'headoffice/pages/manage/index.html' },
    scripts: {},
  },
  sim: {
    pages: { '/': 'sim/pages/home/index.html', '/till': 'sim/pages/till/index.html', '/kiosk': 'sim/pages/kiosk/index.html' },
    scripts: {},
  },
};

const options = {};
for (let i = 2; i < process.argv.length; i += 2) {
  const name = /^--(set|out|source|function)$/.exec(process.argv[i])?.[1];
  if (!name || process.argv[i + 1] === undefined) usage(`what is "${process.argv[i]}"?`);
  options[name] = process.argv[i + 1];
}
const set = sets[options.set] ?? usage(`--set is one of ${Object.keys(sets).join(', ')}`);
if (!options.out) usage('--out is missing');
if (Boolean(options.source) !== Boolean(options.function)) usage('--source and --function go together');

function usage(why) {
  console.error(`packaging/pages.mjs: ${why}\nusage: packaging/pages.mjs --set NAME --out DIR [--source FILE --function NS::NAME]`);
  process.exit(2);
}

/// The packages the pages are built with, as the lock file has them.
function packages() {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const there = (name) => {
    try {
      const file = path.join(root, 'node_modules', name, 'package.json');
      return JSON.parse(fs.readFileSync(file, 'utf8')).version === lock[`node_modules/${name}`].version;
    } catch {
      return false;
    }
  };
  if (Object.keys(dependencies).every(there)) return;
  try {
    execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    console.error('packaging/pages.mjs: npm could not fetch the packages; a build without pages: cmake -D UI=OFF');
    process.exit(1);
  }
}
packages();
const { build } = await import('esbuild');

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
                '.svg': 'image/svg+xml', '.json': 'application/json', '.txt': 'text/plain; charset=utf-8' };
const assets = [];

// What is bundled takes its licence along.
const bundled = new Set();
function used(metafile) {
  for (const input of Object.keys(metafile.inputs)) {
    const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
    if (name) bundled.add(name);
  }
}
function licences() {
  return [...bundled].sort().map((name) => {
    const folder = path.join(root, 'node_modules', name);
    const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}, ${license}\n\n${fs.readFileSync(path.join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  }).join('\n----\n\n');
}

function put(url, file, bytes, { immutable, compress = true }) {
  const target = path.join(options.out, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, bytes);
  const asset = { path: url, file, type: types[path.extname(file)], immutable, size: bytes.length,
                  etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"` };
  if (compress) {
    const gz = zlib.gzipSync(bytes, { level: 9 });
    const br = zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
    for (const [name, packed] of [['gz', gz], ['br', br]]) {
      if (packed.length >= bytes.length) continue;
      fs.writeFileSync(`${target}.${name}`, packed);
      asset[name] = packed.length;
    }
  }
  assets.push(asset);
}

const common = {
  absWorkingDir: root, bundle: true, minify: true, write: false, metafile: true, target: ['chrome100', 'firefox100', 'safari15.4'],
  jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none', logLevel: 'warning', charset: 'utf8',
  loader: { '.svg': 'file' }, publicPath: '/assets', assetNames: '[name]-[hash]', entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]',
};

/// What is fetched when it is opened counts on all that the page's first script has anyway: so that is one file, and not one for each
/// set of pages that share a part of it.
async function together(main) {
  const { metafile } = await build({ ...common, entryPoints: [main], format: 'esm', splitting: true, outdir: path.join(root, 'assets') });
  const imports = (file, ...kinds) => (metafile.inputs[file]?.imports ?? []).filter(({ kind }) => kinds.includes(kind)).map((one) => one.path);
  const reached = (...kinds) => {
    const found = new Set([main]);
    for (const file of found) for (const next of imports(file, ...kinds)) found.add(next);
    return [...found];
  };
  const later = reached('import-statement', 'dynamic-import').flatMap((file) => imports(file, 'dynamic-import')).map((file) => path.join(root, file));
  const all = reached('import-statement').filter((file) => file !== main && /\.tsx?$/.test(file)).map((file) => `import ${JSON.stringify(path.join(root, file))};`).join('\n');
  return { name: 'together', setup: ({ onLoad }) => onLoad({ filter: /\.tsx?$/ }, ({ path: file }) => (later.includes(file) ? { contents: `${fs.readFileSync(file, 'utf8')}\n${all}`, loader: path.extname(file).slice(1) } : undefined)) };
}

fs.rmSync(options.out, { recursive: true, force: true });
for (const [url, html] of Object.entries(set.pages)) {
  const folder = path.dirname(html);
  const name = path.basename(folder);
  const source = fs.readFileSync(path.join(root, html), 'utf8');
  // Whatever scripts the page names: main.tsx, and those of frames in it.
  const scripts = [...new Set([...source.matchAll(/"(\w+)\.tsx"/g)].map(([, script]) => script))];
  const named = (script) => (script === 'main' ? name : `${name}_${script}`);
  const built = await build({ ...common, entryPoints: Object.fromEntries(scripts.map((script) => [named(script), path.join(folder, `${script}.tsx`)])), format: 'esm', splitting: true,
                              outdir: path.join(root, 'assets'), plugins: [await together(path.join(folder, 'main.tsx'))] });
  const entry = (script) => Object.entries(built.metafile.outputs).find(([, output]) => output.entryPoint?.endsWith(`/${script}.tsx`) && output.entryPoint.startsWith(folder));
  for (const file of built.outputFiles) {
    const at = `assets/${path.basename(file.path)}`;
    if (!assets.some((asset) => asset.file === at)) put(`/${at}`, at, Buffer.from(file.contents), { immutable: true });
  }
  used(built.metafile);
  const text = scripts.reduce((all, script) => {
    const [file, { cssBundle }] = entry(script);
    return all.replace(`"${script}.tsx"`, `"/assets/${path.basename(file)}"`).replace(`"${script}.css"`, `"/assets/${path.basename(cssBundle)}"`);
  }, source);
  // Compressed by nobody: who serves a page puts its token in.
  put(url, `${name}.html`, Buffer.from(text), { immutable: false, compress: false });
}
for (const [url, script] of Object.entries(set.scripts)) {
  const built = await build({ ...common, entryPoints: [script], format: 'iife', outfile: 'x.js' });
  used(built.metafile);
  put(url, url.slice(1), Buffer.from(built.outputFiles[0].contents), { immutable: false });
}
if (bundled.size) put('/assets/third-party.txt', 'assets/third-party.txt', Buffer.from(licences()), { immutable: false });
assets.sort((a, b) => (a.path < b.path ? -1 : 1));
fs.writeFileSync(path.join(options.out, 'manifest.json'), `${JSON.stringify(assets, null, 1)}\n`);

if (options.source) {
  const text = [];
  const place = (file) => path.resolve(options.out, file).replace(/[\\"]/g, '\\$&');
  const rows = assets.map((asset, index) => {
    const span = (suffix, size) => {
      if (!size) return '{}';
      const name = `sidedish_${options.set}_${index}${suffix}`;
      text.push(`asm(".pushsection .rodata\\n.balign 16\\n.globl ${name}\\n.hidden ${name}\\n${name}:\\n.incbin \\"${place(asset.file + (suffix ? `.${suffix.slice(1)}` : ''))}\\"\\n.popsection");`,
                `extern "C" const std::byte ${name}[];`);
      return `{${name}, ${size}}`;
    };
    return `    {"${asset.path}", "${asset.type}", "${asset.etag.replaceAll('"', '\\"')}", ${asset.immutable}, ${span('', asset.size)}, ${span('_gz', asset.gz)}, ${span('_br', asset.br)}},`;
  });
  const [, namespace, name] = /^(.*)::(\w+)$/.exec(options.function);
  fs.mkdirSync(path.dirname(options.source), { recursive: true });
  fs.writeFileSync(options.source, `// Generated by packaging/pages.mjs.
#include "rules/base/web_asset.hpp"

${text.join('\n')}

namespace ${namespace} {
std::span<const sidedish::WebAsset> ${name}();
std::span<const sidedish::WebAsset> ${name}() {
  static const sidedish::WebAsset table[] = {
${rows.join('\n')}
  };
  return table;
}
}  // namespace ${namespace}
`);
}
const sum = (what) => assets.reduce((all, asset) => all + (asset[what] ?? asset.size), 0);
console.log(`pages ${options.set}: ${assets.length} files, ${sum('size')} bytes, ${sum('gz')} as gzip, ${sum('br')} as brotli`);
