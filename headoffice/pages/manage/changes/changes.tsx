// The log of changes: who, when, what, from, to, why.
import { useEffect, useState } from 'preact/hooks';

import { ask, type Change } from '../api';
import { until_answered } from '../asking';
import { moment } from '../format';
import { Notice, Skeleton, use_answer } from '../parts';
import { told } from '../sign_in';
import { say } from '../words';
import { done } from './words';

const page = 50;

interface Chain { changes: number; whole: boolean; broken_at?: number }

/** Only what differs, member by member: the rest of a JSON object says nothing. */
function Side({ value, other }: { value: unknown; other: unknown }) {
  if (value === null || typeof value !== 'object') return <>{'\u2013'}</>;
  const was = (other ?? {}) as Record<string, unknown>;
  const shown = Object.entries(value).filter(([key, one]) => JSON.stringify(one) !== JSON.stringify(was[key]));
  return <code dir="ltr">{shown.map(([key, one]) => `${key}: ${typeof one === 'string' ? one : JSON.stringify(one)}`).join(', ')}</code>;
}

export function Changes() {
  const [rows, set_rows] = useState<Change[]>();
  const [wrong, set_wrong] = useState<unknown>();
  const [more, set_more] = useState(false);
  const { answer: chain } = use_answer('chain', () => ask<Chain>('GET', '/v1/changes/check'));
  const [before, set_before] = useState<number>();
  useEffect(() => until_answered(() => ask<{ changes: Change[] }>('GET', `/v1/changes?limit=${page}${before ? `&before=${before}` : ''}`), ({ changes }) => {
    set_rows((was) => [...(before ? was ?? [] : []), ...changes]);
    set_more(changes.length === page);
    set_wrong(undefined);
  }, set_wrong), [before]);
  return <>
    <h1>{say('changes')}</h1>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {chain && (chain.whole ? <p class="quiet">{say('chain_whole', { count: chain.changes })}</p> : <Notice bad>{say('chain_broken', { id: chain.broken_at ?? 0 })}</Notice>)}
    {!rows && wrong === undefined && <Skeleton />}
    {rows?.length === 0 && <p class="card empty">{say('no_changes')}</p>}
    {rows && rows.length > 0 && <section class="card"><div class="wide" tabIndex={0} role="region" aria-label={say('changes')}><table>
      <thead><tr><th scope="col">{say('when')}</th><th scope="col">{say('who')}</th><th scope="col">{say('what')}</th><th scope="col">{say('before')}</th><th scope="col">{say('after')}</th><th scope="col">{say('why')}</th></tr></thead>
      <tbody>{rows.map((row) => <tr key={row.id}>
        <td>{moment(row.at)}</td><th scope="row">{row.who}</th><td>{done(row.what)} <span class="quiet" dir="ltr">{row.subject}</span></td>
        <td><Side value={row.before} other={row.after} /></td><td><Side value={row.after} other={row.before} /></td><td>{row.why}</td>
      </tr>)}</tbody>
    </table></div>
    {more && <button class="plain" onClick={() => set_before(rows.at(-1)?.id)}>{say('more')}</button>}</section>}
  </>;
}
