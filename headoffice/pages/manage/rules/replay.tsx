// The draft over last week's real baskets: which of them, and the run over them, which is fetched when it is begun.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { session } from '../api';
import { lazy } from '../lazy';
import { say, type Word } from '../words';
import type { Editing } from './editing';
import { use_form } from './form/field';
import type { Pack } from './model';
import type { Order, Over } from './more/run';
import { list } from './sentence';

const Run = lazy(() => import('./more/more').then((more) => more.Run), () => null);

/** Which baskets: of which stores, a store manager's own at most, and which days. Nothing chosen: all of them, the last week. */
function Choice({ over, set, pack }: { over: Over; set: (over: Over) => void; pack: Pack }) {
  const person = session.value?.person;
  const bound = person?.role === 'store-manager';
  const all = pack.stores.filter(({ id }) => !bound || person.stores.includes(id));
  const picked = all.filter(({ id }) => over.stores.includes(id));
  const tick = (id: string, on: boolean) => set({ ...over, stores: on ? [...over.stores, id] : over.stores.filter((one) => one !== id) });
  const field = (name: 'from' | 'to', label: Word) => <label class="field"><span>{say(label)}</span><input type="date" name={`replay-${name}`} value={over[name]} onInput={(event) => set({ ...over, [name]: event.currentTarget.value })} /></label>;
  return <>
    <details><summary>{say('stores')}: {picked.length > 0 ? list(picked.map(({ name }) => name)) : say(bound ? 'own_stores' : 'all_stores')}</summary>
      <fieldset class="out-tills"><legend class="unseen">{say('stores')}</legend>{all.map(({ id, name }) => <label key={id} class="check"><input type="checkbox" name="replay-store" value={id} checked={over.stores.includes(id)} onChange={(event) => tick(id, event.currentTarget.checked)} />{name}</label>)}</fieldset></details>
    {field('from', 'rules.first_day')}{field('to', 'rules.last_day')}
  </>;
}

/** `attempt`: says what is wrong with the rule. */
export function Replay({ editing, attempt }: { editing: Editing; attempt: () => Promise<boolean> }) {
  const { pack, locked } = use_form();
  const order = useSignal<Order | undefined>(undefined);
  const running = useSignal(false);
  const over = useSignal<Over>({ stores: [], from: '', to: '' });
  const button = useRef<HTMLButtonElement>(null);
  const begin = () => {
    if (running.peek()) return;
    if (editing.mistakes.peek().length > 0) return void attempt();
    running.value = true;
    order.value = { rule: editing.rule.peek(), over: over.peek() };
  };
  return <section class="card" aria-labelledby="replay">
    <h2 id="replay">{say('rules.replay')}</h2>
    <p class="quiet">{say('rules.replay_hint')}</p>
    <div class="row over"><Choice over={over.value} set={(next) => { over.value = next; }} pack={pack} />
      <button ref={button} type="button" class="plain" aria-disabled={running.value} onClick={begin}>{say(order.value ? 'rules.replay_again' : 'rules.replay_begin')}</button></div>
    {order.value && <Run order={order.value} pack={pack} now={locked ? undefined : editing.rule.value} ended={(stopped) => {
      running.value = false;
      if (stopped) button.current?.focus();
    }} />}
  </section>;
}
