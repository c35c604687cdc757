// Shows that tests/contract/floors finds what it is there for: small houses, each with one fault planted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const floors = fileURLToPath(new URL('floors', import.meta.url));

const sound = {
  'CMakeLists.txt': `
    sidedish_room(rules/base FREESTANDING)   # ground
    sidedish_room(rules/model FREESTANDING USES rules/base)
    sidedish_room(rules/image FREESTANDING USES rules/model rules/base)
    sidedish_room(rules/engine FREESTANDING USES rules/image rules/model rules/base)
    sidedish_room(rules/format USES rules/model LIBRARIES nlohmann_json::nlohmann_json)
    sidedish_room(plugin/net USES rules/base LIBRARIES Boost::url)
    sidedish_room(plugin/lane FREESTANDING USES
                  rules/engine rules/base)
    sidedish_room(plugin/agent USES plugin/net plugin/lane)
    sidedish_program(sidedish-agent plugin/agent USES plugin/agent plugin/net rules/format)`,
  'rules/base/money.hpp': '#include <cstdint>\n',
  'rules/model/line.hpp': '#include "rules/base/money.hpp"\n#include <string>\n',
  'rules/image/image.hpp': '#include "rules/model/line.hpp"\n',
  'rules/engine/decide.hpp': '#include "rules/image/image.hpp"\n#include <span>\n',
  'rules/format/parse.hpp': '#include <string>\n#include "rules/model/line.hpp"\n',
  'rules/format/parse.cpp': '#include "rules/format/parse.hpp"\n#include <nlohmann/json.hpp>\n',
  'plugin/net/client.hpp': '#include <string>\n#include "rules/base/money.hpp"\n',
  'plugin/net/client.cpp': '#include "plugin/net/client.hpp"\n#include <boost/beast/http.hpp>\n',
  'plugin/lane/lane.hpp': '#include "rules/engine/decide.hpp"\n#include "rules/model/line.hpp"\n',
  'plugin/agent/agent.cpp': '#include "plugin/net/client.hpp"\n#include "plugin/lane/lane.hpp"\n#include <thread>\n',
  'plugin/agent/main.cpp': '#include "rules/format/parse.hpp"\n#include <CLI/CLI.hpp>\n',
  'sdk/include/sidedish/sidedish.h': '#include <stdint.h>\n#include <stddef.h>\n',
};

function verdict(changes) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-floors-'));
  try {
    const files = { ...sound, ...changes };
    for (const [, room] of files['CMakeLists.txt'].matchAll(/sidedish_room\(([a-z/]+)/g)) if (!(`${room}/README.md` in files)) files[`${room}/README.md`] = '# A room\n';
    for (const [file, text] of Object.entries(files)) {
      if (text === undefined) continue;
      fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), text);
    }
    const run = spawnSync(process.execPath, [floors, root], { encoding: 'utf8' });
    return { status: run.status, text: run.stdout + run.stderr };
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

test('floors: a house in order has no wrong edge', () => {
  const { status, text } = verdict({});
  assert.equal(status, 0, text);
  assert.match(text, /^0 wrong edges in 2\d #include lines/m);
});

const faults = [
  ['an include upwards', { 'rules/base/money.hpp': '#include "rules/model/line.hpp"\n' },
    /^rules\/base\/money\.hpp:1: includes rules\/model\/line\.hpp: rules\/base \(floor 0\) may not use rules\/model$/m],
  ['an include sideways', { 'rules/engine/decide.hpp': '#include <span>\n\n#include "rules/format/parse.hpp"\n' },
    /^rules\/engine\/decide\.hpp:3: .*rules\/engine \(floor 2\) may not use rules\/format$/m],
  ['a room that the house allows and the row does not name', { 'plugin/agent/agent.cpp': '#include "rules/format/parse.hpp"\n' },
    /^plugin\/agent\/agent\.cpp:1: .*the row of plugin\/agent in CMakeLists\.txt does not name rules\/format$/m],
  ['a row that names what the house forbids', { 'CMakeLists.txt': sound['CMakeLists.txt'].replace('plugin/net USES rules/base', 'plugin/net USES rules/engine') },
    /^CMakeLists\.txt: plugin\/net may not use rules\/engine$/m],
  ['words of the domain in net', { 'plugin/net/client.cpp': '#include "rules/model/line.hpp"\n' }, /plugin\/net \(floor 3\) may not use rules\/model/],
  ['a program that takes what its row does not name', { 'plugin/agent/main.cpp': '#include "rules/engine/decide.hpp"\n' },
    /^plugin\/agent\/main\.cpp:1: .*the program's row does not name rules\/engine$/m],
  ['a room nobody planned', { 'rules/magic/magic.hpp': '#include <cstdint>\n' }, /^rules\/magic\/magic\.hpp: rules\/magic is no room of the house/m],
  ['a room without a README', { 'plugin/net/README.md': undefined }, /^plugin\/net\/README\.md: a room says what it is for$/m],
  ['a source that no row builds', { 'rules/compile/compile.cpp': '#include <cstdint>\n' }, /^rules\/compile\/compile\.cpp: no sidedish_room\(rules\/compile \.\.\.\)/m],
  ['Boost outside plugin/net', { 'plugin/agent/agent.cpp': '#include <boost/asio.hpp>\n' }, /Boost has no place in plugin\/agent/],
  ['Beast in a header', { 'plugin/net/client.hpp': '#include <boost/beast/http.hpp>\n' }, /Boost stays inside \.cpp files/],
  ['an inner header in another header', { 'plugin/net/session.hpp': '#include <boost/asio/awaitable.hpp>\n', 'plugin/net/client.hpp': '#include "plugin/net/session.hpp"\n' },
    /^plugin\/net\/client\.hpp:1: includes plugin\/net\/session\.hpp, which is for the \.cpp files of plugin\/net alone$/m],
  ['an inner header in another room', { 'plugin/net/session.hpp': '#include <boost/asio/awaitable.hpp>\n', 'plugin/agent/agent.cpp': '#include "plugin/net/session.hpp"\n' },
    /plugin\/net\/session\.hpp, which is for the \.cpp files of plugin\/net alone/],
  ['JSON in a header', { 'rules/format/parse.hpp': '#  include <nlohmann/json_fwd.hpp>\n' }, /nlohmann\/json stays inside \.cpp files/],
  ['Boost.JSON in the engine', { 'rules/engine/decide.cpp': '#include <boost/json/value.hpp>\n' }, /Boost\.JSON has no place in rules\/engine/],
  ['JSON in the engine', { 'rules/engine/decide.cpp': '#include <nlohmann/json.hpp>\n' }, /nlohmann\/json has no place in rules\/engine/],
  ['a clock in the engine', { 'rules/engine/decide.hpp': '#include <chrono>\n' }, /clock has no place in rules\/engine/],
  ['a thread in the engine', { 'rules/engine/decide.hpp': '#include <thread>\n' }, /thread has no place in rules\/engine/],
  ['a file in the engine', { 'rules/engine/decide.hpp': '#include <fstream>\n' }, /file has no place in rules\/engine/],
  ['allocation in the lane', { 'plugin/lane/lane.hpp': '#include <vector>\n' }, /allocation has no place in plugin\/lane/],
  ['SQL in the agent', { 'plugin/agent/agent.cpp': '#include <sqlite3.h>\n' }, /SQLite has no place in plugin\/agent/],
  ['the engine in the simulator', { 'sim/till/till.cpp': '#include "rules/engine/decide.hpp"\n',
    'CMakeLists.txt': `${sound['CMakeLists.txt']}\nsidedish_room(sim/till USES rules/engine)` }, /sim\/till \(floor 4\) may not use rules\/engine/],
  ['an include from the same folder by bare name', { 'plugin/lane/lane.hpp': '#include "ring.hpp"\n' }, /"ring\.hpp", which is no file from the repository's root/],
  ['the tests inside the product', { 'tests/support/x.hpp': '', 'plugin/agent/agent.cpp': '#include "tests/support/x.hpp"\n' }, /the tests are above everything/],
  ['C++ in the C header', { 'sdk/include/sidedish/sidedish.h': '#include <cstdint>\n' }, /the C header needs stdint\.h and stddef\.h alone/],
];

for (const [name, changes, expected] of faults) {
  test(`floors: ${name} is found`, () => {
    const { status, text } = verdict(changes);
    assert.equal(status, 1, text);
    assert.match(text, expected);
  });
}
