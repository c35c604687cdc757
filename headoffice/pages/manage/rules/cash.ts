// Money as people type it, minor units as an integer, and the decimal text of the rule document: "1.234,50" (de) = 123450 = "1234.50".
import { price } from '../../../../sdk/js/shared/money';

interface Currency { currency: string; exponent: number }
const kMost = 10; // digits before the point, as the document allows

/** Separators and digits of a language. */
function writing(language: string): { group: string; decimal: string; digits: string[] } {
  const parts = new Intl.NumberFormat(language, { minimumFractionDigits: 1, useGrouping: true }).formatToParts(1234567.5);
  const of = (type: string, usual: string) => parts.find((one) => one.type === type)?.value ?? usual;
  return { group: of('group', ','), decimal: of('decimal', '.'), digits: [...new Intl.NumberFormat(language, { useGrouping: false }).format(9876543210)].reverse() };
}

/** What was typed, with the language's own digits and separators, as minor units. Undefined: no amount, or more decimals than the currency has. */
export function typed(text: string, exponent: number, language: string): number | undefined {
  const { group, decimal, digits } = writing(language);
  let plain = [...text.trim()].map((sign) => (digits.includes(sign) ? String(digits.indexOf(sign)) : sign)).join('');
  const [whole = '', fraction, ...rest] = plain.split(decimal);
  if (rest.length > 0) return undefined;
  // Groups of three, whole or not at all; any space groups where a space does.
  const spaced = /\s/.test(group);
  const parts = whole.split(spaced ? /\s/ : group);
  if (parts.length > 1 && !(parts.slice(1).every((one) => /^\d{3}$/.test(one)) && /^\d{1,3}$/.test(parts[0] ?? ''))) return undefined;
  plain = parts.join('');
  if (!/^\d+$/.test(plain) || plain.replace(/^0+(?=\d)/, '').length > kMost) return undefined;
  if (fraction !== undefined && (!/^\d+$/.test(fraction) || fraction.length > exponent)) return undefined;
  const minor = Number(plain) * 10 ** exponent + Number((fraction ?? '').padEnd(exponent, '0') || '0');
  return Number.isSafeInteger(minor) ? minor : undefined;
}

/** Minor units as the document writes them: 123450, 2 -> "1234.50". */
export function decimal_text(minor: number, exponent: number): string {
  const text = String(minor).padStart(exponent + 1, '0');
  return exponent === 0 ? text : `${text.slice(0, -exponent)}.${text.slice(-exponent)}`;
}

/** The document's decimal text as minor units; undefined when it is none, or finer than the currency. */
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
