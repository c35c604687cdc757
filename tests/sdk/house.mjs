// A terminal for tests: an agent with the rules of the recorded conversations, in folders of its own.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const conversations = join(root, 'tests/contract/conversations');
export const bin = process.env.SIDEDISH_BIN ?? join(root, 'build', 'dev', 'bin');

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
    house.image = join(house.home, 'rules.image');
    writeFileSync(join(house.home, 'agent.json'), '{}');  // and not that of this machine
    execFileSync(join(bin, 'sidedish-rules'), ['compile', join(conversations, 'pack.json'), '-o', house.image], { stdio: ['ignore', 'ignore', 'pipe'] });
    await house.start(0);
    return house;
  }

  /** On the same port when it is started again: tills know it by that. */
  async start(port = this.port, tries = 0) {
    this.agent = spawn(join(bin, 'sidedish-agent'), ['run', '--config', join(this.home, 'agent.json'), '--state-dir', join(this.home, 'state'), '--run-dir', this.run,
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
