// What differs from what runs, and who published what, when and why; each version can be looked at, and taken back.
import { useSignal } from '@preact/signals';

import { moment } from '../format';
import { lazy } from '../lazy';
import { say, type Word } from '../words';
import { Differences } from './compare';
import type { Editing } from './editing';
import type { Pack, Past as Version, RuleRow } from './model';

const Old = lazy(() => import('./more/more').then((more) => more.Old));

export function Past({ row, pack, editing }: { row: RuleRow; pack: Pack; editing: Editing }) {
  const history = row.history ?? [];
  const old = useSignal<Version | undefined>(undefined);
  return <>
    {row.draft && <section class="card"><h2>{say('rules.difference')}</h2>{row.draft.why && <p>{say('why')}: <bdi>{row.draft.why}</bdi></p>}
      <Differences pack={pack} from={row.published} to={row.draft.rule === null ? null : editing.rule.value} /></section>}
    <section class="card"><h2>{say('rules.history')}</h2>
      {history.length === 0 ? <p class="quiet">{say('rules.no_history')}</p> : <div class="wide" tabIndex={0} role="region" aria-label={say('rules.history')}><table>
        <thead><tr><th scope="col">{say('rules.version_short')}</th><th scope="col">{say('when')}</th><th scope="col">{say('who')}</th><th scope="col">{say('what')}</th><th scope="col">{say('why')}</th><td /></tr></thead>
        <tbody>{history.map((one) => <tr key={`${one.version}${one.at}`}><th scope="row">{one.version}</th><td>{moment(one.at)}</td><td>{one.who}</td><td>{say(`rules.past_${one.what ?? 'changed'}` as Word)}</td><td>{one.why || '\u2013'}</td>
          <td>{one.what !== 'removed' && <button type="button" class="plain" aria-label={say('rules.look_at', { version: one.version })} onClick={() => { old.value = one; }}>{say('rules.look')}</button>}</td></tr>)}</tbody>
      </table></div>}
    </section>
    {old.value && <Old pack={pack} row={row} past={old.value} editing={editing} close={() => { old.value = undefined; }} />}
  </>;
}
