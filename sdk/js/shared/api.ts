// The agent's API as the pages use it. Nothing here throws: an answer that did not come is a word.

import type { Outcome } from '../sidedish';

export type { Outcome, Prompt } from '../sidedish';

/** A row of the basket as the stream tells it. */
export interface Line {
  product: string;
  name?: string;
  kind?: string;
  quantity: string;
  line_total?: number;
  flags?: string[];
  from_prompt?: string;
  picture?: { small?: string; large?: string };
}

export interface Config {
  store: string;
  terminal: string;
  languages: string[];
  currency: string;
  exponent: number;
  keys: { accept: string; decline: string };
  fold_ms: number;
  late_ms: number;
  store_name: string;
  theme?: Record<string, string>;
}

/** ok: recorded, now or before. refused: the agent said no (answered otherwise, unknown). failed: no answer in time. */
export type Answer = 'ok' | 'refused' | 'failed';

export const kDefaults: Config = {
  store: '', terminal: '', languages: ['en'], currency: 'EUR', exponent: 2, keys: { accept: 'F8', decline: 'F9' },
  fold_ms: 12_000, late_ms: 300, store_name: '',
};

export class Api {
  readonly #lane: string;
  #token: string;

  constructor(lane: string, token: string) {
    this.#lane = lane;
    this.#token = token;
  }

  /** For requests of others than this class. */
  get headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.#token}` };
  }
  /** A restarted agent has another token: it stands in the page it serves. */
  async renew(): Promise<void> {
    const response = await fetch(location.pathname, { cache: 'no-store', signal: AbortSignal.timeout(2000) });
    this.#token = token_in(new DOMParser().parseFromString(await response.text(), 'text/html')) || this.#token;
  }
  get events_url(): string {
    return `/v1/lanes/${encodeURIComponent(this.#lane)}/events`;
  }

  /** How this store wants its pages; the defaults when nobody says. */
  async config(): Promise<Config> {
    try {
      const response = await fetch('/v1/pages/config', { headers: this.headers, signal: AbortSignal.timeout(2000) });
      return response.ok ? { ...kDefaults, ...((await response.json()) as Partial<Config>) } : kDefaults;
    } catch {
      return kDefaults;
    }
  }

  /** Says what people answered; waits at most `limit_ms`. Saying the same again changes nothing. */
  async outcome(id: string, outcome: Outcome, by: 'staff' | 'customer', why?: string, limit_ms = 1000): Promise<Answer> {
    try {
      const response = await fetch(`/v1/prompts/${id}/outcome`, {
        method: 'POST', keepalive: true, signal: AbortSignal.timeout(limit_ms),
        headers: { ...this.headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ lane: this.#lane, outcome, by, ...(why === undefined ? {} : { why }) }),
      });
      return response.ok ? 'ok' : response.status >= 500 ? 'failed' : 'refused';
    } catch {
      return 'failed';
    }
  }
}

const token_in = (page: Document): string => page.querySelector<HTMLMetaElement>('meta[name="sidedish-token"]')?.content ?? '';

/** What the page was opened with: the token in its HTML, lane and language in its address. */
export function opened_with(): { token: string; lane: string; language: string | null } {
  const query = new URLSearchParams(location.search);
  return {
    token: token_in(document),
    lane: query.get('lane') ?? '1',
    language: query.get('lang'),
  };
}
