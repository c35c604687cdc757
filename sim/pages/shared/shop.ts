// A shop as the demo's pages know it: its catalogue, and where its agent listens.
import { food } from '../pictures/food';
import { gifts } from '../pictures/gifts';

type Words = Record<string, string>;

interface Category { id: string; name: Words; parent?: string }
interface CatalogueProduct { key: string; name: Words; category: string; price: string; stock?: string }
/** GET /shops/{id} of sidedish-sim. */
interface Served { id: string; name: string; agent: string; store: string; currency: string; exponent: number; catalogue: { categories: Category[]; products: CatalogueProduct[] } }

/** What stands in the gift shop's window: of its two thousand things those that go together. */
const kWindow = 'window';
const window_name: Words = { en: 'Favourites', de: 'Beliebt', ar: 'المفضلة', ja: '人気' };
const in_window = ['22423', '22698', '22697', '22699', '23350', '20725', '22384', '85099B', '22961', '22960', '22271', '21086'].map((sku) => `sku:${sku}`);

export interface Product { key: string; name: Words; category: string; price: number; out: boolean }

export class Shop {
  readonly products: Product[];
  readonly #by_key = new Map<string, Product>();
  readonly #window: Product[];
  readonly #categories: Category[];

  constructor(readonly served: Served) {
    this.#categories = served.catalogue.categories;
    this.products = served.catalogue.products.map(({ key, name, category, price, stock }) => {
      const [whole = '0', part = ''] = price.split('.');
      return { key, name, category, price: Number(whole + part.padEnd(served.exponent, '0')), out: stock === 'out' };
    });
    for (const product of this.products) this.#by_key.set(product.key, product);
    this.#window = in_window.flatMap((key) => this.#by_key.get(key) ?? []);
    this.products = [...this.#window, ...this.products.filter((product) => !this.#window.includes(product))];
  }
  get languages(): string[] {
    return Object.keys(this.products[0]?.name ?? { en: '' });
  }
  product(key: string): Product | undefined {
    return this.#by_key.get(key);
  }
  name(key: string, language: string): string {
    const name = this.#by_key.get(key)?.name;
    return name?.[language] ?? name?.en ?? key.replace(/^[a-z]+:/, '');
  }
  category_name(id: string, language: string): string {
    const name = id === kWindow ? window_name : this.#categories.find((one) => one.id === id)?.name;
    return name?.[language] ?? name?.en ?? id;
  }
  /** The category's own code, from the top: "food", "mains", "chicken". */
  #line_of(id: string): string[] {
    const parent = this.#categories.find((one) => one.id === id)?.parent;
    return parent ? [...this.#line_of(parent), id] : [id];
  }
  /** What a shopper chooses from first: few enough for one row, each with something in it. */
  get sections(): string[] {
    const depth = this.served.id === 'burgerbar' ? 2 : 1;
    const all = new Set(this.products.map(({ category }) => this.#line_of(category).slice(0, depth).at(-1) ?? category));
    return [...(this.#window.length > 0 ? [kWindow] : []), ...this.#categories.map(({ id }) => id).filter((id) => all.has(id))];
  }
  in_section(section: string): Product[] {
    if (section === kWindow) return this.#window;
    return this.products.filter(({ category }) => this.#line_of(category).includes(section));
  }
  /** A key, its code without the namespace, or the beginning of a name: what a scanner sends or a person types. */
  find(text: string, language: string): Product | undefined {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return undefined;
    const code = this.products.find(({ key }) => key.toLowerCase() === wanted || key.toLowerCase().endsWith(`:${wanted}`));
    return code ?? this.products.find(({ key }) => this.name(key, language).toLowerCase().startsWith(wanted));
  }
  picture(key: string): string {
    return food[key] ?? this.section_picture(this.#by_key.get(key)?.category ?? '');
  }
  section_picture(id: string): string {
    const first = this.served.id === 'burgerbar' ? this.in_section(id)[0] : undefined;
    return (first && food[first.key]) ?? gifts[id === kWindow ? 'teacups' : id] ?? gifts.gifts ?? '';
  }
}

export interface Listed { id: string; name: string; agent: string }

export async function shops(): Promise<Listed[]> {
  return (await fetch('/shops')).json() as Promise<Listed[]>;
}
export async function open_shop(): Promise<Shop> {
  const wanted = new URLSearchParams(location.search).get('shop') ?? 'burgerbar';
  return new Shop((await (await fetch(`/shops/${encodeURIComponent(wanted)}`)).json()) as Served);
}
