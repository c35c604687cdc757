// What can be done with the changes now: save, discard, send, approve, publish. One line that stays in sight.
import { useSignal } from '@preact/signals';

import { Refusal, session } from '../api';
import { Dialog } from '../dialog';
import { lazy } from '../lazy';
import { Notice } from '../parts';
import type { Step } from '../rules/model';
import { may } from '../rules/rights';
import { type Reach, reach_of } from '../rules/rollout';
import { Standing } from '../rules/standing';
import { problem_words } from '../seldom/seldom';
import { told } from '../sign_in';
import { Differences } from './compare';
import { use_desk } from './context';
import { publish_frame, step_frame } from './model';
import { say, type Word } from './words';

const Publish = lazy(() => import('../rules/more/more').then((more) => more.Publish));

type Ask = 'discard' | 'submit' | 'approve' | 'return' | 'publish' | 'publish_at';

/** `mend`: something is wrong, show where. */
export function Bar({ mend }: { mend: () => void }) {
  const { editing, pack, locked } = use_desk();
  const ask = useSignal<Ask | undefined>(undefined);
  const at = useSignal('');
  const wrong = useSignal<unknown>(undefined);
  const said = useSignal<Word | undefined>(undefined);
  const reach = useSignal<Reach>({ tills: [] });
  const row = editing.row.value;
  const { draft } = row;
  const role = session.value?.person.role;
  const dirty = editing.dirty.value;
  const may_publish = may('publish', role, pack.approval);
  const direct = may_publish && !pack.approval;
  const close = () => { ask.value = undefined; };
  const errors = () => editing.findings.peek().some(({ severity }) => severity === 'error');
  const save = async (): Promise<boolean> => {
    said.value = undefined;
    if (!(await editing.save())) return false;
    if (errors()) {
      said.value = 'stores_saved_wrong';
      mend();
      return false;
    }
    return true;
  };
  const step = (what: Step) => async (why: string) => {
    try {
      await step_frame(pack.id, what, why, editing.row.peek().draft?.etag ?? '');
    } catch (error) {
      // What is wrong is said at its place.
      if (!(error instanceof Refusal) || error.status !== 422) throw error;
      editing.told(error);
      setTimeout(mend);
      return;
    }
    await editing.load();
    said.value = `rules.did_${what}` as Word;
  };
  const open = async (what: Ask) => {
    said.value = undefined;
    wrong.value = undefined;
    // What is sent is what stands here.
    if (what !== 'discard' && what !== 'return' && what !== 'approve' && (dirty || what === 'submit') && !(await save())) return;
    if (what === 'publish' || what === 'publish_at') {
      try {
        const fleet = await reach_of(pack);
        reach.value = fleet;
      } catch (error) {
        wrong.value = error;
        return;
      }
    }
    ask.value = what;
  };
  const put_out = async (why: string, rollout: Parameters<typeof publish_frame>[2], when?: string) => {
    try {
      // Without approval the own word is enough.
      const now = editing.row.peek().draft;
      if (direct && now && now.state !== 'approved') await step_frame(pack.id, 'submit', why, now.etag);
      await publish_frame(pack.id, why, rollout, when);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422 || error.errors.every(({ pointer }) => !/^\/(stores|settings)/.test(pointer))) throw error;
      editing.told(error);
      setTimeout(mend);
      return;
    }
    await editing.load();
    said.value = when ? 'rules.did_schedule' : rollout ? 'rules.did_waves' : 'rules.did_publish';
  };
  const button = (what: Ask, main = false) => <button type="button" class={main ? 'main' : 'plain'} onClick={() => void open(what)}>{say(`rules.${what}` as Word)}</button>;
  const waiting = draft?.state === 'waiting' && !dirty;
  const approved = draft?.state === 'approved' && !dirty;
  const scheduled = draft?.state === 'scheduled';
  const changed = !locked && (draft || dirty) && !waiting && !approved;
  const differences = <Differences from={row.published} to={editing.frame.value} />;
  return <>
    {wrong.value !== undefined && <Notice bad>{told(wrong.value)}</Notice>}
    {editing.wrong.value !== undefined && <Notice bad>{told(editing.wrong.value)}</Notice>}
    {said.value && <Notice bad={said.value === 'stores_saved_wrong'}>{say(said.value)}</Notice>}
    {draft?.failed && <Notice bad>{say('rules.schedule_failed', { why: problem_words(draft.failed.code, draft.failed.why) ?? draft.failed.why })}</Notice>}
    {(row.may_edit || row.may_approve || draft) && <div class="actions" role="toolbar" aria-label={say('stores_actions')}>
      <Standing saving={editing.saving.value} dirty={dirty} here={editing.away.value} draft={draft} />
      <span class="space" />
      {row.may_edit && (draft || dirty) && !scheduled && button('discard')}
      {!locked && <button type="button" class="plain" aria-disabled={!dirty} onClick={() => { if (dirty) void save(); }}>{say('rules.save_draft')}</button>}
      {changed && !direct && button('submit', true)}
      {(waiting || scheduled) && row.may_edit && button('return')}
      {waiting && row.may_approve && button('approve', true)}
      {(approved || (changed && direct)) && may_publish && <>{button('publish_at')}{button('publish', true)}</>}
    </div>}
    {waiting && !row.may_approve && may('approve', role) && <p class="quiet">{say('rules.not_own')}</p>}
    {ask.value === 'discard' && <Dialog title={say('rules.discard_title')} button={say('rules.discard')} danger close={close} act={() => editing.discard()}><p>{say('stores_discard_text')}</p></Dialog>}
    {(['submit', 'approve', 'return'] as const).map((what) => ask.value === what && <Dialog key={what} wide title={say(`rules.${what}_title`)} button={say(`rules.${what}`)} why close={close} act={step(what)}>{differences}</Dialog>)}
    {ask.value === 'publish' && <Publish wide pack={{ ...pack, stores: editing.frame.value.stores }} reach={reach.value} title={say('rules.publish_title')} button={say('rules.publish')} close={close} act={(why, rollout) => put_out(why, rollout)}>{differences}</Publish>}
    {ask.value === 'publish_at' && <Publish pack={pack} reach={reach.value} title={say('rules.publish_at')} button={say('rules.schedule')} close={close} act={(why, rollout) => put_out(why, rollout, at.peek())}>
      <div class="field"><label for="publish-at">{say('rules.when_at')}</label><input id="publish-at" type="datetime-local" required value={at.value} onInput={(event) => { at.value = event.currentTarget.value; }} /><span class="quiet">{say('rules.local_time')}</span></div></Publish>}
  </>;
}
