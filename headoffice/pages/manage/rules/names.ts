// Names of products, asked for in bunches and kept as long as the page is open; of categories, sets and stores from the pack.
import { effect, signal } from '@preact/signals';

import { language } from '../../../../sdk/js/shared/i18n';
import { ask } from '../api';
import { until_answered } from '../asking';
import type { Pack, Product, Select } from './model';

const kAtOnce = 100;

export const known = signal<ReadonlyMap<string, Product>>(new Map());
let wanted = new Set<string>();
let asked = new Set<string>();
let pack_id = '';
let timer: ReturnType<typeof setTimeout> | undefined;

/** Names are this pack's from now on, in the page's language. */
export function names_of(pack: string): void {
  if (pack === pack_id) return;
  pack_id = pack;
  forget();
}
function forget(): void {
  asked = new Set();
  known.value = new Map();
}
effect(() => {
  void language.value;
  forget();
});

export interface Found { products: Product[]; /** What was typed is the key or a barcode of the first. */ exact: boolean }
export const search = (q: string, limit: number): Promise<Found> =>
  ask<Found>('GET', `/v1/products?pack=${encodeURIComponent(pack_id)}&language=${language.peek()}&limit=${limit}&q=${encodeURIComponent(q)}`);

export function learn(products: Product[]): void {
  const map = new Map(known.peek());
  for (const one of products) map.set(one.key, one);
  known.value = map;
}

function fetch_wanted(): void {
  const keys = [...wanted];
  wanted = new Set();
  for (const key of keys) asked.add(key);
  for (let i = 0; i < keys.length; i += kAtOnce) {
    const some = keys.slice(i, i + kAtOnce).map(encodeURIComponent).join(',');
    const turn = asked;  // another one when the pack or the language has changed
    until_answered(() => (turn === asked ? ask<{ products: Product[] }>('GET', `/v1/products?pack=${encodeURIComponent(pack_id)}&language=${language.peek()}&keys=${some}`) : Promise.resolve({ products: [] })),
      ({ products }) => { if (turn === asked) learn(products); }, () => {});
  }
}

let unnamed = 0;
/** How often a name was asked for that is not here yet: what is made meanwhile is to be made again. */
export const lacking = (): number => unnamed;

/** A product's name as soon as it is known; its key without the namespace until then, and when nobody knows it. */
export function product(key: string): string {
  const found = known.value.get(key);
  if (found) return found.name;
  unnamed += 1;
  if (!asked.has(key) && !wanted.has(key)) {
    wanted.add(key);
    clearTimeout(timer);
    timer = setTimeout(fetch_wanted, 20);
  }
  return key.replace(/^[a-z]+:/, '');
}

export function category(pack: Pack, id: string): string {
  const found = pack.categories.find((one) => one.id === id);
  return found?.name[language.value] ?? found?.name[pack.languages[0] ?? 'en'] ?? id;
}

/** All that is chosen, as a list of names. */
export function chosen(pack: Pack, select: Select): string[] {
  if (select.items) return select.items.map(product);
  if (select.category !== undefined) return [category(pack, select.category)];
  return [select.set ?? select.tag ?? ''];
}
export const store = (pack: Pack, id: string): string => pack.stores.find((one) => one.id === id)?.name ?? id;
