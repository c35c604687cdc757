// Groups of stores: what a rule can speak of instead of naming each.
import { useState } from 'preact/hooks';

import { Dialog } from '../dialog';
import { use_desk } from './context';
import { groups_of, with_group } from './model';
import { say } from './words';

function Change({ was, close }: { was: string | undefined; close: () => void }) {
  const { editing } = use_desk();
  const frame = editing.frame.peek();
  const all = groups_of(frame);
  const [name, set_name] = useState(was ?? '');
  const [members, set_members] = useState<string[]>(() => (all.find(([group]) => group === was)?.[1] ?? []).map(({ id }) => id));
  const [tried, set_tried] = useState(false);
  const wanted = name.trim();
  const wrong = !/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/.test(wanted) ? 'stores_group_bad' : wanted !== was && all.some(([group]) => group === wanted) ? 'stores_group_taken' : undefined;
  return <Dialog title={was === undefined ? say('stores_new_group') : say('stores_edit_group', { group: was })} button={say('stores_take_over')} close={close}
    ready={() => { set_tried(true); return wrong === undefined && members.length > 0; }} act={() => editing.change(with_group(frame, was, wanted, members), '/stores')}>
    <div class="field"><label for="group-name">{say('stores_group_name')}</label>
      <input id="group-name" type="text" autocomplete="off" spellcheck={false} value={name} aria-invalid={tried && wrong !== undefined} aria-describedby="group-about" onInput={(event) => set_name(event.currentTarget.value)} />
      <span id="group-about" class={tried && wrong ? 'wrong' : 'quiet'}>{say(tried && wrong ? wrong : 'stores_group_hint')}</span></div>
    <fieldset><legend>{say('stores_group_stores')}</legend>
      {frame.stores.map(({ id, name: store }, i) => <label key={id} class="check"><input type="checkbox" checked={members.includes(id)} aria-invalid={i === 0 && tried && members.length === 0}
        onChange={(event) => set_members(event.currentTarget.checked ? [...members, id] : members.filter((one) => one !== id))} /><bdi>{store || id}</bdi></label>)}
      {tried && members.length === 0 && <span class="wrong">{say('rules.f_nothing_chosen')}</span>}</fieldset>
  </Dialog>;
}

export function Groups() {
  const { editing, locked } = use_desk();
  const [open, set_open] = useState<{ was: string | undefined }>();
  const all = groups_of(editing.frame.value);
  return <section class="card" aria-labelledby="groups-title">
    <div class="head"><h2 id="groups-title">{say('stores_groups')}</h2>{!locked && <button type="button" class="plain" onClick={() => set_open({ was: undefined })}>{say('stores_new_group')}</button>}</div>
    {all.length === 0 ? <p class="quiet">{say('stores_no_groups')}</p> : <div class="wide" tabIndex={0} role="region" aria-labelledby="groups-title"><table>
      <thead><tr><th scope="col">{say('stores_group')}</th><th scope="col">{say('stores')}</th>{!locked && <td />}</tr></thead>
      <tbody>{all.map(([name, stores]) => <tr key={name}><th scope="row"><bdi>{name}</bdi></th><td>{stores.map((store) => `\u2068${store.name || store.id}\u2069`).join(', ')}</td>
        {!locked && <td class="n"><button type="button" class="plain" aria-label={say('stores_edit_group', { group: name })} onClick={() => set_open({ was: name })}>{say('change')}</button></td>}</tr>)}</tbody>
    </table></div>}
    {open && <Change was={open.was} close={() => set_open(undefined)} />}
  </section>;
}
