// A combobox with list autocomplete (ARIA Authoring Practices, "Editable Combobox With List Autocomplete"): products by name, SKU or a
// scanned barcode; also categories, tags and sets where these may be chosen.
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { language } from '../../../../../sdk/js/shared/i18n';
import { written } from '../../cash';
import type { Product } from '../model';
import { category, type Found, learn, search } from '../names';
import { say, type Word } from '../../words';
import { use_form } from './field';

const kFew = 8;
const kPause = 80; // ms

export type Choice = { is: 'product'; product: Product } | { is: 'category' | 'tag' | 'set'; id: string; name: string };

interface Props { label: string; at?: string; invalid?: boolean; described?: string | undefined; groups?: boolean; choose: (choice: Choice) => void }

export function Combobox({ label, at, invalid = false, described, groups = false, choose }: Props) {
  const { pack, locked } = use_form();
  const [text, set_text] = useState('');
  const [found, set_found] = useState<Choice[]>([]);
  const [open, set_open] = useState(false);
  const [active, set_active] = useState(-1);
  const [said, set_said] = useState('');
  const id = useId();
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active]);

  const grouped = (query: string): Choice[] => {
    if (!groups) return [];
    const fits = (...names: string[]) => names.some((one) => one.toLowerCase().includes(query.toLowerCase()));
    return [
      ...pack.categories.filter((one) => fits(one.id, ...Object.values(one.name))).map((one): Choice => ({ is: 'category', id: one.id, name: category(pack, one.id) })),
      ...pack.sets.filter((one) => fits(one)).map((one): Choice => ({ is: 'set', id: one, name: one })),
      ...pack.tags.filter((one) => fits(one)).map((one): Choice => ({ is: 'tag', id: one, name: one })),
    ].slice(0, query ? kFew : 5);
  };
  const look = async (query: string): Promise<{ all: Choice[]; exact: boolean }> => {
    const mine = ++turn.current;
    const { products, exact } = await search(query, kFew).catch((): Found => ({ products: [], exact: false }));
    learn(products);
    const all = [...grouped(query), ...products.map((product): Choice => ({ is: 'product', product }))];
    if (mine === turn.current) {
      set_found(all);
      set_active(-1);
      set_open(true);
      set_said(say('rules.choices', { count: all.length }));
    }
    return { all, exact };
  };
  const close = () => {
    clearTimeout(timer.current);
    turn.current += 1;
    set_open(false);
    set_active(-1);
  };
  const take = (choice: Choice) => {
    choose(choice);
    set_text('');
    set_found([]);
    close();
    set_said(say('rules.chosen', { name: choice.is === 'product' ? choice.product.name : choice.name }));
  };
  const entered = async () => {
    const chosen = open ? found[active] : undefined;
    if (chosen) return take(chosen);
    const code = text.trim();
    if (!code) return undefined;
    clearTimeout(timer.current);
    // A scanner is a keyboard that ends with Enter: what it names exactly is taken.
    const { all, exact } = await look(code);
    const hit = exact ? all.find(({ is }) => is === 'product') : all.length === 1 ? all[0] : undefined;
    if (hit) take(hit);
    return undefined;
  };
  const on_key = (event: KeyboardEvent) => {
    const most = found.length - 1;
    switch (event.key) {
      case 'ArrowDown':
        event.preventDefault();
        if (!open) void look(text.trim()).then(({ all }) => { if (!event.altKey && all.length) set_active(0); });
        else set_active(active >= most ? 0 : active + 1);
        break;
      case 'ArrowUp':
        event.preventDefault();
        if (!open) void look(text.trim()).then(({ all }) => set_active(all.length - 1));
        else set_active(active <= 0 ? most : active - 1);
        break;
      case 'Enter':
        event.preventDefault();
        void entered();
        break;
      case 'Escape':
        if (open) close(); else set_text('');
        event.preventDefault();
        break;
      case 'Tab':
        close();
        break;
      case 'Home': case 'End': case 'ArrowLeft': case 'ArrowRight':
        set_active(-1);
        break;
      default:
    }
  };
  const on_input = (now: string) => {
    set_text(now);
    clearTimeout(timer.current);
    if (now.trim() === '') return close();
    timer.current = setTimeout(() => void look(now.trim()), kPause);
  };
  if (locked) return null;
  return <div class="combobox">
    <input type="text" role="combobox" aria-label={label} aria-autocomplete="list" aria-expanded={open} aria-controls={`${id}-list`} aria-activedescendant={open && active >= 0 ? `${id}-${active}` : undefined}
      aria-invalid={invalid} aria-describedby={described} data-at={at} placeholder={say(groups ? 'rules.pick_any' : 'rules.pick')} value={text} autocomplete="off" spellcheck={false}
      onInput={(event) => on_input(event.currentTarget.value)} onKeyDown={on_key} onBlur={close} onClick={() => { if (!open) void look(text.trim()); }} />
    <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label} hidden={!open || found.length === 0}>
      {found.map((one, i) => <li key={one.is === 'product' ? one.product.key : `${one.is}:${one.id}`} id={`${id}-${i}`} role="option" aria-selected={i === active}
        onMouseDown={(event) => event.preventDefault()} onClick={() => take(one)}>
        {one.is === 'product' ? <ProductLine product={one.product} /> : <><span class="thumb group" aria-hidden="true" /><span class="what">{one.name}</span><span class="note">{say(`rules.is_${one.is}` as Word)}</span></>}
      </li>)}
    </ul>
    {open && found.length === 0 && <p class="nothing">{say('rules.no_choices')}</p>}
    <span class="unseen" role="status">{said}</span>
  </div>;
}

export function Thumb({ product }: { product: Product | undefined }) {
  const small = product?.pictures?.small;
  return small ? <img class="thumb" src={`/v1/pictures/${small}`} alt="" loading="lazy" /> : <span class="thumb" aria-hidden="true" />;
}

function ProductLine({ product }: { product: Product }) {
  const { pack } = use_form();
  return <><Thumb product={product} /><span class="what">{product.name} <span class="note" dir="ltr">{product.key.replace(/^[a-z]+:/, '')}</span></span>
    <span class="cash">{written(product.price, pack, language.value)}</span>
    {product.stock !== 'in' && <span class={`stock is-${product.stock}`}>{say(`rules.stock_${product.stock}` as Word)}</span>}</>;
}
