// In a frame of the rule's form: the kiosk's panel, as the kiosk has it, with nobody to add anything.
import '../../../plugin/pages/kiosk/main.css';

import { render } from 'preact';

import { Panel } from '../../../plugin/pages/kiosk/panel';
import { PanelView } from '../../../plugin/pages/kiosk/panel_view';
import { speak_language } from '../../../plugin/pages/kiosk/settings';
import { Idle } from '../../../sdk/js/shared/idle';
import { best_language } from '../../../sdk/js/shared/i18n';
import { Products } from '../../../sdk/js/shared/products';
import { alone, asked, config, quiet } from './frames';

const products = new Products(alone);
const panel = new Panel(quiet, alone, products, config);
const idle = new Idle(() => undefined);
let number = 0;

const place = document.getElementById('kiosk');

asked(({ language, languages, prompts, lines, total, currency, exponent }) => {
  if (place) render(<PanelView panel={panel} products={products} config={{ ...config, languages }} host={alone} idle={idle} />, place);
  speak_language(best_language(language), products);
  number += 1;
  const id = String(number);
  panel.basket({ basket: id, seq: 1, lines, total, mode: 'sale', holds: [], tender: false, currency, exponent });
  panel.prompts({ basket: id, seq: 1, prompts });
  if (prompts[0]) panel.show(prompts[0].moment === 'browse' ? 'browse' : 'checkout', prompts[0].why?.trigger);
});
