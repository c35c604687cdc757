// Stores and their tills: how each is, which rules it has, what is on its way to it; every version, and the way back.
import { useEffect, useState } from 'preact/hooks';

import { ask, session } from '../api';
import { count } from '../format';
import { Notice, Select, Skeleton, use_answer } from '../parts';
import { told } from '../sign_in';
import { say } from './words';
import { type Fleet, needs } from './fleet';
import { History } from './history';
import { OnItsWay } from './on_its_way';
import { OneStore } from './stores';

const every = 10_000;
/** Of more tills only those are shown at first that need somebody. */
const many = 100;

export function Tills() {
  const { answer: fleet, wrong, again } = use_answer('fleet', () => ask<Fleet>('GET', '/v1/fleet'));
  const [at, set_at] = useState('');
  const [wanted, set_only] = useState<boolean>();
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden && session.peek()) again(); }, every);
    return () => clearInterval(timer);
  }, []);
  if (!fleet) return <><h1>{say('tills')}</h1>{wrong === undefined ? <Skeleton /> : <Notice bad>{told(wrong)}</Notice>}</>;
  const stores = fleet.stores.filter(({ id }) => !at || id === at);
  const all = stores.flatMap(({ terminals }) => terminals);
  const fine = all.filter(({ state }) => state === 'fine').length;
  const only = wanted ?? fleet.stores.reduce((sum, { terminals }) => sum + terminals.length, 0) > many;
  const bad = all.filter(needs).length;
  const packs = [...new Set(fleet.stores.flatMap(({ pack }) => (pack ? [pack] : [])))].sort();
  return <>
    <div class="head"><div><h1>{say('tills')}</h1><p class={bad > 0 ? 'wrong' : 'quiet'}>{bad > 0 ? say('tills_needed', { n: count(fine), all: count(all.length), bad: count(bad) }) : say('tills_fine', { n: count(fine), all: count(all.length) })}</p></div>
      <div class="filters">
        <label class="check"><input type="checkbox" checked={only} onChange={(event) => set_only(event.currentTarget.checked)} />{say('tills_only')}</label>
        {fleet.stores.length > 1 && <Select label={say('store')} value={at} options={[['', say('all_stores')], ...fleet.stores.map(({ id, name }): [string, string] => [id, name])]} choose={set_at} />}
      </div></div>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {fleet.rollouts.map((rollout) => <OnItsWay key={rollout.version} rollout={rollout} fleet={fleet} again={again} />)}
    {all.length === 0 && <p class="card empty">{say('no_tills')}</p>}
    {all.length > 0 && only && bad === 0 && <p class="card empty">{say('tills_none_bad')}</p>}
    {stores.map((store) => <OneStore key={store.id} store={store} now={fleet.at} only={only} />)}
    {packs.length > 0 && <History packs={packs} again={again} />}
  </>;
}
