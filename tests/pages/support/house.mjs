// The real agent with the burger bar's rules, for whoever is asked at any hour: no experiment, no time of day. And the demo's
// own till and kiosk, served at an origin of their own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { rules_at_any_hour } from '../../support/shop.mjs';
import { root, serve } from './built.mjs';

const build = process.env.SIDEDISH_BUILD ?? path.join(root, 'build/dev');
const shop = path.join(root, 'sim/shops/burgerbar');
export const catalogue = JSON.parse(fs.readFileSync(path.join(shop, 'catalogue.json'), 'utf8'));

export async function house() {
  for (const program of ['sidedish-agent', 'sidedish-rules']) {
    if (!fs.existsSync(path.join(build, 'bin', program))) throw new Error(`${program} is not in ${build}/bin: build it first (tests/run --stage dev node)`);
  }
  const state = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-house-'));
  const run = fs.mkdtempSync('/dev/shm/sidedish-house-');
  const file = (name) => path.join(state, name);
  const pack = rules_at_any_hour();
  fs.writeFileSync(file('rules.json'), JSON.stringify(pack));
  execFileSync(path.join(build, 'bin/sidedish-rules'), ['compile', file('rules.json'), path.join(shop, 'catalogue.json'), '-o', file('image')]);

  const said = { agent: '' };
  const demo = http.createServer((request, response) => {
    if (serve('sim', request, response, { policy: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' http://127.0.0.1:*; frame-src http://127.0.0.1:*" })) return;
    const { pathname } = new URL(request.url, 'http://x');
    const about = { id: 'burgerbar', name: 'Burger bar', agent: said.agent, store: 'mitte', currency: 'EUR', exponent: 2, catalogue };
    if (pathname === '/shops') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify([about]));
    if (pathname === '/shops/burgerbar') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(about));
    response.writeHead(404).end();
  });
  demo.listen(0, '127.0.0.1');
  await once(demo, 'listening');
  const url = `http://127.0.0.1:${demo.address().port}`;

  let agent;
  async function start(port = 0) {
    fs.rmSync(file('port'), { force: true });
    agent = spawn(path.join(build, 'bin/sidedish-agent'), ['run', '--state-dir', file('state'), '--run-dir', path.join(run, 'run'), '--image', file('image'), '--store', 'mitte', '--terminal', 'till-1',
                                                           '--port', String(port), '--port-file', file('port'), '--allow-origin', url], { stdio: 'ignore' });
    for (let tries = 0; !fs.existsSync(file('port')) || !fs.readFileSync(file('port'), 'utf8').includes('\n'); ++tries) {
      if (tries > 1000 || agent.exitCode !== null) throw new Error('the agent did not start');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    said.agent = `http://127.0.0.1:${fs.readFileSync(file('port'), 'utf8').trim()}`;
  }
  async function kill() {
    const gone = once(agent, 'exit');
    agent.kill('SIGKILL');
    await gone;
  }
  await start();
  return {
    url, pack, kill, said,
    get agent() { return said.agent; },
    get token() { return fs.readFileSync(path.join(run, 'run/token'), 'utf8').trim(); },
    again: () => start(Number(new URL(said.agent).port)),
    async stop() {
      await kill();
      demo.close();
      demo.closeAllConnections();
      fs.rmSync(state, { recursive: true, force: true });
      fs.rmSync(run, { recursive: true, force: true });
    },
  };
}
