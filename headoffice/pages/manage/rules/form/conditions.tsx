// Conditions that must all hold, one row each. What has no row of its own (any of, none of) stands in words, and stays as it is.
import { condition_pointer } from '../check';
import type { Condition, Rule } from '../model';
import { condition_words, conditions_of, kind_of, where_and_when, with_conditions } from '../sentence';
import { say, type Word } from '../../words';
import { Body, blank_condition, has_row } from './condition';
import { Remove, use_field, use_form } from './field';

const basket = ['has', 'lacks', 'total', 'items', 'lines', 'distinct', 'segment', 'first_visit', 'bought', 'not_bought', 'fact', 'stock'];

function Row({ rule, condition, index }: { rule: Rule; condition: Condition; index: number }) {
  const { pack, set, found } = use_form();
  const kind = kind_of(condition);
  const at = condition_pointer(rule.when, index);
  const all = conditions_of(rule.when);
  const wrong = found.some(({ pointer }) => pointer.startsWith(at));
  const words = condition_words(pack, condition);
  return <li class={has_row(kind, condition[kind]) ? 'condition' : 'condition in-words'}>
    {has_row(kind, condition[kind])
      ? <><span class="lead">{say(`rules.if_${kind}` as Word)}</span><Body kind={kind} at={`${at}/${kind}`} /></>
      : <><span class="words" tabIndex={wrong ? 0 : -1} data-at={at}>{words}</span><span class="note">{say('rules.in_words')}</span></>}
    <Remove what={words} act={() => set('/when', with_conditions(rule.when, all.filter((_, i) => i !== index)))} />
  </li>;
}

/** `where`: dates, hours, stores, channels; otherwise what is asked of the basket and the customer. */
export function Conditions({ where }: { where: boolean }) {
  const { rule, set, locked } = use_form();
  const { about, below } = use_field('/when');
  const all = conditions_of(rule.when);
  const rows = all.map((condition, index) => ({ condition, index })).filter(({ condition }) => where_and_when.includes(kind_of(condition)) === where);
  const there = new Set(all.map(kind_of));
  // Once is enough of these: a second one could only take away.
  const kinds = (where ? where_and_when : basket).filter((kind) => ['has', 'lacks', 'bought', 'not_bought', 'fact'].includes(kind) || !there.has(kind))
    .filter((kind) => !(rule.kind === 'receipt' && (kind === 'channel' || kind === 'moment')));
  const add = (kind: string) => {
    set('/when', with_conditions(rule.when, [...all, blank_condition(kind)]));
    setTimeout(() => document.querySelector<HTMLElement>(`.editor [data-at^="/when"][data-at*="/${kind}"]`)?.focus());
  };
  return <>
    {rows.length > 0 && <ul class="conditions">{rows.map(({ condition, index }) => <Row key={index} rule={rule} condition={condition} index={index} />)}</ul>}
    {!locked && <label class="add"><span class="unseen">{say(where ? 'rules.add_where' : 'rules.add_condition')}</span>
      <select {...(where ? {} : { 'data-at': about['data-at'], 'aria-invalid': about['aria-invalid'], 'aria-describedby': about['aria-describedby'] })} value="" onChange={(event) => { const kind = event.currentTarget.value; event.currentTarget.value = ''; if (kind) add(kind); }}>
        <option value="">{say(where ? 'rules.add_where' : 'rules.add_condition')}</option>
        {kinds.map((kind) => <option key={kind} value={kind}>{say(`rules.kind_of_${kind}` as Word)}</option>)}
      </select></label>}
    {!where && below}
  </>;
}
