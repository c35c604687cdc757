// Where the customer is: the start, the menu, an item, the last look (the agent's panel), payment, the end.
import { signal } from '@preact/signals';

import { dock, type Dock } from '../../../sdk/js/dock';
import { use_language } from '../../../sdk/js/shared/i18n';
import { Idle } from '../../../sdk/js/shared/idle';
import { as_blob } from '../shared/art';
import { Sale } from '../shared/sale';
import type { Shop } from '../shared/shop';

export type Place = 'start' | 'menu' | 'item' | 'pay' | 'done';

const kPatience = 1000; // ms for the panel to come or to say that there is none; then payment comes anyway
const kAfter = 20_000;  // ms that the end stays

export class Kiosk {
  readonly place = signal<Place>('start');
  readonly item = signal('');
  readonly section: ReturnType<typeof signal<string>>;
  readonly order = signal(0);
  /** What the agent's frame shows over our page: the whole of it, a band of it, or nothing. */
  readonly panel = signal<'whole' | 'band' | 'none'>('none');
  readonly idle: Idle;
  readonly sale: Sale;
  readonly #usual: string;
  #dock: Dock | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #after: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly shop: Shop, language: string) {
    this.#usual = language;
    this.sale = new Sale(shop, 'kiosk', 'kiosk');
    this.section = signal<string>(shop.sections[0] ?? '');
    this.idle = new Idle(() => this.over());
    this.speak(language, false);
  }
  speak(language: string, tell = true): void {
    use_language(language);
    this.sale.language = language;
    this.#dock?.language(language);
    if (tell) void this.#look();
  }
  /** The agent's panel, in a frame over the page. */
  attach(place: HTMLElement): void {
    const { sale } = this;
    this.#dock = dock(place, {
      agent: this.shop.served.agent, lane: 'kiosk', page: 'kiosk', language: this.#usual,
      add: (prompt) => sale.accept(prompt), undo: (prompt) => sale.undo(prompt), quantity: (prompt, count) => sale.quantity(prompt, count),
      describe: (product, tag) => ({ name: this.shop.name(product, tag), picture: as_blob(this.shop.picture(product)) }),
      pay: () => this.#to_payment(),
      speaks: (tag) => this.speak(tag),
      reset: () => this.over(),
      active: () => this.idle.active(),
      panel: (shown, moment) => {
        clearTimeout(this.#patience);
        this.panel.value = !shown ? 'none' : moment === 'checkout' ? 'whole' : 'band';
        // The frame's own watch counts while it is in front.
        this.idle.watch(this.panel.value !== 'whole' && this.place.peek() !== 'start');
        if (this.panel.value === 'whole') this.#dock?.frame.focus();
      },
    });
  }
  #look(): Promise<unknown> {
    const at = this.place.peek();
    if (at === 'item') return this.sale.tell('unknown', { moment: 'browse', looking_at: this.item.peek() });
    return this.sale.count > 0 ? this.sale.tell() : Promise.resolve();
  }
  #go(place: Place): void {
    clearTimeout(this.#after);
    this.sale.moment = 'basket';
    this.place.value = place;
    this.panel.value = 'none';
    this.#dock?.show(null);
    this.idle.watch(place !== 'start');
    this.idle.active();
  }
  menu(section?: string): void {
    if (section) this.section.value = section;
    this.#go('menu');
  }
  look_at(product: string): void {
    this.item.value = product;
    this.#go('item');
    this.#dock?.show('browse', product);
    void this.#look();
  }
  add(product: string): void {
    this.sale.add(product);
    this.menu();
  }
  /** The last look, when there is something to look at; payment otherwise, and in any case soon. */
  async pay(): Promise<void> {
    if (this.sale.count === 0) return;
    this.#go('menu');
    const { sale } = this;
    sale.moment = 'checkout';
    void sale.lane.event('checkout_started', sale.basket);
    const prompts = await sale.tell();
    if (prompts.length === 0) return this.#to_payment();
    this.#dock?.show('checkout');
    this.#patience = setTimeout(() => this.#to_payment(), kPatience);
  }
  #to_payment(): void {
    clearTimeout(this.#patience);
    if (this.place.peek() === 'pay') return;
    this.#go('pay');
    void this.sale.pay();
  }
  back(): void {
    this.#go('menu');
    if (this.sale.paying.peek()) void this.sale.back();
  }
  async paid(): Promise<void> {
    this.order.value = 100 + Math.floor(Math.random() * 900);
    const hint = await this.sale.hint();
    this.#go('done');
    if (hint) this.#dock?.show('receipt');
    await this.sale.done();
    this.#after = setTimeout(() => this.over(), kAfter);
  }
  /** For the next customer. */
  over(): void {
    if (this.sale.count > 0) void this.sale.drop();
    this.speak(this.#usual, false);
    this.section.value = this.shop.sections[0] ?? '';
    this.#go('start');
  }
}
