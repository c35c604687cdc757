import './main.css';

import { render } from 'preact';

import { key_guard } from '../../../sdk/js/keys';
import { Api, opened_with } from '../../../sdk/js/shared/api';
import { Host } from '../../../sdk/js/shared/host';
import { best_language, language, use_language } from '../../../sdk/js/shared/i18n';
import { Products } from '../../../sdk/js/shared/products';
import { listen } from '../../../sdk/js/shared/stream';
import { use_theme } from '../../../sdk/js/shared/theme';
import { Strip } from './strip';
import { StripView } from './strip_view';

async function start(): Promise<void> {
  const opened = opened_with();
  const api = new Api(opened.lane, opened.token);
  const host = new Host();
  const config = await api.config();
  use_language(best_language(opened.language, config.languages[0], navigator.language));
  use_theme(config.theme);

  const products = new Products(host);
  products.speak(language.value);
  const strip = new Strip(api, host, config);
  host.on('key', ({ key }) => strip.key(key));
  host.on('changed', () => strip.changed());
  addEventListener('keydown', key_guard(() => Object.values(config.keys), (key) => strip.key(key)), true);
  listen(api, {
    prompts: (said) => strip.prompts(said),
    basket: (said) => strip.basket(said),
    closed: (said) => {
      strip.closed(said);
      products.keep(new Set());
    },
    reset: () => strip.reset(),
    state: (said) => strip.state(said),
  }, (up) => { strip.online.value = up; });

  const place = document.getElementById('strip');
  if (place) render(<StripView strip={strip} config={config} products={products} />, place);
  host.tell('ready', { keys: Object.values(config.keys) });
}

void start();
