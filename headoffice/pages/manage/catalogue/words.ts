// Words of the catalogue's page, which come with it.
import { fill, language, type Message } from '../../../../sdk/js/shared/i18n';
import { ar } from './messages/ar';
import { de } from './messages/de';
import { en } from './messages/en';
import { ja } from './messages/ja';

export type Word = keyof typeof en;
export type Messages = Record<Word, Message>;
export const words: Record<string, Messages> = { en, de, ar, ja };

/** In the page's language; a component that calls it is drawn again when the language changes. */
export const say = (word: Word, places: Record<string, string | number> = {}): string => fill((words[language.value] ?? words['en'] as Messages)[word], language.value, places);
