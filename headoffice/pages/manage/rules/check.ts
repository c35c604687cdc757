// What the page can tell by itself is wrong with a rule: nobody is asked for that. Codes are words of `rules.f_...`.
import { minor_of } from '../cash';
import type { Condition, Finding, Pack, PromptText, Rule, Select, Texts } from './model';
import { get, step } from './pointer';
import { conditions_of, kind_of } from './sentence';

export const limits = { till: { headline: 30, reason: 60 }, kiosk: { headline: 40, reason: 80 } } as const;
export const signs = (text: string): number => [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].length;
/** Places are filled by head office: how long they get is its to say. */
export const has_places = (text: string): boolean => text.includes('{');
const kMarkup = /[<>\u0000-\u001f\u007f]/;

/** Where the i-th condition stands. */
export const condition_pointer = (when: Condition | undefined, i: number): string => (when && Array.isArray(when['all']) ? `/when/all/${i}` : '/when');

type Say = (pointer: string, code: string) => void;

const empty = (select: Select | undefined): boolean => !select || !(select.items?.length || select.category || select.tag || select.set);

function number(rule: Rule, pointer: string, least: number, most: number, say: Say): void {
  const value = get(rule, pointer);
  if (value !== undefined && !(typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)) say(pointer, 'number');
}

function texts(rule: Rule, name: 'text' | 'kiosk_text' | 'complete_text', pack: Pack, say: Say): void {
  const all: Texts = rule[name] ?? {};
  const most = limits[name === 'kiosk_text' ? 'kiosk' : 'till'];
  const first = pack.languages[0] ?? 'en';
  if (name === 'text' && !all[first]) say(`/text${step(first)}/headline`, 'missing');
  for (const [tag, text] of Object.entries(all)) {
    for (const part of ['headline', 'reason'] as const) {
      const value = (text as PromptText)[part];
      const ways = Array.isArray(value) ? value : [value ?? ''];
      ways.forEach((way, i) => {
        const pointer = `/${name}${step(tag)}/${part}${Array.isArray(value) ? `/${i}` : ''}`;
        if (part === 'headline' && way.trim() === '') say(pointer, 'missing');
        else if (kMarkup.test(way)) say(pointer, 'markup');
        else if (!has_places(way) && signs(way) > most[part]) say(pointer, 'too_long');
      });
    }
  }
}

function conditions(rule: Rule, pack: Pack, say: Say): void {
  const all = conditions_of(rule.when);
  if (all.length === 0 && (rule.kind === 'add_on' || rule.kind === 'receipt')) say('/when', 'no_trigger');
  all.forEach((one, i) => {
    const kind = kind_of(one);
    const at = `${condition_pointer(rule.when, i)}/${kind}`;
    const body = one[kind] as Record<string, unknown> & unknown[];
    if (['has', 'lacks', 'bought', 'not_bought'].includes(kind) && empty(body as Select)) say(at, 'nothing_chosen');
    if (kind === 'has') number(rule, `${at}/quantity/min`, 1, 1_000_000, say);
    if (kind === 'bought') number(rule, `${at}/within_days`, 1, 3650, say);
    if (kind === 'not_bought') number(rule, `${at}/for_days`, 1, 3650, say);
    if (['weekday', 'store', 'store_group', 'terminal_group', 'channel', 'moment', 'segment', 'stock'].includes(kind) && body.length === 0) say(at, 'nothing_chosen');
    if (kind === 'dates') {
      const { from, to } = body as { from?: string; to?: string };
      if (!from && !to) say(`${at}/from`, 'missing');
      else if (from && to && to < from) say(`${at}/to`, 'ends_before');
    }
    if (kind === 'daypart' && typeof body === 'object' && body['from'] === body['to']) say(`${at}/to`, 'same_time');
    if (['total', 'lines', 'distinct', 'items'].includes(kind)) {
      const { min, max } = body as { min?: number | string; max?: number | string };
      if (min === undefined && max === undefined) say(`${at}/min`, 'missing');
      for (const [name, value] of Object.entries({ min, max })) {
        if (value === undefined) continue;
        if (kind === 'total' ? minor_of(String(value), pack.exponent) === undefined : !(Number.isInteger(value) && Number(value) >= 0)) say(`${at}/${name}`, kind === 'total' ? 'money' : 'number');
      }
      if (min !== undefined && max !== undefined && Number(max) < Number(min)) say(`${at}/max`, 'less_than_least');
    }
    if (kind === 'fact') {
      const { name, is, min, max } = body as { name?: string; is?: string[]; min?: number; max?: number };
      if (!name) say(`${at}/name`, 'missing');
      else if (!is?.length && min === undefined && max === undefined) say(`${at}/is`, 'missing');
    }
  });
}

/** Products that the rule asks to be in the basket, by key. */
function asked_for(rule: Rule): Set<string> {
  const found = conditions_of(rule.when).flatMap((one) => ((one['has'] as Select | undefined)?.items ?? []));
  return new Set([...found, ...(rule.swap?.from.items ?? [])]);
}

function offers(rule: Rule, say: Say): void {
  if (rule.kind === 'bundle' || rule.kind === 'also_bought') return;
  if (!rule.offers?.length) say('/offers', 'no_offer');
  const there = asked_for(rule);
  rule.offers?.forEach(({ product }, i) => { if (there.has(product)) say(`/offers/${i}`, 'offers_itself'); });
  if (rule.kind === 'upsell' && empty(rule.swap?.from)) say('/swap/from', 'nothing_chosen');
}

function bundle(rule: Rule, pack: Pack, say: Say): void {
  if (!rule.bundle) return;
  if (rule.bundle.slots.length < 2) say('/bundle/slots', 'two_parts');
  rule.bundle.slots.forEach((slot, i) => {
    if (empty(slot.choose)) say(`/bundle/slots/${i}/choose`, 'nothing_chosen');
    for (const [key, delta] of Object.entries(slot.price_delta ?? {})) if (minor_of(delta, pack.exponent) === undefined) say(`/bundle/slots/${i}/price_delta${step(key)}`, 'money');
  });
  for (const name of ['price', 'discount'] as const) {
    const value = rule.bundle[name];
    if (value !== undefined && !minor_of(value, pack.exponent)) say(`/bundle/${name}`, 'money');
  }
  const worth = rule.bundle.complete?.worth;
  if (worth !== undefined && minor_of(worth, pack.exponent) === undefined) say('/bundle/complete/worth', 'money');
  number(rule, '/bundle/discount_percent', 1, 100, say);
  number(rule, '/bundle/times', 1, 9, say);
}

function pairs(rule: Rule, say: Say): void {
  if (rule.kind !== 'also_bought') return;
  if (!rule.pairs?.length) say('/pairs', 'no_pair');
  rule.pairs?.forEach(({ given, product, together, of }, i) => {
    if (!given) say(`/pairs/${i}/given`, 'nothing_chosen');
    if (!product) say(`/pairs/${i}/product`, 'nothing_chosen');
    else if (given === product) say(`/pairs/${i}/product`, 'offers_itself');
    number(rule, `/pairs/${i}/of`, 1, 1_000_000_000, say);
    number(rule, `/pairs/${i}/together`, 0, Number.isInteger(of) ? of : 1_000_000_000, say);
    void together;
  });
}

/** In the order in which the fields stand. */
export function check(rule: Rule, pack: Pack): Finding[] {
  const found: Finding[] = [];
  const say: Say = (pointer, code) => { found.push({ pointer, code, detail: '', severity: 'error' }); };
  if (rule.name.trim() === '') say('/name', 'missing');
  else if (kMarkup.test(rule.name)) say('/name', 'markup');
  else if (new TextEncoder().encode(rule.name).length > 100) say('/name', 'too_long');
  conditions(rule, pack, say);
  offers(rule, say);
  bundle(rule, pack, say);
  pairs(rule, say);
  for (const name of ['text', 'kiosk_text', 'complete_text'] as const) texts(rule, name, pack, say);
  number(rule, '/extra_adds_per_1000', 0, 1000, say);
  if (rule.extra_adds_per_1000 === undefined) say('/extra_adds_per_1000', 'missing');
  number(rule, '/priority', 1, 100, say);
  number(rule, '/holdout_percent', 0, 90, say);
  number(rule, '/spend_jump_percent', 1, 1000, say);
  number(rule, '/caps/lane_day', 1, 65_535, say);
  number(rule, '/caps/shift', 1, 65_535, say);
  const cap = rule.caps?.customer;
  if (!cap) return found;
  for (const [name, most] of [['prompts', 255], ['days', 365]] as const) {
    if (cap[name] === undefined) say(`/caps/customer/${name}`, 'missing');
    else number(rule, `/caps/customer/${name}`, 1, most, say);
  }
  if (rule.unit !== 'customer') say('/caps/customer/prompts', 'cap-without-unit');
  return found;
}
