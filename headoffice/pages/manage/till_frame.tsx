// In a frame of the rule's form: the till's strip, as the till has it, with nobody to add anything.
import '../../../plugin/pages/till/main.css';

import { render } from 'preact';

import { StripView } from '../../../plugin/pages/till/strip_view';
import { Strip } from '../../../plugin/pages/till/strip';
import { best_language, use_language } from '../../../sdk/js/shared/i18n';
import { Products } from '../../../sdk/js/shared/products';
import { alone, asked, config, quiet } from './frames';

const products = new Products(alone);
const strip = new Strip(quiet, alone, config);
let basket = 0;

asked(({ language, prompts }) => {
  use_language(best_language(language));
  products.speak(language);
  basket += 1;
  strip.prompts({ basket: String(basket), seq: 1, prompts });
});
const place = document.getElementById('strip');
if (place) render(<StripView strip={strip} config={config} products={products} />, place);
