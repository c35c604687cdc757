// The page's side of the talk with its host: a POS page around the frame (sdk/js/adapter.ts), or, without a frame, whoever
// put a script into this window. Only the window and origin that embed us are heard.

import type { Prompt } from './api';

export const kHostLimit = 1000;

interface Heard {
  key: { key: string };
  changed: object;
  show: { moment: string | null; product?: string };
  active: object;
  language: { language: string };
  described: { product: string; name?: string; picture?: Blob };
}

const framed = window.parent !== window;

/** The origin of the page around us; frame-ancestors has let it in already. */
function host_origin(): string {
  if (!framed) return location.origin;
  const { ancestorOrigins } = location as { ancestorOrigins?: DOMStringList };
  try {
    return ancestorOrigins?.[0] ?? new URL(document.referrer).origin;
  } catch {
    return location.origin;
  }
}

export class Host {
  readonly #origin = host_origin();
  readonly #listeners: { [Name in keyof Heard]?: (data: Heard[Name]) => void } = {};
  readonly #waiting = new Map<string, (ok: boolean) => void>();

  constructor() {
    addEventListener('message', (event: MessageEvent) => {
      if (event.source !== window.parent || event.origin !== this.#origin) return;
      const data = event.data as { type?: unknown; id?: string; ok?: boolean };
      const name = typeof data?.type === 'string' ? /^sidedish:(\w+)$/.exec(data.type)?.[1] : undefined;
      if (!name) return;
      const waiting = this.#waiting.get(`${name} ${data.id}`);
      if (waiting) waiting(data.ok === true);
      else (this.#listeners as Record<string, ((data: unknown) => void) | undefined>)[name]?.(data);
    });
  }

  on<Name extends keyof Heard>(name: Name, listener: (data: Heard[Name]) => void): void {
    (this.#listeners as Record<string, unknown>)[name] = listener;
  }
  tell(type: string, data: object = {}): void {
    window.parent.postMessage({ ...data, type: `sidedish:${type}` }, this.#origin);
  }
  /** Asks the host to do something about a prompt; false when it could not, or said nothing for a second. */
  #ask(type: string, answer: string, prompt: Prompt, data: object = {}): Promise<boolean> {
    const key = `${answer} ${prompt.id}`;
    return new Promise((resolve) => {
      const end = (ok: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(key);
        resolve(ok);
      };
      const timer = setTimeout(() => end(false), kHostLimit);
      this.#waiting.set(key, end);
      this.tell(type, { prompt, ...data });
    });
  }
  add(prompt: Prompt): Promise<boolean> {
    return this.#ask('accept', 'added', prompt);
  }
  undo(prompt: Prompt): Promise<boolean> {
    return this.#ask('undo', 'undone', prompt);
  }
  quantity(prompt: Prompt, count: number): Promise<boolean> {
    return this.#ask('quantity', 'counted', prompt, { count });
  }
}

export { framed };
