// The catalogue as head office tells of it, and what is sent there.
import { language } from '../../../../sdk/js/shared/i18n';
import { ask, ask_tagged, session, type Tagged } from '../api';

export interface Head { pack: string; currency: string; exponent: number; version: number; published: number; products: number; categories: Category[] }
export interface Category { id: string; name: Record<string, string>; parent?: string }
export type Stock = 'in' | 'low' | 'out';
export interface Pictures { small?: string; large?: string }
/** A product as the search answers it. Money is minor units. */
export interface Row { key: string; name: string; category: string; price: number; cost?: number; stock: Stock; hidden?: true; restricted?: true; pictures?: Pictures; barcodes: string[] }
export interface Page { total: number; more: boolean; exact: boolean; products: Row[] }
/** A product as the catalogue document has it. Money is decimal text. */
export interface Product {
  key: string; name: Record<string, string>; category: string; tags?: string[]; price: string; cost?: string; aliases?: string[]; substitutes?: string[];
  stock?: Stock; hidden?: boolean; restricted?: boolean; allergens?: string[]; diets?: string[]; tax_class?: string; pictures?: Pictures;
}

export type What = 'new' | 'changed' | 'unchanged' | 'refused';
export interface Problem { column: string; line: number; code: string; expected: string; found: string }
export interface ImportRow { line: number; what: What; key: string; name?: string; changes?: { column: string; from: string; to: string }[]; problems?: Problem[] }
export interface Report { id: string; etag: string; columns: string[]; unknown_columns: string[]; counts: Record<What, number>; rows: ImportRow[]; more: boolean }

/** The page leaves out what head office would refuse. */
export const may_change = (): boolean => ['editor', 'approver', 'admin'].includes(session.value?.person.role ?? '');

const at = (pack: string, rest: string): string => `/v1/packs/${encodeURIComponent(pack)}/${rest}`;

const imports = (pack: string): string => `/v1/imports/${encodeURIComponent(pack)}`;

export const packs = (): Promise<{ catalogues: { pack: string; products: number }[] }> => ask('GET', '/v1/catalogues');
export const head = (pack: string): Promise<Head> => ask('GET', at(pack, 'catalogue'));
export const find = (pack: string, q: string, limit: number): Promise<Page> => ask('GET', `/v1/products?${new URLSearchParams({ pack, q, limit: String(limit), language: language.peek() })}`);
export const rows_of = (pack: string, from: number, limit: number): Promise<Page> => ask('GET', `/v1/products?${new URLSearchParams({ pack, offset: String(from), limit: String(limit), language: language.peek() })}`);
export const export_address = (pack: string): string => at(pack, `catalogue/products.csv?locale=${language.value}`);
export const picture_address = (digest: string | undefined): string | undefined => (digest ? `/v1/pictures/${digest}` : undefined);

export const product = (pack: string, key: string): Promise<Tagged<Product>> => ask_tagged('GET', at(pack, `products/${encodeURIComponent(key)}`));
/** `etag`: of what it was made from; empty: it is new. */
export const put_product = (pack: string, one: Product, etag: string, why: string): Promise<Tagged<Product>> =>
  ask_tagged('PUT', at(pack, `products/${encodeURIComponent(one.key)}?why=${encodeURIComponent(why)}`), one, etag ? { 'If-Match': etag } : { 'If-None-Match': '*' });
export const remove_product = (pack: string, key: string, etag: string, why: string): Promise<unknown> =>
  ask_tagged('DELETE', at(pack, `products/${encodeURIComponent(key)}?why=${encodeURIComponent(why)}`), undefined, { 'If-Match': etag });
export const put_picture = (pack: string, digest: string, picture: Blob): Promise<unknown> => ask('PUT', at(pack, `pictures/${digest}`), picture);
export const check_file = (pack: string, file: File, locale: string): Promise<Tagged<Report>> => ask_tagged('POST', `${imports(pack)}?locale=${locale}`, file, { 'Content-Type': 'text/csv' });
export const more_rows = (pack: string, id: string, what: What, offset: number): Promise<Report> => ask('GET', `${imports(pack)}/${id}?${new URLSearchParams({ what, offset: String(offset), limit: '100' })}`);
export const apply = (pack: string, report: Report, why: string): Promise<Tagged<{ new: number; changed: number }>> =>
  ask_tagged('POST', `${imports(pack)}/${report.id}/apply`, { why }, { 'If-Match': report.etag });
