// A terminal of a head office: the real agent, which fetches the rules from there, and a lane that rings up baskets.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

import { root } from './built.mjs';

const program = path.join(process.env.SIDEDISH_BUILD ?? path.join(root, 'build/dev'), 'bin/sidedish-agent');
const lane = '1';
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

/// `home`: of office.mjs. The terminal is registered and has the rules when this returns.
export async function terminal(home, { store = 'mitte', name = 'till-1' } = {}) {
  await fetch(`${home.url}/v1/stores/${store}/terminals/${name}`, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{}' });
  const run = fs.mkdtempSync('/dev/shm/sidedish-till-');
  const state = path.join(home.home, `${store}-${name}`);
  const told = path.join(run, 'port');
  const config = path.join(home.home, `${store}-${name}.json`);
  fs.writeFileSync(config, '{}');
  const agent = spawn(program, ['run', '--config', config, '--head-office', home.url, '--store', store, '--terminal', name, '--port', '0', '--port-file', told, '--start-splay-ms', '0',
                                '--state-dir', state, '--run-dir', run], { stdio: 'ignore' });
  const until = async (what, there) => {
    for (const late = Date.now() + 60_000; !(await there()); await soon()) {
      if (Date.now() > late || agent.exitCode !== null) throw new Error(`${what}: not in a minute, or the agent has ended`);
    }
  };
  await until('the port', () => fs.existsSync(told) && fs.readFileSync(told, 'utf8').includes('\n'));
  const url = `http://127.0.0.1:${fs.readFileSync(told, 'utf8').trim()}`;
  const ask = async (method, where, body) => {
    const token = fs.readFileSync(path.join(run, 'token'), 'utf8').trim();
    const response = await fetch(url + where, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
    return response.json().catch(() => undefined);
  };
  await until('the rules', () => fs.existsSync(path.join(state, 'current')));
  await ask('PUT', `/v1/lanes/${lane}`, { capabilities: ['add', 'undo', 'reports_completion', 'apply_promotion', 'convert', 'replace'] });
  let sales = 0;
  return {
    url,
    /// A new sale with these products, [key, price]: its prompts. It stands until the next one.
    async sale(...products) {
      sales += 1;
      const lines = products.map(([product, unit_price], i) => ({ product, line_id: String(i + 1), quantity: '1', unit_price }));
      return (await ask('POST', `/v1/lanes/${lane}/basket`, { basket: `S-${sales}`, seq: 1, currency: 'EUR', lines, deadline_ms: 10_000 })).prompts;
    },
    /// A lane takes a hundred baskets a second at most.
    end: () => ask('POST', `/v1/lanes/${lane}/events`, { type: 'completed', basket: `S-${sales}` }).then(soon),
    async stop() {
      if (agent.exitCode === null) {
        const gone = once(agent, 'exit');
        agent.kill('SIGTERM');
        await gone;
      }
      fs.rmSync(run, { recursive: true, force: true });
    },
  };
}
