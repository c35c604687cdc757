#!/usr/bin/env node
// sim/pages/pictures/render.mjs
//
// Draws the burger bar's menu (food.ts) in Debian's Chromium: for every product a WebP picture of 480 px and one of
// 64 px, each as fine as its limit allows, in sim/shops/burgerbar/pictures/<sha256>.webp, and names them in
// catalogue.json. Files that the catalogue no longer names are removed. Another Chromium may draw other bytes: then
// files and catalogue change together.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const shop = path.join(here, '..', '..', 'shops', 'burgerbar');
const folder = path.join(shop, 'pictures');
const sizes = {
  small: { width: 64, height: 64, limit: 6 * 1024, quality: 0.9 }, // the middle: nothing is drawn at the sides
  large: { width: 480, height: 360, limit: 60 * 1024, quality: 0.82 },
};

async function drawings() {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-pictures-'));
  try {
    const outfile = path.join(work, 'food.mjs');
    await build({ entryPoints: [path.join(here, 'food.ts')], bundle: true, format: 'esm', outfile, logLevel: 'error' });
    return (await import(outfile)).food;
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

/// In the page. The drawing on a transparent ground, at a quality that fits.
async function draw([svg, { width, height, limit, quality }]) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const full = height * 4 / 3;
  canvas.getContext('2d').drawImage(image, (width - full) / 2, 0, full, height);
  for (let q = quality; q > 0.3; q -= 0.05) {
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/webp', q));
    if (blob.type === 'image/webp' && blob.size <= limit) return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }
  throw new Error('no quality fits the limit');
}

const food = await drawings();
const browser = await chromium.launch({ executablePath: process.env.SIDEDISH_CHROMIUM ?? '/usr/bin/chromium', args: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
const files = new Map();
const pictures = {};
try {
  const page = await browser.newPage();
  for (const [product, svg] of Object.entries(food)) {
    pictures[product] = {};
    for (const [name, size] of Object.entries(sizes)) {
      const bytes = Buffer.from(await page.evaluate(draw, [svg, size]));
      const digest = createHash('sha256').update(bytes).digest('hex');
      files.set(`${digest}.webp`, bytes);
      pictures[product][name] = digest;
    }
  }
} finally {
  await browser.close();
}

// A product is a line of the catalogue; only its pictures change.
const catalogue = path.join(shop, 'catalogue.json');
const missing = [];
const lines = fs.readFileSync(catalogue, 'utf8').split('\n').map((line) => {
  const key = /^\{"key": "([^"]+)"/.exec(line)?.[1];
  if (!key) return line;
  const plain = line.replace(/, "pictures": \{[^}]*\}/, '');
  const own = pictures[key];
  if (!own) missing.push(key);
  return own ? plain.replace(/\}(,?)$/, `, "pictures": {"small": "${own.small}", "large": "${own.large}"}}$1`) : plain;
});
fs.writeFileSync(catalogue, lines.join('\n'));
const text = lines.join('\n');

fs.mkdirSync(folder, { recursive: true });
for (const name of fs.readdirSync(folder)) {
  if (name.endsWith('.webp') && !files.has(name)) fs.rmSync(path.join(folder, name));
}
let bytes = 0;
let count = 0;
for (const [name, content] of files) {
  const file = path.join(folder, name);
  if (!text.includes(name.slice(0, -5))) {
    fs.rmSync(file, { force: true });
    continue;
  }
  fs.writeFileSync(file, content);
  bytes += content.length;
  count += 1;
}
console.log(`${count} pictures of ${bytes} bytes; the largest has ${Math.max(...[...files.values()].map((b) => b.length))}`);
if (missing.length > 0) console.log(`not drawn: ${missing.join(', ')}`);
