// The draft over last week's real baskets: what it would have done, and what kept it silent. Every number opens the baskets behind it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import { ask, Refusal, session } from '../api';
import { lazy } from '../lazy';
import { Notice } from '../parts';
import { told } from '../sign_in';
import { say, type Word } from '../words';
import type { Editing } from './editing';
import type { Pack, Rule } from './model';
import type { Result } from './more/outcome';
import { store } from './names';
import { list } from './sentence';

/** Fetched when there is something to show. */
const Outcome = lazy(() => import('./more/more').then((more) => more.Outcome), () => null);

const kPoll = 300; // ms between looks
interface Run { id: string; state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed'; done: number; of: number; stores: string[]; from: string; to: string; trouble?: string; result?: Result }

interface Over { stores: string[]; from: string; to: string }
/** Which baskets: of which stores, a store manager's own at most, and which days. Nothing chosen: all of them, the last week. */
function Choice({ over, set, pack }: { over: Over; set: (over: Over) => void; pack: Pack }) {
  const person = session.value?.person;
  const bound = person?.role === 'store-manager';
  const all = pack.stores.filter(({ id }) => !bound || person.stores.includes(id));
  const picked = all.filter(({ id }) => over.stores.includes(id));
  const tick = (id: string, on: boolean) => set({ ...over, stores: on ? [...over.stores, id] : over.stores.filter((one) => one !== id) });
  const field = (name: 'from' | 'to', label: Word) => <label class="field"><span>{say(label)}</span><input type="date" name={`replay-${name}`} value={over[name]} onInput={(event) => set({ ...over, [name]: event.currentTarget.value })} /></label>;
  return <div class="row over">
    <details><summary>{say('stores')}: {picked.length > 0 ? list(picked.map(({ name }) => name)) : say(bound ? 'own_stores' : 'all_stores')}</summary>
      <fieldset class="out-tills"><legend class="unseen">{say('stores')}</legend>{all.map(({ id, name }) => <label key={id} class="check"><input type="checkbox" name="replay-store" value={id} checked={over.stores.includes(id)} onChange={(event) => tick(id, event.currentTarget.checked)} />{name}</label>)}</fieldset></details>
    {field('from', 'rules.first_day')}{field('to', 'rules.last_day')}
  </div>;
}

export function Replay({ editing, pack }: { editing: Editing; pack: Pack }) {
  const run = useSignal<Run | undefined>(undefined);
  const over = useSignal<Rule | undefined>(undefined);
  const choice = useSignal<Over>({ stores: [], from: '', to: '' });
  const wrong = useSignal<unknown>(undefined);
  const late = useSignal(false);
  const running = run.value?.state === 'waiting' || run.value?.state === 'running';
  useEffect(() => {
    const id = run.value?.id;
    if (!running || id === undefined) return undefined;
    const timer = setTimeout(() => {
      late.value = true;
      void ask<Run>('GET', `/v1/replays/${encodeURIComponent(id)}`).then((now) => { run.value = now; }, (error: unknown) => { wrong.value = error; run.value = undefined; });
    }, kPoll);
    return () => clearTimeout(timer);
  }, [run.value]);
  const begin = async () => {
    if (running) return;
    wrong.value = undefined;
    late.value = false;
    over.value = editing.rule.peek();
    const { stores, from, to } = choice.peek();
    try {
      run.value = await ask<Run>('POST', `/v1/packs/${encodeURIComponent(pack.id)}/replay`, { rule: over.value, ...(stores.length > 0 ? { stores } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) });
    } catch (error) {
      wrong.value = error;
    }
  };
  const now = run.value;
  const stale = now?.result !== undefined && over.value !== editing.rule.value;
  return <section class="card" aria-labelledby="replay">
    <div class="head"><h2 id="replay">{say('rules.replay')}</h2>
      {editing.mistakes.value.length === 0 && <button type="button" class="plain" aria-disabled={running} onClick={() => void begin()}>{say(run.value ? 'rules.replay_again' : 'rules.replay_begin')}</button>}</div>
    <p class="quiet">{now !== undefined ? `${say('rules.replay_days', { from: day(now.from, language.value), to: day(now.to, language.value) })} · ${list(now.stores.map((id) => store(pack, id)))}` : say('rules.replay_hint')}</p>
    <Choice over={choice.value} set={(next) => { choice.value = next; }} pack={pack} />
    {wrong.value !== undefined && <Notice bad>{wrong.value instanceof Refusal && wrong.value.status === 422 ? say(wrong.value.errors.some(({ pointer }) => pointer === '/from' || pointer === '/to') ? 'rules.replay_span' : 'rules.replay_mend') : told(wrong.value)}</Notice>}
    {running && now && late.value && <p role="status"><label>{say('rules.replay_runs')} <progress max={Math.max(1, now.of)} value={now.done} /></label></p>}
    {now?.state === 'failed' && <Notice bad>{say('failed', { detail: now.trouble ?? '' })}</Notice>}
    {stale && <p class="warned">{say('rules.replay_stale')}</p>}
    {now?.result && over.value && <Outcome result={now.result} rule={over.value} pack={pack} />}
  </section>;
}
