// Stores, their groups, and the settings of all: read by everybody, edited as a draft, published as rules are.
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';

import { ask, session } from '../api';
import { use_guard } from '../dialog';
import { moment } from '../format';
import { Notice, Select, Skeleton, use_answer } from '../parts';
import { focus_on } from '../rules/findings';
import { Form } from '../rules/form/field';
import { type Pack, packs, pack_of } from '../rules/model';
import { told } from '../sign_in';
import type { Fleet } from '../tills/fleet';
import { Bar } from './bar';
import { Conflict } from './compare';
import { Desk } from './context';
import { Editing } from './editing';
import { Groups } from './groups';
import { List } from './list';
import { frame_of, type FrameRow, type Store, store_id } from './model';
import { Settings } from './settings';
import { StoreForm } from './store';
import { Summary } from './summary';
import { say } from './words';

const kLast = 'sidedish-pack';
const kMinute = 60_000;

type View = 'stores' | 'stores_groups' | 'stores_settings';
const views: View[] = ['stores', 'stores_groups', 'stores_settings'];

/** The minute that it is, drawn anew with each. */
function use_now(): Date {
  const [now, set_now] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => set_now(new Date()), kMinute);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function Edit({ pack, row }: { pack: Pack; row: FrameRow }) {
  const editing = useMemo(() => new Editing(pack.id, row), [pack, row]);
  const [view, set_view] = useState<View>('stores');
  const [open, set_open] = useState<number>();
  const [aim, set_aim] = useState<{ pointer: string }>();
  const { answer: fleet } = use_answer('fleet', () => ask<Fleet>('GET', '/v1/fleet'));
  const now = use_now();
  const state = editing.row.value.draft?.state;
  const locked = !editing.row.value.may_edit || state === 'scheduled' || editing.clash.value !== undefined;
  const frame = editing.frame.value;
  const published = editing.row.value.published;
  const question = use_guard({ held: () => editing.dirty.peek(), own: () => (/^#stores(\/|$)/.test(location.hash) ? location.hash : '#stores'), kept: true, left: () => editing.abandon() });
  const is_fresh = (store: Store) => published.stores.every(({ id }) => id !== store.id);
  const others = (index: number) => frame.stores.filter((_, i) => i !== index).map(({ id }) => id);
  // As long as nobody chose another, a new store's short name follows its name.
  const set = (pointer: string, value: unknown) => {
    const index = Number(/^\/stores\/(\d+)\/name$/.exec(pointer)?.[1] ?? NaN);
    const store = editing.frame.peek().stores[index];
    editing.set(pointer, value === '' && /\/language$/.test(pointer) ? undefined : value);
    if (store && is_fresh(store) && store.id === store_id(store.name, others(index))) editing.set(`/stores/${index}/id`, store_id(String(value), others(index)));
  };
  const go = (pointer: string) => {
    const index = /^\/stores\/(\d+)/.exec(pointer)?.[1];
    set_view(pointer.startsWith('/settings') ? 'stores_settings' : 'stores');
    set_open(index === undefined ? undefined : Number(index));
    set_aim({ pointer });
  };
  // When the part that holds it is drawn.
  useLayoutEffect(() => { if (aim) focus_on(aim.pointer); }, [aim]);
  const mend = () => {
    const first = editing.findings.peek().find(({ severity, rule }) => severity === 'error' && !rule);
    if (first) go(first.pointer);
  };
  const back = (id?: string) => {
    set_open(undefined);
    setTimeout(() => document.querySelector<HTMLElement>(id === undefined ? '.segs .seg' : `[data-store="${CSS.escape(id)}"]`)?.focus());
  };
  const add = () => {
    const often = (zone: string): number => frame.stores.filter((one) => one.time_zone === zone).length;
    const [usual] = frame.stores.map(({ time_zone }) => time_zone).sort((a, b) => often(b) - often(a));
    const id = store_id('', frame.stores.map((one) => one.id));
    editing.change({ ...frame, stores: [...frame.stores, { id, name: '', time_zone: usual ?? '' }] }, '/stores');
    set_open(frame.stores.length);
  };
  const remove = (index: number) => {
    set_open(undefined);
    editing.change({ ...frame, stores: frame.stores.filter((_, i) => i !== index) }, '/stores');
    back();
  };
  const desk = { editing, pack, locked };
  const opened = open === undefined ? undefined : frame.stores[open];
  return <Desk.Provider value={desk}><Form.Provider value={{ editing: { rule: editing.frame, set }, pack, locked, found: editing.findings.value.filter(({ rule }) => !rule) }}>
    <div class="editor">
      {editing.offered.value && <div class="notice mind row" role="status"><span>{say('typed_before', { when: moment(editing.offered.value.at) })}</span>
        <button type="button" class="plain" onClick={() => editing.take()}>{say('take_typed')}</button><button type="button" class="plain" onClick={() => editing.leave()}>{say('drop_typed')}</button></div>}
      <Bar mend={mend} />
      <Summary go={go} />
      {editing.clash.value && <Conflict key={editing.clash.value.etag} clash={editing.clash.value} />}
      <p class="segs" role="group" aria-label={say('stores_parts')}>{views.map((one) => <button key={one} type="button" class="seg" aria-pressed={view === one} onClick={() => { set_view(one); set_open(undefined); }}>{say(one)}</button>)}</p>
      {view === 'stores' && opened && <StoreForm key={open} index={open as number} fresh={is_fresh(opened)} back={() => back(opened.id)} remove={() => remove(open as number)} now={now} />}
      {view === 'stores' && !opened && <List published={published} fleet={new Map(fleet?.stores.map((one) => [one.id, one]))} now={now} open={set_open} add={add} />}
      {view === 'stores_groups' && <Groups />}
      {view === 'stores_settings' && <Settings />}
    </div>
    {question}
  </Form.Provider></Desk.Provider>;
}

export default function Stores() {
  const { answer: all, wrong } = use_answer('packs', packs);
  const [chosen, choose] = useState<string>();
  const id = chosen ?? all?.find((one) => one.id === localStorage.getItem(kLast))?.id ?? all?.[0]?.id;
  const { answer, wrong: wrong_pack } = use_answer(`frame ${id ?? ''} ${session.value?.person.id ?? ''}`, async () => (id === undefined ? undefined : { pack: await pack_of(id), row: await frame_of(id) }));
  return <div class="at-rules">
    <div class="head"><div><h1>{say('stores')}</h1><p class="quiet">{say('stores_intro')}</p></div>
      {all && all.length > 1 && <Select label={say('rules.pack')} value={id ?? ''} options={all.map((one) => [one.id, one.name])} choose={(one) => { localStorage.setItem(kLast, one); choose(one); }} />}</div>
    {(wrong ?? wrong_pack) !== undefined && <Notice bad>{told(wrong ?? wrong_pack)}</Notice>}
    {all?.length === 0 && <p class="card empty">{say('rules.no_packs')}</p>}
    {!answer && wrong === undefined && wrong_pack === undefined && all?.length !== 0 && <Skeleton />}
    {answer && answer.pack.id === id && <Edit key={id} pack={answer.pack} row={answer.row} />}
  </div>;
}
