// The host's side of a framed strip or panel; adapter.ts says what it is for.
import { key_guard } from './keys';
import type { Prompt } from './shared/api';

export interface Options {
  /** The agent's address, as its origin: "http://127.0.0.1:7410". */
  agent: string;
  lane?: string;
  page?: 'till' | 'kiosk';
  /** Of the strip's own words; the prompts are in the basket's language. */
  language?: string;
  /** Puts the offer into the basket. Rejecting, false, or a second without an answer is "not added". Called once a prompt. */
  add(prompt: Prompt, gone: AbortSignal): Promise<unknown> | unknown;
  /** Takes exactly that back. Also called when add() came to its end too late. */
  undo?(prompt: Prompt): Promise<unknown> | unknown;
  /** Kiosk: the product of the prompt is wanted so many times now; 0 takes it off. */
  quantity?(prompt: Prompt, count: number): Promise<unknown> | unknown;
  /** Name and picture of a product, in the customer's language. */
  describe?(product: string, language: string): Promise<{ name?: string; picture?: Blob }> | { name?: string; picture?: Blob };
  /** Kiosk: on to payment. */
  pay?(): void;
  /** Kiosk: another language was chosen. */
  speaks?(language: string): void;
  /** Kiosk: nobody is there any more: clear the basket. */
  reset?(): void;
  /** Kiosk: the panel has something to show, or no longer. */
  panel?(shown: boolean, moment: string): void;
  /** Somebody touched the page in the frame. */
  active?(): void;
  /** The frame is there, or why not. */
  state?(ready: boolean, why?: 'unreachable' | 'permission'): void;
}

export interface Dock {
  readonly frame: HTMLIFrameElement;
  /** The basket was changed just now: from here the strip counts how late a prompt is. */
  changed(): void;
  /** Kiosk: which moment is on the screen (checkout, browse with its product, receipt), or none. */
  show(moment: string | null, product?: string): void;
  /** Kiosk: somebody is there, though not in the frame. */
  active(): void;
  /** Kiosk: another language was chosen outside. */
  language(language: string): void;
  close(): void;
}

const kBlocked: Record<string, string> = {
  en: 'This browser keeps this page from Sidedish on this machine. Allow it in the settings of this site (local network access), or set the policy LoopbackNetworkAllowedForUrls. Selling goes on without prompts.',
  de: 'Der Browser lässt diese Seite nicht zu Sidedish auf diesem Gerät. Erlauben Sie es in den Einstellungen der Website (Zugriff auf lokales Netzwerk), oder setzen Sie die Richtlinie LoopbackNetworkAllowedForUrls. Der Verkauf geht ohne Vorschläge weiter.',
  ar: 'يمنع المتصفح هذه الصفحة من الوصول إلى Sidedish على هذا الجهاز. اسمح به في إعدادات الموقع (الوصول إلى الشبكة المحلية)، أو اضبط السياسة LoopbackNetworkAllowedForUrls. يستمر البيع من دون اقتراحات.',
  ja: 'ブラウザーが、このページからこの端末の Sidedish への接続を止めています。サイトの設定（ローカル ネットワークへのアクセス）で許可するか、ポリシー LoopbackNetworkAllowedForUrls を設定してください。販売は提案なしで続けられます。',
};
const language_of = (wanted = document.documentElement.lang || navigator.language) => {
  const [language = ''] = wanted.toLowerCase().split('-');
  return language in kBlocked ? language : 'en';
};

const kLimit = 1000; // ms for the host's own functions
const kReady = 5000;

export function dock(element: HTMLElement, options: Options): Dock {
  const { origin } = new URL(options.agent);
  const page = options.page ?? 'till';
  const till = page === 'till';
  const frame = document.createElement('iframe');
  const query = new URLSearchParams({ lane: options.lane ?? '1', ...(options.language ? { lang: options.language } : {}) });
  const src = `${origin}/${page}?${query}`;
  frame.title = 'Sidedish';
  frame.allow = 'loopback-network; local-network-access';
  frame.style.cssText = `display:block;width:100%;border:0;height:${till ? '96px' : '100%'}`;
  if (till) frame.tabIndex = -1;

  let keys: string[] = [];
  const once = new Map<string, Promise<boolean>>();
  const send = (type: string, data: object = {}) => frame.contentWindow?.postMessage({ ...data, type: `sidedish:${type}` }, origin);
  const tried = async (work: () => unknown): Promise<boolean> => {
    try {
      return (await work()) !== false;
    } catch {
      return false;
    }
  };
  /** The host's function, for a second; `late` when it worked after that. */
  const within = async (work: () => unknown, late?: () => void): Promise<boolean> => {
    let over = false;
    const done = tried(work).then((ok) => {
      if (over && ok) late?.();
      return ok;
    });
    return Promise.race([done, new Promise<boolean>((resolve) => setTimeout(() => { over = true; resolve(false); }, kLimit))]);
  };
  const add = (prompt: Prompt) => {
    const gone = new AbortController();
    const late = () => void tried(() => options.undo?.(prompt));
    setTimeout(() => gone.abort(), kLimit);
    return within(() => options.add(prompt, gone.signal), late);
  };

  const from_frame = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const data = event.data as { type?: string; prompt: Prompt; count: number; product: string; language: string; keys?: string[]; shown: boolean; moment: string };
    const reply = (type: string, work: Promise<boolean>) => void work.then((ok) => send(type, { id: data.prompt.id, ok }));
    switch (data?.type) {
      case 'sidedish:ready':
        clearTimeout(waiting);
        keys = data.keys ?? [];
        options.state?.(true);
        break;
      case 'sidedish:accept': {
        const { id } = data.prompt;
        if (!once.has(id)) once.set(id, add(data.prompt));
        reply('added', once.get(id)!);
        break;
      }
      case 'sidedish:undo':
        reply('undone', within(() => (options.undo ? options.undo(data.prompt) : false)));
        break;
      case 'sidedish:quantity':
        reply('counted', within(() => (options.quantity ? options.quantity(data.prompt, data.count) : false)));
        break;
      case 'sidedish:describe':
        void tried(async () => send('described', { product: data.product, ...(await options.describe?.(data.product, data.language)) }));
        break;
      case 'sidedish:pay': options.pay?.(); break;
      case 'sidedish:language': options.speaks?.(data.language); break;
      case 'sidedish:reset': options.reset?.(); break;
      case 'sidedish:panel': options.panel?.(data.shown, data.moment); break;
      case 'sidedish:active': options.active?.(); break;
    }
  };
  const on_key = key_guard(() => keys, (key) => send('key', { key }));

  // A browser may keep pages from programs of this machine: the cashier reads what to do about it, a shopper nothing.
  const note = document.createElement('p');
  note.setAttribute('role', 'status');
  note.dir = 'auto';
  note.style.cssText = 'box-sizing:border-box;margin:0;padding:12px;height:96px;overflow:auto;font:16px/1.4 system-ui,sans-serif';
  let kept_out = false;
  const blocked = async (): Promise<boolean> => {
    for (const name of ['loopback-network', 'local-network-access']) {
      try {
        const asked = await navigator.permissions.query({ name: name as PermissionName });
        if (asked.state !== 'denied') continue;
        asked.onchange = () => {
          if (asked.state === 'denied' || !kept_out) return;
          kept_out = false;
          note.remove();
          frame.style.display = 'block';
          frame.src = src;
        };
        return true;
      } catch {
        // a browser without that permission
      }
    }
    return false;
  };
  const away = async () => {
    const permission = await blocked();
    if (permission && !kept_out) {
      kept_out = true;
      frame.style.display = 'none';
      note.lang = language_of(options.language);
      note.textContent = kBlocked[note.lang]!;
      if (till && frame.isConnected) frame.after(note);
    }
    return permission;
  };
  // No sign of life, else: the agent is away.
  const waiting = setTimeout(async () => options.state?.(false, (await away()) ? 'permission' : 'unreachable'), kReady);
  void away().then((permission) => {
    if (!permission) return;
    clearTimeout(waiting);
    options.state?.(false, 'permission');
  });

  addEventListener('message', from_frame);
  if (till) addEventListener('keydown', on_key, true);
  frame.src = src;
  element.append(frame);
  return {
    frame,
    changed: () => send('changed'),
    show: (moment, product) => send('show', { moment, product }),
    active: () => send('active'),
    language: (language) => send('language', { language }),
    close() {
      clearTimeout(waiting);
      removeEventListener('message', from_frame);
      removeEventListener('keydown', on_key, true);
      frame.remove();
      note.remove();
    },
  };
}
