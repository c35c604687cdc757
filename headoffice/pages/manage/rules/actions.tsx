// What can be done with a rule now: save, discard, send, approve, publish, pause. One line that stays in sight.
import { type Signal, useSignal } from '@preact/signals';

import { lazy } from '../lazy';
import { Notice } from '../parts';
import { told } from '../sign_in';
import { say, type Word } from '../words';
import { Refusal, session } from '../api';
import { Differences } from './compare';
import { Dialog } from '../dialog';
import { duplicate } from './duplicate';
import type { Editing } from './editing';
import { type Pack, publish, type Step, take_step } from './model';
import { may } from './rights';
import { type Reach, reach_of, type Rollout } from './rollout';
import { Standing } from './standing';

const Publish = lazy(() => import('./more/more').then((more) => more.Publish));

type Ask = 'discard' | 'submit' | 'approve' | 'return' | 'publish' | 'publish_at' | 'archive';

interface Props { editing: Editing; pack: Pack; attempt: () => Promise<boolean>; refused: () => boolean; opened: Signal<boolean> }

export function Actions({ editing, pack, attempt, refused, opened }: Props) {
  const ask = useSignal<Ask | undefined>(undefined);
  const at = useSignal('');
  const wrong = useSignal<unknown>(undefined);
  const said = useSignal<Word | undefined>(undefined);
  const reach = useSignal<Reach>({ tills: [] });
  const row = editing.row.value;
  const draft = row?.draft ?? undefined;
  const role = session.value?.person.role;
  const own = session.value?.person.role === 'store-manager' ? session.value.person.stores : undefined;
  const editable = row ? row.may_edit : may('edit', role);
  const archives = draft !== undefined && draft.rule === null;
  const may_publish = may('publish', role, pack.approval);
  const direct = may_publish && !pack.approval;
  const close = () => { ask.value = undefined; };
  const step = (what: Step, stores?: string[]) => async (why: string) => {
    if (!row) return;
    try {
      await take_step(pack.id, row.id, what, why, stores);
    } catch (error) {
      // What is wrong with the rule is said at its fields.
      if (!(error instanceof Refusal) || error.status !== 422 || archives) throw error;
      editing.findings.value = error.errors.map((one) => ({ ...one, severity: one.severity ?? 'error' }));
      setTimeout(refused);
      return;
    }
    await editing.load();
    said.value = `rules.did_${what}` as Word;
  };
  const now = (what: Step) => { wrong.value = undefined; void step(what, own)(say(`rules.why_${what}` as Word)).catch((error: unknown) => { wrong.value = error; }); };
  const open = async (what: Ask) => {
    said.value = undefined;
    // What is sent is what stands here.
    if ((what === 'submit' || what.startsWith('publish')) && !archives && !(await attempt())) return;
    wrong.value = undefined;
    if (what.startsWith('publish')) {
      try {
        reach.value = await reach_of(pack);
      } catch (error) {
        wrong.value = error;
        return;
      }
    }
    ask.value = what;
  };
  const paused = row !== undefined && (row.state === 'paused' || row.paused_in.length > 0);
  const running = row?.published && (row.state === 'running' || row.state === 'scheduled');
  const copy = async () => {
    if (editing.dirty.peek() && !(await attempt())) return;
    wrong.value = undefined;
    await duplicate(pack, editing.rule.peek()).catch((error: unknown) => { wrong.value = error; });
  };
  /** Without approval the own word is enough: what is not approved yet is on the way out. */
  const send = async (why: string, rollout: Rollout | undefined, when?: string) => {
    const { id } = editing.rule.peek();
    if (direct && editing.row.peek()?.draft?.state !== 'approved') await take_step(pack.id, id, 'submit', why);
    await publish(pack.id, [id], why, rollout, when);
    await editing.load();
  };
  const button = (what: Ask, main = false) => <button type="button" class={main ? 'main' : 'plain'} onClick={() => void open(what)}>{say(`rules.${what}` as Word)}</button>;
  const form_open = opened.value && editable && draft?.state !== 'scheduled' && !archives;
  const waiting = draft?.state === 'waiting' && !editing.dirty.value;
  const approved = draft?.state === 'approved' && !editing.dirty.value;
  const changed = editable && ((form_open && (draft || editing.dirty.value || editing.id === undefined)) || archives) && !waiting && !approved;
  const from = row?.published ?? null;
  const to = archives ? null : editing.rule.value;
  return <>
    {wrong.value !== undefined && <Notice bad>{told(wrong.value)}</Notice>}
    {said.value && <Notice>{say(said.value)}</Notice>}
    <div class="actions" role="toolbar" aria-label={say('rules.actions')}>
      <Standing saving={editing.state.value === 'saving'} dirty={editing.dirty.value} here={editing.away.value || editing.mistakes.value.length > 0} draft={draft} fresh={editing.id === undefined} />
      <span class="space" />
      {row?.published && !opened.value && editable && <button type="button" class="main" onClick={() => { opened.value = true; }}>{say('rules.edit')}</button>}
      {paused && may('resume', role) && <button type="button" class="plain" onClick={() => now('resume')}>{say('rules.resume')}</button>}
      {running && may('pause', role) && <button type="button" class="plain" onClick={() => now('pause')}>{say('rules.pause')}</button>}
      {row && editable && <button type="button" class="plain" onClick={() => void copy()}>{say('rules.duplicate')}</button>}
      {row?.published && !draft && editable && !editing.dirty.value && may('archive', role) && button('archive')}
      {((form_open && (draft || editing.dirty.value)) || archives) && editable && button('discard')}
      {form_open && <button type="button" class="plain" aria-disabled={!editing.dirty.value && !editing.tried.value && editing.id !== undefined} onClick={() => void attempt()}>{say('rules.save_draft')}</button>}
      {changed && !direct && button('submit', true)}
      {waiting && editable && button('return')}
      {waiting && row?.may_approve && button('approve', true)}
      {(approved || (changed && direct)) && may_publish && <>{button('publish_at')}{button('publish', true)}</>}
      {draft?.state === 'scheduled' && editable && button('return')}
    </div>
    {waiting && !row?.may_approve && may('approve', role) && <p class="quiet">{say('rules.not_own')}</p>}
    {ask.value === 'discard' && <Dialog title={say('rules.discard_title')} button={say('rules.discard')} danger close={close} act={async () => {
      const gone = await editing.discard();
      opened.value = gone;
      if (gone) location.hash = `#rules/${encodeURIComponent(pack.id)}`;
    }}><p>{say(row?.published ? 'rules.discard_text' : 'rules.discard_new')}</p></Dialog>}
    {(['submit', 'approve', 'return'] as const).map((what) => ask.value === what && <Dialog key={what} wide title={say(`rules.${what}_title`)} button={say(`rules.${what}`)} why close={close} act={step(what)}>
      <Differences pack={pack} from={from} to={to} /></Dialog>)}
    {ask.value === 'archive' && <Dialog title={say('rules.archive_title')} button={say('rules.archive')} why close={close} act={step('archive')}><p>{say('rules.archive_text')}</p></Dialog>}
    {ask.value === 'publish' && <Publish wide pack={pack} reach={reach.value} title={say('rules.publish_title')} button={say('rules.publish')} close={close}
      act={async (why, rollout) => { await send(why, rollout); opened.value = false; said.value = rollout ? 'rules.did_waves' : 'rules.did_publish'; }}>
      <Differences pack={pack} from={from} to={to} /></Publish>}
    {ask.value === 'publish_at' && <Publish pack={pack} reach={reach.value} title={say('rules.publish_at')} button={say('rules.schedule')} close={close}
      act={async (why, rollout) => { await send(why, rollout, at.peek()); said.value = 'rules.did_schedule'; }}>
      <div class="field"><label for="publish-at">{say('rules.when_at')}</label><input id="publish-at" type="datetime-local" required value={at.value} onInput={(event) => { at.value = event.currentTarget.value; }} /><span class="quiet">{say('rules.local_time')}</span></div></Publish>}
  </>;
}
