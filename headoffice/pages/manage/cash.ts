// Money as people type it, minor units as an integer, and the decimal text of documents: "1.234,50" (de) = 123450 = "1234.50".
import { price } from '../../../sdk/js/shared/money';

interface Currency { currency: string; exponent: number }
const kMost = 10; // digits before the point, as documents allow

/** Digits of other scripts and full-width signs as ours. */
const plain = (text: string): string => text.normalize('NFKC').replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15)).replaceAll('\u066b', '.').replaceAll('\u066c', ',');

function sign_of(type: 'group' | 'decimal', language: string): string {
  return plain(new Intl.NumberFormat(language, { minimumFractionDigits: 1 }).formatToParts(1234567.5).find((one) => one.type === type)?.value ?? '.');
}
export const decimal_sign = (language: string): string => sign_of('decimal', language);

/** What was typed, with the language's own separators, as minor units. Undefined: no amount, or more decimals than the currency has. */
export function typed(text: string, exponent: number, language: string): number | undefined {
  const [whole = '', fraction, ...rest] = plain(text).trim().split(decimal_sign(language));
  if (rest.length > 0) return undefined;
  // Groups of three, whole or not at all; any space groups where a space does.
  const group = sign_of('group', language);
  const parts = whole.split(/\s/.test(group) ? /\s/ : group);
  if (parts.length > 1 && !(parts.slice(1).every((one) => /^\d{3}$/.test(one)) && /^\d{1,3}$/.test(parts[0] ?? ''))) return undefined;
  const digits = parts.join('');
  if (!/^\d+$/.test(digits) || digits.replace(/^0+(?=\d)/, '').length > kMost) return undefined;
  if (fraction !== undefined && (!/^\d+$/.test(fraction) || fraction.length > exponent)) return undefined;
  const minor = Number(digits) * 10 ** exponent + Number((fraction ?? '').padEnd(exponent, '0') || '0');
  return Number.isSafeInteger(minor) ? minor : undefined;
}

/** Minor units as documents write them: 123450, 2 -> "1234.50". */
export function decimal_text(minor: number, exponent: number): string {
  const text = String(minor).padStart(exponent + 1, '0');
  return exponent === 0 ? text : `${text.slice(0, -exponent)}.${text.slice(-exponent)}`;
}

/** The documents' decimal text as minor units; undefined when it is none, or finer than the currency. */
export function minor_of(text: string, exponent: number): number | undefined {
  const found = /^(\d{1,10})(?:\.(\d{1,4}))?$/.exec(text);
  if (!found) return undefined;
  const fraction = (found[2] ?? '').replace(/0+$/, '');
  return fraction.length > exponent ? undefined : Number(found[1]) * 10 ** exponent + Number(fraction.padEnd(exponent, '0') || '0');
}

/** As a field shows it, to be typed over: no currency, no groups. */
export const shown = (minor: number, exponent: number, language: string): string =>
  new Intl.NumberFormat(language, { minimumFractionDigits: exponent, maximumFractionDigits: exponent, useGrouping: false }).format(minor / 10 ** exponent);

export const written = (minor: number, { exponent, currency }: Currency, language: string): string => price(minor, exponent, currency, language);
