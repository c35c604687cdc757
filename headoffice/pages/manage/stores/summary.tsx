// What head office found, in words, on top of the forms, with the way to each place.
import { wording } from '../rules/findings';
import type { Finding } from '../rules/model';
import { use_desk } from './context';
import { label_at } from './names';
import { say } from './words';

export function Summary({ go }: { go: (pointer: string) => void }) {
  const { editing, pack } = use_desk();
  const frame = editing.frame.value;
  const link = (one: Finding) => {
    if (one.rule) return <><a href={`#rules/${encodeURIComponent(pack.id)}/${encodeURIComponent(one.rule)}`}>{say('stores_rule_needs', { rule: `\u2068${one.rule}\u2069` })}</a> {wording(one)}</>;
    const label = label_at(one.pointer, frame);
    return <a href="#stores" onClick={(event) => { event.preventDefault(); event.stopPropagation(); go(one.pointer); }}>{label ? `${label}: ${wording(one)}` : wording(one)}</a>;
  };
  const list = (severity: 'error' | 'warning', word: 'rules.wrong' | 'rules.warned') => {
    const all = editing.findings.value.filter((one) => one.severity === severity);
    if (all.length === 0) return null;
    return <section class={`notice summary ${severity === 'error' ? 'bad' : 'mind'}`} role={severity === 'error' ? 'alert' : undefined}><strong>{say(word, { count: all.length })}</strong>
      <ul>{all.map((one, i) => <li key={i}>{link(one)}</li>)}</ul></section>;
  };
  return <>{list('error', 'rules.wrong')}{list('warning', 'rules.warned')}</>;
}
