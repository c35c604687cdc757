// JSON pointers (RFC 6901) into a rule: values are replaced along the way, never changed in place.
type Node = Record<string, unknown> | unknown[];

const parts = (pointer: string): string[] => pointer.split('/').slice(1).map((one) => one.replaceAll('~1', '/').replaceAll('~0', '~'));
export const step = (name: string | number): string => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;

export function get(value: unknown, pointer: string): unknown {
  let here = value;
  for (const part of parts(pointer)) {
    if (here === null || typeof here !== 'object') return undefined;
    here = (here as Record<string, unknown>)[part];
  }
  return here;
}

/** Members that say nothing when they are empty: they go with the last that was in them. */
const hollow = new Set(['caps', 'customer', 'text', 'kiosk_text', 'complete_text', 'count', 'quantity', 'price_delta']);

/** A copy with another value there; undefined takes the member out. */
export function put<Value>(value: Value, pointer: string, other: unknown): Value {
  const walk = (here: unknown, rest: string[]): unknown => {
    const [name, ...further] = rest;
    if (name === undefined) return other;
    const old = (here ?? (/^\d+$/.test(name) ? [] : {})) as Node;
    let child = walk((old as Record<string, unknown>)[name], further);
    if (hollow.has(name) && further.length > 0 && child !== null && typeof child === 'object' && Object.keys(child).length === 0) child = undefined;
    if (Array.isArray(old)) return child === undefined ? old.filter((_, i) => String(i) !== name) : Object.assign([...old], { [name]: child });
    if (child !== undefined) return { ...old, [name]: child };
    const { [name]: gone, ...left } = old;
    void gone;
    return left;
  };
  return walk(value, parts(pointer)) as Value;
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
