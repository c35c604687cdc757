// Two versions of a rule side by side: what differs, place by place, in words.
import { language } from '../../../../sdk/js/shared/i18n';
import { minor_of, written } from '../cash';
import { label_of } from './labels';
import type { Condition, Offer, Pack, Pair, Rule, Select, Slot } from './model';
import { chosen, product } from './names';
import { get, same, step } from './pointer';
import { condition_words, conditions_of } from './sentence';
import { say, type Word } from '../words';

/** The places that are compared, and taken over, as one. */
function places(rule: Rule | null): string[] {
  if (!rule) return [];
  return Object.entries(rule).flatMap(([name, value]) =>
    (['text', 'kiosk_text', 'complete_text', 'bundle'].includes(name) ? Object.entries(value as object).flatMap(([inner, text]) =>
      (name === 'bundle' ? [`/bundle/${inner}`] : Object.keys(text as object).map((part) => `/${name}${step(inner)}/${part}`))) : [`/${name}`]));
}

export interface Difference { at: string; label: string; a: unknown; b: unknown }

export function differences(a: Rule | null, b: Rule | null): Difference[] {
  return [...new Set([...places(a), ...places(b)])].flatMap((at) => {
    const [one, other] = [get(a, at), get(b, at)];
    return same(one, other) ? [] : [{ at, label: label_of(at), a: one, b: other }];
  });
}

const cash = (pack: Pack, text: string): string => {
  const minor = minor_of(text, pack.exponent);
  return minor === undefined ? text : written(minor, pack, language.value);
};

/** A value as the form says it. */
export function Value({ at, value, pack }: { at: string; value: unknown; pack: Pack }) {
  if (value === undefined || value === null) return <span class="quiet">{'\u2013'}</span>;
  const lines = (all: string[]) => <ul class="plain-list">{all.map((one, i) => <li key={i}>{one}</li>)}</ul>;
  switch (at) {
    case '/when': return lines(conditions_of(value as Condition).map((one) => condition_words(pack, one)));
    case '/offers': return lines((value as Offer[]).map((one) => product(one.product)));
    case '/swap': return <>{chosen(pack, (value as { from: Select }).from).join(', ')}</>;
    case '/pairs': return lines((value as Pair[]).map((one) => `${product(one.given)} → ${product(one.product)}`));
    case '/bundle/slots': return lines((value as Slot[]).map((one) => chosen(pack, one.choose).join(', ')));
    case '/kind': return <>{say(`rules.kind_${String(value)}` as Word)}</>;
    case '/quantity': return <>{say(`rules.quantity_${String(value)}` as Word)}</>;
    case '/bundle/price': case '/bundle/discount': return <>{cash(pack, String(value))}</>;
    default:
  }
  if (typeof value === 'boolean') return <>{say(value ? 'rules.yes' : 'rules.no')}</>;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return lines(value);
  if (typeof value === 'string') return <bdi>{value || '\u2013'}</bdi>;
  if (typeof value === 'number') return <>{new Intl.NumberFormat(language.value).format(value)}</>;
  return <code dir="ltr">{JSON.stringify(value)}</code>;
}

/** Published and draft (or what `head` says); a rule that is new, or goes, has one side. */
export function Differences({ pack, from, to, head }: { pack: Pack; from: Rule | null; to: Rule | null; head?: string }) {
  if (to === null) return <p>{say('rules.takes_out')}</p>;
  const all = differences(from, to).filter(({ at }) => at !== '/id' && (from !== null || at !== '/kind'));
  if (all.length === 0) return <p class="quiet">{say('rules.no_difference')}</p>;
  return <div class="wide" tabIndex={0} role="region" aria-label={say('rules.difference')}><table class="compare">
    <thead><tr><th scope="col">{say('rules.field')}</th>{from && <th scope="col">{say('rules.published')}</th>}<th scope="col">{head ?? say('rules.draft')}</th></tr></thead>
    <tbody>{all.map(({ at, label, a, b }) => <tr key={at}><th scope="row">{label}</th>{from && <td class="was"><Value at={at} value={a} pack={pack} /></td>}<td class="is"><Value at={at} value={b} pack={pack} /></td></tr>)}</tbody>
  </table></div>;
}
