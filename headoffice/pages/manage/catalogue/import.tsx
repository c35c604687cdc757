// A CSV of products in two steps: what it would change, row by row, and only then its doing.
import { useRef, useState } from 'preact/hooks';

import { language } from '../../../../sdk/js/shared/i18n';
import { Refusal } from '../api';
import { decimal_sign } from '../cash';
import { use_guard } from '../dialog';
import { Field, Notice, Select } from '../parts';
import { told } from '../sign_in';
import { sample } from './draft';
import { Drop } from './drop';
import { apply, check_file, type Head, type ImportRow, more_rows, type Problem, type Report, type What } from './model';
import { say } from './words';

const kinds: What[] = ['refused', 'changed', 'new', 'unchanged'];

/** What was expected there, in the reader's words. */
function expected({ code, column, expected: said }: Problem, head: Head, locale: string): string {
  switch (code) {
    case 'amount': return say('x_amount', { sample: sample(head.exponent, locale) });
    case 'choice': return say(column === 'stock' ? 'x_stock' : 'x_yes');
    case 'text': return say(column.startsWith('name') ? 'x_name' : 'x_text');
    case 'category': case 'key': case 'product': case 'missing': case 'repeated': case 'cells': case 'admin': return say(`x_${code}`);
    default: return said;
  }
}
function wrong_words(problem: Problem, head: Head, locale: string): string {
  const places = { column: problem.column, found: `“${problem.found}”`, expected: expected(problem, head, locale) };
  if (!problem.column) return say('wrong_row', places);
  return say(problem.found && !['admin', 'repeated', 'missing'].includes(problem.code) ? 'wrong' : 'wrong_empty', places);
}

function Line({ row, head, locale }: { row: ImportRow; head: Head; locale: string }) {
  return <tr>
    <td class="n">{row.line}</td><th scope="row"><span class="name">{row.name ?? ''}</span><span class="quiet code" dir="ltr">{row.key}</span></th>
    <td>{row.problems?.map((one, i) => <p key={i} class="wrong">{wrong_words(one, head, locale)}</p>)}
      {row.changes?.filter(({ column }) => column !== 'key').map(({ column, from, to }) => <p key={column}>{row.what === 'new' ? say('set_to', { column, to }) : say('change_of', { column, from: from || say('nothing_word'), to: to || say('nothing_word') })}</p>)}</td>
  </tr>;
}

function Rows({ report, head, locale }: { report: Report; head: Head; locale: string }) {
  const first = kinds.find((one) => report.counts[one] > 0) ?? 'unchanged';
  const [what, set_what] = useState<What>(first);
  const [rows, set_rows] = useState<Partial<Record<What, ImportRow[]>>>(() => Object.fromEntries(kinds.map((kind) => [kind, report.rows.filter((row) => row.what === kind)])));
  const shown = rows[what] ?? [];
  const load = async (kind: What) => {
    const have = rows[kind] ?? [];
    const { rows: next } = await more_rows(head.pack, report.id, kind, have.length);
    set_rows((was) => ({ ...was, [kind]: [...have, ...next] }));
  };
  const choose = (kind: What) => {
    set_what(kind);
    if ((rows[kind]?.length ?? 0) === 0 && report.counts[kind] > 0) void load(kind);
  };
  return <>
    <div class="row kinds">{kinds.map((kind) => <button key={kind} type="button" class={`plain ${kind}`} aria-pressed={kind === what} onClick={() => choose(kind)}><strong>{report.counts[kind]}</strong> {say(`rows_${kind}`)}</button>)}</div>
    {report.counts[what] === 0 ? <p class="quiet">{say('rows_none')}</p> : <div class="wide" tabIndex={0} role="region" aria-label={say(`rows_${what}`)}><table>
      <thead><tr><th scope="col" class="n">{say('line')}</th><th scope="col">{say('product')}</th><th scope="col">{what === 'unchanged' ? '' : say(what === 'refused' ? 'what_is_wrong' : 'what_changes')}</th></tr></thead>
      <tbody>{shown.map((row) => <Line key={row.line} row={row} head={head} locale={locale} />)}</tbody></table></div>}
    {shown.length < report.counts[what] && <button type="button" class="plain" onClick={() => void load(what)}>{say('more')}</button>}
  </>;
}

/** Why the file as a whole was not read. */
function trouble(error: unknown): string {
  if (!(error instanceof Refusal)) return told(error);
  const [first] = error.errors;
  if (error.status === 413 || error.status === 415) return say('bad_type');
  if (error.status === 409) return say('import_stale');
  if (error.status === 404) return say('import_over');
  if (error.status !== 422 || !first) return told(error);
  const line = Number(first.pointer.split('/').at(-1));
  if (/UTF-8/.test(first.detail)) return say('bad_utf8', { line });
  return /names of columns|each column once/.test(first.detail) ? say('bad_columns') : say('bad_file', { line, detail: first.detail });
}

export function Import({ head, done }: { head: Head; done: (said?: string) => void }) {
  const [file, set_file] = useState<File>();
  const [locale, set_locale] = useState(decimal_sign(language.value) === ',' ? 'de' : 'en');
  const [report, set_report] = useState<Report>();
  const [wrong, set_wrong] = useState<unknown>();
  const [missing, set_missing] = useState(false);
  const [busy, set_busy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const reason = useRef('');  // stays while the file is checked again
  const doing = async (work: () => Promise<void>) => {
    if (busy) return;
    set_busy(true);
    set_wrong(undefined);
    try {
      await work();
    } catch (error) {
      set_wrong(error);
    } finally {
      set_busy(false);
    }
  };
  const check = () => void doing(async () => {
    set_missing(!file);
    if (!file) return;
    reason.current = String(new FormData(form.current ?? undefined).get('why') ?? '').trim();
    set_report(undefined);
    set_report((await check_file(head.pack, file, locale)).answer);
  });
  const take = () => void doing(async () => {
    if (!report) return;
    const why = String(new FormData(form.current ?? undefined).get('why') ?? '').trim();
    const { answer } = await apply(head.pack, report, why);
    done(say('applied', { new: answer.new, changed: answer.changed }));
  });
  const question = use_guard({ held: () => file !== undefined });
  const choices: [string, string][] = head.exponent === 0 ? [['en', '1,200'], ['de', '1.200']] : [['en', sample(head.exponent, 'en')], ['de', sample(head.exponent, 'de')]];
  const puts = report ? report.counts.new + report.counts.changed : 0;
  const stale = wrong instanceof Refusal && [404, 409].includes(wrong.status) && report !== undefined;
  return <><form ref={form} class="card import" noValidate onSubmit={(event) => { event.preventDefault(); if (report && !stale) take(); else check(); }}>
    <h2>{report && file ? say('report', { file: file.name }) : say('import_title')}</h2>
    {wrong !== undefined && <Notice bad>{trouble(wrong)}</Notice>}
    {!report && <>
      <p>{say('import_text')}</p>
      <Drop label={say('file')} text={say('file_drop')} button={say('picture_choose')} accept=".csv,.txt,text/csv" take={(one) => { set_file(one); set_missing(false); set_wrong(undefined); }} {...(file ? { hint: file.name } : {})} />
      {missing && <p class="wrong" role="alert">{say('no_file')}</p>}
      <Select label={say('decimals')} value={locale} options={choices} choose={set_locale} />
    </>}
    {busy && <p class="quiet" role="status">{say('checking')}</p>}
    {report && <>
      {report.unknown_columns.length > 0 && <p class="quiet">{say('unused', { columns: report.unknown_columns.join(', ') })}</p>}
      <Rows key={report.id} report={report} head={head} locale={locale} />
      {report.counts.refused > 0 && <p>{say('refused_stay', { count: report.counts.refused })}</p>}
      {puts === 0 && <p><strong>{say('nothing_to_do')}</strong></p>}
      {puts > 0 && <Field name="why" label={say('why')} start={reason.current} />}
    </>}
    <div class="row">
      {!report && <button class="main">{say('check')}</button>}
      {stale && <button class="main">{say('again')}</button>}
      {report && !stale && puts > 0 && <button class="main">{say('apply', { count: puts })}</button>}
      {report && <button type="button" class="plain" onClick={() => { set_report(undefined); set_wrong(undefined); }}>{say('other_file')}</button>}
      <button type="button" class="plain" onClick={() => done()}>{say('back')}</button>
    </div>
  </form>{question}</>;
}
