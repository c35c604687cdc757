import './main.css';

import { signal } from '@preact/signals';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';

import { language, language_names } from '../../../sdk/js/shared/i18n';
import { ask, online, session, type Session, type Store } from './api';
import { lazy } from './lazy';
import { leave_first, stays } from './leave';
import { Notice, Select, Skeleton, use_answer } from './parts';
import { Rules } from './rules/page';
import { ByLink, link, SignIn, take_link, told } from './sign_in';
import { first_language, keep_language, say, speak, type Word } from './words';

type Place = 'results' | 'rules' | 'catalogue' | 'stores' | 'tills' | 'people' | 'changes';
const place_of = (): Place => (['rules', 'catalogue', 'stores', 'tills', 'people', 'changes'] as const).find((one) => location.hash.split('/')[0] === `#${one}`) ?? 'results';
const Results = lazy(() => import('./results/results').then((page) => page.Results));
const Catalogue = lazy(() => import('./catalogue/page').then((page) => page.default));
const Stores = lazy(() => import('./rules/more/more').then((more) => more.Stores));
const Tills = lazy(() => import('./tills/page').then((page) => page.Tills));
const People = lazy(() => import('./people').then((page) => page.People));
const Changes = lazy(() => import('./changes/changes').then((page) => page.Changes));
const place = signal<Place>('results');
/** Who was signed in last since the page was opened: what stands behind the sign-in is still theirs. */
const last = signal<Session | undefined>(undefined);

async function look(): Promise<void> {
  try {
    session.value = await ask<Session>('GET', '/v1/session');
  } catch {
    session.value = session.peek() ?? undefined;
  }
}

function Languages() {
  return <Select label={say('language')} value={language.value} options={Object.entries(language_names)} choose={(tag) => { keep_language(tag); void speak(tag); }} />;
}

function Bar() {
  const person = session.value?.person;
  const places: Place[] = person?.role === 'admin' ? ['results', 'rules', 'catalogue', 'stores', 'tills', 'people', 'changes'] : ['results', 'rules', 'catalogue', 'stores', 'tills', 'changes'];
  const leave = (everywhere: boolean) => leave_first(() => void ask('DELETE', everywhere ? '/v1/sessions' : '/v1/session').catch(() => undefined).then(() => { last.value = undefined; session.value = undefined; }));
  return <header>
    <span class="brand" aria-hidden="true">Sidedish</span>
    {person && <nav aria-label={say('main_menu')}>{places.map((one) => <a key={one} href={`#${one}`} aria-current={place.value === one ? 'page' : undefined}>{say(one as Word)}</a>)}</nav>}
    <span class="space" />
    <Languages />
    {person && <details class="menu"><summary>{person.name}</summary>
      <div><p class="quiet">{say(person.role)}</p>
        <button class="plain" onClick={() => leave(false)}>{say('sign_out')}</button>
        <button class="plain" onClick={() => leave(true)}>{say('sign_out_everywhere')}</button></div></details>}
  </header>;
}

function Inside() {
  const { answer, wrong } = use_answer('stores', () => ask<{ stores: Store[] }>('GET', '/v1/stores'));
  if (!answer) return wrong === undefined ? <Skeleton /> : <Notice bad>{told(wrong)}</Notice>;
  if (place.value === 'people' && last.value?.person.role === 'admin') return <People stores={answer.stores} />;
  if (place.value === 'rules') return <Rules />;
  if (place.value === 'tills') return <Tills />;
  if (place.value === 'catalogue') return <Catalogue />;
  if (place.value === 'stores') return <Stores />;
  return place.value === 'changes' ? <Changes /> : <Results stores={answer.stores} />;
}

function Manage() {
  const here = session.value;
  useEffect(() => { if (here) last.value = here; }, [here]);
  // Signed in again, everything stands as it was: what is behind is only hidden meanwhile.
  return <>
    <Bar />
    <main>
      {!online.value && <Notice bad>{say('no_connection')}</Notice>}
      {link.value ? <ByLink token={link.value} /> : <>
        {here === null && <p class="quiet">{say('loading')}</p>}
        {here === undefined && <SignIn again={last.value !== undefined} />}
        {last.value && <div key={last.value.person.id} class={`at-${place.value}`} hidden={!here}><Inside /></div>}
      </>}
    </main>
  </>;
}

take_link();
place.value = place_of();
addEventListener('hashchange', () => {
  if (stays()) return;
  take_link();
  place.value = place_of();
});
// While head office is away it is asked every few seconds.
setInterval(() => { if (!online.peek()) void look(); }, 3000);
void look();
const root = document.getElementById('manage');
void speak(first_language()).then(() => { if (root) render(<Manage />, root); });
