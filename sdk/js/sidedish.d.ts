// Types of sidedish.js. The names are those of the loopback API; what each means stands in sdk/docs/integrate.md.

/** Minor units as an integer (399), or decimal text ("3.99"). Never a number with a point: see fromDouble(). */
export type Money = number | string;
export type Capability = 'add' | 'replace' | 'convert' | 'apply_promotion' | 'undo' | 'reports_completion';
export type Status = 'ok' | 'stale' | 'late' | 'invalid' | 'not_found' | 'conflict' | 'limit' | 'refused' | 'unavailable';
export type EventType =
  | 'checkout_started' | 'tender_started' | 'tender_cancelled' | 'completed' | 'parked' | 'resumed' | 'voided' | 'replaced_by';
export type Outcome = 'accepted' | 'declined' | 'undone' | 'not_a_fit' | 'accept_failed';

export interface Line {
  /** "sku:...", "gtin:...", "plu:..." or "name:..."; goods need one. */
  product?: string;
  line_id?: string;
  kind?: 'goods' | 'fee' | 'deposit' | 'tender' | 'discount' | 'tax' | 'comment' | 'log' | (string & {});
  /** Decimal text, "2" or "0.350"; or quantity_milli. */
  quantity?: string;
  quantity_milli?: number;
  unit_price?: Money;
  line_total?: Money;
  flags?: Array<'voided' | 'weighed' | 'open_price' | 'age_restricted' | 'locked'>;
  from_prompt?: string;
  bundle?: string;
}

export interface Snapshot {
  basket: string;
  /** Grows with every change; without it the clock is taken. */
  seq?: number;
  lines: Line[];
  reason?: string;
  mode?: 'sale' | 'return' | 'exchange' | 'training' | 'price_check';
  holds?: Array<'age_check' | 'complaint' | 'manager' | 'override' | 'opt_out' | 'rush'>;
  channel?: 'cashier' | 'kiosk' | 'receipt';
  moment?: 'basket' | 'checkout' | 'browse' | 'receipt';
  looking_at?: string;
  language?: string;
  operator_id?: string;
  currency?: string;
  prices_include_tax?: boolean;
  total?: Money;
  customer?: {
    id?: string;
    segments?: string[];
    /** Allergens as the catalogue names them, diets as "diet:vegan": nothing with them is offered, or of which it is not known. */
    avoid?: string[];
    first_visit?: boolean;
    bought?: Array<{ product: string; days_ago: number }>;
    bought_days?: number;
  };
  facts?: Record<string, string | number>;
  deadline_ms?: number;
}

export interface Part {
  product: string;
  slot?: string;
  quantity: string;
  price: number;
  added: boolean;
}

export interface Prompt {
  id: string;
  basket: string;
  basis_seq: number;
  kind: 'add_on' | 'bundle' | 'upsell' | 'also_bought' | 'receipt';
  moment: 'basket' | 'checkout' | 'browse' | 'receipt';
  action: 'none' | 'add' | 'replace' | 'convert';
  /** What to add; "": a conversion adds nothing. */
  product: string;
  product_name?: string;
  quantity: string;
  /** What the total grows by, in minor units. */
  price_effect: number;
  saving: number;
  /** Where something is saved: what the offer costs without that. */
  price_before?: number;
  currency: string;
  exponent: number;
  headline: string;
  reason: string;
  line20x2: [string, string];
  rule: string;
  rule_name: string;
  fresh: boolean;
  plus_tax: boolean;
  replaces?: string;
  bundles?: number;
  parts?: Part[];
  picture?: { small?: string; large?: string };
  /** As the catalogue names them; absent where it is not known. */
  allergens?: string[];
  /** What in the basket it is about, and the last day of its rule ("2026-11-30"). */
  why?: { trigger?: string; trigger_name?: string; until?: string };
  hints: string[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: Array<{ pointer: string; detail: string }>;
}

export interface Answer {
  status: Status;
  /** Of a parked basket: store it with the basket, hand it back with `resumed`. Base64. */
  token?: string;
  problem?: Problem;
}

export interface Answered extends Answer {
  basket: string;
  seq: number;
  /** To be shown, best first. Everything that was shown before and is not in it is to be cleared. */
  prompts: Prompt[];
}

export interface Options {
  /** Default http://127.0.0.1:7410 */
  agent?: string;
  /** [a-z0-9-]{1,32}, default "1". */
  lane?: string;
  /** Default ["add"]. Nothing is offered that needs another one. */
  capabilities?: Capability[];
  barcodeMasks?: string;
  channel?: 'cashier' | 'kiosk' | 'receipt';
  currency?: string;
  pricesIncludeTax?: boolean;
  language?: string;
  /** For a basket, default 50. */
  deadlineMs?: number;
  /** For everything else, default 1000. */
  patienceMs?: number;
  /** The text in <run-dir>/token, or what reads it. Without it a page asks the agent, which knows allowed origins. */
  token?: string | (() => string | Promise<string>);
  /** For a log; whatever it does, the sale goes on. */
  onError?: (text: string, problem?: Problem) => void;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds; for tests. */
  now?: () => number;
}

/** One till's lane. Nothing here throws, no promise rejects. */
export interface Lane {
  update(snapshot: Snapshot): Promise<Answered>;
  event(type: EventType, basket: string, more?: { related?: string; token?: string; total?: Money; currency?: string }): Promise<Answer>;
  answer(prompt: Prompt | string, outcome: Outcome, more?: { by?: 'staff' | 'customer'; why?: string }): Promise<Answer>;
  returned(what: { product: string; quantity: string; value: Money; currency?: string; basket?: string }): Promise<Answer>;
}

export function connect(options?: Options): Lane;
/** 9.290000000000001 with exponent 2 is 929 minor units, 0.35 with exponent 3 is 350 thousandths; null for what is no amount. */
export function fromDouble(value: number, exponent: number): number | null;

declare global {
  interface Window {
    sidedish: { connect: typeof connect; fromDouble: typeof fromDouble };
  }
}
