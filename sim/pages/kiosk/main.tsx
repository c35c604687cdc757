// A kiosk of our own, as a retailer's would be; the panel over it is the agent's, in a frame of another origin.
import './main.css';

import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { language, language_names } from '../../../sdk/js/shared/i18n';
import { price } from '../../../sdk/js/shared/money';
import { StillThere } from '../../../sdk/js/shared/still_there';
import { Art } from '../shared/art';
import { open_shop } from '../shared/shop';
import { Kiosk } from './kiosk';
import { words } from './words';

const say = () => words[language.value] ?? words.en!;
const money = (kiosk: Kiosk, minor: number) => price(minor, kiosk.shop.served.exponent, kiosk.shop.served.currency, language.value);

function Languages({ kiosk }: { kiosk: Kiosk }) {
  if (kiosk.shop.languages.length < 2) return null;
  return (
    <div class="languages" role="group" aria-label={say().language}>
      {kiosk.shop.languages.map((tag) => (
        <button type="button" key={tag} lang={tag} aria-pressed={tag === language.value} onClick={() => kiosk.speak(tag)}>{language_names[tag]}</button>
      ))}
    </div>
  );
}

function Start({ kiosk }: { kiosk: Kiosk }) {
  const { shop } = kiosk;
  const shown = shop.served.id === 'burgerbar' ? ['sku:DOUBLE', 'sku:FRIES-L', 'sku:COLA-M'].map((key) => shop.picture(key)) : ['teacups', 'cake-stands', 'gift-wrap'].map((id) => shop.section_picture(id));
  return (
    <section class="start">
      <button type="button" class="hero" onClick={() => kiosk.menu()}>
        <span class="art-row">{shown.map((svg) => <Art key={svg} svg={svg} />)}</span>
        <h1>{shop.served.id === 'burgerbar' ? say().welcome : shop.served.name}</h1>
        <span class="go">{say().start}</span>
      </button>
      <Languages kiosk={kiosk} />
    </section>
  );
}

function Menu({ kiosk }: { kiosk: Kiosk }) {
  const { shop } = kiosk;
  const section = kiosk.section.value ?? '';
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => { list.current?.scrollTo({ top: 0 }); }, [section]);
  return (
    <section class="menu">
      <nav aria-label={say().menu}>
        {shop.sections.map((id) => (
          <button type="button" key={id} aria-pressed={id === section} onClick={() => kiosk.menu(id)}>
            <Art svg={shop.section_picture(id)} /><span>{shop.category_name(id, language.value)}</span>
          </button>
        ))}
      </nav>
      <ul ref={list}>
        {shop.in_section(section).slice(0, 40).map((product) => (
          <li key={product.key}>
            <button type="button" disabled={product.out} onClick={() => kiosk.look_at(product.key)}>
              <Art svg={shop.picture(product.key)} />
              <span class="name">{shop.name(product.key, language.value)}</span>
              <span class="price">{product.out ? say().sold_out : money(kiosk, product.price)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Item({ kiosk }: { kiosk: Kiosk }) {
  const key = kiosk.item.value;
  const product = kiosk.shop.product(key);
  const add = useRef<HTMLButtonElement>(null);
  useEffect(() => add.current?.focus({ preventScroll: true }), [key]);
  if (!product) return null;
  return (
    <section class="item">
      <Art svg={kiosk.shop.picture(key)} />
      <div>
        <h1>{kiosk.shop.name(key, language.value)}</h1>
        <p class="price">{money(kiosk, product.price)}</p>
        <button ref={add} type="button" class="main" onClick={() => kiosk.add(key)}>{say().add}</button>
        <button type="button" onClick={() => kiosk.menu()}>{say().back}</button>
      </div>
    </section>
  );
}

function Pay({ kiosk }: { kiosk: Kiosk }) {
  return (
    <section class="paying">
      <h1>{money(kiosk, kiosk.sale.total)}</h1>
      <svg viewBox="0 0 240 150" aria-hidden="true"><rect x="70" y="20" width="100" height="120" rx="16" fill="var(--sd-ink)" /><rect x="84" y="36" width="72" height="40" rx="6" fill="var(--sd-accent-soft)" /><path d="M104 96q16-14 32 0M96 108q24-22 48 0M112 120q8-6 16 0" fill="none" stroke="var(--sd-accent-soft)" stroke-width="6" stroke-linecap="round" /></svg>
      <p>{say().pay_here}</p>
      <button type="button" class="main" autoFocus onClick={() => void kiosk.paid()}>{say().card}</button>
      <button type="button" onClick={() => kiosk.back()}>{say().back}</button>
    </section>
  );
}

function Done({ kiosk }: { kiosk: Kiosk }) {
  return (
    <section class="paying">
      <h1>{say().thanks}</h1>
      <p>{say().number}</p>
      <b class="number">{kiosk.order.value}</b>
      <button type="button" class="main" autoFocus onClick={() => kiosk.over()}>{say().next}</button>
    </section>
  );
}

function Order({ kiosk }: { kiosk: Kiosk }) {
  const { sale, shop } = kiosk;
  return (
    <footer>
      <ul aria-label={say().items}>
        {sale.count === 0 && <li class="none">{say().empty}</li>}
        {sale.lines.value.map((line) => (
          <li key={line.id}>
            <Art svg={shop.picture(line.product)} />
            <span class="name">{shop.name(line.product, language.value)}</span>
            <span class="steps">
              <button type="button" aria-label={`${say().less}: ${shop.name(line.product, language.value)}`} onClick={() => sale.step(line.id, -1)}>−</button>
              <b>{new Intl.NumberFormat(language.value).format(line.count)}</b>
              <button type="button" aria-label={`${say().more}: ${shop.name(line.product, language.value)}`} disabled={Boolean(line.bundle)} onClick={() => sale.step(line.id, 1)}>+</button>
            </span>
          </li>
        ))}
      </ul>
      <div class="end">
        <button type="button" onClick={() => kiosk.over()}>{say().over}</button>
        <button type="button" class="main" disabled={sale.count === 0} onClick={() => void kiosk.pay()}>
          <span>{say().pay}</span> <bdi>{money(kiosk, sale.total)}</bdi>
        </button>
      </div>
    </footer>
  );
}

function Page({ kiosk }: { kiosk: Kiosk }) {
  const place = kiosk.place.value;
  return (
    <>
      <main class={`at-${place}`} inert={kiosk.panel.value === 'whole'}>
        {place === 'start' && <Start kiosk={kiosk} />}
        {place === 'menu' && <Menu kiosk={kiosk} />}
        {place === 'item' && <Item kiosk={kiosk} />}
        {place === 'pay' && <Pay kiosk={kiosk} />}
        {place === 'done' && <Done kiosk={kiosk} />}
        {(place === 'menu' || place === 'item') && <Order kiosk={kiosk} />}
      </main>
      <StillThere idle={kiosk.idle} />
    </>
  );
}

async function start(): Promise<void> {
  const shop = await open_shop();
  document.documentElement.dataset.shop = shop.served.id;
  document.title = `${shop.served.name}: kiosk`;
  const wanted = new URLSearchParams(location.search).get('lang') ?? 'en';
  const kiosk = new Kiosk(shop, shop.languages.includes(wanted) ? wanted : 'en');
  const place = document.getElementById('app');
  if (place) render(<Page kiosk={kiosk} />, place);
  const panel = document.createElement('div');
  panel.id = 'panel';
  document.body.append(panel);
  kiosk.panel.subscribe((shown) => { panel.className = shown; });
  kiosk.attach(panel);
  for (const event of ['pointerdown', 'keydown']) addEventListener(event, () => kiosk.idle.left.peek() === undefined && kiosk.idle.active(), true);
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && kiosk.place.peek() === 'item') kiosk.menu();
  });
}

void start();
