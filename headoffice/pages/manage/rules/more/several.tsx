// One field of several rules: each gets a draft of its own, on its own tag. What cannot be changed is said, rule by rule.
import { type ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';

import { Refusal } from '../../api';
import { Dialog } from '../../dialog';
import { Select } from '../../parts';
import { told } from '../../sign_in';
import type { Done } from '../bulk';
import { discard_draft, keep_draft, newest, type Pack, type Rule, type RuleRow } from '../model';
import { put, same } from '../pointer';
import { whole } from '../rollout';
import { conditions_of, kind_of, with_conditions } from '../sentence';
import { say } from './words';

type Field = 'holdout_percent' | 'priority' | 'ends';
const fields: Field[] = ['holdout_percent', 'priority', 'ends'];
const bounds = { holdout_percent: [0, 90], priority: [1, 100] } as const;

interface Left { row: RuleRow; why: string }
interface Days { from?: string; to?: string }

/** The rule with this as its last day; empty: without one. */
export function ending(rule: Rule, day: string): Rule {
  const all = conditions_of(rule.when);
  const at = all.findIndex((one) => kind_of(one) === 'dates');
  const { to, ...from } = (all[at]?.['dates'] ?? {}) as Days;
  void to;
  const days: Days = { ...from, ...(day ? { to: day } : {}) };
  const rest = all.filter((_, i) => i !== at);
  const next = Object.keys(days).length === 0 ? rest : at < 0 ? [...all, { dates: days }] : all.map((one, i) => (i === at ? { dates: days } : one));
  return put(rule, '/when', with_conditions(rule.when, next));
}
const begins = (rule: Rule): string => conditions_of(rule.when).flatMap((one) => ((one['dates'] as Days | undefined)?.from ?? [])).sort().at(-1) ?? '';

const content = (row: RuleRow): Rule | null => newest(row) ?? null;
/** Why a rule is left alone before anybody is asked: what somebody has handed on is theirs to judge. */
function spared(row: RuleRow, field: Field, value: string): string | undefined {
  const { draft } = row;
  const rule = content(row);
  if (!row.may_edit) return say('more_not_yours');
  if (draft?.rule === null || !rule) return say('more_archived');
  if (draft && draft.state !== 'draft') return say(draft.state === 'scheduled' ? 'rules.state_scheduled' : 'rules.state_waiting');
  return field === 'ends' && value && begins(rule) > value ? say('more_begins_later') : undefined;
}

const refused = (error: unknown): string => (error instanceof Refusal && (error.status === 412 || error.status === 428) ? say('more_changed') : told(error));

function Remaining({ pack, left }: { pack: Pack; left: Left[] }) {
  return <section class="notice bad summary" role="alert"><strong>{say('more_left', { count: left.length })}</strong>
    <ul>{left.map(({ row, why }) => <li key={row.id}><a href={`#rules/${encodeURIComponent(pack.id)}/${encodeURIComponent(row.id)}`}><bdi>{row.name || row.id}</bdi></a>: {why}</li>)}</ul></section>;
}

interface Props { pack: Pack; rows: RuleRow[]; begin: (done: Done) => void; leave: (what: ComponentChildren) => void; again: () => void; close: () => void }

export function Several({ pack, rows, begin, leave, again, close }: Props) {
  const field = useSignal<Field>('holdout_percent');
  const typed = useSignal('');
  const tried = useSignal(false);
  const number = whole(typed.value);
  const range = field.value === 'ends' ? undefined : bounds[field.value];
  const wrong = range !== undefined && !(number >= range[0] && number <= range[1]);
  const value = typed.value.trim();
  const alone = rows.flatMap((row): Left[] => { const why = spared(row, field.value, value); return why === undefined ? [] : [{ row, why }]; });
  const say_left = (left: Left[]) => leave(left.length > 0 ? <Remaining pack={pack} left={left} /> : undefined);
  const act = async () => {
    const changed: { row: RuleRow; etag: string }[] = [];
    const left = [...alone];
    let already = 0;
    for (const row of rows) {
      const rule = content(row);
      if (!rule || alone.some((one) => one.row === row)) continue;
      const next = field.value === 'ends' ? ending(rule, value) : put(rule, `/${field.value}`, number);
      if (same(next, rule)) {
        already += 1;
        continue;
      }
      try {
        changed.push({ row, etag: (await keep_draft(pack.id, next, row.draft?.etag, row.draft ? undefined : row.published_etag ?? undefined)).etag });
      } catch (error) {
        left.push({ row, why: refused(error) });
      }
    }
    const back = async () => {
      const kept: Left[] = [];
      for (const { row, etag } of changed) {
        const work = row.draft?.rule ? keep_draft(pack.id, row.draft.rule, etag, undefined) : discard_draft(pack.id, row.id, etag);
        await work.catch((error: unknown) => { kept.push({ row, why: refused(error) }); });
      }
      say_left(kept);
    };
    const text = () => `${say('more_done', { count: changed.length })}${already > 0 ? ` ${say('more_already', { count: already })}` : ''}`;
    begin({ text, ...(changed.length > 0 ? { back } : {}) });
    say_left(left);
    again();
  };
  const hint = range ? say('more_between', { least: range[0], most: range[1] }) : say('more_no_end');
  const shown = tried.value && wrong;
  const input = {
    id: 'several-value', autocomplete: 'off', value: typed.value, 'aria-invalid': shown, 'aria-describedby': 'several-about',
    onInput: (event: { currentTarget: HTMLInputElement }) => { typed.value = event.currentTarget.value; },
  } as const;
  return <Dialog title={say('more_change', { count: rows.length })} button={say('more_keep')} close={close} ready={() => { tried.value = true; return !wrong && alone.length < rows.length; }} act={act}>
    <p class="quiet">{say('more_drafts')}</p>
    <div class="grid">
      <Select label={say('more_field')} value={field.value} options={fields.map((one) => [one, say(one === 'ends' ? 'rules.last_day' : one === 'priority' ? 'rules.priority' : 'rules.holdout')])} choose={(one) => { field.value = one as Field; typed.value = ''; tried.value = false; }} />
      <div class="field short"><label for="several-value">{say('more_value')}</label>
        <span class="with-unit">{range ? <input key="number" type="text" inputMode="numeric" {...input} /> : <input key="day" type="date" min="2020-01-01" max="2099-12-31" {...input} />}
          {field.value === 'holdout_percent' && <span class="unit">%</span>}</span>
        <span id="several-about" class={shown ? 'wrong' : 'quiet'}>{hint}</span></div>
    </div>
    {alone.length > 0 && <section class="notice mind summary"><strong>{say('more_left', { count: alone.length })}</strong><ul>{alone.map(({ row, why }) => <li key={row.id}><bdi>{row.name || row.id}</bdi>: {why}</li>)}</ul></section>}
  </Dialog>;
}
