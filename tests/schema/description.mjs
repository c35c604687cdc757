// A program's own description, held to itself and to what the program answers.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';

/** An OpenAPI document and the folder of its schemas: { api, schemas, ajv, check, resolve }. */
export function description(document, folder) {
  const api = JSON.parse(readFileSync(document, 'utf8'));
  const schemas = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  for (const schema of schemas) ajv.addSchema(schema);

  /** Holds a value to a schema of the description, with /schemas/x.json as it is known to the validator. */
  function check(schema, value, what) {
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"/schemas/', '"https://sidedish.invalid/schemas/')));
    assert.ok(validate(value), `${what}: ${JSON.stringify(validate.errors?.slice(0, 5))} ${JSON.stringify(value).slice(0, 300)}`);
  }
  return { api, schemas, ajv, check, resolve: (response) => (response.$ref ? api.components.responses[response.$ref.split('/').at(-1)] : response) };
}
