// A rule of its own that says all that another one says, as a draft. No DOM.
import { Refusal } from '../api';
import { say } from '../words';
import { is_taken } from './editing';
import { keep_draft, type Pack, row_of, type Rule } from './model';

const kMost = 50;
const kMaxName = 100; // bytes

let made = '';
/** Whether this rule was made here just now: once. */
export function is_fresh_copy(pack: Pack, id: string | undefined): boolean {
  const fresh = made === `${pack.id}/${id ?? ''}`;
  if (fresh) made = '';
  return fresh;
}

function copy_name(name: string, n: number): string {
  const signs = [...name];
  for (;;) {
    const whole = say('rules.copy_of', { name: signs.join('').trim(), n: n === 1 ? '' : ` ${n}` });
    if (signs.length === 0 || new TextEncoder().encode(whole).length <= kMaxName) return whole;
    signs.pop();
  }
}

/** Of archived rules the id is taken, too: their figures stay theirs. */
const is_free = (pack: Pack, id: string): Promise<boolean> => row_of(pack.id, id).then(() => false, (error: unknown) => {
  if (error instanceof Refusal && error.status === 404) return true;
  throw error;
});

/** Opens what it made. */
export async function duplicate(pack: Pack, rule: Rule): Promise<void> {
  const stem = `${rule.id.replace(/-copy(-\d+)?$/, '').slice(0, 48)}-copy`;
  for (let n = 1; n <= kMost; ++n) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!(await is_free(pack, id))) continue;
    try {
      await keep_draft(pack.id, { ...rule, id, name: copy_name(rule.name, n) }, undefined, undefined);
    } catch (error) {
      if (error instanceof Refusal && is_taken(error)) continue;
      throw error;
    }
    made = `${pack.id}/${id}`;
    location.hash = `#rules/${encodeURIComponent(pack.id)}/${encodeURIComponent(id)}`;
    return;
  }
  throw new Error(`${stem}-${kMost}`);
}
