// Every version that was published of a pack, and the way back.
import { useState } from 'preact/hooks';

import { ask } from '../api';
import { count, moment } from '../format';
import { Notice, Select, use_answer } from '../parts';
import { told } from '../sign_in';
import { say } from './words';
import { AskWhy, asked } from './ask_why';
import { may, type Version } from './fleet';

const shown_rules = 4;

function out({ wave }: Version): string {
  if (!wave || wave.state === 'done') return say('tills_out_done');
  return say(`tills_out_${wave.state}`, { n: count(wave.wave), all: count(wave.waves.length) });
}

function Changed({ version, names }: { version: Version; names: Map<string, string> }) {
  const all = version.rules_changed;
  if (!all || (all.length === 0 && !version.frame_changed)) return <>{'\u2013'}</>;
  return <ul class="says">
    {version.frame_changed && <li>{say('tills_frame')} <span class="quiet">{say('tills_rule_changed')}</span></li>}
    {all.slice(0, shown_rules).map(({ id, what }) => <li key={id}>{names.get(id) ?? id} <span class="quiet">{say(`tills_rule_${what}`)}</span></li>)}
    {all.length > shown_rules && <li class="quiet">{say('tills_more', { n: count(all.length - shown_rules) })}</li>}
  </ul>;
}

export function History({ packs, again }: { packs: string[]; again: () => void }) {
  const [chosen, set_chosen] = useState<string>();
  const [done, set_done] = useState<string>();
  const pack = chosen ?? packs[0] ?? '';
  const back = Number(/^back (\d+)$/.exec(asked.value)?.[1] ?? 0);
  const { answer, wrong, again: once_more } = use_answer(`versions ${pack}`, async () => ({
    versions: (await ask<{ versions: Version[] }>('GET', `/v1/packs/${encodeURIComponent(pack)}/versions`)).versions,
    names: new Map((await ask<{ rules: { id: string; name: string }[] }>('GET', '/v1/rules')).rules.map(({ id, name }) => [id, name])),
  }));
  const send = async (why: string) => {
    const { version } = await ask<{ version: number }>('POST', `/v1/packs/${encodeURIComponent(pack)}/rollback`, { version: back, why });
    set_done(say('tills_back_done', { old: count(back), version: count(version) }));
    asked.value = '';
    once_more();
    again();
  };
  return <section class="card" aria-label={say('tills_versions')}>
    <div class="head"><h2>{say('tills_versions')}</h2>
      {packs.length > 1 && <Select label={say('tills_pack')} value={pack} options={packs.map((id) => [id, id])} choose={(id) => { set_chosen(id); asked.value = ''; }} />}</div>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {done && <Notice>{done}</Notice>}
    {back > 0 && <AskWhy key={back} title={say('tills_back_title', { version: count(back) })} text={say('tills_back_text')} button={say('tills_back_title', { version: count(back) })} send={send} />}
    {answer && <div class="wide versions" tabIndex={0} role="region" aria-label={say('tills_versions')}><table>
      <thead><tr><th scope="col">{say('tills_number')}</th><th scope="col">{say('when')}</th><th scope="col">{say('who')}</th><th scope="col">{say('why')}</th>
        <th scope="col">{say('tills_changed')}</th><th scope="col">{say('tills_out')}</th>{may('approver') && <td />}</tr></thead>
      <tbody>{answer.versions.map((one, index) => <tr key={one.version}>
        <th scope="row">{count(one.version)}</th><td>{moment(one.at)}</td><td>{one.who || <span class="quiet">{say('tills_program')}</span>}</td><td>{one.why ? <bdi>{one.why}</bdi> : '\u2013'}</td>
        <td><Changed version={one} names={answer.names} /></td><td>{out(one)}</td>
        {may('approver') && <td class="n">{index > 0 && <button class="plain" aria-label={say('tills_back_title', { version: count(one.version) })} onClick={() => { set_done(undefined); asked.value = `back ${one.version}`; }}>{say('tills_back')}</button>}</td>}
      </tr>)}</tbody>
    </table></div>}
  </section>;
}
