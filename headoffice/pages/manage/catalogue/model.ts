// The catalogue as head office tells of it, and what is sent there.
import { language } from '../../../../sdk/js/shared/i18n';
import { ask, Refusal, session } from '../api';

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

export interface Tagged<Answer> { answer: Answer; etag: string }

/** What is no JSON, or has a tag. Refusals as ask() throws them. */
async function send<Answer>(method: string, path: string, body: BodyInit | undefined, fields: Record<string, string>): Promise<Tagged<Answer>> {
  let response: Response;
  try {
    response = await fetch(path, { method, credentials: 'same-origin', cache: 'no-store', redirect: 'error', headers: { 'Sidedish-CSRF': session.peek()?.csrf ?? '', ...fields }, ...(body === undefined ? {} : { body }) });
  } catch {
    // Said where every page says it, and tried again from there.
    await ask('GET', '/v1/session');
    throw new Refusal(0, 'offline', '', [], 0);
  }
  if (response.ok) return { answer: (await response.json()) as Answer, etag: response.headers.get('ETag') ?? '' };
  const problem = await response.json().catch(() => ({})) as { type?: string; detail?: string; errors?: { pointer: string; detail: string }[] };
  const type = problem.type?.split('/').at(-1) ?? 'unknown';
  if (type === 'not-signed-in') session.value = undefined;
  throw new Refusal(response.status, type, problem.detail ?? '', problem.errors ?? [], 0);
}
const json = { 'Content-Type': 'application/json' };

export const product = (pack: string, key: string): Promise<Tagged<Product>> => send('GET', at(pack, `products/${encodeURIComponent(key)}`), undefined, {});
/** `etag`: of what it was made from; empty: it is new. */
export const put_product = (pack: string, one: Product, etag: string, why: string): Promise<Tagged<Product>> =>
  send('PUT', at(pack, `products/${encodeURIComponent(one.key)}?why=${encodeURIComponent(why)}`), JSON.stringify(one), { ...json, ...(etag ? { 'If-Match': etag } : { 'If-None-Match': '*' }) });
export const put_picture = (pack: string, digest: string, picture: Blob): Promise<unknown> => send('PUT', at(pack, `pictures/${digest}`), picture, { 'Content-Type': picture.type });
export const check_file = (pack: string, file: File, locale: string): Promise<Tagged<Report>> => send('POST', `${imports(pack)}?locale=${locale}`, file, { 'Content-Type': 'text/csv' });
export const more_rows = (pack: string, id: string, what: What, offset: number): Promise<Report> => ask('GET', `${imports(pack)}/${id}?${new URLSearchParams({ what, offset: String(offset), limit: '100' })}`);
export const apply = (pack: string, report: Report, why: string): Promise<Tagged<{ new: number; changed: number }>> =>
  send('POST', `${imports(pack)}/${report.id}/apply`, JSON.stringify({ why }), { ...json, 'If-Match': report.etag });
