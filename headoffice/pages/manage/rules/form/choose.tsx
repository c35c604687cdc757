// Chips: what is chosen, and a combobox for more.
import { known, product } from '../names';
import { category } from '../names';
import type { Pack, Product, Select } from '../model';
import { say, type Word } from '../../words';
import { Combobox, type Choice, Thumb } from './combobox';
import { Remove, use_field, use_form } from './field';

export function ProductChip({ id, remove }: { id: string; remove?: () => void }) {
  const name = product(id);
  const found: Product | undefined = known.value.get(id);
  return <li class="chip"><Thumb product={found} /><span>{name}</span>{found && found.stock !== 'in' && <span class={`stock is-${found.stock}`}>{say(`rules.stock_${found.stock}` as Word)}</span>}
    {remove && <Remove what={name} act={remove} />}</li>;
}

const group_of = (pack: Pack, select: Select): { is: 'category' | 'tag' | 'set'; name: string } | undefined =>
  select.category !== undefined ? { is: 'category', name: category(pack, select.category) } : select.set !== undefined ? { is: 'set', name: select.set } : select.tag !== undefined ? { is: 'tag', name: select.tag } : undefined;

/** A SELECT of the rule document: products, or one category, tag or set. What else stands beside it (quantity, days) stays. */
export function Choose({ at, label }: { at: string; label: string }) {
  const { value, set, about, below } = use_field(at);
  const { pack } = use_form();
  const select = (value ?? {}) as Select & Record<string, unknown>;
  const group = group_of(pack, select);
  const with_ = (chosen: Select) => {
    const { items, category: one, tag, set: another, ...rest } = select;
    void [items, one, tag, another];
    set({ ...chosen, ...rest });
  };
  const items = select.items ?? [];
  const choose = (choice: Choice) => {
    if (choice.is !== 'product') return with_({ [choice.is]: choice.id });
    if (!items.includes(choice.product.key)) with_({ items: [...items, choice.product.key] });
    return undefined;
  };
  return <div class="choose">
    <ul class="chips" aria-label={label}>
      {group && <li class="chip group"><span>{group.name}</span><span class="note">{say(`rules.is_${group.is}` as Word)}</span><Remove what={group.name} act={() => with_({ items: [] })} /></li>}
      {items.map((id) => <ProductChip key={id} id={id} remove={() => with_({ items: items.filter((one) => one !== id) })} />)}
    </ul>
    <Combobox label={label} at={about['data-at']} invalid={about['aria-invalid']} described={about['aria-describedby']} groups choose={choose} />
    {below}
  </div>;
}

/** One product, or none yet. */
export function One({ at, label }: { at: string; label: string }) {
  const { value, set, about, below } = use_field(at);
  const id = typeof value === 'string' ? value : '';
  return <div class="choose"><span class="unseen">{label}</span>
    {id ? <ul class="chips" aria-label={label}><ProductChip id={id} remove={() => set('')} /></ul>
      : <Combobox label={label} at={about['data-at']} invalid={about['aria-invalid']} described={about['aria-describedby']} choose={(choice) => { if (choice.is === 'product') set(choice.product.key); }} />}
    {below}
  </div>;
}
