// What differs from what runs, and who published what, when and why.
import { moment } from '../format';
import { say, type Word } from '../words';
import { Differences } from './compare';
import type { Editing } from './editing';
import type { Pack, RuleRow } from './model';

export function Past({ row, pack, editing }: { row: RuleRow; pack: Pack; editing: Editing }) {
  const history = row.history ?? [];
  return <>
    {row.draft && <section class="card"><h2>{say('rules.difference')}</h2><Differences pack={pack} from={row.published} to={row.draft.rule === null ? null : editing.rule.value} /></section>}
    <section class="card"><h2>{say('rules.history')}</h2>
      {history.length === 0 ? <p class="quiet">{say('rules.no_history')}</p> : <div class="wide" tabIndex={0} role="region" aria-label={say('rules.history')}><table>
        <thead><tr><th scope="col">{say('rules.version_short')}</th><th scope="col">{say('when')}</th><th scope="col">{say('who')}</th><th scope="col">{say('what')}</th><th scope="col">{say('why')}</th></tr></thead>
        <tbody>{history.map((one) => <tr key={`${one.version}${one.at}`}><th scope="row">{one.version}</th><td>{moment(one.at)}</td><td>{one.who}</td><td>{say(`rules.past_${one.what ?? 'changed'}` as Word)}</td><td>{one.why || '\u2013'}</td></tr>)}</tbody>
      </table></div>}
    </section>
  </>;
}
