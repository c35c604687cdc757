// Head office as the page asks it: the session's cookie goes by itself, its token for changes from here.
import { signal } from '@preact/signals';

export type Role = 'viewer' | 'store-manager' | 'editor' | 'approver' | 'admin';
export const roles: Role[] = ['viewer', 'store-manager', 'editor', 'approver', 'admin'];

export interface Person { id: string; name: string; role: Role; stores: string[] }
export interface PersonRow extends Person { disabled: boolean; joined_at: string }
export interface Session { person: Person; csrf: string }
export interface Invited { person?: string; role: Role; stores: string[]; expires_at: string }
export interface Store { id: string; name: string; time_zone: string }
export interface Change { id: number; at: string; who: string; what: string; subject: string; store?: string; before: unknown; after: unknown; why: string }

type Sums = Record<string, number>;
export interface Row {
  day?: string; store?: string; channel?: string; daypart?: string; rule?: string; arm?: 'treated' | 'control' | 'none';
  shown: number; accepted: number; declined: number; lapsed: number; baskets: number; eligible: number; attached: number; returned_sales: number; returned_accepted: number;
  sales: Sums; total: Sums; margin: Sums; price_effect: Sums;
}
export interface Interval { estimate: number; low: number; high: number }
export interface Measured {
  treated: number; control: number; verdict: 'not_enough_data' | 'inconclusive' | 'better' | 'worse'; alone: boolean; verdict_on?: string; from?: string;
}
/** Minor units per 1,000 eligible sales. */
export interface Money { currency: string; cap: number; from?: string; provisional: boolean; revenue: Measured & { per_1000: Interval }; margin?: Measured & { per_1000: Interval } }
export type Unit = 'basket' | 'customer' | 'terminal_day' | 'store_day';
export interface Lift extends Measured {
  rule: string; store?: string; channel?: string; daypart?: string; ppm: Interval; rates: { with: number; without: number }; trust: 'ok' | 'split' | 'ends'; unit: Unit; units: { treated: number; control: number }; money: Money[]; seconds?: Measured & { ms: Interval };
}
/** What was said about prompts; an empty remark: without a reason. */
export interface Remark { rule: string; kind: 'not_a_fit' | 'accept_failed'; remark: string; n: number }
export interface Report { from: string; to: string; rows: Row[]; totals: Row; lifts: Lift[]; all?: Lift; remarks: Remark[]; sources: { gaps: number; rejected: number } }

/** `ours`: this page found it, and says it in the reader's language. */
export interface Wrong { pointer: string; detail: string; code?: string; severity?: 'error' | 'warning'; rule?: string; ours?: true }
/** An answer that is not 2xx; status 0: no answer at all. `problem`: all that was said (RFC 9457). */
export class Refusal extends Error {
  constructor(readonly status: number, readonly type: string, readonly detail: string, readonly errors: Wrong[], readonly retry: number,
              readonly problem: Readonly<Record<string, unknown>> = {}) { super(detail); }
}
/** An answer and what it was tagged with: sent back with a change, it shows whether somebody else was faster. */
export interface Tagged<Answer> { answer: Answer; etag: string }

/** Undefined: nobody is signed in; null: not asked yet. */
export const session = signal<Session | undefined | null>(null);
export const online = signal(true);

/** `body` goes as JSON; a Blob as it is, under its own type when `fields` name none. `keepalive`: it outlives the page (browsers take at most 64 KiB so). */
export async function ask_tagged<Answer>(method: string, path: string, body?: unknown, fields: Record<string, string> = {}, signal?: AbortSignal, keepalive = false): Promise<Tagged<Answer>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method, keepalive, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
      headers: { ...(body === undefined || body instanceof Blob ? {} : { 'Content-Type': 'application/json' }), ...(method === 'GET' ? {} : { 'Sidedish-CSRF': session.peek()?.csrf ?? '' }), ...fields },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }), ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    online.value = false;
    throw new Refusal(0, method === 'GET' ? 'offline' : 'not-sent', '', [], 0);
  }
  online.value = true;
  if (response.ok) return { answer: (response.status === 204 ? undefined : await response.json()) as Answer, etag: response.headers.get('ETag') ?? '' };
  const problem = await response.json().catch(() => ({})) as { type?: string; detail?: string; errors?: Wrong[] };
  const type = problem.type?.split('/').at(-1) ?? 'unknown';
  if (type === 'not-signed-in') session.value = undefined;
  throw new Refusal(response.status, type, problem.detail ?? '', problem.errors ?? [], Number(response.headers.get('Retry-After') ?? 0), problem);
}
export const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => (await ask_tagged<Answer>(method, path, body)).answer;
