// A file system of a few MiB for programs under test, really full when it is filled. Needs root; a test without it is skipped aloud.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why there can be none; undefined: there can. */
export const noSmallDisk = spawnSync('unshare', ['-m', 'true']).status === 0 ? undefined : 'needs root: a tmpfs of its own cannot be mounted';

export class SmallDisk {
  /** In a mount namespace that ends with it. */
  static async open(mib) {
    const disk = new SmallDisk();
    disk.path = mkdtempSync(join(tmpdir(), 'sidedish-disk-'));
    disk.holder = spawn('unshare', ['-m', 'sh', '-c', `mount -t tmpfs -o size=${mib}m tmpfs "$0" && echo ready && exec sleep 3600`, disk.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((done, failed) => {
      disk.holder.stdout.on('data', done);
      disk.holder.on('exit', () => failed(new Error('the small disk was not mounted')));
    });
    /** Words in front of a command, which then sees the disk at `path`. */
    disk.inside = ['nsenter', '-t', String(disk.holder.pid), '-m', '--'];
    return disk;
  }

  /** A file of the disk, as this process sees it. */
  file(name) { return join(`/proc/${this.holder.pid}/root`, this.path, name); }

  /** To the last byte. */
  fill() {
    const file = openSync(this.file('filler'), 'a');
    for (let size = 1 << 20; size > 0;) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
        size >>= 1;
      }
    }
    closeSync(file);
  }
  free() { rmSync(this.file('filler'), { force: true }); }

  async close() {
    this.holder.removeAllListeners('exit');
    const gone = new Promise((done) => this.holder.on('exit', done));
    this.holder.kill('SIGKILL');
    await gone;
    rmSync(this.path, { recursive: true, force: true });
  }
}
