// The pages, built once per test process into a folder that is gone afterwards.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
const folders = new Map();

/// The folder of a set of packaging/pages.mjs, and its manifest.
export function pages(set) {
  if (!folders.has(set)) {
    const out = fs.mkdtempSync(path.join(os.tmpdir(), `sidedish-${set}-`));
    process.on('exit', () => fs.rmSync(out, { recursive: true, force: true }));
    execFileSync(process.execPath, [path.join(root, 'packaging/pages.mjs'), '--set', set, '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] });
    folders.set(set, { out, manifest: JSON.parse(fs.readFileSync(path.join(out, 'manifest.json'), 'utf8')) });
  }
  return folders.get(set);
}

/// Answers a request for a file of the set, as who serves pages must. False when there is no such file.
export function serve(set, request, response, { token = '', policy } = {}) {
  const { out, manifest } = pages(set);
  const { pathname } = new URL(request.url, 'http://x');
  const asset = manifest.find((one) => one.path === pathname);
  if (!asset || request.method !== 'GET') return false;
  let bytes = fs.readFileSync(path.join(out, asset.file));
  const headers = { 'Content-Type': asset.type, ETag: asset.etag, 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': policy,
                    'Cache-Control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  if (asset.type.startsWith('text/html')) bytes = Buffer.from(bytes.toString().replace('%SIDEDISH_TOKEN%', token));
  else if (asset.gz && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    bytes = fs.readFileSync(path.join(out, `${asset.file}.gz`));
    headers['Content-Encoding'] = 'gzip';
  }
  response.writeHead(200, headers).end(bytes);
  return true;
}
