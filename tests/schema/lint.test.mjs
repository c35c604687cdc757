// Both descriptions are what OpenAPI 3.1 and its users ask for, by a linter that others use (C01): every reference leads
// somewhere, every parameter of a path is told, every operation has a name of its own and says who may call it.
// Proved by breaking a copy, below, once for each of these.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BaseResolver, createConfig, lintDocument, makeDocumentFromString } from '@redocly/openapi-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const described = [
  { document: 'plugin/loopback/openapi.json', folder: 'plugin/loopback/schema' },
  { document: 'headoffice/server/openapi.json', folder: 'rules/format/schema' },
];

/** Schemas by the name they are served under; nothing is fetched from anywhere. */
class Schemas extends BaseResolver {
  constructor(folder) {
    super();
    this.folder = folder;
  }
  resolveExternalRef(base, ref) {
    const name = ref.match(/^(?:https:\/\/sidedish\.invalid)?\/schemas\/([^/]+)$/)?.[1] ?? ref;
    return join(root, this.folder, name);
  }
}

const rules = {
  'no-invalid-media-type-examples': 'off', // agent.test.mjs and headoffice.test.mjs hold every example to its schema, across files
  'operation-4xx-response': 'off', // where nothing can be wrong with a request, the default answer is described
};
async function problems(text, folder) {
  const { styleguide } = await createConfig({ extends: ['recommended-strict'], rules });
  const document = makeDocumentFromString(text, join(root, 'openapi.json'));
  const found = await lintDocument({ document, config: styleguide, externalRefResolver: new Schemas(folder) });
  return found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
}

for (const { document, folder } of described) {
  const text = readFileSync(join(root, document), 'utf8');

  test(`lint: ${document} has no error and no warning`, async () => {
    assert.deepEqual(await problems(text, folder), []);
  });

  test(`lint: what is wrong in a copy of ${document} is found`, async () => {
    const broken = async (change) => {
      const api = JSON.parse(text);
      const operations = Object.entries(api.paths).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, operation })));
      change(api, operations);
      return (await problems(JSON.stringify(api), folder)).join('\n');
    };
    const with_body = (operations) => operations.find(({ operation }) => operation.requestBody).operation;
    const with_parameter = (operations) => operations.find(({ path, operation }) => path.includes('{') && operation.parameters).operation;
    assert.match(await broken((api) => delete api.info.title), /^struct: /m);
    assert.match(await broken((api, operations) => { operations[0].operation.answers = {}; }), /^struct: /m);
    assert.match(await broken((api, operations) => { operations[1].operation.operationId = operations[0].operation.operationId; }), /^operation-operationId-unique: /m);
    assert.match(await broken((api, operations) => { with_parameter(operations).parameters = []; }), /^path-parameters-defined: /m);
    assert.match(await broken((api, operations) => { Object.values(with_body(operations).requestBody.content)[0].schema = { $ref: '/schemas/nothing.schema.json' }; }), /^no-unresolved-refs: /m);
    assert.match(await broken((api, operations) => { delete api.security; for (const { operation } of operations) delete operation.security; }), /^security-defined: /m);
    assert.match(await broken((api) => { api.components.schemas = { Nobody: { type: 'string' } }; }), /^no-unused-components: /m);
  });
}
