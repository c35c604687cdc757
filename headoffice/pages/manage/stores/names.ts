// What places in stores and settings are called, and values said as people say them.
import { language } from '../../../../sdk/js/shared/i18n';
import { minor_of, written } from '../cash';
import type { Pack } from '../rules/model';
import type { Daypart, Frame, Store } from './model';
import type { Place } from './places';
import { is_own, say, type Word } from './words';

const of_store: Record<string, Word> = { name: 'name', id: 'stores_id', time_zone: 'stores_zone', language: 'stores_language', country: 'stores_country', groups: 'stores_in_groups', terminals: 'stores_terminals' };
const of_settings: Record<string, Word> = {
  objective: 'stores_objective', score_floor: 'stores_score_floor', assumed_margin_percent: 'stores_assumed_margin', global_holdout_percent: 'stores_global_holdout', holdout_percent: 'stores_holdout', prompts_per_sale: 'stores_s_how_many',
  spend_jump_percent: 'stores_spend_jump', margin_floor_percent: 'stores_margin_floor', exploration_percent: 'stores_exploration', dayparts: 'stores_s_dayparts', never_offer: 'stores_never', restricted: 'stores_restricted',
};
const of_prompts: Record<string, Word> = { cashier: 'stores_cashier', kiosk: 'stores_kiosk', receipt: 'stores_receipt' };
const of_frame: Record<string, Word> = { pack: 'stores_note', languages: 'stores_languages', sets: 'stores_sets', stores: 'stores', settings: 'stores_settings' };

/** Opposite directions in one line keep to themselves. */
const apart = (text: string): string => `\u2068${text}\u2069`;
export const daypart_name = (id: string): string => (is_word(`rules.daypart_${id}`) ? say(`rules.daypart_${id}` as Word) : id);
const is_word = (name: string): boolean => /^rules\.daypart_(breakfast|lunch|afternoon|dinner|late)$/.test(name);

export function label_of(at: Place, ...frames: Frame[]): string {
  const [first = '', second = '', third] = at;
  if (first === 'stores' && second !== '') {
    const store = frames.flatMap(({ stores }) => stores).find(({ id }) => id === second);
    const word = third === undefined ? undefined : of_store[third];
    return `${apart(store?.name || second)}: ${word ? say(word) : third ?? say('stores_whole')}`;
  }
  if (first === 'settings' && second !== '') {
    if (second === 'dayparts' && third !== undefined) return `${say('stores_s_dayparts')}: ${apart(daypart_name(third))}`;
    const word = second === 'prompts_per_sale' && third !== undefined ? of_prompts[third] : of_settings[second];
    return word ? say(word) : second;
  }
  const word = of_frame[first];
  return word ? say(word) : first;
}
/** Of a pointer, where stores stand by number. */
export function label_at(pointer: string, frame: Frame): string {
  const [first = '', second = '', ...rest] = pointer.split('/').slice(1);
  return label_of(first === 'stores' ? ['stores', ...(second === '' ? [] : [frame.stores[Number(second)]?.id ?? second]), ...rest.slice(0, 1)] : [first, ...(second === '' ? [] : [second]), ...rest], frame);
}

const names = (type: 'language' | 'region', code: string): string => {
  try {
    return new Intl.DisplayNames(language.value, { type }).of(code) ?? code;
  } catch {
    return code;
  }
};
export const language_name = (tag: string): string => names('language', tag);
/** Undefined: there is no such country. */
export const country_name = (code: string): string | undefined => (/^[A-Z]{2}$/.test(code) && names('region', code) !== code ? names('region', code) : undefined);

/** What clocks there show; undefined: there is no such zone. */
export function clock_in(zone: string, now: Date): string | undefined {
  try {
    return zone === '' ? undefined : new Intl.DateTimeFormat(language.value, { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(now);
  } catch {
    return undefined;
  }
}

const percent = (n: number): string => new Intl.NumberFormat(language.value, { style: 'percent' }).format(n / 100);
const hours = ({ from, to }: Daypart): string => `\u2066${from}\u2013${to}\u2069`;

const of_one_store = ({ time_zone, groups, country, language: tag }: Store): string => [time_zone, ...(tag ? [language_name(tag)] : []), ...(country ? [country_name(country) ?? country] : []), ...(groups ?? [])].join(', ');

/** A value as the forms say it. */
export function value_of(at: Place, value: unknown, pack: Pack): string {
  if (value === undefined || value === null) return '\u2013';
  const [first, second = '', third] = at;
  if (first === 'stores' && third === undefined) return of_one_store(value as Store);
  if (third === 'language') return language_name(String(value));
  if (third === 'country') return country_name(String(value)) ?? String(value);
  if (first === 'settings') {
    if (second === 'dayparts') return hours(value as Daypart);
    if (second === 'objective' && is_own(`stores_objective_${String(value)}`)) return say(`stores_objective_${String(value)}` as Word);
    if (second === 'score_floor') return written(minor_of(String(value), pack.exponent) ?? 0, pack, language.value);
    if (second.endsWith('_percent') && typeof value === 'number') return percent(value);
    if (second === 'prompts_per_sale') return Object.entries(value as Record<string, number>).map(([where, n]) => `${of_prompts[where] ? say(of_prompts[where]) : where}: ${n}`).join(', ');
  }
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
