// One rule: what is published, and its draft as a form with a preview beside it.
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';

import { language } from '../../../../sdk/js/shared/i18n';
import { online, session } from '../api';
import { until_answered } from '../asking';
import { moment } from '../format';
import { use_guard } from '../dialog';
import { lazy } from '../lazy';
import { Notice, Skeleton } from '../parts';
import { problem_words } from '../seldom/seldom';
import { told } from '../sign_in';
import { say, type Word } from '../words';
import { Actions } from './actions';
import { Editing } from './editing';
import { is_fresh_copy } from './duplicate';
import { at_field, focus_on, Summary } from './findings';
import { Form } from './form/field';
import { RuleForm } from './form/rule_form';
import type { Kind, Pack } from './model';
import { Past } from './past';
import { Preview, type Surface } from './preview';
import { Replay } from './replay';
import { StateWord } from './list';

export { duplicate } from './duplicate';

/** Of two versions, when there are two. */
const Conflict = lazy(() => import('./more/more').then((more) => more.Conflict));

const to_list = (pack: Pack) => `#rules/${encodeURIComponent(pack.id)}`;

function Head({ editing, pack, kind }: { editing: Editing; pack: Pack; kind: Kind }) {
  const row = editing.row.value;
  return <><p class="back"><a href={to_list(pack)}>{say('rules.back')}</a></p>
    <div class="head"><div><h1 dir="auto">{editing.rule.value.name || say('rules.new_of', { kind: say(`rules.kind_${kind}` as Word) })}</h1>
      <p class="quiet">{row && <StateWord row={row} />} {say(`rules.kind_${kind}` as Word)}{row?.published ? ` · ${say('rules.version', { version: row.version })}` : ''}</p></div></div></>;
}

function Offered({ editing }: { editing: Editing }) {
  const found = editing.offered.value;
  if (!found) return null;
  return <div class="notice mind row" role="status"><span>{say('typed_before', { when: moment(found.at) })}</span>
    <button class="plain" onClick={() => editing.take()}>{say('take_typed')}</button><button class="plain" onClick={() => editing.leave()}>{say('drop_typed')}</button></div>;
}

export function Editor({ pack, id, kind }: { pack: Pack; id: string | undefined; kind: Kind | undefined }) {
  const editing = useMemo(() => new Editing(pack, id, kind), [pack, id, kind]);
  const [wrong, set_wrong] = useState<unknown>();
  const [tries, set_tries] = useState(0);
  const [copied] = useState(() => is_fresh_copy(pack, id));
  const opened = useSignal(id === undefined);
  const surface = useSignal<Surface>('till');
  const tag = useSignal(pack.languages.includes(language.value) ? language.value : pack.languages[0] ?? 'en');
  useEffect(() => {
    const enough = until_answered(() => editing.load(), () => set_wrong(undefined), set_wrong);
    return () => { enough(); editing.stop(); };
  }, [editing]);
  const ready = editing.state.value !== 'loading';
  useLayoutEffect(() => {
    if (!ready || (id !== undefined && !copied)) return;
    focus_on('/name');
    if (copied) (document.activeElement as HTMLInputElement).select();
  }, [ready]);
  const question = use_guard({ held: () => editing.dirty.peek(), own: () => `${to_list(pack)}/${encodeURIComponent(editing.rule.peek().id) || `+${kind ?? ''}`}`, kept: true, left: () => editing.abandon() });
  // Back at head office, or signed in again: what waits goes on its way.
  useEffect(() => { if (online.value && session.value) editing.back(); }, [online.value, session.value]);
  const attempt = async (): Promise<boolean> => {
    editing.tried.value = true;
    if (editing.mistakes.peek().length > 0) {
      set_tries((n) => n + 1);
      return false;
    }
    const kept = await editing.save();
    return !refused() && kept;
  };
  /** Whether head office finds mistakes; then the first of them has the focus. */
  const refused = (): boolean => {
    const wrong = editing.findings.peek().some(({ severity }) => severity === 'error');
    if (wrong) set_tries((n) => n + 1);
    return wrong;
  };
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      if (opened.peek() && !locked()) void attempt();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, [editing]);
  const locked = () => {
    const row = editing.row.peek();
    return !opened.peek() || row?.may_edit === false || row?.draft?.state === 'scheduled' || row?.draft?.rule === null;
  };

  if (wrong !== undefined && editing.state.value === 'loading') return <><p class="back"><a href={to_list(pack)}>{say('rules.back')}</a></p><Notice bad>{told(wrong)}</Notice></>;
  if (editing.state.value === 'loading') return <Skeleton />;
  const row = editing.row.value;
  if (row?.draft && row.draft.rule && !opened.peek()) opened.value = true;
  const clash = editing.conflict.value;
  const rule = editing.rule.value;
  const shut = (void opened.value, locked());
  const found = [...(editing.tried.value ? editing.mistakes.value : []), ...editing.findings.value].map((one) => at_field(one, rule));
  const reveal = (pointer: string) => {
    const [, member, language] = pointer.split('/');
    if (/^(kiosk_|complete_)?text$/.test(member ?? '') && language) tag.value = language;
  };
  return <div class="editor">
    <Head editing={editing} pack={pack} kind={rule.kind} />
    <Offered editing={editing} />
    {copied && <Notice>{say('rules.did_duplicate')}</Notice>}
    {editing.away.value && <Notice bad>{say('rules.away')}</Notice>}
    {editing.wrong.value !== undefined && <Notice bad>{told(editing.wrong.value)}</Notice>}
    {row?.draft?.failed && <Notice bad>{say('rules.schedule_failed', { why: problem_words(row.draft.failed.code, row.draft.failed.why) ?? row.draft.failed.why })}</Notice>}
    {clash ? <Conflict editing={editing} clash={clash} pack={pack} done={() => set_wrong(undefined)} /> : <Form.Provider value={{ editing, pack, locked: shut, found }}>
      <Actions editing={editing} pack={pack} attempt={attempt} refused={refused} opened={opened} />
      <Summary found={found} shown={tries} reveal={reveal} />
      <div class={`beside with-${surface.value}`}>
        <div><RuleForm tag={tag} /><Replay editing={editing} attempt={attempt} /><button type="button" class="plain skip" onClick={() => document.querySelector<HTMLElement>('.actions .main')?.focus()}>{say('rules.actions')}</button>{row && <Past row={row} pack={pack} editing={editing} />}</div>
        <aside><Preview editing={editing} pack={pack} tag={tag} surface={surface} /></aside>
      </div>
    </Form.Provider>}
    {question}
  </div>;
}
