// Every store of the pack with how its tills are; those that a draft takes out, too.
import { useState } from 'preact/hooks';

import { count } from '../format';
import type { Place } from '../tills/fleet';
import { use_desk } from './context';
import type { Frame, Store } from './model';
import { clock_in, country_name, language_name } from './names';
import { put } from './places';
import { say } from './words';

/** Somebody should look at these. */
const bad = ['silent', 'refused', 'alarm'];
const kFind = 8; // stores from which on a search helps

function Tills({ name, place }: { name: string; place: Place | undefined }) {
  const all = place?.terminals ?? [];
  if (all.length === 0) return <span class="quiet">{say('stores_no_tills')}</span>;
  const text = say('stores_tills_fine', { n: count(all.filter(({ state }) => state === 'fine').length), all: count(all.length) });
  return <a href="#tills" class="link-like" aria-label={say('stores_tills_of', { store: name, text })}>{all.some(({ state }) => bad.includes(state)) ? <span class="wrong">{text}</span> : text}</a>;
}

function Mark({ store, was }: { store: Store; was: Store | undefined }) {
  if (was && JSON.stringify(was) === JSON.stringify(store)) return null;
  return <span class="state is-draft">{say(was ? 'stores_is_changed' : 'stores_is_new')}</span>;
}

interface Props { published: Frame; fleet: Map<string, Place>; now: Date; open: (index: number) => void; add: () => void }

export function List({ published, fleet, now, open, add }: Props) {
  const { editing, pack, locked } = use_desk();
  const [typed, set_typed] = useState('');
  const frame = editing.frame.value;
  const wanted = typed.trim().toLowerCase();
  const rows = frame.stores.map((store, index) => ({ store, index })).filter(({ store }) => [store.name, store.id, store.time_zone, ...(store.groups ?? [])].some((one) => one.toLowerCase().includes(wanted)));
  const gone = published.stores.filter(({ id }) => frame.stores.every((one) => one.id !== id));
  return <section class="card" aria-labelledby="stores-title">
    <div class="head"><h2 id="stores-title">{say('stores_count', { count: frame.stores.length })}</h2>
      <div class="row">{frame.stores.length > kFind && <label class="select"><span>{say('stores_find')}</span><input type="search" autocomplete="off" value={typed} onInput={(event) => set_typed(event.currentTarget.value)} /></label>}
        {!locked && <button type="button" class="plain" onClick={add}>{say('stores_add')}</button>}</div></div>
    {gone.map((store) => <p key={store.id} class="notice mind row"><span>{say('stores_gone', { store: `\u2068${store.name}\u2069` })}</span>
      {!locked && <button type="button" class="plain" onClick={() => editing.change(put(frame, ['stores', store.id], store))}>{say('stores_put_back')}</button>}</p>)}
    {rows.length === 0 && <p class="quiet">{say('stores_none_found')}</p>}
    {rows.length > 0 && <div class="wide" tabIndex={0} role="region" aria-labelledby="stores-title"><table class="rules">
      <thead><tr><th scope="col">{say('name')}</th><th scope="col">{say('stores_zone')}</th><th scope="col">{say('stores_language')}</th><th scope="col">{say('stores_country')}</th><th scope="col">{say('stores_in_groups')}</th><th scope="col">{say('stores_tills')}</th></tr></thead>
      <tbody>{rows.map(({ store, index }) => <tr key={store.id}>
        <th scope="row"><a href="#stores" data-store={store.id} aria-label={locked ? undefined : say('stores_edit', { store: store.name })} onClick={(event) => { event.preventDefault(); event.stopPropagation(); open(index); }}><bdi>{store.name || store.id}</bdi></a>
          <span class="note" dir="ltr">{store.id}</span><Mark store={store} was={published.stores.find(({ id }) => id === store.id)} /></th>
        <td><span dir="ltr">{store.time_zone.replaceAll('_', ' ')}</span><span class="note">{clock_in(store.time_zone, now)}</span></td>
        <td>{store.language ? language_name(store.language) : <span class="quiet">{language_name(pack.languages[0] ?? 'en')}</span>}</td>
        <td>{store.country ? country_name(store.country) ?? store.country : '\u2013'}</td>
        <td><bdi>{(store.groups ?? []).join(', ') || '\u2013'}</bdi></td>
        <td><Tills name={store.name} place={fleet.get(store.id)} /></td>
      </tr>)}</tbody>
    </table></div>}
  </section>;
}

