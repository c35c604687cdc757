// What a rule was in a version, beside what is published now; and the way back to it.
import { useSignal } from '@preact/signals';

import { Refusal, session } from '../../api';
import { Dialog } from '../../dialog';
import { Notice, use_answer } from '../../parts';
import { told } from '../../sign_in';
import { Differences } from '../compare';
import type { Editing } from '../editing';
import { type Pack, type Past, type RuleRow, take_back, version_of } from '../model';
import { same } from '../pointer';
import { may } from '../rights';
import { say } from './words';

interface Props { pack: Pack; row: RuleRow; past: Past; editing: Editing; close: () => void }

export function Old({ pack, row, past, editing, close }: Props) {
  const { version } = past;
  const { answer: rule, wrong } = use_answer(`${row.id} ${version}`, () => version_of(pack.id, row.id, version));
  const late = useSignal(false);
  const { draft, published } = row;
  const current = rule !== undefined && same(rule, published);
  const scheduled = draft?.state === 'scheduled';
  const can = rule !== undefined && row.may_edit && may('edit', session.value?.person.role) && !scheduled && !(current && !draft);
  const act = async (why: string) => {
    if (editing.dirty.peek()) await editing.save();
    try {
      await take_back(pack.id, editing.row.peek() ?? row, version, why);
    } catch (error) {
      late.value = error instanceof Refusal && error.status === 412;
      if (late.value) await editing.load();
      throw error;
    }
    await editing.load();
  };
  const about = say('more_then', { version });
  return <Dialog wide title={about} button={can ? say('more_take_back') : undefined} keep={say('more_close')} why={can} close={close} act={act}>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {late.value && <p>{say('more_late')}</p>}
    {current ? <p>{say('more_same')}</p> : rule && <>{published && <p class="quiet">{say('more_then_text')}</p>}<Differences pack={pack} from={published} to={rule} head={say('more_column', { version })} /></>}
    {rule && scheduled && <p class="notice mind">{say('more_scheduled')}</p>}
    {can && draft && <p class="notice mind">{say('more_replaces', { who: draft.by })}</p>}
    {can && <p class="quiet">{say('more_goes')}</p>}
  </Dialog>;
}
