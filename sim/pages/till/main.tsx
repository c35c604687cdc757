// A till of our own, as a retailer's would be: scan, tap or type; the strip below is the agent's, in a frame of another origin.
import './main.css';

import { type Signal, signal } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { dock } from '../../../sdk/js/dock';
import type { Prompt } from '../../../sdk/js/shared/api';
import { best_language, language_names, say, use_language } from '../../../sdk/js/shared/i18n';
import { price } from '../../../sdk/js/shared/money';
import { Art, as_blob } from '../shared/art';
import { type Hold, Sale } from '../shared/sale';
import { open_shop, type Shop } from '../shared/shop';
import { words } from './words';

const language = best_language(new URLSearchParams(location.search).get('lang'));
const our = words[language] ?? words.en!;
const holds: Hold[] = ['age_check', 'complaint', 'manager'];

/** What the last receipt said below its total, until the next customer is there. */
const receipt = signal<Prompt | undefined>(undefined);

interface Props { shop: Shop; sale: Sale; said: Signal<string> }

const still = (event: Event) => event.preventDefault(); // a touch must not take the focus from the scan field

function Scan({ shop, sale, said, field }: Props & { field: { current: HTMLInputElement | null } }) {
  const on_key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Tab') return;
    const input = event.currentTarget as HTMLInputElement;
    if (event.key === 'Tab' && !input.value) return;
    event.preventDefault();
    const product = shop.find(input.value, language);
    if (product && !product.out) {
      sale.add(product.key);
      said.value = shop.name(product.key, language);
    } else if (input.value) {
      said.value = product ? `${shop.name(product.key, language)}: ${our.sold_out}` : our.nothing.replace('{text}', input.value);
    }
    input.value = '';
  };
  return (
    <div class="scan">
      <label for="scan">{our.scan}</label>
      <input id="scan" ref={field} autocomplete="off" spellcheck={false} onKeyDown={on_key} placeholder={`${shop.served.id === 'burgerbar' ? 'CLASSIC, COLA-M' : '22423, 22697'}, ${our.hint} …`} />
      <output>{said.value}</output>
    </div>
  );
}

function Shelf({ shop, sale, said }: Props) {
  const [section, set_section] = useState(shop.sections[0] ?? '');
  const all = shop.in_section(section);
  return (
    <section class="shelf" aria-label={our.products}>
      <nav aria-label={our.categories}>
        {shop.sections.map((id) => (
          <button type="button" key={id} aria-pressed={id === section} onPointerDown={still} onClick={() => set_section(id)}>{shop.category_name(id, language)}</button>
        ))}
      </nav>
      <ul>
        {all.slice(0, 60).map((product) => (
          <li key={product.key}>
            <button type="button" disabled={product.out} onPointerDown={still} onClick={() => { sale.add(product.key); said.value = shop.name(product.key, language); }}>
              <Art svg={shop.picture(product.key)} />
              <span class="name">{shop.name(product.key, language)}</span>
              <span class="price">{product.out ? our.sold_out : money(shop, product.price)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const money = (shop: Shop, minor: number) => price(minor, shop.served.exponent, shop.served.currency, language);

function Basket({ shop, sale }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const lines = sale.lines.value;
  useEffect(() => { list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' }); }, [lines.length]);
  return (
    <section class="basket" aria-label={our.basket}>
      <ul ref={list} id="basket">
        {lines.length === 0 && <li class="none">{sale.returning.value ? our.comes_back : our.next}</li>}
        {lines.length === 0 && receipt.value && <li class="hint"><p>{our.on_receipt}</p><b>{receipt.value.headline}</b><p>{receipt.value.reason}</p></li>}
        {lines.map((line) => (
          <li key={line.id} class={line.count < 0 ? 'back' : ''}>
            <span class="count">{line.count}</span>
            <span class="name">{shop.name(line.product, language)}{line.prompt && <em>{our.suggested}</em>}{line.bundle && <em>{our.meal}</em>}</span>
            <span class="sum">{money(shop, line.total)}</span>
            <button type="button" aria-label={`${our.less}: ${shop.name(line.product, language)}`} onPointerDown={still} onClick={() => sale.step(line.id, line.count < 0 ? 1 : -1)}>−</button>
            <button type="button" aria-label={`${our.more}: ${shop.name(line.product, language)}`} disabled={Boolean(line.bundle)} onPointerDown={still} onClick={() => sale.step(line.id, line.count < 0 ? -1 : 1)}>+</button>
          </li>
        ))}
      </ul>
      <p class="total"><span>{say('items', { count: sale.count })}</span><b id="total">{money(shop, sale.total)}</b></p>
    </section>
  );
}

function Action({ name, label, kind = '', pressed, disabled = false, onClick }: { name: string; label: string; kind?: string; pressed?: boolean; disabled?: boolean; onClick: () => void }) {
  return (
    <button type="button" class={`action ${kind}`} aria-keyshortcuts={name} disabled={disabled} {...(pressed === undefined ? {} : { 'aria-pressed': pressed })} onPointerDown={still} onClick={onClick}>
      {name && <kbd>{name}</kbd>}<span>{label}</span>
    </button>
  );
}

function Till({ shop, sale, said }: Props) {
  const field = useRef<HTMLInputElement | null>(null);
  const ending = useRef(false);
  const lines = sale.lines.value;
  // Of the sale as it is when the key comes, drawn or not.
  const keys = (): Record<string, () => void> => (sale.paying.peek()
    ? { F2: () => void finish(), F3: () => void finish(), Escape: () => void sale.back() }
    : {
        F2: () => { if (sale.lines.peek().length) void sale.pay(); },
        F3: () => void sale.park(),
        F4: () => { const waits = sale.parked.peek()[0]; if (waits) void sale.resume(waits); },
        F6: () => sale.take_back(!sale.returning.peek()),
        F7: () => sale.hold('age_check'),
        Delete: () => { const last = sale.lines.peek().at(-1); if (last && !field.current?.value) sale.step(last.id, last.count < 0 ? 1 : -1); },
      });
  async function finish(): Promise<void> {
    if (!sale.paying.peek() || ending.current) return; // a second key, while the receipt is asked for
    ending.current = true;
    const total = money(shop, sale.total);
    receipt.value = sale.returning.peek() ? undefined : await sale.hint();
    await sale.done();
    ending.current = false;
    said.value = our.paid.replace('{total}', total);
    field.current?.focus();
  }
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      // A code is a code, wherever the last key went: Tab had a button, and the scanner goes on.
      if (/^[^ ]$/u.test(event.key)) field.current?.focus();
      const act = keys()[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  });
  useEffect(() => field.current?.focus(), []);
  return (
    <main class={`till ${sale.returning.value ? 'returning' : ''}`}>
      <header>
        <strong>{shop.served.name}</strong><span>{shop.served.store}</span>
        <nav aria-label={our.language}>
          {shop.languages.length > 1 && shop.languages.map((tag) => (
            <a key={tag} lang={tag} href={`?shop=${shop.served.id}&lang=${tag}`} aria-current={tag === language ? 'true' : undefined}>{language_names[tag]}</a>
          ))}
          <a href="/">{our.all_demos}</a>
        </nav>
      </header>
      <Scan shop={shop} sale={sale} said={said} field={field} />
      {sale.paying.value ? (
        <section class="pay" aria-label={our.payment}>
          <h1>{money(shop, sale.total)}</h1>
          <p>{sale.total < 0 ? our.to_give_back : our.to_pay}</p>
          <div>
            <Action name="F2" kind="main" label={our.card} onClick={() => void finish()} />
            <Action name="F3" kind="main" label={our.cash} onClick={() => void finish()} />
            <Action name="Esc" label={our.back} onClick={() => void sale.back()} />
          </div>
        </section>
      ) : <Shelf shop={shop} sale={sale} said={said} />}
      <Basket shop={shop} sale={sale} said={said} />
      <section class="actions" aria-label={our.actions}>
        <Action name="F2" kind="main" label={sale.returning.value ? our.give_back : our.pay} disabled={lines.length === 0 || sale.paying.value} onClick={() => void sale.pay()} />
        <Action name="F3" label={our.hold} disabled={lines.length === 0 || sale.paying.value} onClick={() => void sale.park()} />
        <Action name="F4" label={`${our.resume}${sale.parked.value.length ? ` (${sale.parked.value.length})` : ''}`} disabled={sale.parked.value.length === 0 || sale.paying.value}
                onClick={() => { const waits = sale.parked.peek()[0]; if (waits) void sale.resume(waits); }} />
        <Action name="F6" label={our.return} pressed={sale.returning.value} disabled={sale.paying.value} onClick={() => sale.take_back(!sale.returning.peek())} />
        {holds.map((what) => (
          <Action key={what} name={what === 'age_check' ? 'F7' : ''} label={our[what]} pressed={sale.holds.value.includes(what)} disabled={sale.paying.value} onClick={() => sale.hold(what)} />
        ))}
        <Action name="Del" label={our.void_last} disabled={lines.length === 0 || sale.paying.value} onClick={() => { const last = lines.at(-1); if (last) sale.step(last.id, last.count < 0 ? 1 : -1); }} />
      </section>
    </main>
  );
}

async function start(): Promise<void> {
  const shop = await open_shop();
  document.documentElement.dataset.shop = shop.served.id;
  document.title = `${shop.served.name}: till`;
  use_language(language);
  const sale = new Sale(shop, 'till', 'cashier');
  sale.language = language;
  const said = signal('');
  const place = document.getElementById('app');
  if (place) render(<Till shop={shop} sale={sale} said={said} />, place);

  // The strip is the last row of the page and nothing the till draws: the till goes on without it.
  const row = document.createElement('div');
  row.id = 'strip';
  document.body.append(row);
  const strip = dock(row, {
    agent: shop.served.agent, lane: 'till', language,
    add: (prompt) => sale.accept(prompt), undo: (prompt) => sale.undo(prompt),
    describe: (product) => ({ name: shop.name(product, language), picture: as_blob(shop.picture(product)) }),
    state: (ready, why) => { if (!ready) said.value = why === 'permission' ? our.no_permission : our.no_agent; },
  });
  sale.changed = () => {
    if (sale.lines.peek().length > 0 || sale.returning.peek()) receipt.value = undefined;
    strip.changed();
  };
}

void start();
