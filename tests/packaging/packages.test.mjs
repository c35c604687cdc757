// The Debian packages, looked into without installing them; tests/long/K01 installs them. Packed from the build at hand.
// Shown to fail: a key taken out of a unit; mode 4755 on a program; a conffile moved; SOURCE_DATE_EPOCH not exported;
// -ffile-prefix-map taken out; a line taken out of third-party.mjs; "chmod" with set-group-id and SystemCallFilter=~fchmod.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test as run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const build = process.env.SIDEDISH_BUILD ?? path.join(root, 'build', 'dev');
const output = (command, args, options = {}) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'], ...options });

// Some ten seconds a packing, so two at once: as it is, and elsewhere, at another hour, by another hand. Without the tools of
// packers nothing is packed, and every test says so.
const needed = { dh: 'debhelper', 'dpkg-buildpackage': 'dpkg-dev', 'dpkg-deb': 'dpkg', 'systemd-analyze': 'systemd', strace: 'strace', readelf: 'binutils' };
const missing = Object.entries(needed).filter(([tool]) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0).map(([tool, owner]) => `${tool} (${owner})`);
const skip = missing.length > 0 && `not installed, nothing was proved: ${missing.join(', ')}; packaging/install tests brings them`;
const test = (name, ...rest) => run(name, { ...(rest.length > 1 ? rest[0] : {}), skip }, rest.at(-1));

let home;
const packages = new Map();  // name -> { deb, control, files: path -> { mode, owner, link }, open }

const pack = (out, options = {}) => promisify(execFile)(path.join(root, 'packaging/build'), ['--no-install', '--build', build, '--out', out], options);
const debs = (folder) => fs.readdirSync(path.join(home, folder)).filter((file) => file.endsWith('.deb')).sort();
before(async () => {
  if (skip) return;
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-packages-'));
  const other = path.join(home, 'elsewhere');
  fs.mkdirSync(path.join(home, 'open'));
  fs.mkdirSync(other);
  await Promise.all([pack(path.join(home, 'first')), pack(path.join(home, 'second'), {
    cwd: other, env: { ...process.env, TMPDIR: other, TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', HOME: other, USER: 'somebody' } })]);
  for (const file of debs('first')) {
    const deb = path.join(home, 'first', file);
    const name = file.split('_')[0];
    const folder = path.join(home, 'open', name);
    output('dpkg-deb', ['-R', deb, folder]);
    const files = new Map();
    for (const line of output('dpkg-deb', ['-c', deb]).trim().split('\n')) {
      const [, mode, owner, file, link] = /^(\S+) (\S+) +\d+ \S+ \S+ \.(\/.*?)(?: -> (.*))?$/.exec(line);
      files.set(file, { mode, owner, link });
    }
    const control = Object.fromEntries([...fs.readFileSync(path.join(folder, 'DEBIAN/control'), 'utf8').matchAll(/^([\w-]+): (.*)$/gm)].map(([, key, value]) => [key, value]));
    packages.set(name, { deb, control, files, folder });
  }
});
after(() => home && fs.rmSync(home, { recursive: true, force: true }));
const read = (name, file) => fs.readFileSync(path.join(packages.get(name).folder, file));
const text = (name, file) => (file.endsWith('.gz') ? zlib.gunzipSync(read(name, file)) : read(name, file)).toString('utf8');
const unit_of = { sidedish: 'sidedish-agent', 'sidedish-headoffice': 'sidedish-headoffice' };
const unit_file = (name) => path.join(packages.get(name).folder, 'lib/systemd/system', `${unit_of[name]}.service`);

test('packages: three of them, each with what it is for', () => {
  assert.deepEqual([...packages.keys()].sort(), ['libsidedish-dev', 'sidedish', 'sidedish-headoffice']);
  const has = (name, pattern) => assert.ok([...packages.get(name).files.keys()].some((file) => pattern.test(file)), `${name} has no ${pattern}`);
  for (const pattern of [/\/usr\/bin\/sidedish-agent$/, /\/usr\/bin\/sidedish-rules$/, /\/libsidedish\.so\.1$/, /^\/etc\/sidedish\/agent\.json$/,
    /\/sidedish-agent\.service$/, /\/tmpfiles\.d\/sidedish\.conf$/]) has('sidedish', pattern);
  for (const pattern of [/\/usr\/bin\/sidedish-headoffice$/, /\/sidedish-headoffice\.service$/, /^\/etc\/default\/sidedish-headoffice$/]) has('sidedish-headoffice', pattern);
  for (const pattern of [/\/sidedish\/sidedish\.h$/, /\/sidedish\/sidedish\.hpp$/, /\/SidedishConfig\.cmake$/, /\/sidedish\.pc$/, /\/js\/sidedish\.js$/, /\/Sidedish\.php$/,
    /\/sidedish\.py$/, /\/schemas\/rules\.schema\.json$/, /\/integrate\.md$/, /\/examples\/c\/minimal\.c$/]) has('libsidedish-dev', pattern);
  for (const name of packages.keys()) for (const file of ['copyright', 'NOTICE', 'changelog.gz']) assert.ok(packages.get(name).files.has(`/usr/share/doc/${name}/${file}`), `${name}: ${file}`);
  assert.equal([...packages.get('libsidedish-dev').files].find(([file]) => file.endsWith('/libsidedish.so'))[1].link, 'libsidedish.so.1');
});

test('packages: they depend on what their programs load, and hosts on the package of the plugin', () => {
  const depends = (name) => packages.get(name).control.Depends;
  for (const library of ['libc6', 'libstdc++6', 'libsqlite3-0', 'libssl3', 'libboost-url1.81.0', 'zlib1g', 'adduser', 'tzdata']) {
    assert.ok(depends('sidedish').includes(library), `sidedish does not depend on ${library}`);
    assert.ok(depends('sidedish-headoffice').includes(library), `sidedish-headoffice does not depend on ${library}`);
  }
  const { Version } = packages.get('sidedish').control;
  assert.ok(depends('libsidedish-dev').includes(`sidedish (= ${Version})`));
  assert.match(text('sidedish', 'DEBIAN/shlibs'), /^libsidedish 1 sidedish/m);
  assert.match(text('sidedish', 'DEBIAN/triggers'), /^activate-noawait ldconfig$/m);
});

test('packages: everything is root\'s, nothing is writable by others or set-user-id, and configuration is named as such', () => {
  for (const [name, { files }] of packages) {
    for (const [file, { mode, owner }] of files) {
      assert.equal(owner, 'root/root', `${name}: ${file}`);
      const right = mode.startsWith('d') ? 'drwxr-xr-x' : mode.startsWith('l') ? 'lrwxrwxrwx' : file.startsWith('/usr/bin/') ? '-rwxr-xr-x' : '-rw-r--r--';
      assert.equal(mode, right, `${name}: ${file}`);
    }
  }
  assert.equal(text('sidedish', 'DEBIAN/conffiles'), '/etc/sidedish/agent.json\n');
  assert.equal(text('sidedish-headoffice', 'DEBIAN/conffiles'), '/etc/default/sidedish-headoffice\n');
});

test('packages: data goes with a purge and with nothing else', () => {
  for (const [name, state] of [['sidedish', '/var/lib/sidedish'], ['sidedish-headoffice', '/var/lib/sidedish-headoffice']]) {
    const purge = /if \[ "\$1" = purge \]; then([^]*?)\nfi/.exec(text(name, 'DEBIAN/postrm'))[1];
    assert.ok(purge.includes(`rm -rf ${state}`), name);
    for (const script of ['postinst', 'prerm', 'postrm']) {
      const rest = text(name, `DEBIAN/${script}`).replace(purge, '');
      assert.ok(!/rm -r|deluser/.test(rest), `${name}: ${script} deletes`);
    }
  }
});

test('packages: no file knows where it was built', () => {
  for (const [name, { folder }] of packages) {
    const found = spawnSync('grep', ['-rlaF', '-e', root, '-e', home, '-e', os.homedir() === '/' ? root : `${os.homedir()}/`, folder], { encoding: 'utf8' });
    assert.equal(found.stdout, '', name);
  }
});

test('packages: packed again elsewhere, at another hour, by another hand, they are the same byte for byte', () => {
  const names = debs('second');
  for (const name of names) assert.ok(fs.readFileSync(path.join(home, 'second', name)).equals(fs.readFileSync(path.join(home, 'first', name))), `${name} differs`);
  assert.equal(names.length, 3);
});

const hardened = `AmbientCapabilities= CapabilityBoundingSet= DevicePolicy=closed LockPersonality=yes MemoryDenyWriteExecute=yes NoNewPrivileges=yes
  PrivateDevices=yes PrivateTmp=yes ProtectClock=yes ProtectControlGroups=yes ProtectHome=yes ProtectHostname=yes ProtectKernelLogs=yes ProtectKernelModules=yes
  ProtectKernelTunables=yes ProtectSystem=strict RestrictNamespaces=yes RestrictRealtime=yes RestrictSUIDSGID=yes SystemCallArchitectures=native
  SystemCallFilter=@system-service`.split(/\s+/);
test('packages: units run as a user of their own, locked in, within limits of memory, and are rated 2.0 or better', () => {
  for (const name of Object.keys(unit_of)) {
    const unit = fs.readFileSync(unit_file(name), 'utf8').split('\n');
    const has = (line) => assert.ok(unit.includes(line), `${unit_of[name]}: no ${line}`);
    hardened.forEach(has);
    has('SystemCallFilter=~@privileged @resources');
    has(`User=${name}`);
    has(`StateDirectory=${name}`);
    has('Restart=always');
    assert.ok(unit.some((line) => /^MemoryMax=\d+[MG]$/.test(line)), 'MemoryMax');
    const rating = output('systemd-analyze', ['security', '--no-pager', '--offline=true', unit_file(name)]);
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(rating)[1]);
    assert.ok(exposure <= 2.0, `${unit_of[name]} is rated ${exposure}`);
    console.log(`${unit_of[name]}: exposure ${exposure}`);
  }
});

test('packages: the unit leaves the agent what it lives on: the sight of POS processes, rings that outlive it, the line to head office', () => {
  const unit = fs.readFileSync(unit_file('sidedish'), 'utf8');
  for (const key of ['ProtectProc', 'ProcSubset', 'RemoveIPC', 'PrivateUsers', 'PrivateNetwork', 'PrivateIPC', 'IPAddressDeny', 'DynamicUser']) {
    assert.doesNotMatch(unit, new RegExp(`^${key}=`, 'm'));
  }
  assert.match(unit, /^RuntimeDirectoryPreserve=yes$/m);
  const tmpfiles = text('sidedish', 'usr/lib/tmpfiles.d/sidedish.conf');
  assert.match(tmpfiles, /^d \/run\/sidedish 0755 sidedish sidedish -$/m);
  assert.match(tmpfiles, /^d \/run\/sidedish\/rings 3770 sidedish sidedish -$/m);
});

// The unit's filter, as systemd would expand it.
function allowed_calls(unit) {
  const sets = new Map();
  let set;
  for (const line of output('systemd-analyze', ['syscall-filter', '--no-pager']).split('\n')) {
    if (/^@/.test(line)) sets.set(set = line.trim(), []);
    else if (set && /^ +[^#\s]/.test(line)) sets.get(set).push(line.trim());
  }
  const expand = (name) => (name.startsWith('@') ? sets.get(name).flatMap(expand) : [name]);
  const allowed = new Set();
  for (const [, no, names] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    for (const call of names.split(' ').flatMap(expand)) no ? allowed.delete(call) : allowed.add(call);
  }
  return allowed;
}

for (const name of Object.keys(unit_of)) {
  test(`packages: ${unit_of[name]} asks the system for nothing that its unit forbids`, { timeout: 60_000 }, async () => {
    const unit = fs.readFileSync(unit_file(name), 'utf8');
    const allowed = allowed_calls(unit);
    assert.ok(allowed.has('openat') && !allowed.has('chown') && !allowed.has('mount'));
    const memory = fs.mkdtempSync('/dev/shm/sidedish-test-');
    let strace;
    const trace = path.join(home, `${name}.trace`);
    const program = path.join(build, 'bin', unit_of[name]);
    try {
      const args = [];
      if (name === 'sidedish') {
        output(path.join(build, 'bin/sidedish-rules'), ['compile', path.join(root, 'sdk/examples/rules.json'), '-o', path.join(home, 'rules.image')]);
        fs.writeFileSync(path.join(home, 'agent.json'), JSON.stringify({ store: 'mitte', terminal: 't1', port: 0, image: path.join(home, 'rules.image') }));
        fs.mkdirSync(path.join(memory, 'rings'));
        fs.chmodSync(path.join(memory, 'rings'), 0o3770);  // by tmpfiles
        args.push('run', '--config', path.join(home, 'agent.json'), '--state-dir', path.join(home, 'state'), '--run-dir', memory);
      } else {
        args.push('serve', '--db', path.join(home, 'office.db'), '--port', '0');
      }
      strace = spawn('strace', ['-f', '-o', trace, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      while (!/http:\/\/\S+/.test(said)) said += String((await once(strace.stdout, 'data'))[0]);
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (name === 'sidedish') {
        const { connect } = await import(path.join(root, 'sdk/js/sidedish.mjs'));
        const lane = connect({ agent: url, lane: '1', token: fs.readFileSync(path.join(memory, 'token'), 'utf8').trim(), capabilities: ['add', 'reports_completion'], currency: 'EUR', deadlineMs: 5000,
          patienceMs: 10_000 });
        const { prompts } = await lane.update({ basket: 'b1', lines: [{ product: 'sku:BURGER', quantity: '1', unit_price: '5.90' }] });
        assert.equal(prompts.length, 1);
        await lane.answer(prompts[0], 'accepted', { by: 'staff' });
        await lane.event('completed', 'b1', { total: '5.90' });
      } else {
        const office = (...rest) => output(program, [...rest, '--server', url]);
        office('publish', path.join(root, 'sdk/examples/rules.json'));
        office('report');
      }
    } finally {
      if (strace?.exitCode === null) {  // which ends with the program that it watches
        process.kill(Number(/^(\d+) +execve/m.exec(fs.readFileSync(trace, 'utf8'))[1]), 'SIGTERM');
        await once(strace, 'exit');
      }
      fs.rmSync(memory, { recursive: true, force: true });
    }
    const calls = new Map();
    for (const line of fs.readFileSync(trace, 'utf8').split('\n')) {
      const [, call, rest] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
      if (!call) continue;
      // SQLite gives its files to the owner of the database when it runs as root, which the unit does not.
      if (call === 'fchown' && process.getuid() === 0 && / 0, 0\)/.test(rest)) continue;
      calls.set(call, rest);
      if (/^(f?chmod(at)?|mkdir(at)?|open(at)?|creat|mknod(at)?)$/.test(call)) {
        assert.ok(!/S_IS[UG]ID/.test(rest) && !/[, |]0[2-7][0-7]{3}\)/.test(rest), `RestrictSUIDSGID: ${line}`);
      }
      if (/^(mmap|mprotect)$/.test(call)) assert.ok(!/PROT_WRITE\|PROT_EXEC/.test(rest), `MemoryDenyWriteExecute: ${line}`);
      if (call === 'socket') assert.match(rest, /^AF_(INET6?|UNIX)/, `RestrictAddressFamilies: ${line}`);
    }
    assert.ok(calls.size > 30, 'strace saw it');
    assert.deepEqual([...calls.keys()].filter((call) => !allowed.has(call)), [], 'SystemCallFilter');
  });
}

test('packages: what others wrote is named with version and licence, in text and as a bill of materials', () => {
  const carried = {
    sidedish: ['boost1.81', 'cli11', 'fmtlib', 'nlohmann-json3', 'openssl', 'preact', '@preact/signals', 'spdlog', 'sqlite3', 'tl-expected', 'zlib', 'Unicode Common Locale Data Repository'],
    'sidedish-headoffice': ['boost1.81', 'cli11', 'nlohmann-json3', 'openssl', 'sqlite3', 'tl-expected', 'zlib', 'Unicode Common Locale Data Repository'],
  };
  for (const [name, works] of Object.entries(carried)) {
    const bill = JSON.parse(text(name, `usr/share/doc/${name}/sbom.cdx.json`));
    const names = bill.components.map((part) => part.name);
    for (const work of works) assert.ok(names.includes(work), `${name}: the bill lacks ${work}`);
    const third = text(name, `usr/share/doc/${name}/THIRD-PARTY.txt.gz`);
    for (const part of bill.components) assert.ok(third.includes(`\n${part.name} ${part.version}\n`), `${name}: no text for ${part.name}`);
    for (const words of ['Boost Software License', 'MIT', 'Apache-2.0', 'UNICODE LICENSE V3']) assert.ok(third.includes(words), `${name}: ${words}`);
    // What the programs load is in the bill: the packages of their libraries.
    const loaded = output('readelf', ['-dW', path.join(packages.get(name).folder, 'usr/bin', unit_of[name])]);
    const described = bill.components.map((part) => part.description).join(' ');
    for (const [library, owner] of [['libsqlite3', 'libsqlite3-0'], ['libcrypto', 'libssl3'], ['libz', 'zlib1g'], ['libboost_url', 'libboost-url1.81.0'], ['libspdlog', 'libspdlog1.10']]) {
      if (loaded.includes(`[${library}.`)) assert.ok(described.includes(owner), `${name} loads ${library}, and ${owner} is not in the bill`);
    }
  }
});

test('packages: lintian finds nothing wrong', () => {
  // No bug of Debian's asks for these packages; who packs them names an address; a build for working on it is not multiarch.
  const quiet = 'initial-upload-closes-no-bugs,bogus-mail-host,pkg-config-unavailable-for-cross-compilation';
  const run = spawnSync('lintian', ['--allow-root', '--fail-on', 'error,warning', '--suppress-tags', quiet, ...[...packages.values()].map(({ deb }) => deb)], { encoding: 'utf8' });
  assert.ifError(run.error);  // packaging/install tests brings lintian
  assert.equal(run.status, 0, run.stdout + run.stderr);
});
