// The tab "Rules": the list of a pack, or one rule.
import { useEffect, useState } from 'preact/hooks';

import { session } from '../api';
import { lazy } from '../lazy';
import { stays } from '../leave';
import { Notice, Select, Skeleton, use_answer } from '../parts';
import { told } from '../sign_in';
import { say } from '../words';
import { List } from './list';
import { kinds, type Kind, packs, pack_of } from './model';
import { names_of } from './names';
import { may } from './rights';

/** #rules, #rules/pack, #rules/pack/rule, #rules/pack/+kind */
interface Place { pack?: string; rule?: string; kind?: Kind }
function place(): Place {
  const [, pack, rule] = location.hash.slice(1).split('/').map(decodeURIComponent);
  const kind = kinds.find((one) => rule === `+${one}`);
  return { ...(pack ? { pack } : {}), ...(kind ? { kind } : rule ? { rule } : {}) };
}

const kLast = 'sidedish-pack';

const Edit = lazy(() => import('./editor').then(({ Editor }) => Editor), () => <Skeleton />);

export function Rules() {
  const [here, set_here] = useState(place);
  useEffect(() => {
    const listener = () => { if (!stays() && /^#rules(\/|$)/.test(location.hash)) set_here(place()); };
    listener(); // the address may have changed while this was first drawn
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  }, []);
  const { answer: all, wrong } = use_answer('packs', packs);
  const id = here.pack ?? all?.find((one) => one.id === localStorage.getItem(kLast))?.id ?? all?.[0]?.id;
  const { answer: pack, wrong: wrong_pack } = use_answer(`pack ${id ?? ''}`, async () => (id === undefined ? undefined : pack_of(id)));
  const open = here.rule !== undefined || here.kind !== undefined;
  if (pack) names_of(pack.id);
  const may_edit = may('edit', session.value?.person.role);
  if (pack && pack.id === id && open) {
    return <Edit key={`${pack.id}/${here.rule ?? here.kind}`} pack={pack} id={here.rule} kind={here.kind} />;
  }
  return <>
    <div class="head"><h1>{say('rules')}</h1>
      {all && all.length > 1 && <Select label={say('rules.pack')} value={id ?? ''} options={all.map((one) => [one.id, one.name])}
        choose={(one) => { localStorage.setItem(kLast, one); location.hash = `#rules/${encodeURIComponent(one)}`; }} />}
    </div>
    {(wrong ?? wrong_pack) !== undefined && <Notice bad>{told(wrong ?? wrong_pack)}</Notice>}
    {all?.length === 0 && <p class="card empty">{say('rules.no_packs')}</p>}
    {!pack && wrong === undefined && all?.length !== 0 && <Skeleton />}
    {pack && pack.id === id && <List pack={pack} may_edit={may_edit} />}
  </>;
}
