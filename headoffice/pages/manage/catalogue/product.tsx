// One product: its common fields. What is typed stays until it is saved, whatever head office says meanwhile.
import { type ComponentChildren } from 'preact';
import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { language, language_names } from '../../../../sdk/js/shared/i18n';
import { Refusal, type Tagged, type Wrong } from '../api';
import { minor_of, shown } from '../cash';
import { Dialog, use_guard } from '../dialog';
import { moment } from '../format';
import { standing } from '../leaving';
import { Errors, Field, Notice, Skeleton, use_answer, wrong_words } from '../parts';
import { told } from '../sign_in';
import { type Typed, TypedText } from '../typed';
import { say as say_common } from '../words';
import { Conflict } from './conflict';
import { made } from './draft';
import { category_names } from './list';
import { type Head, type Pictures, product as load, type Product, put_product, remove_product } from './model';
import { Chosen } from './picture';
import { say } from './words';

/** A field that is no single line of text. */
function Labelled({ name, label, hint, children }: { name: string; label: string; hint?: string; children: (about: { 'aria-invalid': boolean; 'aria-describedby': string | undefined }) => ComponentChildren }) {
  const wrong = useContext(Errors).find(({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  const about = `${name}-about`;
  return <label class="field"><span>{label}</span>
    {children({ 'aria-invalid': wrong !== undefined, 'aria-describedby': wrong || hint ? about : undefined })}
    {(wrong || hint) && <span id={about} class={wrong ? 'wrong' : 'quiet'}>{wrong ? wrong_words(wrong) : hint}</span>}
  </label>;
}

/** What keeps a product from being deleted, each with the way there. */
function Needed({ pack, by }: { pack: string; by: Wrong[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { setTimeout(() => box.current?.focus()); }, [by]);  // after the dialog has given it back
  return <div ref={box} tabIndex={-1} class="notice bad needed" role="alert"><p>{say('still_used')}</p><ul>{by.map(({ code, detail, rule }) => <li key={`${code} ${rule} ${detail}`}>
    {rule ? <a href={`#rules/${encodeURIComponent(pack)}/${encodeURIComponent(rule)}`}><bdi>{detail}</bdi></a> : <bdi>{detail}</bdi>} <span>{say(code === 'substitute' ? 'used_substitute' : code === 'set' ? 'used_set' : code === 'draft' ? 'used_draft' : 'used_rule')}</span></li>)}</ul></div>;
}

/** `undo`: takes back what is said, within ten seconds. */
export type Done = (said?: string, undo?: () => Promise<unknown>) => void;

interface DeleteProps { pack: string; was: Tagged<Product>; needed: (by: Wrong[]) => void; close: () => void; done: Done }

/** Takes it out, with a reason; ten seconds to take that back. */
function Delete({ pack, was, needed, close, done }: DeleteProps) {
  const { answer: one, etag } = was;
  const name = one.name[language.value] ?? Object.values(one.name)[0] ?? one.key;
  const remove = async (why: string) => {
    needed([]);
    try {
      await remove_product(pack, one.key, etag, why);
    } catch (error) {
      if (!(error instanceof Refusal && error.type === 'still-used')) throw error;
      return needed(error.errors);
    }
    done(say('removed', { product: name }), () => put_product(pack, one, '', say('why_undo')));
  };
  return <Dialog title={say('remove_title', { product: name })} button={say('remove')} danger why close={close} act={remove}><p>{say('remove_text')}</p></Dialog>;
}

/** What was typed, by the names of the form's fields, with what it is a change of. */
interface Kept { fields: [string, string][]; pictures: Pictures; was?: Tagged<Product> }
/** Where the browser keeps what was typed about products of a pack; below it by the product's key, empty for a new one. */
export const typed_place = (pack: string): string => `catalogue/${pack}/`;

function Form({ head, was, done: close }: { head: Head; was: Tagged<Product> | undefined; done: Done }) {
  const old = was?.answer;
  const form = useRef<HTMLFormElement>(null);
  const [start, set_start] = useState(was);
  const [errors, set_errors] = useState<Wrong[]>([]);
  const [wrong, set_wrong] = useState<unknown>();
  const [clash, set_clash] = useState<{ base: Product | undefined; mine: Product; other: Tagged<Product> }>();
  const [needed, set_needed] = useState<Wrong[]>([]);
  const [deleting, set_deleting] = useState(false);
  const [pictures, set_pictures] = useState<Pictures>(old?.pictures ?? {});
  const [contains, set_contains] = useState(old?.allergens === undefined ? 'unknown' : old.allergens.length ? 'some' : 'none');
  const [turn, set_turn] = useState(0);
  const busy = useRef(false);
  const [taken, set_taken] = useState<Map<string, string>>();
  const browser = useRef(new TypedText<Kept>(typed_place(head.pack) + (old?.key ?? '')));
  const [offered, set_offered] = useState<Typed<Kept> | undefined>(() => browser.current.found((one) => Array.isArray(one.fields) && typeof one.pictures === 'object'));
  const first = useRef('');
  const of = start?.answer;
  const languages = [...new Set([...head.categories.flatMap(({ name }) => Object.keys(name)), ...Object.keys(of?.name ?? {})])].sort((a, b) => Number(b === language.value) - Number(a === language.value));
  if (languages.length === 0) languages.push(language.value);
  const stands = () => standing(form.current) + JSON.stringify(pictures);
  // At once: the first key typed is in the first field, and counts as typed.
  useLayoutEffect(() => {
    if (!taken) first.current = stands();
    form.current?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [turn]);
  /** Kept as it stands, with every key. */
  const typing = () => {
    if (stands() === first.current) {
      if (!offered) browser.current.forget();
      return;
    }
    const fields = [...new FormData(form.current ?? undefined)].map(([name, value]): [string, string] => [name, String(value)]);
    browser.current.keep({ fields, pictures, ...(start ? { was: start } : {}) });
  };
  useEffect(typing, [pictures]);
  const take_back = (found: Typed<Kept>) => {
    const fields = new Map(found.fields);
    set_taken(fields);
    set_start(found.was);
    set_pictures(found.pictures);
    set_contains(fields.get('contains') ?? contains);
    set_offered(undefined);
    set_turn(turn + 1);
  };
  const forget = () => {
    browser.current.forget();
    set_offered(undefined);
  };
  const done: Done = (...said) => {
    browser.current.forget();
    close(...said);
  };
  const question = use_guard({ held: () => form.current !== null && stands() !== first.current, kept: true });
  /** What stands in a field at first: what was typed before and taken back, else the product's. */
  const from = (name: string, fallback: string): string => taken?.get(name) ?? fallback;
  const ticked = (name: string, fallback: boolean): boolean => (taken ? taken.has(name) : fallback);
  useLayoutEffect(() => { if (errors.length) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(); }, [errors]);

  const keep = async (product: Product, etag: string, base: Product | undefined) => {
    if (busy.current) return;
    busy.current = true;
    set_clash(undefined);
    try {
      await put_product(head.pack, product, etag, String(new FormData(form.current ?? undefined).get('why') ?? '').trim());
      done(say('saved', { product: product.name[language.value] ?? Object.values(product.name)[0] ?? product.key }));
    } catch (error) {
      const other = error instanceof Refusal && error.status === 412 ? await load(head.pack, product.key).catch(() => undefined) : undefined;
      if (other) return set_clash({ base, mine: product, other });
      set_wrong(error);
      if (error instanceof Refusal) set_errors(error.errors);
    } finally {
      busy.current = false;
    }
  };
  const save = () => {
    if (!form.current) return;
    const { product, wrong: found } = made(new FormData(form.current), head, of, languages, pictures);
    set_errors(found);
    if (found.length === 0) void keep(product, start?.etag ?? '', of);
  };
  const take = (other: Tagged<Product>) => {
    set_start(other);
    set_pictures(other.answer.pictures ?? {});
    set_taken(undefined);
    browser.current.forget();
    set_clash(undefined);
    set_turn(turn + 1);
  };
  const cash = (value: string | undefined) => {
    const minor = minor_of(value ?? '', head.exponent);
    return minor === undefined ? value ?? '' : shown(minor, head.exponent, language.value);
  };
  return <>
  {clash && <Conflict was={clash.base} mine={clash.mine} theirs={clash.other.answer} take={() => take(clash.other)} keep={(product) => void keep(product, clash.other.etag, clash.other.answer)} />}
  {offered && <div class="notice mind row" role="status"><span>{say_common('typed_before', { when: moment(offered.at) })}</span>
    <button type="button" class="plain" onClick={() => take_back(offered)}>{say_common('take_typed')}</button><button type="button" class="plain" onClick={forget}>{say_common('drop_typed')}</button></div>}
  {needed.length > 0 && <Needed pack={head.pack} by={needed} />}
  <form key={turn} ref={form} class="card product" noValidate onInput={typing} onChange={typing} onSubmit={(event) => { event.preventDefault(); save(); }}>
    <h2>{say(of ? 'edit_title' : 'add_title')} {of && <span class="quiet code" dir="ltr">{of.key}</span>}</h2>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    <Errors.Provider value={errors}>
      <div class="two">
        <div>
          {!of && <Field name="key" label={say('key')} hint={say('key_hint')} start={from('key', 'sku:')} />}
          {languages.map((tag) => <Field key={tag} name={`name/${tag}`} label={say('name_in', { language: language_names[tag] ?? tag })} start={from(`name/${tag}`, of?.name[tag] ?? '')} />)}
          <Labelled name="category" label={say('category')}>{(about) => <select name="category" {...about}>
            <option value="">{say('choose_category')}</option>
            {[...category_names(head)].map(([id, text]) => <option key={id} value={id} selected={id === from('category', of?.category ?? '')}>{text}</option>)}
          </select>}</Labelled>
          <div class="row"><Field name="price" label={`${say('price')} (${head.currency})`} start={from('price', cash(of?.price))} /><Field name="cost" label={`${say('cost')} (${head.currency})`} hint={say('cost_hint')} start={from('cost', cash(of?.cost))} /></div>
          <div class="row"><Labelled name="stock" label={say('stock')}>{(about) => <select name="stock" {...about}>{(['in', 'low', 'out'] as const).map((one) => <option key={one} value={one} selected={one === from('stock', of?.stock ?? 'in')}>{say(`stock_${one}`)}</option>)}</select>}</Labelled>
            <Field name="tax_class" label={say('tax_class')} start={from('tax_class', of?.tax_class ?? '')} /></div>
          <Labelled name="aliases" label={say('barcodes')} hint={say('barcodes_hint')}>{(about) => <textarea name="aliases" rows={2} dir="ltr" spellcheck={false} {...about}>{from('aliases', (of?.aliases ?? []).join('\n'))}</textarea>}</Labelled>
          <Field name="tags" label={say('tags')} hint={say('list_hint')} start={from('tags', (of?.tags ?? []).join(', '))} />
        </div>
        <div>
          <Chosen pack={head.pack} pictures={pictures} name={Object.values(of?.name ?? {})[0] ?? ''} wrong={errors.some(({ pointer }) => pointer.startsWith('/pictures'))} choose={set_pictures} />
          <Field name="diets" label={say('diets')} hint={say('list_hint')} start={from('diets', (of?.diets ?? []).join(', '))} />
          <Labelled name="allergens" label={say('allergens')}>{(about) => <select name="contains" value={contains} {...about} onChange={(event) => set_contains(event.currentTarget.value)}>{(['unknown', 'none', 'some'] as const).map((one) => <option key={one} value={one} selected={one === contains}>{say(`allergens_${one}`)}</option>)}</select>}</Labelled>
          {contains === 'some' && <Field name="allergens" label={say('allergens_list')} hint={say('list_hint')} start={from('allergens', (of?.allergens ?? []).join(', '))} />}
          <label class="check"><input type="checkbox" name="hidden" defaultChecked={ticked('hidden', of?.hidden === true)} />{say('flag_hidden')}</label>
          <label class="check"><input type="checkbox" name="restricted" defaultChecked={ticked('restricted', of?.restricted === true)} />{say('flag_restricted')}</label>
          {errors.filter(({ pointer }) => pointer === '/restricted').map((one) => <p key={one.detail} class="wrong">{wrong_words(one)}</p>)}
        </div>
      </div>
      <Field name="why" label={say('why')} start={from('why', '')} />
    </Errors.Provider>
    <div class="row"><button class="main">{say('save')}</button><button type="button" class="plain" onClick={() => done()}>{say('cancel')}</button>
      {start && <button type="button" class="plain delete" onClick={() => set_deleting(true)}>{say('remove')}</button>}</div>
  </form>
  {start && deleting && <Delete pack={head.pack} was={start} needed={set_needed} close={() => set_deleting(false)} done={done} />}
  {question}
  </>;
}

export function Edit({ head, product_key, done }: { head: Head; product_key: string | undefined; done: Done }) {
  const { answer: was, wrong } = use_answer<Tagged<Product> | undefined>('product', async () => (product_key === undefined ? undefined : load(head.pack, product_key)));
  if (wrong !== undefined) return <><Notice bad>{told(wrong)}</Notice><button class="plain" onClick={() => done()}>{say('back')}</button></>;
  if (product_key !== undefined && !was) return <Skeleton />;
  return <Form head={head} was={was} done={done} />;
}
