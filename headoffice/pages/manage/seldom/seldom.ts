// Words that are seldom needed: findings, refusals, what keeps a rule silent. Fetched with the first of them, in the page's language alone.
import { signal } from '@preact/signals';

import { fill, language, type Message } from '../../../../sdk/js/shared/i18n';
import { until_answered } from '../asking';
import { fetched } from '../code';

type Words = Record<string, Message>;
const languages: Record<string, () => Promise<{ words: Words }>> = {
  en: () => import('./seldom_en'), de: () => import('./seldom_de'), ar: () => import('./seldom_ar'), ja: () => import('./seldom_ja'),
};
const there = signal<Readonly<Record<string, Words>>>({});
const wanted = new Set<string>();

function words_of(tag: string): Words | undefined {
  const load = languages[tag];
  if (load && !wanted.has(tag)) {
    wanted.add(tag);
    until_answered(() => fetched(load), ({ words }) => { there.value = { ...there.peek(), [tag]: words }; }, () => {});
  }
  return there.value[tag];
}

/** With what head office said beside it, in English: details that no word has. Undefined: there is no such word, or it has not come yet; who
    is drawing is drawn again when it has. */
function seldom(name: string, detail: string): string | undefined {
  const words = words_of(language.value);
  if (!words || !Object.hasOwn(words, name)) return undefined;
  return `${fill(words[name] as Message, language.value, {})}${detail ? ` (\u2068${detail}\u2069)` : ''}`;
}

/** What is wrong at a place, by its code. */
export const finding_words = (code: string | undefined, detail: string): string => seldom(`f_${code || 'invalid'}`, detail) ?? detail;
/** What kept a rule silent: the engine's guard or silence, by its number, or that it speaks elsewhere. */
export const silent_words = (kind: 'guard' | 'silence' | 'elsewhere', of: string | undefined, detail: string): string => seldom(of === undefined ? kind : `${kind}_${of}`, '') ?? detail;
/** Why it was refused, by the problem's type. */
export const problem_words = (type: string, detail: string): string | undefined => seldom(`p_${type}`, detail);
