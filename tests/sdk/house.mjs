// A terminal for tests: an agent with the rules of the recorded conversations, in folders of its own.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const conversations = join(root, 'tests/contract/conversations');
export const bin = process.env.SIDEDISH_BIN ?? join(root, 'build', 'dev', 'bin');

/** A head office that keeps what it is sent, each event once, and takes it, but for what `refuses` picks: { url, events, refuses, away, close }. */
export async function takingOffice() {
  const office = { events: [], refuses: () => undefined, away: false };
  const known = new Map();
  const isNew = (event) => {
    const key = `${event.source} ${event.id}`;
    const text = JSON.stringify(event);
    if (!known.has(key)) return Boolean(known.set(key, text));
    if (known.get(key) !== text) office.events.push({ ...event, changed: key });  // which no schema allows
    return false;
  };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const say = (status, body = {}) => response.writeHead(status, { 'Content-Type': status < 300 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body));
      if (office.away) return say(503);
      if (request.method === 'PUT') return response.writeHead(204).end();
      if (request.method !== 'POST') return say(404);
      const batch = JSON.parse(gunzipSync(Buffer.concat(chunks)));
      if (batch.some(office.refuses)) return say(422);
      const fresh = batch.filter(isNew);
      office.events.push(...fresh);
      return say(200, { digest: request.headers['content-digest'], accepted: fresh.length, duplicate: batch.length - fresh.length, rejected: [] });
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  office.url = `http://127.0.0.1:${server.address().port}`;
  office.close = () => new Promise((done) => { server.close(done); server.closeAllConnections(); });
  return office;
}

/** A program's first line of output. */
export function firstLine(child, what) {
  return new Promise((done, failed) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) done(text.split('\n')[0]);
    });
    child.on('exit', (code) => failed(new Error(`${what} ended with ${code}`)));
    child.on('error', failed);
  });
}

export class House {
  static async open(options = []) {
    const house = new House();
    house.home = mkdtempSync(join(tmpdir(), 'sidedish-'));
    house.run = mkdtempSync('/dev/shm/sidedish-test-');
    house.options = options;
    house.before = [];  // words in front of the agent's command
    house.image = join(house.home, 'rules.image');
    writeFileSync(join(house.home, 'agent.json'), '{}');  // and not that of this machine
    house.rules(join(conversations, 'pack.json'));
    await house.start(0);
    return house;
  }

  /** The agent looks at the image once a second. */
  rules(...files) {
    execFileSync(join(bin, 'sidedish-rules'), ['compile', ...files, '-o', this.image], { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** On the same port when it is started again: tills know it by that. */
  async start(port = this.port, tries = 0) {
    const [command, ...words] = [...this.before, join(bin, 'sidedish-agent')];
    this.agent = spawn(command, [...words, 'run', '--config', join(this.home, 'agent.json'), '--state-dir', join(this.home, 'state'), '--run-dir', this.run,
      '--image', this.image, '--store', 'mitte', '--terminal', 't1', '--port', String(port), ...this.options], { stdio: ['ignore', 'pipe', 'ignore'] });
    let line;
    try {
      line = await firstLine(this.agent, 'the agent');
    } catch (error) {
      // Somebody's outgoing connection may have the port of the one that was killed, for a moment.
      if (port === 0 || tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return this.start(port, tries + 1);
    }
    this.url = line.match(/http:\/\/\S+/)[0];
    this.port = Number(this.url.split(':').at(-1));
  }

  get tokenFile() { return join(this.run, 'token'); }
  token() { return readFileSync(this.tokenFile, 'utf8').trim(); }

  async stop(signal = 'SIGTERM') {
    if (!this.agent) return;
    const gone = new Promise((done) => this.agent.once('exit', done));
    this.agent.kill('SIGCONT');
    this.agent.kill(signal);
    await gone;
    this.agent = undefined;
  }

  async status() { return (await fetch(`${this.url}/v1/status`)).json(); }

  async restart() {
    await this.stop('SIGKILL');
    await this.start();
  }

  async close() {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
    rmSync(this.run, { recursive: true, force: true });
  }
}
