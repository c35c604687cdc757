// Words of /manage: one file a language, and only the language that is spoken is fetched.
import { signal } from '@preact/signals';

import { best_language as best, fill, language, type Message, use_language } from '../../../sdk/js/shared/i18n';
import { until_answered } from './asking';
import { fetched } from './code';
import type { words as english } from './languages/en';

export type Word = keyof typeof english;
export type Words = Record<Word, Message>;

const languages: Record<string, () => Promise<{ words: Words }>> = {
  en: () => import('./languages/en'), de: () => import('./languages/de'), ar: () => import('./languages/ar'), ja: () => import('./languages/ja'),
};
const words = signal<Partial<Words>>({});

let enough = () => {};
/** Speaks a language as soon as its words are here; until then the page stays as it is. */
export function speak(tag: string): Promise<void> {
  enough();
  return new Promise((spoken) => {
    enough = until_answered(async () => { const load = languages[tag]; return load && fetched(load); }, (there) => {
      if (there) {
        words.value = there.words;
        use_language(tag);
      }
      spoken();
    }, () => {});
  });
}

/** In the page's language; a component that calls it is drawn again when the language changes. */
export const say = (word: Word, places: Record<string, string | number> = {}): string => fill(words.value[word] ?? word, language.value, places);
/** Whether a name that was put together, or came from head office, has words. */
export const is_word = (name: string): name is Word => Object.hasOwn(words.value, name);

/** What head office says of a field, in its own words -> ours. */
const said: Record<string, Word> = {
  'expected a password of 10 to 128 characters': 'password_hint',
  'expected a password without the sign-in name in it': 'password_name',
  "expected 1 to 64 of a-z, 0-9, '.', '_', '-' and '@'": 'id_hint',
  'somebody has this sign-in name': 'id_taken',
  'expected a name of 1 to 100 bytes, on one line': 'name_hint',
  'expected the stores of this store manager': 'stores_hint',
  'no admin would be left': 'last_admin',
  'expected a reason': 'no_reason',
};
/** Undefined: there are no words of ours for it. */
export const in_words = (detail: string): string | undefined => (said[detail] ? say(said[detail]) : undefined);

const kept = 'sidedish-language';
/** What was chosen here before, or what the browser speaks. */
export const first_language = (): string => best(localStorage.getItem(kept), ...navigator.languages);
export const keep_language = (tag: string): void => localStorage.setItem(kept, tag);
