// Money is an integer of minor units everywhere; it becomes text here and nowhere else. So do quantities and days.
import { date_format, number_format } from './formats';

/** Minor units as a number in the language's own writing, without a currency: 399, 2 -> "3.99"; 399, 0 -> "399". */
export function amount(minor: number, exponent: number, language: string): string {
  return number_format(language, { minimumFractionDigits: exponent, maximumFractionDigits: exponent })
    .format(minor / 10 ** exponent);
}

/** With its currency, as the language writes it: "€3.99", "3,99 €", "￥399". */
export function price(minor: number, exponent: number, currency: string, language: string): string {
  return number_format(language, {
    style: 'currency', currency, currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: exponent, maximumFractionDigits: exponent,
  }).format(minor / 10 ** exponent);
}

/** What a total grows by: "+ 3.99", "\u2212 1.50". The space does not break. */
export function effect(minor: number, exponent: number, language: string): string {
  return `${minor < 0 ? '\u2212' : '+'}\u00a0${amount(Math.abs(minor), exponent, language)}`;
}

/** A day, "2026-11-30", as the language writes it. */
export function day(iso: string, language: string): string {
  return date_format(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${iso}T00:00:00Z`));
}

/** Decimal text of a quantity ("2", "0.350") as thousandths. */
export function milli(quantity: string): number {
  const found = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(quantity);
  if (!found) return 0;
  const value = Number(found[2]) * 1000 + Number((found[3] ?? '').padEnd(3, '0'));
  return found[1] ? -value : value;
}
