// The kiosk's page: the basket above, every control below. Absent when there is nothing to say.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Config } from '../../../sdk/js/shared/api';
import { framed, type Host } from '../../../sdk/js/shared/host';
import type { Idle } from '../../../sdk/js/shared/idle';
import { best_language, language, language_names, say } from '../../../sdk/js/shared/i18n';
import { price } from '../../../sdk/js/shared/money';
import { Picture } from '../../../sdk/js/shared/picture';
import type { Products } from '../../../sdk/js/shared/products';
import { StillThere } from '../../../sdk/js/shared/still_there';
import { CardView, contents, price_tag } from './card_view';
import type { Panel } from './panel';
import { contrast, reach, speak_language } from './settings';
import { hush, read_aloud, speaking } from './speech';

interface Props { panel: Panel; products: Products; config: Config; host: Host; idle: Idle }

function Cart({ panel, products }: { panel: Panel; products: Products }) {
  const basket = panel.basket_now.value;
  const tag = language.value;
  return (
    <section class="cart" aria-label={say('basket')}>
      <Summary panel={panel} />
      <ul class={basket.lines.length > 6 ? 'many' : basket.lines.length > 2 ? 'few' : 'two'}>
        {basket.lines.slice(0, 12).map((line) => {
          const name = products.name(line.product, line.name);
          const many = Number(line.quantity);
          return (
            <li key={line.product}>
              <Picture source={line.picture?.large ?? products.picture(line.product)} name={name} decorative />
              {many > 1 && <b class="times"><bdi>{new Intl.NumberFormat(tag).format(many)}×</bdi></b>}
              <span class="name">{name}</span>
              {line.line_total !== undefined && <span class="sum">{price(line.line_total, basket.exponent, basket.currency, tag)}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Summary({ panel }: { panel: Panel }) {
  const { count, total, currency, exponent } = panel.basket_now.value;
  return (
    <p class="summary">
      <strong>{say('basket')}</strong>
      <span>{say('items', { count })}</span>
      <b><bdi>{price(total, exponent, currency, language.value)}</bdi></b>
    </p>
  );
}

const icons = {
  language: 'M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20M2 12h20M12 2c3.5 3 3.5 17 0 20c-3.5-3-3.5-17 0-20',
  reach: 'M12 3v15M5 12l7 7l7-7M4 22h16',
  speak: 'M3 9v6h4l6 5V4L7 9zM17 8.5c2 2 2 5 0 7M19.7 5.5c4 4 4 9 0 13',
  contrast: 'M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20',
  help: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.6v.4M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20',
};

function Tool({ icon, label, pressed, onClick }: { icon: keyof typeof icons; label: string; pressed?: boolean; onClick: () => void }) {
  return (
    <button type="button" class="tool" {...(pressed === undefined ? {} : { 'aria-pressed': pressed })} onClick={onClick}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d={icons[icon]} />{icon === 'contrast' && <path class="half" d="M12 2a10 10 0 1 0 0 20z" />}</svg>
      <span>{label}</span>
    </button>
  );
}

function heading(panel: Panel, products: Products): string {
  const view = panel.view.value;
  if (view === 'receipt') return say('next_time');
  const at = panel.looking_at.value;
  return view === 'browse' && at ? say('goes_well_with', { name: products.name(at) }) : say('goes_well');
}

/** Heading, count, then each card as name, reason, allergens, price. */
function sentences(panel: Panel, products: Products): string[] {
  const cards = panel.cards.value;
  return [heading(panel, products), say('suggestions', { count: cards.length }),
          ...cards.map(({ prompt }) => [products.of_prompt(prompt, 'large').name, prompt.reason, contents(prompt), price_tag(prompt), say('add')].filter(Boolean).join('. '))];
}

function Tools({ panel, products, config, host }: Omit<Props, 'idle'>) {
  const [open, set_open] = useState<'language' | 'help'>();
  const languages = config.languages.map((tag) => best_language(tag)).filter((tag, index, all) => all.indexOf(tag) === index);
  const close = () => set_open(undefined);
  if (open === 'language') {
    return (
      <div class="tools languages" role="group" aria-label={say('language')}>
        {languages.map((tag) => (
          <button type="button" class="tool" key={tag} lang={tag} aria-pressed={tag === language.value}
                  onClick={() => { hush(); speak_language(tag, products); host.tell('language', { language: tag }); close(); }}>
            <span>{language_names[tag]}</span>
          </button>
        ))}
      </div>
    );
  }
  if (open === 'help') {
    return (
      <div class="tools help">
        <p>{say('help_text')}</p>
        <button type="button" class="tool" onClick={close}><span>{say('close')}</span></button>
      </div>
    );
  }
  return (
    <div class="tools">
      {languages.length > 1 && <Tool icon="language" label={say('language')} onClick={() => set_open('language')} />}
      <Tool icon="reach" label={say('reach')} pressed={reach.value} onClick={() => { reach.value = !reach.value; }} />
      <Tool icon="speak" label={say(speaking.value ? 'speak_stop' : 'speak')} pressed={speaking.value}
            onClick={() => (speaking.value ? hush() : read_aloud(sentences(panel, products), language.value))} />
      <Tool icon="contrast" label={say('contrast')} pressed={contrast.value} onClick={() => { contrast.value = !contrast.value; }} />
      <Tool icon="help" label={say('help')} onClick={() => set_open('help')} />
    </div>
  );
}

/** Arrow keys go from control to control, as Tab does; Escape is "No thanks". */
function on_key(event: KeyboardEvent, panel: Panel): void {
  const view = panel.view.peek();
  if (!view || document.querySelector('dialog[open]')) return;
  if (event.key === 'Escape' && view === 'checkout') {
    event.preventDefault();
    panel.pay();
    return;
  }
  const rtl = document.documentElement.dir === 'rtl';
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
  if (!step) return;
  const controls = [...document.querySelectorAll<HTMLElement>('.panel button')];
  const at = controls.indexOf(document.activeElement as HTMLElement);
  controls[at < 0 ? 0 : (at + step + controls.length) % controls.length]?.focus();
  event.preventDefault();
}

export function PanelView({ panel, products, config, host, idle }: Props) {
  const view = panel.view.value;
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (framed) document.documentElement.dataset.view = view ?? 'none';
    // A band beside the host's own page leaves the focus where it is: on the item's "add".
    if (view === 'checkout' || !framed) title.current?.focus({ preventScroll: true });
  }, [view]);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => on_key(event, panel);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
  const offline = !panel.online.value;
  // Without the agent nobody can confirm a price: what was not taken is out of sight.
  const cards = panel.cards.value.filter(({ is }) => !offline || is === 'added' || is === 'adding');
  const taken = panel.cards.value.some(({ is }) => is === 'added');
  return (
    <main class={`kiosk view-${view ?? 'none'} ${framed ? 'framed' : ''}`}>
      {(view === 'checkout' || !framed) && <Cart panel={panel} products={products} />}
      {view && (
        <section class="panel" aria-labelledby="title">
          <header>
            <h1 id="title" ref={title} tabIndex={-1}>{heading(panel, products)}</h1>
            {view === 'checkout' && <Summary panel={panel} />}
          </header>
          {offline && <p class="note">{say('offline_kiosk')}</p>}
          <ul class={`cards n${panel.places.value}`}>
            {view === 'receipt'
              ? cards.map(({ prompt }) => <li class="card hint" key={prompt.id}><div class="words"><h2>{prompt.headline}</h2><p>{prompt.reason}</p></div></li>)
              : cards.map((card) => <CardView key={card.prompt.id} card={card} panel={panel} products={products} />)}
          </ul>
          {view === 'checkout' && (
            <button type="button" class="pay" onClick={() => panel.pay()}>{say(taken ? 'go_on' : 'no_thanks')}</button>
          )}
          {view === 'checkout' && <Tools panel={panel} products={products} config={config} host={host} />}
        </section>
      )}
      <p class="spoken" role="status">{panel.status.value}</p>
      <StillThere idle={idle} />
    </main>
  );
}
