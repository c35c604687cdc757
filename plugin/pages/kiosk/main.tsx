import './main.css';

import { effect } from '@preact/signals';
import { render } from 'preact';

import { Api, opened_with } from '../../../sdk/js/shared/api';
import { framed, Host } from '../../../sdk/js/shared/host';
import { best_language } from '../../../sdk/js/shared/i18n';
import { Idle } from '../../../sdk/js/shared/idle';
import { Products } from '../../../sdk/js/shared/products';
import { listen } from '../../../sdk/js/shared/stream';
import { use_theme } from '../../../sdk/js/shared/theme';
import { type Moment, Panel } from './panel';
import { PanelView } from './panel_view';
import { contrast, reach, speak_language } from './settings';
import { hush } from './speech';

async function start(): Promise<void> {
  const opened = opened_with();
  const api = new Api(opened.lane, opened.token);
  const host = new Host();
  const config = await api.config();
  use_theme(config.theme);
  const products = new Products(host);
  const usual = best_language(opened.language, config.languages[0]);
  speak_language(usual, products);

  const panel = new Panel(api, host, products, config);
  const idle = new Idle(() => {
    hush();
    contrast.value = false;
    reach.value = false;
    speak_language(usual, products);
    panel.forget();
    host.tell('reset');
  });
  // In a frame the host watches while the panel is away; alone, whenever there is a basket.
  effect(() => idle.watch(panel.view.value !== undefined || (!framed && panel.basket_now.value.count > 0)));
  // A touch ends the warning when it ends itself: were the dialog gone under the finger, the rest would meet what lies below.
  const alive = () => {
    idle.active();
    host.tell('active');
  };
  for (const event of ['pointerdown', 'keydown']) addEventListener(event, () => idle.left.peek() === undefined && alive(), true);
  for (const event of ['click', 'keyup']) addEventListener(event, alive);
  host.on('active', () => idle.active());
  host.on('show', ({ moment, product }) => panel.show(moment as Moment | null, product));
  host.on('language', ({ language }) => speak_language(best_language(language), products));

  listen(api, {
    prompts: (said) => panel.prompts(said),
    basket: (said) => panel.basket(said),
    closed: (said) => panel.closed(said),
    reset: () => panel.reset(),
  }, (up) => { panel.online.value = up; });

  const place = document.getElementById('kiosk');
  if (place) render(<PanelView panel={panel} products={products} config={config} host={host} idle={idle} />, place);
  host.tell('ready', { keys: [] });
}

void start();
