// A store's tills: how each is, and what it tells of itself.
import { count, moment } from '../format';
import { is_word, say } from './words';
import { Badge } from './badge';
import { needs, type Place, type Till } from './fleet';
import { ago, clock } from './format';

const clock_off = 120_000;
/** What these say is all there is to say. */
const plain = ['disk_full', 'outbox_degraded', 'no_rules', 'clock_unset'];

/** What a till tells of itself, and what is seen from here, in words; the worst first. */
function tells({ report, refused, state }: Till): { text: string; detail?: string }[] {
  const out: { text: string; detail?: string }[] = [];
  if (refused && state === 'refused') out.push({ text: say('tills_refused'), detail: refused.why });
  for (const { code, detail } of report?.alarms ?? []) {
    const word = `tills_alarm_${code}`;
    // Of rules that did not pass it is told already.
    if (code === 'rules' && state === 'refused') continue;
    out.push(is_word(word) ? { text: say(word), ...(plain.includes(code) ? {} : { detail }) } : { text: detail });
  }
  if (report && report.outbox.quarantined > 0) out.push({ text: say('tills_aside', { n: count(report.outbox.quarantined) }) });
  if (report && Math.abs(report.clock_ms) > clock_off) out.push({ text: say('tills_clock_wrong') });
  return out;
}

function Rules({ till }: { till: Till }) {
  const runs = till.running?.version;
  return <>
    {runs ? say('tills_version', { version: count(runs) }) : till.running ? say('tills_other_rules') : '\u2013'}
    {till.told !== undefined && till.last_seen && runs !== till.told && <span class="note">{say('tills_may', { version: count(till.told) })}</span>}
  </>;
}

function Row({ till, now }: { till: Till; now: string }) {
  const { report } = till;
  const lacking = report !== undefined && report.pictures.present < report.pictures.wanted;
  const said = tells(till);
  return <tr>
    <th scope="row">{till.id}</th>
    <td><Badge state={till.state} text={say(`tills_state_${till.state}`)} />
      {said.length > 0 && <ul class="says">{said.map(({ text, detail }) => <li key={text}><bdi>{text}</bdi>{detail && <span class="note"><bdi>{detail}</bdi></span>}</li>)}</ul>}</td>
    <td>{till.last_seen ? <time dateTime={till.last_seen} title={moment(till.last_seen)}>{ago(till.last_seen, now)}</time> : '\u2013'}</td>
    <td><Rules till={till} /></td>
    <td class="n">{report ? count(report.outbox.pending) : '\u2013'}</td>
    <td class={lacking ? 'n lacking' : 'n'}>{report ? say('tills_of', { n: count(report.pictures.present), all: count(report.pictures.wanted) }) : '\u2013'}</td>
    <td>{report ? clock(report.clock_ms) : '\u2013'}</td>
  </tr>;
}

export function OneStore({ store, now, only }: { store: Place; now: string; only: boolean }) {
  const rows = only ? store.terminals.filter(needs) : store.terminals;
  if (rows.length === 0) return null;
  const fine = store.terminals.filter(({ state }) => state === 'fine').length;
  return <section class="card">
    <div class="head"><h2><bdi>{store.name}</bdi></h2><span class="quiet">{say('tills_fine', { n: count(fine), all: count(store.terminals.length) })}</span></div>
    <div class="wide tills" tabIndex={0} role="region" aria-label={store.name}><table>
      <thead><tr><th scope="col">{say('tills_till')}</th><th scope="col">{say('state')}</th><th scope="col">{say('tills_seen')}</th><th scope="col">{say('tills_rules')}</th>
        <th scope="col" class="n">{say('tills_pending')}</th><th scope="col" class="n">{say('tills_pictures')}</th><th scope="col">{say('tills_clock')}</th></tr></thead>
      <tbody>{rows.map((till) => <Row key={till.id} till={till} now={now} />)}</tbody>
    </table></div>
  </section>;
}
