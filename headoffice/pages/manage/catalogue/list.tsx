// Products as a table, found as one types or scans.
import { useEffect, useRef, useState } from 'preact/hooks';

import { language } from '../../../../sdk/js/shared/i18n';
import { price } from '../../../../sdk/js/shared/money';
import { Picture } from '../../../../sdk/js/shared/picture';
import { Notice, Skeleton, use_answer } from '../parts';
import { told } from '../sign_in';
import { export_address, find, type Head, may_change, type Page, picture_address, type Row, rows_of } from './model';
import { say } from './words';

const some = 50;

/** "Food › Fries" for every category. */
export function category_names(head: Head): Map<string, string> {
  const by_id = new Map(head.categories.map((one) => [one.id, one]));
  const own = (id: string): string => { const name = by_id.get(id)?.name ?? {}; return name[language.value] ?? name['en'] ?? Object.values(name)[0] ?? id; };
  const path = (id: string): string => { const parent = by_id.get(id)?.parent; return parent ? `${path(parent)} › ${own(id)}` : own(id); };
  return new Map(head.categories.map(({ id }) => [id, path(id)]));
}

function Line({ row, head, category, open }: { row: Row; head: Head; category: string; open: (key: string) => void }) {
  const cash = (value: number) => price(value, head.exponent, head.currency, language.value);
  const marks = [row.hidden && say('hidden'), row.restricted && say('restricted')].filter(Boolean);
  return <tr>
    <td class="pic"><Picture source={picture_address(row.pictures?.small)} name={row.name} decorative /></td>
    <th scope="row"><span class="name">{row.name}</span><span class="quiet code" dir="ltr">{row.key}</span>{marks.length > 0 && <span class="marks">{marks.map((one) => <span key={String(one)} class="mark">{one}</span>)}</span>}</th>
    <td>{category}</td><td class="n">{cash(row.price)}</td><td class="n">{row.cost === undefined ? '\u2013' : cash(row.cost)}</td>
    <td class="level"><span class={`stock ${row.stock}`}>{say(`stock_${row.stock}`)}</span></td>
    {may_change() && <td class="n"><button class="plain" aria-label={say('edit', { product: row.name })} onClick={() => open(row.key)}>{say('edit_short')}</button></td>}
  </tr>;
}

export function List({ head, open, take_file }: { head: Head; open: (key: string | undefined) => void; take_file: () => void }) {
  const [typed, set_typed] = useState('');
  const [limit, set_limit] = useState(some);
  const search = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const { answer, wrong } = use_answer<Page>(`${head.version} ${language.value} ${limit} ${typed}`, () => look(typed, limit));
  const look = async (q: string, most: number): Promise<Page> => {
    if (q) return find(head.pack, q, Math.min(100, most));
    const first = await rows_of(head.pack, 0, 100);
    for (let at = 100; at < most && first.more; at += 100) {
      const next = await rows_of(head.pack, at, 100);
      first.products.push(...next.products);
      first.more = next.more;
    }
    const shown = first.products.slice(0, most);
    return { ...first, products: shown, more: first.total > shown.length };
  };
  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      const field = event.target instanceof HTMLElement && event.target.closest('input, textarea, select');
      if (event.key !== '/' || field || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', slash);
    return () => { removeEventListener('keydown', slash); clearTimeout(timer.current); };
  }, []);
  const take = (text: string, wait: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => { set_limit(some); set_typed(text.trim()); }, wait);
  };
  // A scanner ends with Enter: what it names exactly is opened.
  const enter = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = search.current?.value.trim() ?? '';
    take(text, 0);
    if (!text || !may_change()) return;
    const hit = await find(head.pack, text, 1).catch(() => undefined);
    if (hit?.exact && hit.products[0] && search.current?.value.trim() === text) open(hit.products[0].key);
  };
  const names = category_names(head);
  const found = answer ? (answer.more && typed ? say('found_more', { count: answer.products.length }) : say('found', { count: typed ? answer.products.length : answer.total })) : '';
  return <>
    <p class="quiet">{say('count', { count: head.products })} · {head.version > head.published ? <strong>{say('waits')}</strong> : say('all_out')}</p>
    <form class="row find" role="search" onSubmit={(event) => void enter(event)}>
      <label class="field"><span>{say('search')}</span>
        <input ref={search} type="search" name="q" autocomplete="off" spellcheck={false} aria-describedby="catalogue-found" onInput={(event) => take(event.currentTarget.value, 120)} /></label>
      {may_change() && <button type="button" class="main" onClick={() => open(undefined)}>{say('new_product')}</button>}
      {may_change() && <button type="button" class="plain" onClick={take_file}>{say('import_csv')}</button>}
      <a class="plain button" href={export_address(head.pack)} download>{say('export_csv')}</a>
    </form>
    <p id="catalogue-found" class="quiet" role="status">{typed ? found : say('search_hint')}</p>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {!answer && wrong === undefined && <Skeleton />}
    {answer?.products.length === 0 && <p class="card empty">{say('none_found')}</p>}
    {answer && answer.products.length > 0 && <section class="card"><div class="wide" tabIndex={0} role="region" aria-label={say('title')}><table class="products">
      <thead><tr><th scope="col">{say('picture')}</th><th scope="col">{say('product')}</th><th scope="col">{say('category')}</th><th scope="col" class="n">{say('price')}</th><th scope="col" class="n">{say('cost')}</th><th scope="col" class="level">{say('stock')}</th>{may_change() && <td />}</tr></thead>
      <tbody>{answer.products.map((row) => <Line key={row.key} row={row} head={head} category={names.get(row.category) ?? row.category} open={open} />)}</tbody>
    </table></div>
    {answer.more && (!typed || limit < 100) && <button class="plain" onClick={() => set_limit(limit + (typed ? some : 2 * some))}>{say('more')}</button>}</section>}
  </>;
}
