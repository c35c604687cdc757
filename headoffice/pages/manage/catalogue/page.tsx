// What a pack sells: found, changed, read from a file and written to one.
import { useEffect, useRef, useState } from 'preact/hooks';

import { Notice, Select, Skeleton, use_answer } from '../parts';
import { told } from '../sign_in';
import { typed_places } from '../typed';
import { Import } from './import';
import { List } from './list';
import { type Head, head, may_change, packs } from './model';
import { type Done, Edit, typed_place } from './product';
import { say } from './words';

const kUndo = 10_000; // ms

type View = { is: 'list' } | { is: 'product'; key: string | undefined } | { is: 'import' };

function One({ pack, packs: all, choose }: { pack: string; packs: string[]; choose: (pack: string) => void }) {
  const [view, set_view] = useState<View>({ is: 'list' });
  const [said, set_said] = useState<{ text: string; undo?: (() => Promise<unknown>) | undefined }>();
  const undo = useRef<HTMLButtonElement>(null);
  const { answer, wrong, again } = use_answer<Head>(pack, () => head(pack));
  const back: Done = (text, take_back) => {
    set_said(text === undefined ? undefined : { text, undo: take_back });
    set_view({ is: 'list' });
    again();
  };
  useEffect(() => {
    if (!said?.undo) return;
    undo.current?.focus();
    const timer = setTimeout(() => set_said({ text: said.text }), kUndo);
    return () => clearTimeout(timer);
  }, [said]);
  const take_back = (what: () => Promise<unknown>) => void what().then(() => back(say('taken_back')), (error: unknown) => set_said({ text: told(error) }));
  if (!answer) return <><h1>{say('title')}</h1>{wrong === undefined ? <Skeleton /> : <Notice bad>{told(wrong)}</Notice>}</>;
  return <>
    <div class="head"><h1>{say('title')}</h1>
      {all.length > 1 && view.is === 'list' && <Select label={say('pack')} value={pack} options={all.map((one) => [one, one])} choose={choose} />}</div>
    {said && <div class="notice row" role="status"><span>{said.text}</span>{said.undo && <button ref={undo} class="plain" onClick={() => { if (said.undo) take_back(said.undo); }}>{say('undo')}</button>}</div>}
    {view.is === 'list' && may_change() && typed_places(typed_place(pack)).map((key) => <div key={key} class="notice mind row" role="status"><span>{key ? say('typed_about', { product: key }) : say('typed_new')}</span>
      <button class="plain" aria-label={`${say('typed_open')} ${key}`.trim()} onClick={() => { set_said(undefined); set_view({ is: 'product', key: key || undefined }); }}>{say('typed_open')}</button></div>)}
    {view.is === 'import' && <Import head={answer} done={back} />}
    {view.is === 'product' && <Edit key={view.key ?? ''} head={answer} product_key={view.key} done={back} />}
    <div hidden={view.is !== 'list'}>
      <List head={answer} open={(key) => { set_said(undefined); set_view({ is: 'product', key }); }} take_file={() => { set_said(undefined); set_view({ is: 'import' }); }} />
    </div>
  </>;
}

export default function Catalogue() {
  const { answer, wrong } = use_answer('catalogues', packs);
  const [chosen, set_chosen] = useState<string>();
  const all = answer?.catalogues ?? [];
  const pack = chosen ?? all[0]?.pack;
  return <>
    {!pack && <h1>{say('title')}</h1>}
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {!answer && wrong === undefined && <Skeleton />}
    {answer && all.length === 0 && <p class="card empty">{say('nothing')}</p>}
    {pack && <One key={pack} pack={pack} packs={all.map((one) => one.pack)} choose={set_chosen} />}
  </>;
}
