// The agent's event stream. Read through fetch, since EventSource can send no token and hides the heartbeat.

import type { Api, Line, Prompt } from './api';

export interface Events {
  prompts: { basket: string; seq: number; prompts: Prompt[]; age_ms?: number };
  basket: { basket: string; seq: number; lines: Line[]; total?: number; mode: string; holds: string[]; tender: boolean; currency?: string; exponent?: number };
  closed: { basket: string; end: string };
  reset: Record<string, never>;
  state: { online?: boolean; recording?: boolean; rush?: boolean };
}
export type Heard = { [Name in keyof Events]: (data: Events[Name]) => void };

/** Milliseconds before the 1st, 2nd ... attempt to connect again. */
export const kRetries = [1000, 2000, 5000, 10_000];
/** Two heartbeats of 15 s missed, and a little. */
export const kSilence = 32_000;
/** A gap shorter than this is nobody's business. */
export const kGap = 2000;

/** Splits a byte stream into events of the form of the HTML standard's server-sent events. */
export class EventParser {
  #rest = '';
  readonly #decoder = new TextDecoder();
  readonly #heard: (name: string, data: string, id: string | undefined) => void;

  constructor(heard: (name: string, data: string, id: string | undefined) => void) {
    this.#heard = heard;
  }
  push(bytes: Uint8Array): void {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const blocks = this.#rest.split(/\r?\n\r?\n/);
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      let name = 'message';
      let id: string | undefined;
      const data: string[] = [];
      for (const line of block.split(/\r?\n/)) {
        const [, field, value] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
        if (field === 'event') name = value ?? '';
        else if (field === 'id') id = value;
        else if (field === 'data') data.push(value ?? '');
      }
      if (data.length) this.#heard(name, data.join('\n'), id);
    }
  }
}

/**
 * Listens until stopped. `linked(false)` comes when the link has been gone for two seconds, `linked(true)` with the first
 * byte after. One connection at any time.
 */
export function listen(api: Api, heard: Partial<Heard>, linked: (up: boolean) => void): () => void {
  let last_id: string | undefined;
  let stopped = false;
  let up: boolean | undefined;
  let attempt = 0;
  let gap: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let connection: AbortController | undefined;

  const tell = (now_up: boolean) => {
    clearTimeout(gap);
    gap = undefined;
    if (up !== now_up) linked((up = now_up));
  };
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(() => connection?.abort(), kSilence);
    attempt = 0;
    tell(true);
  };

  const parser_of = () =>
    new EventParser((name, data, id) => {
      if (id !== undefined) last_id = id;
      let value: unknown;
      try {
        value = JSON.parse(data);
      } catch {
        return; // not ours
      }
      (heard as Record<string, ((value: unknown) => void) | undefined>)[name]?.(value);
    });

  async function run(): Promise<void> {
    while (!stopped) {
      connection = new AbortController();
      try {
        const response = await fetch(api.events_url, {
          headers: { ...api.headers, Accept: 'text/event-stream', ...(last_id === undefined ? {} : { 'Last-Event-ID': last_id }) },
          signal: connection.signal, cache: 'no-store',
        });
        if (response.status === 401) await api.renew();
        if (!response.ok || !response.body) throw new Error(String(response.status));
        const parser = parser_of();
        const reader = response.body.getReader();
        alive();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          alive();
          parser.push(value);
        }
      } catch {
        // The agent is away; said below, tried again.
      }
      clearTimeout(silence);
      if (stopped) return;
      if (up !== false) gap ??= setTimeout(() => tell(false), kGap);
      const pause = kRetries[Math.min(attempt++, kRetries.length - 1)] ?? 10_000;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  void run();
  return () => {
    stopped = true;
    clearTimeout(gap);
    clearTimeout(silence);
    connection?.abort();
  };
}
