// Somebody else was faster: what it was, theirs, yours. Nothing is saved before every field that both changed is chosen.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { differing, merged, type Side, side_of } from './draft';
import type { Product } from './model';
import { say, type Word } from './words';

const labels: Record<keyof Product, Word> = { key: 'key', name: 'product', category: 'category', tags: 'tags', price: 'price', cost: 'cost', aliases: 'barcodes', substitutes: 'product', stock: 'stock', hidden: 'hidden', restricted: 'restricted', allergens: 'allergens', diets: 'diets', tax_class: 'tax_class', pictures: 'picture' };

const shown = (value: unknown): string => {
  if (value === undefined) return '\u2013';
  if (Array.isArray(value)) return value.join(', ') || say('allergens_none');
  return typeof value === 'object' ? Object.values(value as object).join(', ') : String(value);
};

interface Props { was: Product | undefined; mine: Product; theirs: Product; take: () => void; keep: (product: Product) => void }

export function Conflict({ was, mine, theirs, take, keep }: Props) {
  const [chosen, choose] = useState<Partial<Record<keyof Product, Side>>>({});
  const all = differing(mine, theirs);
  const side = (member: keyof Product): Side | undefined => chosen[member] ?? side_of(member, was, mine, theirs);
  const open = all.filter((member) => side(member) === undefined);
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  return <section ref={box} tabIndex={-1} class="card conflict" role="alert" aria-labelledby="product-conflict">
    <h3 id="product-conflict">{say('conflict')}</h3>
    <p>{say('conflict_text')}</p>
    <div class="wide" tabIndex={0} role="region" aria-label={say('conflict')}><table>
      <thead><tr><th scope="col">{say('field')}</th><th scope="col">{say('was')}</th><th scope="col">{say('theirs')}</th><th scope="col">{say('yours')}</th></tr></thead>
      <tbody>{all.map((member) => {
        const now = side(member);
        const pick = (which: Side, value: unknown) => <td class={now === which ? 'picked' : ''}><label class="check"><input type="radio" name={`side/${member}`} checked={now === which} onChange={() => choose({ ...chosen, [member]: which })}
          aria-label={`${say(labels[member])}: ${say(which === 'mine' ? 'yours' : 'theirs')}`} /><span>{shown(value)}</span></label></td>;
        return <tr key={member}><th scope="row">{say(labels[member])}{!now && <span class="note wrong">{say('choose_one')}</span>}</th><td>{shown(was?.[member])}</td>{pick('theirs', theirs[member])}{pick('mine', mine[member])}</tr>;
      })}</tbody></table></div>
    <p class="row"><button type="button" class="main" aria-disabled={open.length > 0} onClick={() => { if (open.length === 0) keep(merged(mine, theirs, all.filter((member) => side(member) === 'mine'))); }}>{say('keep_chosen')}</button>
      <button type="button" class="plain" onClick={take}>{say('take_theirs')}</button></p>
  </section>;
}
