// Where the changes stand: not kept yet, or in whose draft since when. One line that is told when it changes.
import { moment } from '../format';
import { say, type Word } from '../words';
import type { Draft } from './model';

interface Props { saving: boolean; dirty: boolean; here: boolean; draft: Pick<Draft, 'state' | 'by' | 'at' | 'publish_at' | 'rollout'> | null | undefined; fresh?: boolean }

/** `here`: what is typed is kept in this browser alone. `fresh`: there is nothing yet that could be changed. */
export function Standing({ saving, dirty, here, draft, fresh = false }: Props) {
  const text = saving ? say('rules.saving')
    : dirty ? say(here ? 'rules.kept_here' : 'rules.unsaved')
    : draft ? say(`rules.is_${draft.state}` as Word, { who: draft.by, when: moment(draft.at), on: draft.publish_at ? draft.publish_at.replace('T', ' ') : '' }) : fresh ? '' : say('rules.no_changes');
  const waves = draft?.rollout && !dirty ? ` · ${say('rules.in_waves')}` : '';
  return <span class={dirty ? 'status is-dirty' : 'status'} role="status">{text}{waves}</span>;
}
