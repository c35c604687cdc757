// Words of /manage, one file a language.
import { best_language as best, fill, language, type Message } from '../../../sdk/js/shared/i18n';
import { ar } from './messages/ar';
import { de } from './messages/de';
import { en } from './messages/en';
import { ja } from './messages/ja';
import { ar as ar_tills } from './tills/messages/ar';
import { de as de_tills } from './tills/messages/de';
import { en as en_tills } from './tills/messages/en';
import { ja as ja_tills } from './tills/messages/ja';

export type Word = keyof typeof en | keyof typeof en_tills;
export type Words = Record<Word, Message>;

const english: Words = { ...en, ...en_tills };
export const words: Record<string, Words> = { en: english, de: { ...de, ...de_tills }, ar: { ...ar, ...ar_tills }, ja: { ...ja, ...ja_tills } };

/** In the page's language; a component that calls it is drawn again when the language changes. */
export const say = (word: Word, places: Record<string, string | number> = {}): string => fill((words[language.value] ?? english)[word], language.value, places);

/** Whether a name that was put together, or came from head office, has words. */
export const is_word = (name: string): name is Word => Object.hasOwn(english, name);

/** What head office says of a field, in its own words -> ours. Anything else is shown as it came. */
const said: Record<string, Word> = {
  'expected a password of 10 to 128 characters': 'password_hint',
  'expected a password without the sign-in name in it': 'password_name',
  "expected 1 to 64 of a-z, 0-9, '.', '_', '-' and '@'": 'id_hint',
  'somebody has this sign-in name': 'id_taken',
  'expected a name of 1 to 100 bytes, on one line': 'name_hint',
  'expected the stores of this store manager': 'stores_hint',
  'no admin would be left': 'last_admin',
  'expected a reason': 'tills_no_reason',
};
export const in_words = (detail: string): string => (said[detail] ? say(said[detail]) : detail);

const kept = 'sidedish-language';
/** What was chosen here before, or what the browser speaks. */
export const first_language = (): string => best(localStorage.getItem(kept), ...navigator.languages);
export const keep_language = (tag: string): void => localStorage.setItem(kept, tag);
