// The people's part of headoffice.test.mjs: signing in, links, roles, the log of changes, and who is turned away at the door.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';

const json = { 'Content-Type': 'application/json' };

export function people({ call, command, at }) {
  const post = (path, body, status, headers = {}) => call('POST', path, { body: JSON.stringify(body), headers: { ...json, ...headers }, status });
  /** What a browser keeps of an answer: the cookie and the token for changes. */
  const kept = ({ response, value }) => ({ Cookie: response.headers.get('set-cookie').split(';')[0], 'Sidedish-CSRF': value.csrf });
  const link = async (...words) => (await command('invite', ...words)).stdout.trim().split('#link=')[1];
  const join_as = async (id, ...words) => kept(await post('/v1/people', { token: await link(...words), id, name: `Name of ${id}`, password: 'correct horse battery' }, 201));
  let admin;

  test('people: the first admin comes by a link from the command line, once', async () => {
    const { stdout } = await command('invite');
    assert.match(stdout, new RegExp(`^${at().base}/manage#link=[\\w-]{43}\n$`));
    const token = stdout.trim().split('#link=')[1];
    const look = await post('/v1/invitations/look', { token });
    assert.equal(look.value.role, 'admin');
    await post('/v1/people', { token, id: 'Root!', name: 'Root', password: 'correct horse battery' }, 422);
    const joined = await post('/v1/people', { token, id: 'root', name: 'Root', password: 'correct horse battery' }, 201);
    assert.match(joined.response.headers.get('set-cookie'), /^__Host-sidedish=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800$/);
    admin = kept(joined);
    await post('/v1/people', { token, id: 'second', name: 'Second', password: 'correct horse battery' }, 410);
    await post('/v1/invitations/look', { token }, 410);
    assert.equal((await call('GET', '/v1/session', { headers: admin })).value.person.id, 'root');
    await call('GET', '/v1/session', { status: 401 });
    // What opens everything is for the owner of the database alone.
    for (const file of ['h.db', 'h.db.token']) assert.equal(statSync(join(at().home, file)).mode & 0o077, 0, file);
    assert.ok(!readFileSync(join(at().home, 'h.db')).includes(admin.Cookie.split('=')[1]));
  });

  test('people: signing in, by name and password or by link, and out, here and everywhere', async () => {
    const body = { id: 'root', password: 'correct horse battery' };
    const first = kept(await post('/v1/session', body, 201));
    await post('/v1/session', { ...body, password: 'wrong' }, 401);
    await post('/v1/session', { ...body, more: 1 }, 422);
    await call('POST', '/v1/session', { body: '{}', status: 415 });
    await call('DELETE', '/v1/session', { headers: first, status: 204 });
    await call('GET', '/v1/session', { headers: first, status: 401 });
    const token = (await command('sign-in-link', 'root')).stdout.trim().split('#link=')[1];
    assert.equal((await post('/v1/invitations/look', { token })).value.person, 'root');
    const second = kept(await post('/v1/session/link', { token }, 201));
    await post('/v1/session/link', { token }, 410);
    const fresh = await call('PUT', '/v1/session/password', { body: JSON.stringify({ old: 'correct horse battery', password: 'another battery' }), headers: { ...json, ...second } });
    await call('PUT', '/v1/session/password', { body: JSON.stringify({ old: 'wrong', password: 'another battery' }), headers: { ...json, ...kept(fresh) }, status: 422 });
    await call('GET', '/v1/session', { headers: second, status: 401 });
    await call('GET', '/v1/session', { headers: admin, status: 401 });
    assert.ok((await call('DELETE', '/v1/sessions', { headers: kept(fresh) })).value.ended >= 1);
    await call('GET', '/v1/session', { headers: kept(fresh), status: 401 });
    admin = kept(await post('/v1/session', { ...body, password: 'another battery' }, 201));
    for (let i = 0; i < 6; ++i) await post('/v1/session', { id: 'nobody', password: 'guess' }, 401);
    const slow = await post('/v1/session', { id: 'nobody', password: 'guess' }, 429);
    assert.equal(slow.response.headers.get('retry-after'), '1');
  });

  test('people: an admin invites, changes and shuts out; nobody else may', async () => {
    const made = await post('/v1/invitations', { role: 'store-manager', stores: ['mitte'] }, 201, admin);
    assert.equal(made.value.path, `/manage#link=${made.value.token}`);
    await post('/v1/invitations', { role: 'store-manager' }, 422, admin);
    await post('/v1/invitations', { role: 'king' }, 422, admin);
    await post('/v1/invitations', { person: 'nobody' }, 404, admin);
    const manager = kept(await post('/v1/people', { token: made.value.token, id: 'mia', name: 'Mia', password: 'correct horse battery' }, 201));
    await post('/v1/invitations', { role: 'viewer' }, 403, manager);
    await call('GET', '/v1/people', { headers: manager, status: 403 });
    const put = (id, body, status, headers = admin) => call('PUT', '/v1/people/{person}', { target: `/v1/people/${id}`, body: JSON.stringify(body), headers: { ...json, ...headers }, status });
    await put('mia', { role: 'admin' }, 403, manager);
    const changed = await put('mia', { role: 'editor', stores: [], why: 'new job' });
    assert.equal(changed.value.role, 'editor');
    assert.equal((await call('GET', '/v1/session', { headers: manager })).value.person.role, 'editor');
    await put('nobody', {}, 404);
    assert.equal((await put('root', { disabled: true }, 422)).value.errors[0].detail, 'no admin would be left');
    await put('mia', { disabled: true, why: 'left' });
    await call('GET', '/v1/session', { headers: manager, status: 401 });
    const { value } = await call('GET', '/v1/people', { headers: admin });
    assert.deepEqual(value.people.map(({ id, disabled }) => [id, disabled]), [['mia', true], ['root', false]]);
    assert.match((await command('people')).stdout, /^mia {3}Mia, editor, all stores, disabled\nroot {3}Root, admin, all stores\n$/);
  });

  test('people: what was changed is a log that nobody can write, and a chain that is checked', async () => {
    const { value } = await call('GET', '/v1/changes', { target: '/v1/changes?subject=people/mia&limit=2', headers: admin });
    assert.deepEqual(value.changes.map(({ who, what, why, before, after }) => [who, what, why, before?.role, after.disabled]),
      [['root', 'person.changed', 'left', 'editor', true], ['root', 'person.changed', 'new job', 'store-manager', false]]);
    const viewer = await join_as('vera', '--role', 'viewer');
    assert.ok((await call('GET', '/v1/changes', { headers: viewer })).value.changes.every(({ subject }) => !subject.startsWith('people/')));
    await call('GET', '/v1/changes', { target: '/v1/changes?limit=0', headers: viewer, status: 400 });
    assert.equal((await call('GET', '/v1/changes/check', { headers: admin })).value.whole, true);
    for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await fetch(`${at().base}/v1/changes`, { method, headers: admin })).status, 405);
    assert.match((await command('changes', '--check')).stdout, /none altered/);
    assert.match((await command('changes', '--subject', 'people/mia')).stdout, /root {2}person\.changed {2}people\/mia {2}"left"/);
  });

  test('people: results and rules are for who is signed in, a store manager\'s for own stores', async () => {
    await call('GET', '/v1/results', { status: 401 });
    await call('GET', '/v1/rules', { status: 401 });
    assert.ok((await call('GET', '/v1/rules', { headers: admin })).value.rules.length > 0);
    const manager = await join_as('max', '--role', 'store-manager', '--store', 'mitte');
    await call('GET', '/v1/results', { headers: manager, status: 403 });
    await call('GET', '/v1/results', { target: '/v1/results?store=nord', headers: manager, status: 403 });
    await call('GET', '/v1/results', { target: '/v1/results?store=mitte&by=rule,arm', headers: manager });
    await call('GET', '/v1/results', { headers: admin });
    // Several at once: every one of them is an own one.
    await call('GET', '/v1/results', { target: '/v1/results?store=mitte&store=nord', headers: manager, status: 403 });
    await call('GET', '/v1/results', { target: '/v1/results?store=nord&store=mitte', headers: manager, status: 403 });
    await call('GET', '/v1/results', { target: '/v1/results?store=mitte&store=mitte&by=rule,arm', headers: manager });
    await call('GET', '/v1/results', { target: '/v1/results?store=mitte&store=nowhere', headers: admin, status: 404 });
    await call('GET', '/manage');
  });

  // Each line was seen to fail without its guard in door.cpp.
  test('people: a page elsewhere, a name of another, a missing token are turned away', async () => {
    const port = new URL(at().base).port;
    const ask = (method, path, headers) => new Promise((done, failed) => {
      const request = http.request({ host: '127.0.0.1', port, method, path, headers: { ...json, ...headers } }, (response) => done(response.statusCode) && response.resume());
      request.on('error', failed);
      request.end(method === 'GET' ? undefined : JSON.stringify({ role: 'viewer' }));
    });
    const own = `http://127.0.0.1:${port}`;
    const path = '/v1/invitations';
    assert.equal(await ask('POST', path, { ...admin, Origin: own, 'Sec-Fetch-Site': 'same-origin' }), 201);
    assert.equal(await ask('POST', path, { ...admin, Host: `localhost:${port}`, Origin: `http://localhost:${port}` }), 201);
    assert.equal(await ask('POST', path, { Cookie: admin.Cookie, Origin: own }), 403, 'without the token for changes');
    assert.equal(await ask('POST', path, { ...admin, 'Sidedish-CSRF': 'guess' }), 403);
    assert.equal(await ask('POST', path, { ...admin, Origin: 'http://127.0.0.1:1' }), 403, 'another port');
    assert.equal(await ask('POST', path, { ...admin, Origin: 'null' }), 403);
    assert.equal(await ask('POST', path, { ...admin, Origin: own, 'Sec-Fetch-Site': 'same-site' }), 403);
    assert.equal(await ask('POST', path, { ...admin, 'Sec-Fetch-Site': 'none' }), 403);
    assert.equal(await ask('POST', path, { ...admin, Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }), 403, 'a name that points here');
    assert.equal(await ask('GET', '/v1/session', { ...admin, Host: 'evil.example' }), 403);
    assert.equal(await ask('GET', '/v1/session', { ...admin, 'Sec-Fetch-Site': 'cross-site' }), 403);
    assert.equal(await ask('GET', '/v1/session', { ...admin, 'Sec-Fetch-Site': 'none' }), 200);
    assert.equal(await ask('GET', '/v1/people', { Authorization: 'Bearer guess' }), 401);
    assert.equal(await ask('GET', '/v1/people', { Authorization: `Bearer ${readFileSync(join(at().home, 'h.db.token'), 'utf8')}` }), 200);
    // A program's own routes take no page at all.
    assert.equal(await ask('POST', '/v1/publish', { ...admin, Origin: own }), 403);
  });
  return { join_as };
}
