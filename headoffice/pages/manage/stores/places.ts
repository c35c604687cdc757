// Two versions of a frame, place by place: stores by their id, settings by their name. What one of two people changed is taken over by places.
import { same } from '../rules/pointer';
import type { Frame, Store } from './model';

/** ['stores', id] a whole store, that the other has not; ['stores', id, member]; ['settings', name]; ['settings', 'dayparts', name]; [member]. */
export type Place = string[];
export interface Difference { at: Place; a: unknown; b: unknown }

type Node = Record<string, unknown>;
const node = (value: unknown): Node => (value ?? {}) as Node;

export function get(frame: Frame, [first = '', ...rest]: Place): unknown {
  let here: unknown = first === 'stores' ? frame.stores.find(({ id }) => id === rest[0]) : frame[first];
  for (const name of first === 'stores' ? rest.slice(1) : rest) here = node(here)[name];
  return here;
}

function put_in(value: unknown, [name, ...rest]: Place, other: unknown): unknown {
  if (name === undefined) return other;
  const child = put_in(node(value)[name], rest, other);
  const { [name]: gone, ...left } = node(value);
  void gone;
  return child === undefined ? left : { ...node(value), [name]: child };
}

/** A copy with another value there; undefined takes it out. */
export function put(frame: Frame, at: Place, value: unknown): Frame {
  const [first, id, ...rest] = at;
  if (first !== 'stores') return put_in(frame, at, value) as Frame;
  const index = frame.stores.findIndex((one) => one.id === id);
  if (rest.length > 0) return { ...frame, stores: frame.stores.map((one, i) => (i === index ? put_in(one, rest, value) as Store : one)) };
  if (value === undefined) return { ...frame, stores: frame.stores.filter((_, i) => i !== index) };
  return { ...frame, stores: index < 0 ? [...frame.stores, value as Store] : frame.stores.map((one, i) => (i === index ? value as Store : one)) };
}

function places(a: Frame, b: Frame): Place[] {
  const names = (...all: unknown[]) => [...new Set(all.flatMap((one) => Object.keys(node(one))))];
  const both = (id: string) => [a, b].map(({ stores }) => stores.find((one) => one.id === id));
  const stores = [...new Set([...a.stores, ...b.stores].map(({ id }) => id))].flatMap((id): Place[] => {
    const [one, other] = both(id);
    return one && other ? names(one, other).filter((name) => name !== 'id').map((name) => ['stores', id, name]) : [['stores', id]];
  });
  const settings = names(a.settings, b.settings).flatMap((name): Place[] =>
    (name === 'dayparts' ? names(a.settings.dayparts, b.settings.dayparts).map((part) => ['settings', name, part]) : [['settings', name]]));
  return [...stores, ...settings, ...names(a, b).filter((name) => name !== 'stores' && name !== 'settings').map((name) => [name])];
}

export const differences = (a: Frame, b: Frame): Difference[] =>
  places(a, b).flatMap((at) => { const [one, other] = [get(a, at), get(b, at)]; return same(one, other) ? [] : [{ at, a: one, b: other }]; });
