// What the panel shows, and when. No DOM: cards, answers and times.
//
// A view is opened by the host (show) or, where the page stands alone, by offers that come. Cards keep their places: none
// is replaced or moved while the view is open; what is withdrawn before it was taken goes away.
import { signal } from '@preact/signals';

import type { Api, Config, Line, Prompt } from '../../../sdk/js/shared/api';
import { framed, type Host } from '../../../sdk/js/shared/host';
import { say } from '../../../sdk/js/shared/i18n';
import { milli, price } from '../../../sdk/js/shared/money';
import type { Products } from '../../../sdk/js/shared/products';
import type { Events } from '../../../sdk/js/shared/stream';

export const kMaxCards = 4;
const kDecode = 800;      // ms for data and pictures, then the panel is skipped
const kDoubleTap = 500;   // ms in which a second tap is the same tap

export type Moment = 'checkout' | 'browse' | 'receipt';
export interface Card {
  prompt: Prompt;
  is: 'open' | 'adding' | 'added' | 'failed';
  /** Of the offered quantity. */
  count: number;
  /** Its column, from 1, as long as the view is open. */
  place: number;
}
export interface Basket { lines: Line[]; count: number; total: number; currency: string; exponent: number }

const moment_of = (prompt: Prompt): Moment => (prompt.moment === 'browse' || prompt.moment === 'receipt' ? prompt.moment : 'checkout');

export class Panel {
  /** The open view; undefined: the panel is absent. */
  readonly view = signal<Moment | undefined>(undefined);
  readonly cards = signal<Card[]>([]);
  /** Columns of the open view: whoever reaches for a card finds it there when its neighbour has gone. */
  readonly places = signal(0);
  readonly looking_at = signal<string | undefined>(undefined);
  readonly basket_now = signal<Basket>({ lines: [], count: 0, total: 0, currency: 'EUR', exponent: 2 });
  readonly online = signal(true);
  /** What is read out by a screen reader. */
  readonly status = signal('');

  readonly #api: Api;
  readonly #host: Host;
  readonly #products: Products;
  #basket = '';
  #standing: Prompt[] = [];
  /** Offers that somebody said no to, or took: a panel of these alone is not shown again. */
  readonly #answered = new Set<string>();
  readonly #touched = new Map<string, number>();
  #wanted: Moment | undefined;
  /** The sale has ended, and its hint for next time is still read. */
  #over = false;
  #loading: object | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, host: Host, products: Products, config: Config) {
    this.#api = api;
    this.#host = host;
    this.#products = products;
    this.basket_now.value = { lines: [], count: 0, total: 0, currency: config.currency, exponent: config.exponent };
  }

  // ---- what the agent and the host say -------------------------------------------------------------------------

  prompts(said: Events['prompts']): void {
    this.#enter(said.basket);
    this.#standing = said.prompts;
    const stands = new Set(said.prompts.map(({ id }) => id));
    // What was said for next time stays said when the sale is over.
    const kept = this.cards.peek().filter(({ prompt, is }) => is !== 'open' || stands.has(prompt.id) || prompt.moment === 'receipt');
    if (kept.length < this.cards.peek().length) this.cards.value = kept;
    if (this.view.peek() && this.view.peek() !== 'checkout' && kept.length === 0) this.#close();
    if (framed) {
      if (this.#wanted) void this.#open(this.#wanted);
    } else if (said.prompts[0]) {
      void this.#open(moment_of(said.prompts[0]));
    }
  }
  basket(said: Events['basket']): void {
    this.#enter(said.basket);
    const lines = said.lines.filter(({ kind, flags }) => (kind ?? 'goods') === 'goods' && !flags?.includes('voided'));
    const before = this.basket_now.peek();
    this.basket_now.value = {
      lines,
      count: lines.reduce((sum, line) => sum + Math.max(1, Math.floor(milli(line.quantity) / 1000)), 0),
      total: said.total ?? lines.reduce((sum, line) => sum + (line.line_total ?? 0), 0),
      currency: said.currency ?? before.currency, exponent: said.exponent ?? before.exponent,
    };
    if ((said.tender && this.#wanted !== 'receipt') || said.mode !== 'sale' || said.holds.some((hold) => hold !== 'rush')) this.#close();
  }
  closed(said: Events['closed']): void {
    if (said.basket !== this.#basket) return;
    // The hint on the receipt is read when all is paid; show(null) or the next basket ends it.
    if (framed && this.#wanted === 'receipt') this.#over = true;
    else this.forget();
  }
  reset(): void {
    this.#standing = [];
  }
  /** The host has come to a moment, or left it. The last look before payment never takes longer than 800 ms to come. */
  show(moment: Moment | null, product?: string): void {
    this.looking_at.value = product;
    this.#wanted = moment ?? undefined;
    if (!moment && this.#over) this.forget();
    else if (!moment) this.#close();
    else void this.#open(moment);
    clearTimeout(this.#patience);
    if (moment === 'checkout') {
      this.#patience = setTimeout(() => {
        if (this.#wanted === 'checkout' && !this.view.peek()) this.pay();
      }, kDecode);
    }
  }

  #enter(basket: string): void {
    if (basket === this.#basket) return;
    const wanted = this.#wanted;
    this.forget();
    this.#basket = basket;
    this.#wanted = wanted;
  }
  async #open(moment: Moment): Promise<void> {
    if (this.view.peek() === moment || this.#loading) return;
    const offers = this.#standing.filter((prompt) => moment_of(prompt) === moment).slice(0, kMaxCards);
    if (offers.length === 0 || offers.every(({ id }) => this.#answered.has(id))) return;
    const mine = (this.#loading = {});
    const limit = new Promise<void>((resolve) => setTimeout(resolve, kDecode - 50));
    await Promise.race([limit, Promise.all(offers.map((prompt) => this.#decoded(prompt)))]);
    if (this.#loading !== mine) return;
    this.#loading = undefined;
    if (framed && this.#wanted !== moment) return;
    const standing = new Set(this.#standing.map(({ id }) => id));
    const cards = offers.filter(({ id }) => standing.has(id) || moment === 'receipt').map((prompt, index): Card => ({ prompt, is: 'open', count: 0, place: index + 1 }));
    if (cards.length === 0) return;
    this.places.value = cards.length;
    this.cards.value = cards;
    this.view.value = moment;
    this.#host.tell('panel', { shown: true, moment });
  }
  async #decoded(prompt: Prompt): Promise<void> {
    const source = await this.#products.picture_of(prompt);
    if (!source) return;
    const image = new Image();
    image.src = source;
    await image.decode().catch(() => undefined); // broken: a tile with the name
  }
  #close(): void {
    this.#loading = undefined;
    const moment = this.view.peek();
    if (!moment) return;
    this.view.value = undefined;
    this.cards.value = [];
    this.status.value = '';
    this.#host.tell('panel', { shown: false, moment });
  }
  /** Nothing of this customer is left. */
  forget(): void {
    this.#basket = '';
    this.#over = false;
    this.#standing = [];
    this.#answered.clear();
    this.#touched.clear();
    this.#wanted = undefined;
    this.#close();
    this.basket_now.value = { ...this.basket_now.peek(), lines: [], count: 0, total: 0 };
    this.#products.keep(new Set());
  }

  // ---- what the customer says ----------------------------------------------------------------------------------

  /** False: this is the second half of a double tap. */
  #fresh_tap(id: string): boolean {
    const now = performance.now();
    const last = this.#touched.get(id) ?? -Infinity;
    this.#touched.set(id, now);
    return now - last >= kDoubleTap;
  }
  #set(id: string, changes: Partial<Card>): void {
    this.cards.value = this.cards.peek().map((card) => (card.prompt.id === id ? { ...card, ...changes } : card));
  }
  #announce(key: 'added_status' | 'removed_status', prompt: Prompt, total: number): void {
    const { currency, exponent } = this.basket_now.peek();
    const { name } = this.#products.of_prompt(prompt, 'large');
    this.status.value = say(key, { name, total: price(total, exponent, currency, document.documentElement.lang) });
  }

  async add(card: Card): Promise<void> {
    const { prompt } = card;
    if (!this.#fresh_tap(prompt.id) || (card.is !== 'open' && card.is !== 'failed')) return;
    const again = this.#answered.has(prompt.id);
    this.#answered.add(prompt.id);
    this.#set(prompt.id, { is: 'adding' });
    const before = this.basket_now.peek().total;
    const recorded = again ? 'ok' : await this.#api.outcome(prompt.id, 'accepted', 'customer');
    const added = recorded === 'ok' && (await (again ? this.#host.quantity(prompt, 1) : this.#host.add(prompt)));
    if (added) {
      this.#set(prompt.id, { is: 'added', count: 1 });
      this.#announce('added_status', prompt, before + prompt.price_effect);
      return;
    }
    this.#set(prompt.id, { is: 'failed' });
    this.status.value = say('could_not_add');
    if (recorded !== 'refused') void this.#api.outcome(prompt.id, 'accept_failed', 'customer', recorded === 'ok' ? 'host' : 'agent');
  }
  /** One more or one less of what was added; 0 takes it off, which within five seconds takes the yes back. */
  async step(card: Card, by: 1 | -1): Promise<void> {
    const { prompt, count } = card;
    if (!this.#fresh_tap(prompt.id) || card.is !== 'added') return;
    const wanted = count + by;
    const before = this.basket_now.peek().total;
    this.#set(prompt.id, { is: 'adding' });
    const done = await (wanted === 0 && prompt.action !== 'add' ? this.#host.undo(prompt) : this.#host.quantity(prompt, wanted));
    if (!done) {
      this.#set(prompt.id, { is: 'added' });
      this.status.value = say('could_not_add');
      return;
    }
    if (wanted === 0) void this.#api.outcome(prompt.id, 'undone', 'customer');
    this.#set(prompt.id, wanted === 0 ? { is: 'open', count: 0 } : { is: 'added', count: wanted });
    this.#announce(by > 0 ? 'added_status' : 'removed_status', prompt, before + by * prompt.price_effect);
  }
  /** On to payment; what was not taken is declined, and not asked again. */
  pay(): void {
    for (const { prompt, is } of this.cards.peek()) {
      if (is !== 'open' || this.#answered.has(prompt.id)) continue;
      this.#answered.add(prompt.id);
      void this.#api.outcome(prompt.id, 'declined', 'customer');
    }
    this.#wanted = undefined;
    this.#close();
    this.#host.tell('pay');
  }
}
