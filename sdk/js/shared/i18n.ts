// Words of the pages: one file a language, all of them in the script (they are small, and a switch needs no network).
import { signal } from '@preact/signals';

import { number_format, plural_rules } from './formats';
import { ar } from './messages/ar';
import { de } from './messages/de';
import { en } from './messages/en';
import { ja } from './messages/ja';

/** A text with {places}, or one per plural category of the language (Intl.PluralRules), chosen by {count}. */
export type Message = string | ({ other: string } & Partial<Record<'zero' | 'one' | 'two' | 'few' | 'many', string>>);

export type Key =
  | 'add' | 'no' | 'ok' | 'accepted' | 'undo' | 'chip' | 'not_added' | 'not_removed' | 'rush' | 'offline'
  | 'why' | 'why_rule' | 'why_trigger' | 'why_reason' | 'why_saving' | 'why_until' | 'back' | 'plus_tax' | 'saves' | 'fit_hint' | 'not_a_fit'
  | 'strip' | 'basket' | 'items' | 'goes_well' | 'goes_well_with' | 'add_name' | 'added' | 'added_status'
  | 'removed_status' | 'one_more' | 'one_less' | 'no_thanks' | 'go_on' | 'close' | 'could_not_add' | 'language'
  | 'reach' | 'speak' | 'speak_stop' | 'contrast' | 'help' | 'help_text' | 'suggestions' | 'still_there'
  | 'still_there_text' | 'more_time' | 'next_time' | 'meal_saving' | 'contains' | 'offline_kiosk';

export type Messages = Record<Key, Message>;

export const messages: Record<string, Messages> = { en, de, ar, ja };

/** Each language in its own words. */
export const language_names: Record<string, string> = { en: 'English', de: 'Deutsch', ar: 'العربية', ja: '日本語' };

/** The first of the wanted languages (BCP 47) that there is; English otherwise. */
export function best_language(...wanted: (string | null | undefined)[]): string {
  for (const tag of wanted) {
    const short = tag?.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(messages, short)) return short;
  }
  return 'en';
}

export const language = signal('en');

export const is_rtl = (tag: string): boolean => tag === 'ar';

/** Sets the page's language and direction. */
export function use_language(tag: string): void {
  language.value = tag;
  document.documentElement.lang = tag;
  document.documentElement.dir = is_rtl(tag) ? 'rtl' : 'ltr';
}

/** A message in a language, its {places} filled. */
export function fill(message: Message, tag: string, places: Record<string, string | number> = {}): string {
  let text: string;
  if (typeof message === 'string') {
    text = message;
  } else {
    text = message[plural_rules(tag).select(Number(places.count ?? 0))] ?? message.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = places[name];
    return value === undefined ? whole : typeof value === 'number' ? number_format(tag).format(value) : value;
  });
}

/** The text of a key in a language. */
export const say_in = (tag: string, key: Key, places: Record<string, string | number> = {}): string => fill((messages[tag] ?? en)[key], tag, places);

/** In the page's language; a component that calls it is drawn again when the language changes. */
export const say = (key: Key, places: Record<string, string | number> = {}): string => say_in(language.value, key, places);
