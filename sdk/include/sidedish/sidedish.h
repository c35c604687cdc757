/*
 * Sidedish: the best add-on for the basket as it is now, or silence.   C ABI 1.2   Apache-2.0
 *
 * Conventions, for every function:
 *  1. Handles are opaque. Nobody frees what the other allocated.
 *  2. Every struct begins with struct_size: set it to sizeof the struct. Structs only grow, at the end; zero means "not said".
 *  3. Text is UTF-8 with a length; NULL with length 0 is "no text". Inputs are borrowed for the call only. Texts handed out
 *     live in the lane until the next call on that lane.
 *  4. Enumerations are int32_t; both sides tolerate values they do not know.
 *  5. Money is in minor units of the currency (cents; yen; fils), quantities in thousandths (1000 = one piece).
 *  6. Every function answers in bounded time with a status. On anything but SIDEDISH_OK nothing was changed, and
 *     sidedish_lane_error() has a sentence for people.
 *  7. Any thread may call; one lane is used by one thread at a time. No thread, callback, signal, locale or FPU change of ours.
 *  8. A sale never waits for us: no rules, no agent, a full disk: SIDEDISH_OK with 0 prompts.
 */
#ifndef SIDEDISH_SIDEDISH_H
#define SIDEDISH_SIDEDISH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIDEDISH_ABI_MAJOR 1
#define SIDEDISH_ABI_MINOR 2

#if defined(__GNUC__)
#define SIDEDISH_API __attribute__((visibility("default")))
#else
#define SIDEDISH_API
#endif

typedef struct sidedish_host sidedish_host; /* one per process */
typedef struct sidedish_lane sidedish_lane; /* one per terminal: basket, memory, outcomes */

/* ---- status ------------------------------------------------------------------------------------------ */
enum {
  SIDEDISH_OK = 0,
  SIDEDISH_E_INVALID = 1,   /* an argument breaks its contract */
  SIDEDISH_E_STALE = 2,     /* an older or repeated seq: the basket is there already, or further */
  SIDEDISH_E_NOT_FOUND = 3, /* no such basket or prompt in this lane */
  SIDEDISH_E_CONFLICT = 4,  /* the prompt is answered or closed already */
  SIDEDISH_E_LIMIT = 5,     /* more lines, baskets, lanes or bytes than stated */
  SIDEDISH_E_NO_STATE = 6,  /* no usable state folder: prompts stay silent, nothing is recorded */
  SIDEDISH_E_FORKED = 7,    /* handle made before fork(): open again in the child */
  SIDEDISH_E_NO_MEMORY = 8,
  SIDEDISH_E_VERSION = 9 /* struct_size or ABI version we cannot serve */
};

/* ---- words ------------------------------------------------------------------------------------------- */
/* mode: only sale is prompted */
enum {
  SIDEDISH_MODE_SALE = 0,
  SIDEDISH_MODE_RETURN = 1,
  SIDEDISH_MODE_EXCHANGE = 2,
  SIDEDISH_MODE_TRAINING = 3,
  SIDEDISH_MODE_PRICE_CHECK = 4
};
/* holds, bits: nothing is prompted while any is set; rush only shrinks the allowance */
enum {
  SIDEDISH_HOLD_AGE_CHECK = 1,
  SIDEDISH_HOLD_COMPLAINT = 2,
  SIDEDISH_HOLD_MANAGER = 4,
  SIDEDISH_HOLD_OVERRIDE = 8,
  SIDEDISH_HOLD_OPT_OUT = 16,
  SIDEDISH_HOLD_RUSH = 32
};
enum { SIDEDISH_CHANNEL_CASHIER = 0, SIDEDISH_CHANNEL_KIOSK = 1, SIDEDISH_CHANNEL_RECEIPT = 2 };
enum {
  SIDEDISH_MOMENT_BASKET = 0,
  SIDEDISH_MOMENT_CHECKOUT = 1,
  SIDEDISH_MOMENT_BROWSE = 2,
  SIDEDISH_MOMENT_RECEIPT = 3
};
/* what a line is: only goods are evidence */
enum {
  SIDEDISH_LINE_GOODS = 0,
  SIDEDISH_LINE_FEE = 1,
  SIDEDISH_LINE_DEPOSIT = 2,
  SIDEDISH_LINE_TENDER = 3,
  SIDEDISH_LINE_DISCOUNT = 4,
  SIDEDISH_LINE_TAX = 5,
  SIDEDISH_LINE_COMMENT = 6,
  SIDEDISH_LINE_LOG = 7,
  SIDEDISH_LINE_UNKNOWN = 255
};
/* line flags, bits */
enum {
  SIDEDISH_FLAG_VOIDED = 1,
  SIDEDISH_FLAG_WEIGHED = 2,
  SIDEDISH_FLAG_OPEN_PRICE = 4,
  SIDEDISH_FLAG_AGE_RESTRICTED = 8,
  SIDEDISH_FLAG_LOCKED = 16
};
/* why a snapshot is sent: information only */
enum {
  SIDEDISH_REASON_UNKNOWN = 0,
  SIDEDISH_REASON_OPENED = 1,
  SIDEDISH_REASON_ITEM_ADDED = 2,
  SIDEDISH_REASON_ITEM_REMOVED = 3,
  SIDEDISH_REASON_QUANTITY_CHANGED = 4,
  SIDEDISH_REASON_PRICE_CHANGED = 5,
  SIDEDISH_REASON_DISCOUNT_CHANGED = 6,
  SIDEDISH_REASON_CUSTOMER_CHANGED = 7,
  SIDEDISH_REASON_MODE_CHANGED = 8,
  SIDEDISH_REASON_RESUMED = 9,
  SIDEDISH_REASON_MERGED = 10,
  SIDEDISH_REASON_SPLIT = 11
};
/* lifecycle */
enum {
  SIDEDISH_EVENT_CHECKOUT_STARTED = 1,
  SIDEDISH_EVENT_TENDER_STARTED = 2,
  SIDEDISH_EVENT_TENDER_CANCELLED = 3,
  SIDEDISH_EVENT_COMPLETED = 4,
  SIDEDISH_EVENT_PARKED = 5,
  SIDEDISH_EVENT_RESUMED = 6,
  SIDEDISH_EVENT_VOIDED = 7,
  SIDEDISH_EVENT_REPLACED_BY = 8
};
/* capabilities of the host, bits: an offer that needs another one is never made */
enum {
  SIDEDISH_CAN_ADD = 1,
  SIDEDISH_CAN_REPLACE = 2,
  SIDEDISH_CAN_CONVERT = 4,
  SIDEDISH_CAN_APPLY_PROMOTION = 8,
  SIDEDISH_CAN_UNDO = 16,
  SIDEDISH_REPORTS_COMPLETION = 32
};
/* answers and remarks to a prompt */
enum {
  SIDEDISH_ACCEPTED = 3,
  SIDEDISH_DECLINED = 4,
  SIDEDISH_UNDONE = 5,
  SIDEDISH_NOT_A_FIT = 12,    /* remark */
  SIDEDISH_ACCEPT_FAILED = 13 /* remark: the POS could not add it; no decline */
};
enum { SIDEDISH_BY_UNKNOWN = 0, SIDEDISH_BY_STAFF = 1, SIDEDISH_BY_CUSTOMER = 2 };
enum {
  SIDEDISH_KIND_ADD_ON = 0,
  SIDEDISH_KIND_BUNDLE = 1,
  SIDEDISH_KIND_UPSELL = 2,
  SIDEDISH_KIND_ALSO_BOUGHT = 3,
  SIDEDISH_KIND_RECEIPT = 4
};
/* what to do after a yes */
enum {
  SIDEDISH_ACTION_NONE = 0,    /* nothing: a line to print on the receipt, for next time */
  SIDEDISH_ACTION_ADD = 1,     /* add product */
  SIDEDISH_ACTION_REPLACE = 2, /* take off so much of replaces, add product */
  /* sidedish_prompt_parts() says what belongs to the bundle, what of it to add, and what each part costs then */
  SIDEDISH_ACTION_CONVERT = 3
};

typedef struct sidedish_text {
  const char* data;
  size_t size;
} sidedish_text;

/* ---- host -------------------------------------------------------------------------------------------- */
typedef struct sidedish_config {
  uint32_t struct_size;
  uint32_t abi_major;      /* SIDEDISH_ABI_MAJOR */
  sidedish_text state_dir; /* where the agent puts images; none = /var/lib/sidedish */
  /* tmpfs with the rings; none = /run/sidedish, else /dev/shm/sidedish-<uid> */
  sidedish_text run_dir;
  /* instead of state_dir: this image, read once, at open and at refresh */
  sidedish_text image_file;
  /* user that may own those folders beside root and ourselves; none = sidedish */
  sidedish_text owner;
  /* Called on the caller's thread, only from sidedish_open, sidedish_lane_open and sidedish_lane_refresh. */
  void (*log)(void* context, int32_t level, const char* text, size_t size);
  void* log_context;
} sidedish_config;

/*
 * Opens the plugin in this process. No state folder, no image and no agent are fine: status says what is missing.
 * out      receives the handle; NULL on error.
 * Returns SIDEDISH_OK, E_INVALID, E_VERSION, E_NO_MEMORY.
 * Cost: reads the image once into private memory. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_open(const sidedish_config* config, sidedish_host** out);

/* Closes every lane that is still open, then the host. NULL is fine. Since ABI 1.0. */
SIDEDISH_API void sidedish_close(sidedish_host* host);

/* ---- lane -------------------------------------------------------------------------------------------- */
typedef struct sidedish_lane_config {
  uint32_t struct_size;
  uint32_t capabilities;  /* SIDEDISH_CAN_*, SIDEDISH_REPORTS_COMPLETION */
  sidedish_text store;    /* 1..64 bytes */
  sidedish_text terminal; /* 1..64 bytes */
  /*
   * Barcodes that carry a weight or a price, one mask each, separated by spaces, at most 8 in 256 bytes:
   * "2IIIIIIWWWWWC 02IIIIIVPPPPC=plu". Digits stand for themselves, I is the product, W its weight in thousandths of the
   * unit, P its price in minor units, V ignored, C the check digit. The product is "gtin:" with zeros for W, P and V and
   * its own check digit; with =plu "plu:" and the I without zeros in front. A barcode that the rules know as it is stays
   * so. The weight counts for a line of whole pieces that is not flagged weighed, the price for one without any.
   * Since ABI 1.1.
   */
  sidedish_text barcode_masks;
} sidedish_lane_config;

/*
 * One lane per terminal; at most 64 in a process. Allocates all the memory it will ever use, and its ring.
 * Returns SIDEDISH_OK; SIDEDISH_E_NO_STATE: the lane is open (out is set) but nothing can be recorded: baskets stay silent;
 * E_INVALID, E_LIMIT, E_NO_MEMORY, E_FORKED with out = NULL.
 * Cost: one file of 4 MiB on tmpfs. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_lane_open(sidedish_host* host, const sidedish_lane_config* config,
                                        sidedish_lane** out);

/* Open baskets end as unknown. NULL is fine. Since ABI 1.0. */
SIDEDISH_API void sidedish_lane_close(sidedish_lane* lane);

/*
 * Idle-time housekeeping: takes a new image if there is one and no basket is live, so that no sale pays for it.
 * Without it, the first update of a basket does the same. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_lane_refresh(sidedish_lane* lane);

/* ---- basket in --------------------------------------------------------------------------------------- */
typedef struct sidedish_line {
  uint32_t struct_size;
  int32_t kind; /* SIDEDISH_LINE_* */
  /* "sku:...", "gtin:...", "plu:...", "name:..."; at most 96 bytes; goods need one */
  sidedish_text product;
  sidedish_text line_id; /* optional */
  int64_t quantity;      /* thousandths, either sign */
  int64_t unit_price;    /* minor units */
  int64_t line_total;    /* minor units, after line discounts */
  uint32_t flags;        /* SIDEDISH_FLAG_* */
  uint32_t reserved;
  uint64_t from_prompt; /* the prompt this line was added for, 0 = none */
  /* id of the bundle that it belongs to (the prompt's rule), at most 64 bytes; none: it is free for the next one */
  sidedish_text bundle;
} sidedish_line;

typedef struct sidedish_fact {
  uint32_t struct_size;
  int32_t is_number; /* 1: number counts, 0: text counts */
  sidedish_text name;
  sidedish_text text;
  int64_t number;
} sidedish_fact;

/* Something that the customer bought before. Since ABI 1.2. */
typedef struct sidedish_bought {
  uint32_t struct_size;
  uint32_t days_ago; /* most lately; 0 = today */
  sidedish_text product;
} sidedish_bought;

/* whether the customer was here before */
enum { SIDEDISH_VISIT_UNKNOWN = 0, SIDEDISH_VISIT_FIRST = 1, SIDEDISH_VISIT_AGAIN = 2 };

typedef struct sidedish_snapshot {
  uint32_t struct_size;
  int32_t reason;
  /* id, 1..64 bytes, unique in the lane while it lives; reuse the next day is fine */
  sidedish_text basket;
  uint64_t seq;          /* grows with every change of this basket */
  int64_t now_utc_ms;    /* 0 = the system's clock */
  int64_t now_steady_ms; /* 0 = the system's clock */
  int32_t mode;
  uint32_t holds;
  int32_t channel;
  int32_t moment;
  sidedish_text language;    /* BCP 47; none = the store's */
  sidedish_text operator_id; /* optional; never leaves the lane but as a hash */
  sidedish_text looking_at;  /* moment browse */
  char currency[4];          /* ISO 4217 */
  /*
   * 1: all amounts are with tax, 0: without, -1: not said. Otherwise than in the rules: nothing is offered, since no price
   * could be told in the basket's own convention.
   */
  int32_t prices_include_tax;
  int64_t total;              /* of the basket, minor units */
  const sidedish_line* lines; /* the whole basket, in any order; stride is lines[0].struct_size */
  uint32_t line_count;        /* at most 2000 */
  uint32_t fact_count;        /* at most 16 */
  const sidedish_fact* facts;
  /*
   * The customer, as far as it is known. What is not said is unknown, and no rule speaks because of it; only what is to
   * be avoided stops offers whatever the rules say. Since ABI 1.2.
   */
  sidedish_text customer_id;     /* at most 256 bytes; never leaves the lane but as a hash */
  const sidedish_text* segments; /* names, at most 64 bytes each */
  uint32_t segment_count;        /* at most 8 */
  int32_t segments_known; /* 1: these are all, even none; so are those that are named at all */
  /*
   * What the customer declares: allergens as the catalogue names them ("milk"), diets after "diet:" ("diet:vegan"), at
   * most 64 bytes each. A word that the rules do not know stops every offer, and so does a product without allergen data.
   */
  const sidedish_text* avoid;
  uint32_t avoid_count;          /* at most 16 */
  int32_t visit;                 /* SIDEDISH_VISIT_* */
  const sidedish_bought* bought; /* stride is bought[0].struct_size */
  uint32_t bought_count;         /* at most 32 */
  uint32_t
      bought_days; /* bought has everything of so many days; 0 = not said: what is not in it is unknown */
} sidedish_snapshot;

/* ---- prompt out -------------------------------------------------------------------------------------- */
typedef struct sidedish_prompt {
  uint32_t struct_size;
  int32_t kind; /* SIDEDISH_KIND_* */
  uint64_t id;
  uint64_t basis_seq; /* the snapshot it answers; stale when the basket moved on */
  int32_t moment;
  int32_t action;        /* SIDEDISH_ACTION_* */
  sidedish_text product; /* what to add: its key in the rules; none: a conversion adds nothing */
  int64_t quantity;      /* thousandths */
  int64_t price_effect;  /* what the total grows by, in the basket's own convention */
  int64_t saving;
  sidedish_text headline;
  sidedish_text reason;
  sidedish_text line1; /* pole display, 20 characters */
  sidedish_text line2;
  sidedish_text rule; /* id, for why-this */
  sidedish_text rule_name;
  int32_t fresh;          /* 1: new with this call, 0: was standing */
  int32_t plus_tax;       /* 1: price_effect and saving are without tax: say "plus tax" */
  sidedish_text replaces; /* ACTION_REPLACE: the product to take off, as much as quantity */
  uint32_t bundles;       /* ACTION_CONVERT: so many at once */
  uint32_t reserved;
  /*
   * Pictures of the product, for 64 px and for 480 px: the SHA-256 of the file, 64 hexadecimal digits; none: no picture.
   * The agent keeps those it has got in state_dir/pictures/<digest> (WebP or PNG) and serves them at /pictures/<digest>.
   * Since ABI 1.2.
   */
  sidedish_text picture_small;
  sidedish_text picture_large;
} sidedish_prompt;

/*
 * The basket as it is now; the best prompts for it.
 *
 * snapshot   the whole basket. One snapshot repairs everything after a restart of either side.
 * out        caller's array; set out[0].struct_size first (it is the stride). May be NULL when *inout_len is 0.
 * inout_len  in: room in out; out: prompts written, best first, at most 4. At a till there is one at most.
 *
 * A prompt that comes back is shown: that is recorded. One that no longer comes back is withdrawn: clear it.
 * An unchanged snapshot under a new seq repeats the answer. Another basket id parks the basket before.
 * Returns SIDEDISH_OK; E_STALE (0 prompts, nothing changed); E_INVALID; E_LIMIT (more than 2,000 lines or 8 live baskets);
 * E_FORKED. No rules yet, or nothing worth saying, is SIDEDISH_OK with 0 prompts: a sale never waits for us.
 *
 * Cost: no disk, no lock shared with other lanes, no allocation, no system call while no new rules are there.
 * bench: basket_update. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_basket_update(sidedish_lane* lane, const sidedish_snapshot* snapshot,
                                            sidedish_prompt* out, uint32_t* inout_len);

/* A piece of what an upsell or a bundle is made of. */
typedef struct sidedish_part {
  uint32_t struct_size;
  int32_t added; /* 1: to be added, 0: in the basket already */
  sidedish_text product;
  sidedish_text slot; /* of the bundle; none for an upsell */
  int64_t quantity;   /* thousandths, whole units */
  int64_t price; /* bundle: their share of its price, for all of them; upsell: what they cost */
} sidedish_part;

/*
 * The parts of a prompt that stands, for the basket as it was sent last. The prices of a bundle's parts add up to its
 * price: split by largest remainder, per tax class. An add-on has none. Mark the lines of the parts with bundle in the
 * next snapshot; when one is taken off, the bundle is off: send the others without it, at their own prices.
 *
 * out        caller's array; set out[0].struct_size first (it is the stride). May be NULL when *inout_len is 0.
 * inout_len  in: room in out; out: parts written, at most 72.
 * Returns SIDEDISH_OK; E_NOT_FOUND (no such prompt stands in the basket sent last); E_LIMIT (inout_len says how many);
 * E_INVALID; E_VERSION; E_FORKED. Texts live until the next call on the lane. Cost: as a small update. Since ABI 1.1.
 */
SIDEDISH_API int32_t sidedish_prompt_parts(sidedish_lane* lane, uint64_t prompt, sidedish_part* out,
                                           uint32_t* inout_len);

typedef struct sidedish_event {
  uint32_t struct_size;
  int32_t type; /* SIDEDISH_EVENT_* */
  sidedish_text basket;
  int64_t now_utc_ms; /* 0 = the system's clock */
  int64_t now_steady_ms;
  sidedish_text related; /* replaced_by: the new basket id */
  const void* token;     /* resumed: from sidedish_basket_token(); NULL: silent unless known here */
  size_t token_size;
  int64_t total;       /* completed: the final total, minor units */
  int32_t total_known; /* 1: total counts */
  int32_t reserved;
} sidedish_event;

/*
 * Something happened to a basket beside its lines.
 * Returns SIDEDISH_OK; E_NOT_FOUND (no such basket; resumed and voided of an unknown one are fine); E_INVALID (bad token: the
 * basket is resumed without it, silent); E_LIMIT; E_FORKED. Cost as sidedish_basket_update. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_basket_event(sidedish_lane* lane, const sidedish_event* event);

/*
 * The memory of a basket, to be stored with it when it is parked and handed back on any terminal.
 * inout_size  in: room; out: bytes written (256). E_LIMIT tells the size needed. E_NOT_FOUND. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_basket_token(sidedish_lane* lane, sidedish_text basket, void* out,
                                           size_t* inout_size);

/* ---- answers ----------------------------------------------------------------------------------------- */
typedef struct sidedish_outcome {
  uint32_t struct_size;
  int32_t type; /* SIDEDISH_ACCEPTED, ... */
  uint64_t prompt;
  int32_t by; /* SIDEDISH_BY_* */
  int32_t reserved;
  sidedish_text why;  /* remarks; at most 120 bytes */
  int64_t now_utc_ms; /* 0 = the system's clock */
  int64_t now_steady_ms;
} sidedish_outcome;

/*
 * What the cashier or customer said. When it returns SIDEDISH_OK the outcome is recorded: it survives a crash of this
 * process and of the agent (power loss: see the docs, some 100 ms). Repeating the same answer is SIDEDISH_OK and records
 * nothing. A yes is undone within 5 seconds (now_steady_ms) on its own lane. E_NOT_FOUND, E_CONFLICT (answered
 * otherwise, or too late to undo), E_INVALID, E_NO_STATE (nothing can be recorded), E_FORKED.
 * Cost: a copy into memory, no system call. bench: outcome. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_prompt_outcome(sidedish_lane* lane, const sidedish_outcome* outcome);

/* A product that was sold comes back or is voided after the sale: recorded, never prompted. Since ABI 1.0. */
typedef struct sidedish_return {
  uint32_t struct_size;
  uint32_t reserved;
  sidedish_text basket; /* the sale it refers to, none = not known */
  sidedish_text product;
  int64_t quantity; /* thousandths, positive */
  int64_t value;    /* minor units, positive */
  char currency[4];
  uint32_t reserved2;
  int64_t now_utc_ms;
  int64_t now_steady_ms;
} sidedish_return;
SIDEDISH_API int32_t sidedish_record_return(sidedish_lane* lane, const sidedish_return* what);

/* ---- looking inside ---------------------------------------------------------------------------------- */
typedef struct sidedish_status {
  uint32_t struct_size;
  int32_t recording;         /* 1: outcomes are recorded */
  uint64_t image_generation; /* 0 = no image */
  uint64_t pack_version;
  uint64_t updates; /* counters since the lane was opened */
  uint64_t stale;
  uint64_t refused;
  uint64_t recorded; /* outcomes, folded ones included; decision records are counted below */
  uint64_t folded;   /* of those: a full ring kept only their totals */
  uint64_t images_refused;
  uint64_t shown;
  uint64_t withheld;
  uint64_t silences[16]; /* by reason, in the order of the docs (abi.md) */
  uint64_t ring_used;    /* bytes waiting for the agent */
  uint64_t record_epoch; /* of the record ids of this lane */
  uint64_t caps_full;    /* caps counted as reached because lane memory is full */
  int32_t last_silence;
  int32_t reserved;
  uint64_t decisions;         /* decision records, for explain and replay */
  uint64_t decisions_dropped; /* decision records that a full ring had no room for */
  uint64_t merged; /* baskets taken out of an experiment: merged across arms. Since ABI 1.1. */
  /* decisions that ended at the engine's step budget, with the best found until then. Since ABI 1.1. */
  uint64_t searches_cut;
  uint64_t overlay_generation; /* of what is paused, recalled or repriced. Since ABI 1.1. */
  uint64_t overlays_refused;   /* Since ABI 1.1. */
  /* 1: the last decision was made in a rush: the host's hold, or more items a minute than in nine of ten of the lane's own
   * minutes, counted over at least 60. A till then says nothing new, a kiosk half as much. Since ABI 1.2. */
  int32_t rush;
  int32_t reserved2;
} sidedish_status;

/* E_INVALID. Always callable, also after E_NO_STATE. Since ABI 1.0. */
SIDEDISH_API int32_t sidedish_lane_status(const sidedish_lane* lane, sidedish_status* out);

/* Why the last call on this lane did not return SIDEDISH_OK; empty after one that did. Since ABI 1.0. */
SIDEDISH_API sidedish_text sidedish_lane_error(const sidedish_lane* lane);

/* "E_STALE" for SIDEDISH_E_STALE; "unknown" for others. NUL-terminated, static. Since ABI 1.0. */
SIDEDISH_API const char* sidedish_status_name(int32_t status);

/* major << 16 | minor of the library, to compare with SIDEDISH_ABI_MAJOR. Since ABI 1.0. */
SIDEDISH_API uint32_t sidedish_abi_version(void);

/*
 * A binary float as money or quantity: scaled by 10^exponent, half to even, noise below 1e-9 removed
 * (9.290000000000001 with exponent 2 is 929). E_INVALID for NaN, infinities, exponent > 6; E_LIMIT. Since ABI 1.0.
 */
SIDEDISH_API int32_t sidedish_from_double(double value, uint32_t exponent, int64_t* out);

#ifdef __cplusplus
}
#endif
#endif /* SIDEDISH_SIDEDISH_H */
