// One basket at a time, as a POS keeps it, and what the agent is told of it: the whole basket after every change.
import { signal } from '@preact/signals';

import type { Prompt } from '../../../sdk/js/shared/api';
import { milli } from '../../../sdk/js/shared/money';
import { connect, type Lane, type Snapshot } from '../../../sdk/js/sidedish.mjs';
import type { Shop } from './shop';

export interface SaleLine {
  id: number;
  product: string;
  /** Negative: it comes back. */
  count: number;
  /** Of all of it, minor units. */
  total: number;
  prompt?: string;
  bundle?: string;
}
export interface Parked { basket: string; lines: SaleLine[]; token?: string; total: number }
export type Hold = 'age_check' | 'complaint' | 'manager';

const free = (line: SaleLine, product: string) => line.product === product && !line.bundle && line.count > 0;

export class Sale {
  readonly lines = signal<SaleLine[]>([]);
  readonly holds = signal<Hold[]>([]);
  readonly returning = signal(false);
  readonly parked = signal<Parked[]>([]);
  readonly paying = signal(false);

  readonly lane: Lane;
  readonly #shop: Shop;
  readonly #channel: 'cashier' | 'kiosk';
  readonly #undo = new Map<string, SaleLine[]>();
  /** Called with every change, before the agent hears of it. */
  changed: () => void = () => undefined;
  language = 'en';
  /** What is on the screen while the basket changes. */
  moment: 'basket' | 'checkout' = 'basket';
  basket = '';
  #seq = 0;
  #next = 1;

  constructor(shop: Shop, lane: string, channel: 'cashier' | 'kiosk') {
    this.#shop = shop;
    this.#channel = channel;
    this.lane = connect({
      agent: shop.served.agent, lane, channel, currency: shop.served.currency, pricesIncludeTax: true,
      capabilities: ['add', 'replace', 'convert', 'undo', 'reports_completion'],
      // A cashier is not kept waiting; before payment at a kiosk there is a moment.
      deadlineMs: channel === 'kiosk' ? 300 : 50,
    });
    this.#begin();
  }
  get total(): number {
    return this.lines.value.reduce((sum, line) => sum + line.total, 0);
  }
  get count(): number {
    return this.lines.value.reduce((sum, line) => sum + Math.abs(line.count), 0);
  }
  #begin(): void {
    this.basket = `${this.#channel[0]}${Date.now().toString(36)}`;
    this.lines.value = [];
    this.holds.value = [];
    this.returning.value = false;
    this.paying.value = false;
    this.#undo.clear();
  }

  /** Tells the agent the basket as it is; what it answers also comes to the strip by itself. */
  async tell(reason = 'unknown', more: Partial<Snapshot> = {}): Promise<Prompt[]> {
    this.changed();
    const lines = this.lines.peek();
    const back = this.returning.peek() || lines.some(({ count }) => count < 0);
    const { prompts } = await this.lane.update({
      basket: this.basket, seq: ++this.#seq, reason, mode: back ? 'return' : 'sale', holds: this.holds.peek(), language: this.language, moment: this.moment, total: this.total,
      lines: lines.map((line) => ({
        product: line.product, line_id: String(line.id), quantity: String(line.count), line_total: line.total,
        unit_price: Math.round(line.total / line.count),
        ...(line.prompt ? { from_prompt: line.prompt } : {}), ...(line.bundle ? { bundle: line.bundle } : {}),
      })),
      ...more,
    });
    return prompts as Prompt[];
  }
  #set(lines: SaleLine[], reason: string): void {
    this.lines.value = lines.filter(({ count }) => count !== 0);
    void this.tell(reason);
  }
  #line(product: string, count: number, more: Partial<SaleLine> = {}): SaleLine {
    return { id: this.#next++, product, count, total: count * (this.#shop.product(product)?.price ?? 0), ...more };
  }
  #more(lines: SaleLine[], product: string, count: number, more: Partial<SaleLine> = {}): SaleLine[] {
    const same = lines.find((line) => line.product === product && !line.bundle && line.prompt === more.prompt && Math.sign(line.count) === Math.sign(count));
    if (!same) return [...lines, this.#line(product, count, more)];
    return lines.map((line) => (line === same ? { ...line, count: line.count + count, total: Math.round((line.total / line.count) * (line.count + count)) } : line));
  }
  /** So many units out of lines that belong to no bundle; undefined: they are not all there. */
  #less(lines: SaleLine[], product: string, count: number): SaleLine[] | undefined {
    let left = count;
    const rest = lines.map((line) => {
      if (left === 0 || !free(line, product)) return line;
      const taken = Math.min(left, line.count);
      left -= taken;
      return { ...line, count: line.count - taken, total: Math.round((line.total / line.count) * (line.count - taken)) };
    });
    return left === 0 ? rest.filter((line) => line.count !== 0) : undefined;
  }

  add(product: string, count = 1): void {
    this.#set(this.#more(this.lines.peek(), product, this.returning.peek() ? -count : count), 'item_added');
  }
  remove(id: number): void {
    const gone = this.lines.peek().find((line) => line.id === id);
    // One part less, and the bundle is off: the others at their own prices.
    const rest = this.lines.peek().filter((line) => line.id !== id)
      .map((line) => (gone?.bundle && line.bundle === gone.bundle ? this.#line(line.product, line.count) : line));
    this.#set(rest, 'item_removed');
  }
  step(id: number, by: number): void {
    const line = this.lines.peek().find((one) => one.id === id);
    if (!line || line.bundle || line.count + by === 0) return this.remove(id);
    this.#set(this.lines.peek().map((one) => (one.id === id ? { ...one, count: one.count + by, total: Math.round((one.total / one.count) * (one.count + by)) } : one)), 'quantity_changed');
  }

  /** Does what a prompt offers; false when the basket is no longer what it was made for. */
  accept(prompt: Prompt): boolean {
    const before = this.lines.peek();
    const count = milli(prompt.quantity) / 1000;
    let after: SaleLine[] | undefined = before;
    if (prompt.action === 'replace' && prompt.replaces) after = this.#less(before, prompt.replaces, count);
    if (prompt.action === 'convert') {
      for (const part of prompt.parts ?? []) {
        const pieces = milli(part.quantity) / 1000;
        if (after && !part.added) after = this.#less(after, part.product, pieces);
        after &&= [...after, this.#line(part.product, pieces, { total: part.price, bundle: prompt.rule, prompt: prompt.id })];
      }
    } else if (after) {
      after = [...after, this.#line(prompt.product, count, { prompt: prompt.id })];
    }
    if (!after) return false;
    this.#undo.set(prompt.id, before);
    this.#set(after, 'item_added');
    return true;
  }
  /** Takes back what accept() did, and nothing that came after. */
  undo(prompt: Prompt): boolean {
    const before = this.#undo.get(prompt.id);
    const now = this.lines.peek();
    if (!before || !now.some((line) => line.prompt === prompt.id)) return false;
    const later = now.filter((line) => line.prompt !== prompt.id && !before.some(({ id }) => id === line.id));
    const kept = before.map((line) => {
      const same = now.find(({ id }) => id === line.id);
      return same && same.count > line.count ? same : line;
    });
    this.#undo.delete(prompt.id);
    this.#set([...kept, ...later], 'item_removed');
    return true;
  }
  /** Kiosk: what a prompt brought, so many times. */
  quantity(prompt: Prompt, count: number): boolean {
    const line = this.lines.peek().find((one) => one.prompt === prompt.id);
    if (line) this.step(line.id, count * (milli(prompt.quantity) / 1000) - line.count);
    else if (count > 0) return this.accept(prompt);
    return true;
  }

  hold(what: Hold): void {
    const on = this.holds.peek().includes(what);
    this.holds.value = on ? this.holds.peek().filter((one) => one !== what) : [...this.holds.peek(), what];
    void this.tell('unknown');
  }
  take_back(on: boolean): void {
    this.returning.value = on;
    void this.tell('mode_changed');
  }

  /** The basket waits; another customer is served. */
  async park(): Promise<void> {
    if (this.lines.peek().length === 0) return;
    const { basket } = this;
    const waits: Parked = { basket, lines: this.lines.peek(), total: this.total };
    this.#begin();
    const { token } = await this.lane.event('parked', basket);
    this.parked.value = [...this.parked.peek(), { ...waits, ...(token ? { token } : {}) }];
  }
  async resume(waits: Parked): Promise<void> {
    if (this.lines.peek().length > 0) await this.park();
    this.parked.value = this.parked.peek().filter((one) => one !== waits);
    this.basket = waits.basket;
    this.lines.value = waits.lines;
    await this.lane.event('resumed', waits.basket, waits.token ? { token: waits.token } : {});
    await this.tell('resumed');
  }
  async pay(): Promise<void> {
    this.paying.value = true;
    this.changed();
    await this.lane.event('tender_started', this.basket);
  }
  async back(): Promise<void> {
    this.paying.value = false;
    await this.lane.event('tender_cancelled', this.basket);
    await this.tell('unknown');
  }
  /** What the receipt says below its total, for next time; asked once payment runs. */
  async hint(): Promise<Prompt | undefined> {
    const prompts = await this.tell('unknown', { moment: 'receipt', channel: 'receipt' });
    return prompts.find(({ moment }) => moment === 'receipt');
  }
  async done(): Promise<void> {
    const { basket, total } = this;
    const returned = this.lines.peek().filter(({ count }) => count < 0);
    this.#begin();
    for (const line of returned) {
      await this.lane.returned({ product: line.product, quantity: String(-line.count), value: -line.total, currency: this.#shop.served.currency });
    }
    await this.lane.event('completed', basket, { total, currency: this.#shop.served.currency });
  }
  async drop(): Promise<void> {
    const { basket } = this;
    this.#begin();
    await this.lane.event('voided', basket);
  }
}
