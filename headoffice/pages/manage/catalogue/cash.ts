// Money as it is typed and shown, and as documents have it.
import { language } from '../../../../sdk/js/shared/i18n';
import { amount } from '../../../../sdk/js/shared/money';

const parts = (tag: string) => new Intl.NumberFormat(tag).formatToParts(1234567.5);
/** What stands before decimals in a language. */
export const decimal_sign = (tag: string): string => parts(tag).find(({ type }) => type === 'decimal')?.value ?? '.';

/** Digits of other scripts as ours. */
const plain = (text: string): string => text.replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replaceAll('\u066b', '.').replaceAll('\u066c', ',');

/** "1.234,50" in German, "1,234.50" in English -> 123450; undefined: it is no amount, or has too many decimals. */
export function minor(text: string, exponent: number, tag: string): number | undefined {
  const sign = plain(decimal_sign(tag));
  const [whole = '', decimals, ...rest] = plain(text.trim()).split(sign);
  const group = sign === ',' ? '.' : ',';
  if (rest.length || !/^\d+$|^\d{1,3}(?:[.,\s\u2019'](?=\d{3}))/.test(whole)) return undefined;
  const groups = whole.split(new RegExp(`[${group}\\s\u2019']`));
  if (!groups.every((one, i) => /^\d+$/.test(one) && (i === 0 || one.length === 3))) return undefined;
  if (decimals !== undefined && !new RegExp(`^\\d{1,${Math.max(1, exponent)}}$`).test(decimals)) return undefined;
  if (decimals !== undefined && exponent === 0) return undefined;
  const all = Number(groups.join('') + (decimals ?? '').padEnd(exponent, '0'));
  return Number.isSafeInteger(all) && all <= 1e12 ? all : undefined;
}

/** As documents have it: 320, 2 -> "3.20". */
export function decimal(value: number, exponent: number): string {
  const digits = String(value).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
/** From documents: "3.2", 2 -> 320. */
export const from_decimal = (text: string, exponent: number): number => {
  const [whole = '0', decimals = ''] = text.split('.');
  return Number(whole + decimals.padEnd(exponent, '0'));
};
/** To be typed over: without currency or groups. */
export const typed = (value: number, exponent: number): string => decimal(value, exponent).replace('.', plain(decimal_sign(language.value)));
export const sample = (exponent: number, tag: string = language.value): string => amount(12.5 * 10 ** exponent, exponent, tag);
