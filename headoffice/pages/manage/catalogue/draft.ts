// A product's form: what is typed -> the product as documents have it, or what is wrong with it.
import { language } from '../../../../sdk/js/shared/i18n';
import { amount } from '../../../../sdk/js/shared/money';
import type { Wrong } from '../api';
import { decimal_text, typed } from '../cash';
import type { Head, Pictures, Product, Stock } from './model';
import { say } from './words';

/** An amount as it is to be typed. */
export const sample = (exponent: number, tag: string = language.value): string => amount(12.5 * 10 ** exponent, exponent, tag);

const list = (text: string, by: RegExp): string[] => text.split(by).map((one) => one.trim()).filter(Boolean);

export interface Made { product: Product; wrong: Wrong[] }

/** `was`: what it is a change of; members that the form has not stay as they are. */
export function made(form: FormData, head: Head, was: Product | undefined, languages: string[], pictures: Pictures): Made {
  const wrong: Wrong[] = [];
  const text = (name: string): string => String(form.get(name) ?? '').trim();
  const expect = (fine: unknown, pointer: string, detail: string) => { if (!fine) wrong.push({ pointer, detail, ours: true }); };
  const name = { ...was?.name };
  for (const tag of languages) {
    delete name[tag];
    if (text(`name/${tag}`)) name[tag] = text(`name/${tag}`);
  }
  expect(Object.keys(name).length, `/name/${languages[0] ?? 'en'}`, say('need_name'));
  for (const [tag, one] of Object.entries(name)) expect(one.length <= 100 && !/[<>]/.test(one), `/name/${tag}`, say('name_hint'));
  const key = was?.key ?? text('key');
  expect(/^(sku|gtin|plu|name):./.test(key), '/key', say('need_key'));
  expect(text('category'), '/category', say('need_category'));
  const price = typed(text('price'), head.exponent, language.value);
  const cost = text('cost') === '' ? null : typed(text('cost'), head.exponent, language.value);
  for (const [member, value] of [['price', price], ['cost', cost]] as const) expect(value !== undefined, `/${member}`, say('need_price', { sample: sample(head.exponent) }));
  const product: Product = { ...was, key, name, category: text('category'), price: decimal_text(price ?? 0, head.exponent) };
  const set = <Member extends keyof Product>(member: Member, value: Product[Member] | undefined) => {
    delete product[member];
    if (value !== undefined) product[member] = value;
  };
  const some = (all: string[]) => (all.length ? all : undefined);
  set('cost', typeof cost === 'number' ? decimal_text(cost, head.exponent) : undefined);
  set('stock', text('stock') === 'in' ? undefined : text('stock') as Stock);
  set('tax_class', text('tax_class') || undefined);
  set('aliases', some(list(text('aliases'), /[\r\n]+/).map((one) => (/^\d{8,14}$/.test(one) ? `gtin:${one}` : one))));
  set('tags', some(list(text('tags'), /[,،、\r\n]+/)));
  set('diets', some(list(text('diets'), /[,،、\r\n]+/)));
  const contains = text('contains');
  set('allergens', contains === 'unknown' ? undefined : contains === 'none' ? [] : list(text('allergens'), /[,،、\r\n]+/));
  set('hidden', form.has('hidden') || undefined);
  set('restricted', form.has('restricted') || undefined);
  set('pictures', pictures.small || pictures.large ? pictures : undefined);
  return { product, wrong };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Members that two versions have otherwise. */
export function differing(mine: Product, theirs: Product): (keyof Product)[] {
  const all = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])] as (keyof Product)[];
  return all.filter((one) => !same(mine[one], theirs[one]));
}

export type Side = 'mine' | 'theirs';
/** Who changed a member alone, has it; undefined: both did. */
export function side_of(member: keyof Product, was: Product | undefined, mine: Product, theirs: Product): Side | undefined {
  if (!was) return undefined;
  return same(was[member], theirs[member]) ? 'mine' : same(was[member], mine[member]) ? 'theirs' : undefined;
}
/** Theirs, with what is taken of mine. */
export function merged(mine: Product, theirs: Product, of_mine: (keyof Product)[]): Product {
  const out: Product = { ...theirs };
  for (const member of of_mine) {
    delete out[member];
    if (mine[member] !== undefined) Object.assign(out, { [member]: mine[member] });
  }
  return out;
}
