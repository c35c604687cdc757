// Words of the stores' page, which come with it; those that pages share are spoken as everywhere.
import { fill, language, type Message } from '../../../../sdk/js/shared/i18n';
import { say as say_common, type Word as Common } from '../words';
import { ar } from './messages/ar';
import { de } from './messages/de';
import { en } from './messages/en';
import { ja } from './messages/ja';

type Own = keyof typeof en;
export type Word = Own | Common;
export const words: Record<string, Record<Own, Message>> = { en, de, ar, ja };

export const is_own = (name: string): name is Own => Object.hasOwn(en, name);
/** In the page's language; a component that calls it is drawn again when the language changes. */
export const say = (word: Word, places: Record<string, string | number> = {}): string =>
  (is_own(word) ? fill((words[language.value] ?? en)[word], language.value, places) : say_common(word, places));
