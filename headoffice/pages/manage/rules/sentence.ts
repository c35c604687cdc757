// A rule in words: its conditions, what it offers, when it runs.
import { date_format, list_format, number_format } from '../../../../sdk/js/shared/formats';
import { language } from '../../../../sdk/js/shared/i18n';
import { minor_of, written } from '../cash';
import type { Bounds, Condition, Pack, Rule, Select } from './model';
import { category, chosen, product, store } from './names';
import { say, type Word } from '../words';

const list = (parts: string[], type: 'conjunction' | 'disjunction' = 'conjunction'): string =>
  list_format(language.value, { style: 'long', type }).format(parts);

/** "Fries, medium, Fries, large and 3 more" */
function some(names: string[], most = 3): string {
  if (names.length <= most) return list(names, 'disjunction');
  return say('rules.and_more', { names: list(names.slice(0, most - 1), 'disjunction'), count: names.length - most + 1 });
}
export const select_words = (pack: Pack, select: Select): string => some(chosen(pack, select));

const number = (value: number | string): string => number_format(language.value).format(Number(value));
const money = (pack: Pack) => (value: number | string): string => {
  const minor = minor_of(String(value), pack.exponent);
  return minor === undefined ? String(value) : written(minor, pack, language.value);
};

export function bounds_words({ min, max }: Bounds, write: (value: number | string) => string = number): string {
  if (min !== undefined && max !== undefined) return min === max ? write(min) : say('rules.between', { min: write(min), max: write(max) });
  return min !== undefined ? say('rules.at_least', { min: write(min) }) : max !== undefined ? say('rules.at_most', { max: write(max) }) : '';
}

const days = (options: Intl.DateTimeFormatOptions) => date_format(language.value, { timeZone: 'UTC', ...options });
const date = (iso: string): Date => new Date(`${iso}T00:00:00Z`);
const short = (iso: string): string => (Number.isNaN(date(iso).getTime()) ? iso : days({ day: 'numeric', month: 'short', year: 'numeric' }).format(date(iso)));
/** "1 – 30 Sep 2026"; "from ...", "until ..." where one end is open. */
export function dates_words({ from, to }: { from?: string; to?: string }): string {
  if (from && to && date(from) <= date(to)) return days({ day: 'numeric', month: 'short', year: 'numeric' }).formatRange(date(from), date(to));
  if (from && to) return `${short(from)} – ${short(to)}`;
  return from ? say('rules.from_day', { day: short(from) }) : to ? say('rules.until_day', { day: short(to) }) : '';
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** 5 January 2026 is a Monday. */
export const weekday = (id: string, style: 'short' | 'long' = 'short'): string =>
  days({ weekday: style }).format(new Date(Date.UTC(2026, 0, 5 + weekdays.indexOf(id))));

export function daypart_words(pack: Pack, value: unknown): string {
  if (typeof value === 'string') {
    const known = pack.settings.dayparts?.[value];
    return known ? `${daypart_name(value)} (${known.from}–${known.to})` : value;
  }
  const { from, to } = value as { from: string; to: string };
  return `${from}–${to}`;
}
const dayparts = ['breakfast', 'lunch', 'afternoon', 'dinner', 'late'];
export const daypart_name = (id: string): string => (dayparts.includes(id) ? say(`rules.daypart_${id}` as Word) : id);

const places = (pack: Pack, kind: string, body: unknown): string | undefined => {
  const names = body as string[];
  switch (kind) {
    case 'store': return say('rules.c_store', { names: list(names.map((id) => store(pack, id)), 'disjunction') });
    case 'store_group': return say('rules.c_store_group', { names: list(names, 'disjunction') });
    case 'terminal_group': return say('rules.c_terminal_group', { names: list(names, 'disjunction') });
    case 'channel': return list(names.map((one) => say(`rules.channel_${one}` as Word)), 'disjunction');
    case 'moment': return list(names.map((one) => say(`rules.moment_${one}` as Word)), 'disjunction');
    case 'weekday': return list(names.map((one) => weekday(one)), 'disjunction');
    case 'dates': return dates_words(body as { from?: string; to?: string });
    case 'daypart': return daypart_words(pack, body);
    default: return undefined;
  }
};

/** One condition, and all inside it. */
export function condition_words(pack: Pack, condition: Condition): string {
  const [kind = '', body] = Object.entries(condition)[0] ?? [];
  const inner = () => (body as Condition[]).map((one) => condition_words(pack, one));
  const select = body as Select & { quantity?: Bounds; value?: Bounds; within_days?: number; for_days?: number };
  switch (kind) {
    case 'all': return list(inner());
    case 'any': return list(inner(), 'disjunction');
    case 'none': return say('rules.c_none', { what: list(inner(), 'disjunction') });
    case 'has': {
      const more = [select.quantity && bounds_words(select.quantity), select.value && bounds_words(select.value, money(pack))].filter(Boolean).join(', ');
      return say(more ? 'rules.c_has_bounds' : 'rules.c_has', { what: select_words(pack, select), bounds: more });
    }
    case 'lacks': return say('rules.c_lacks', { what: select_words(pack, select) });
    case 'total': return say('rules.c_total', { bounds: bounds_words(body as Bounds, money(pack)) });
    case 'lines': case 'distinct': case 'items': return say(`rules.c_${kind}` as Word, { bounds: bounds_words(body as Bounds) });
    case 'fact': {
      const { name, is, min, max } = body as { name: string; is?: string[] } & Bounds;
      return say('rules.c_fact', { name, what: is ? list(is, 'disjunction') : bounds_words({ ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }) });
    }
    case 'segment': return say('rules.c_segment', { names: list(body as string[], 'disjunction') });
    case 'first_visit': return say(body ? 'rules.c_first_visit' : 'rules.c_not_first_visit');
    case 'bought': return say('rules.c_bought', { what: select_words(pack, select), count: select.within_days ?? 0 });
    case 'not_bought': return say('rules.c_not_bought', { what: select_words(pack, select), count: select.for_days ?? 0 });
    case 'stock': return say('rules.c_stock', { names: list((body as string[]).map((one) => say(`rules.stock_${one}` as Word)), 'disjunction') });
    default: return places(pack, kind, body) ?? JSON.stringify(condition);
  }
}

/** The conditions that must all hold, one by one. */
export const conditions_of = (when: Condition | undefined): Condition[] => (when === undefined ? [] : Array.isArray(when['all']) ? (when['all'] as Condition[]) : [when]);
export const kind_of = (condition: Condition): string => Object.keys(condition)[0] ?? '';
/** The rule's conditions, with others in their place; `all` as soon as there are two. */
export function with_conditions(when: Condition | undefined, conditions: Condition[]): Condition | undefined {
  if (conditions.length === 0) return undefined;
  return conditions.length === 1 && conditions[0] && !(when && Array.isArray(when['all'])) ? conditions[0] : { all: conditions };
}
export const where_and_when = ['dates', 'daypart', 'weekday', 'store', 'store_group', 'terminal_group', 'channel', 'moment'];

/** What makes it speak, without where and when. */
export function trigger_words(pack: Pack, rule: Rule): string {
  const all = conditions_of(rule.when).filter((one) => !where_and_when.includes(kind_of(one)));
  // One in another says too much for a line.
  const asked = all.filter((one) => !['all', 'any', 'none'].includes(kind_of(one)));
  const parts = asked.map((one) => {
    const body = one[kind_of(one)] as Select;
    if (kind_of(one) === 'has' && Object.keys(body).length === 1) return select_words(pack, body);
    return kind_of(one) === 'lacks' ? say('rules.without', { what: select_words(pack, body) }) : condition_words(pack, one);
  });
  if (rule.swap) parts.unshift(select_words(pack, rule.swap.from));
  if (rule.pairs) parts.unshift(some([...new Set(rule.pairs.map(({ given }) => product(given)))]));
  if (rule.bundle) parts.unshift((rule.bundle.slots ?? []).map(({ choose }) => select_words(pack, choose)).join(' + '));
  if (asked.length < all.length) parts.push(say('rules.more_conditions', { count: all.length - asked.length }));
  return parts.join(' · ') || say('rules.any_basket');
}

export function offer_words(pack: Pack, rule: Rule): string {
  if (rule.bundle) {
    const { price, discount, discount_percent } = rule.bundle;
    if (price !== undefined) return say('rules.together_for', { price: money(pack)(price) });
    if (discount !== undefined) return say('rules.off', { amount: money(pack)(discount) });
    return say('rules.off', { amount: number_format(language.value, { style: 'percent' }).format((discount_percent ?? 0) / 100) });
  }
  return some([...new Set((rule.pairs ?? rule.offers ?? []).map((one) => product(one.product)))]);
}

/** From the first condition on dates that stands beside the others. */
export function runs_words(rule: Rule): string {
  const found = conditions_of(rule.when).find((one) => kind_of(one) === 'dates');
  return found ? dates_words(found['dates'] as { from?: string; to?: string }) : '';
}
export { category, list };
