// Who may sign in, and links for those who shall.
import { useRef, useState } from 'preact/hooks';

import { ask, type PersonRow, Refusal, type Role, roles, type Store } from './api';
import { moment } from './format';
import { leave_first } from './leave';
import { use_form_guard } from './leaving';
import { Errors, Field, Notice, Select, Skeleton, use_answer } from './parts';
import { told } from './sign_in';
import { say } from './words';

function Stores({ stores, chosen, choose }: { stores: Store[]; chosen: string[]; choose: (ids: string[]) => void }) {
  return <fieldset><legend>{say('own_stores')}</legend>
    {stores.map(({ id, name }) => <label key={id} class="check">
      <input type="checkbox" name="stores" value={id} checked={chosen.includes(id)} onChange={(event) => choose(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id))} />{name}
    </label>)}
  </fieldset>;
}

const role_options = (): [string, string][] => roles.map((role) => [role, say(role)]);

function Invite({ stores }: { stores: Store[] }) {
  const [role, set_role] = useState<Role>('editor');
  const [own, set_own] = useState<string[]>([]);
  const [link, set_link] = useState<string>();
  const [wrong, set_wrong] = useState<unknown>();
  const [copied, set_copied] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const question = use_form_guard(form, { fresh: link });
  const make = async (event: Event) => {
    event.preventDefault();
    set_copied(false);
    try {
      const { path } = await ask<{ path: string }>('POST', '/v1/invitations', { role, stores: role === 'store-manager' ? own : [] });
      set_link(location.origin + path);
      set_wrong(undefined);
    } catch (error) {
      set_wrong(error);
    }
  };
  return <><form ref={form} class="card" onSubmit={(event) => void make(event)}>
    <h2>{say('new_link')}</h2>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    <div class="row">
      <Select name="role" label={say('role')} value={role} options={role_options()} choose={(one) => { set_role(one as Role); }} />
      {role === 'store-manager' && <Stores stores={stores} chosen={own} choose={set_own} />}
      <button class="main">{say('make_link')}</button>
    </div>
    {link && <div role="status"><p>{say('link_made')}</p>
      <p class="row"><code class="link" dir="ltr">{link}</code>
        <button type="button" class="plain" onClick={() => void navigator.clipboard.writeText(link).then(() => set_copied(true))}>{copied ? say('copied') : say('copy')}</button></p></div>}
  </form>{question}</>;
}

function Edit({ person, stores, done }: { person: PersonRow; stores: Store[]; done: (saved: boolean) => void }) {
  const [role, set_role] = useState(person.role);
  const [own, set_own] = useState(person.stores);
  const [disabled, set_disabled] = useState(person.disabled);
  const [wrong, set_wrong] = useState<unknown>();
  const form = useRef<HTMLFormElement>(null);
  const question = use_form_guard(form, { of: 'person' });
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement);
    try {
      await ask('PUT', `/v1/people/${encodeURIComponent(person.id)}`,
        { name: String(typed.get('name')), role, stores: role === 'store-manager' ? own : [], disabled, why: String(typed.get('why')) });
      done(true);
    } catch (error) {
      set_wrong(error);
    }
  };
  return <><form ref={form} class="card" onSubmit={(event) => void save(event)} noValidate>
    <h2>{say('change_of', { person: person.name })}</h2>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    <Errors.Provider value={wrong instanceof Refusal ? wrong.errors : []}>
      <div class="row">
        <Field name="name" label={say('name')} start={person.name} />
        <Select name="role" label={say('role')} value={role} options={role_options()} choose={(one) => { set_role(one as Role); }} />
        <Select name="state" label={say('state')} value={disabled ? 'disabled' : 'active'} options={[['active', say('active')], ['disabled', say('disabled')]]} choose={(one) => { set_disabled(one === 'disabled'); }} />
      </div>
      {role === 'store-manager' && <Stores stores={stores} chosen={own} choose={set_own} />}
      <Field name="why" label={say('why')} />
    </Errors.Provider>
    <div class="row"><button class="main">{say('save')}</button><button type="button" class="plain" onClick={() => done(false)}>{say('cancel')}</button></div>
  </form>{question}</>;
}

export function People({ stores }: { stores: Store[] }) {
  const { answer, wrong, again } = use_answer('people', () => ask<{ people: PersonRow[] }>('GET', '/v1/people'));
  const [edited, set_edited] = useState<PersonRow>();
  const [saved, set_saved] = useState<string>();
  const names = new Map(stores.map(({ id, name }) => [id, name]));
  return <>
    <h1>{say('people')}</h1>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {saved && <Notice>{say('person_saved', { person: saved })}</Notice>}
    {edited && <Edit key={edited.id} person={edited} stores={stores} done={(changed) => { if (changed) { set_saved(edited.name); again(); } set_edited(undefined); }} />}
    {!answer && wrong === undefined && <Skeleton />}
    {answer && <section class="card"><div class="wide" tabIndex={0} role="region" aria-label={say('people')}><table>
      <thead><tr><th scope="col">{say('name')}</th><th scope="col">{say('sign_in_name')}</th><th scope="col">{say('role')}</th><th scope="col">{say('stores')}</th><th scope="col">{say('joined')}</th><th scope="col">{say('state')}</th><td /></tr></thead>
      <tbody>{answer.people.map((person) => <tr key={person.id}>
        <th scope="row">{person.name}</th><td>{person.id}</td><td>{say(person.role)}</td>
        <td>{person.stores.map((id) => names.get(id) ?? id).join(', ') || say('all_stores')}</td>
        <td>{moment(person.joined_at)}</td><td>{person.disabled ? say('disabled') : say('active')}</td>
        <td class="n"><button class="plain" aria-label={say('change_of', { person: person.name })} onClick={() => leave_first(() => { set_saved(undefined); set_edited(person); }, 'person')}>{say('change')}</button></td>
      </tr>)}</tbody>
    </table></div></section>}
    <Invite stores={stores} />
  </>;
}
