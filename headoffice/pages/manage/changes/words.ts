// Words of the log of changes, which come with it: what somebody did.
import { fill, language, type Message } from '../../../../sdk/js/shared/i18n';
import { ar } from './messages/ar';
import { de } from './messages/de';
import { en } from './messages/en';
import { ja } from './messages/ja';

type What = keyof typeof en;
export const words: Record<string, Record<What, Message>> = { en, de, ar, ja };

/** What head office calls a change -> in the page's language; as it came when this page is older than head office. */
export const done = (what: string): string => (Object.hasOwn(en, what) ? fill((words[language.value] ?? en)[what as What], language.value, {}) : what);
