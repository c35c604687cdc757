// Where a visitor begins: two shops, a till and a kiosk each.
import './main.css';

import { render } from 'preact';

import { food } from '../pictures/food';
import { gifts } from '../pictures/gifts';
import { Art } from '../shared/art';
import { type Listed, shops } from '../shared/shop';

function Home({ all }: { all: Listed[] }) {
  return (
    <main>
      <h1>Fries with that?</h1>
      <p class="lead">Two shops on this machine, each with a till and a kiosk. The burger bar is invented, the gift shop sells what real receipts name. What they suggest is decided by the real agent.</p>
      <ul>
        {all.map(({ id, name }) => (
          <li key={id} data-shop={id}>
            <Art svg={(id === 'burgerbar' ? food['sku:DOUBLE'] : gifts.teacups) ?? ''} />
            <h2>{name}</h2>
            <p><a href={`/till?shop=${id}`}>Till</a><a href={`/kiosk?shop=${id}`}>Kiosk</a></p>
          </li>
        ))}
      </ul>
      <p class="note">Silence is an answer: part of the baskets is the control group of an experiment and is left alone on purpose. When nothing is offered, start the next one.
        At the till <kbd>F8</kbd> says yes and <kbd>F9</kbd> no; everything also works by touch alone, or by keyboard alone.</p>
    </main>
  );
}

void shops().then((all) => {
  const place = document.getElementById('app');
  if (place) render(<Home all={all} />, place);
});
