// The exported functions: they check arguments, call the lane, and return its status.
#include "plugin/abi/arguments.hpp"
#include "plugin/lane/host.hpp"
#include "rules/base/bytes.hpp"

#include <cstddef>

using sidedish::lane::Host;
using sidedish::lane::Lane;
using sidedish::lane::Status;
using namespace sidedish::abi;

static_assert(static_cast<int>(Status::version) == SIDEDISH_E_VERSION &&
              static_cast<int>(Status::no_memory) == SIDEDISH_E_NO_MEMORY &&
              static_cast<int>(Status::no_state) == SIDEDISH_E_NO_STATE);
static_assert(static_cast<int>(sidedish::OutcomeKind::accept_failed) == SIDEDISH_ACCEPT_FAILED &&
              static_cast<int>(sidedish::BasketEvent::replaced_by) == SIDEDISH_EVENT_REPLACED_BY &&
              static_cast<int>(sidedish::LineKind::log) == SIDEDISH_LINE_LOG);
static_assert(static_cast<int>(sidedish::Action::convert) == SIDEDISH_ACTION_CONVERT &&
              static_cast<int>(sidedish::Kind::upsell) == SIDEDISH_KIND_UPSELL);
static_assert(sidedish::kSilenceReasons ==
              sizeof(sidedish_status::silences) / sizeof(std::uint64_t));

namespace {

Host* inside(sidedish_host* host) noexcept { return reinterpret_cast<Host*>(host); }
Lane* inside(sidedish_lane* lane) noexcept { return reinterpret_cast<Lane*>(lane); }
const Lane* inside(const sidedish_lane* lane) noexcept {
  return reinterpret_cast<const Lane*>(lane);
}
std::int32_t code(Status status) noexcept { return static_cast<std::int32_t>(status); }

/// A lane and a struct, or the status that says what is wrong. The lane's error is cleared.
template <class T>
Status enter(sidedish_lane* lane, const T* from, T& out, std::size_t least = sizeof(T)) noexcept {
  if (lane == nullptr) return Status::invalid;
  if (inside(lane)->is_forked()) return Status::forked;
  inside(lane)->clear_error();
  if (from == nullptr) {
    inside(lane)->refuse(Status::invalid, "an argument is NULL");
    return Status::invalid;
  }
  if (!read_struct(from, out, least)) {
    inside(lane)->refuse(Status::version, "a struct_size is none that we can serve");
    return Status::version;
  }
  return Status::ok;
}

std::int32_t refused(sidedish_lane* lane, Status status, const char* why) noexcept {
  inside(lane)->count_refused();
  return code(inside(lane)->refuse(status, why));
}

}  // namespace

extern "C" {

std::int32_t sidedish_open(const sidedish_config* config, sidedish_host** out) {
  if (out == nullptr) return SIDEDISH_E_INVALID;
  *out = nullptr;
  if (config == nullptr) return SIDEDISH_E_INVALID;
  sidedish_config c;
  if (!read_struct(config, c) || c.abi_major != SIDEDISH_ABI_MAJOR) return SIDEDISH_E_VERSION;
  for (const sidedish_text& text : {c.state_dir, c.run_dir, c.image_file, c.owner}) {
    if (wrong_text(text, 400, true) != nullptr) return SIDEDISH_E_INVALID;
  }
  Status status = Status::ok;
  Host* host = Host::open(
      {view(c.state_dir), view(c.run_dir), view(c.image_file), view(c.owner), c.log, c.log_context},
      status);
  *out = reinterpret_cast<sidedish_host*>(host);
  return code(status);
}

void sidedish_close(sidedish_host* host) { Host::close(inside(host)); }

std::int32_t sidedish_lane_open(sidedish_host* host, const sidedish_lane_config* config,
                                sidedish_lane** out) {
  if (out == nullptr) return SIDEDISH_E_INVALID;
  *out = nullptr;
  if (host == nullptr || config == nullptr) return SIDEDISH_E_INVALID;
  sidedish_lane_config c;
  if (!read_struct(config, c, offsetof(sidedish_lane_config, barcode_masks))) {
    return SIDEDISH_E_VERSION;
  }
  for (const sidedish_text& id : {c.store, c.terminal}) {
    if (id.size == 0 || wrong_text(id, 64, true) != nullptr) return SIDEDISH_E_INVALID;
  }
  sidedish::lane::Masks masks;
  if (wrong_text(c.barcode_masks, 256, true) != nullptr ||
      sidedish::lane::Masks::parse(view(c.barcode_masks), masks) != nullptr) {
    return SIDEDISH_E_INVALID;
  }
  Status status = Status::ok;
  *out = reinterpret_cast<sidedish_lane*>(
      inside(host)->open_lane(view(c.store), view(c.terminal), c.capabilities, masks, status));
  return code(status);
}

void sidedish_lane_close(sidedish_lane* lane) { Host::close_lane(inside(lane)); }

std::int32_t sidedish_lane_refresh(sidedish_lane* lane) {
  if (lane == nullptr) return SIDEDISH_E_INVALID;
  return code(Host::refresh_lane(inside(lane)));
}

std::int32_t sidedish_basket_update(sidedish_lane* lane, const sidedish_snapshot* snapshot,
                                    sidedish_prompt* out, std::uint32_t* inout_len) {
  const std::uint32_t given = inout_len != nullptr ? *inout_len : 0;
  if (inout_len != nullptr) *inout_len = 0;
  sidedish_snapshot said;
  const Status entered = enter(lane, snapshot, said, offsetof(sidedish_snapshot, customer_id));
  if (entered != Status::ok) return code(entered);
  if (inout_len == nullptr || (out == nullptr && given > 0)) {
    return refused(lane, Status::invalid, "no room for prompts was given");
  }
  std::uint32_t stride = 0;
  if (given > 0) {
    std::memcpy(&stride, out, sizeof stride);
    if (stride < offsetof(sidedish_prompt, replaces) || stride > 4096 ||
        stride % alignof(sidedish_prompt) != 0) {
      return refused(lane, Status::version, "the struct_size of out[0] is none that we can serve");
    }
  }
  Room room;
  room.lines = inside(lane)->line_room();
  sidedish::lane::Snapshot read;
  Status status = Status::ok;
  if (const char* why = read_snapshot(said, room, read, status)) {
    return refused(lane, status, why);
  }
  sidedish::lane::Offered offered[sidedish::engine::kMaxPrompts];
  const std::uint32_t places =
      given < sidedish::engine::kMaxPrompts ? given : sidedish::engine::kMaxPrompts;
  std::uint32_t count = 0;
  status = inside(lane)->update(read, {offered, places}, count);
  for (std::uint32_t i = 0; i < count && i < places; ++i) {
    const sidedish::lane::Offered& o = offered[i];
    sidedish_prompt prompt{};
    prompt.kind = static_cast<std::int32_t>(o.kind);
    prompt.id = o.id;
    prompt.basis_seq = o.basis_seq;
    prompt.moment = static_cast<std::int32_t>(o.moment);
    prompt.action = static_cast<std::int32_t>(o.action);
    prompt.product = text(o.product);
    prompt.quantity = o.quantity;
    prompt.price_effect = o.price_effect;
    prompt.saving = o.saving;
    prompt.headline = text(o.headline);
    prompt.reason = text(o.reason);
    prompt.line1 = text(o.line1);
    prompt.line2 = text(o.line2);
    prompt.rule = text(o.rule);
    prompt.rule_name = text(o.rule_name);
    prompt.fresh = o.fresh ? 1 : 0;
    prompt.plus_tax = o.plus_tax ? 1 : 0;
    prompt.replaces = text(o.replaces);
    prompt.bundles = o.bundles;
    prompt.picture_small = text(o.picture_small);
    prompt.picture_large = text(o.picture_large);
    auto* at = reinterpret_cast<sidedish_prompt*>(reinterpret_cast<std::byte*>(out) +
                                                  std::size_t{i} * stride);
    std::memcpy(at, &stride, sizeof stride);
    write_struct(prompt, at, stride);
  }
  *inout_len = count;
  return code(status);
}

std::int32_t sidedish_prompt_parts(sidedish_lane* lane, std::uint64_t id, sidedish_part* out,
                                   std::uint32_t* inout_len) {
  const std::uint32_t given = inout_len != nullptr ? *inout_len : 0;
  if (inout_len != nullptr) *inout_len = 0;
  if (lane == nullptr) return SIDEDISH_E_INVALID;
  if (inside(lane)->is_forked()) return SIDEDISH_E_FORKED;
  inside(lane)->clear_error();
  if (inout_len == nullptr || (out == nullptr && given > 0)) {
    return refused(lane, Status::invalid, "no room for parts was given");
  }
  std::uint32_t stride = sizeof(sidedish_part);
  if (given > 0) {
    std::memcpy(&stride, out, sizeof stride);
    if (stride < sizeof(sidedish_part) || stride > 4096 || stride % alignof(sidedish_part) != 0) {
      return refused(lane, Status::version, "the struct_size of out[0] is none that we can serve");
    }
  }
  sidedish::lane::OfferedPart parts[sidedish::engine::kMaxParts];
  std::uint32_t count = 0;
  const Status status = inside(lane)->parts(id, parts, count);
  if (status != Status::ok) return code(status);
  *inout_len = count;
  if (count > given) return refused(lane, Status::limit, "the prompt has more parts than that");
  for (std::uint32_t i = 0; i < count; ++i) {
    const sidedish::lane::OfferedPart& p = parts[i];
    const sidedish_part part{0,          p.added ? 1 : 0, text(p.product), text(p.slot),
                             p.quantity, p.price};
    auto* at = reinterpret_cast<sidedish_part*>(reinterpret_cast<std::byte*>(out) +
                                                std::size_t{i} * stride);
    std::memcpy(at, &stride, sizeof stride);
    write_struct(part, at, stride);
  }
  return SIDEDISH_OK;
}

std::int32_t sidedish_basket_event(sidedish_lane* lane, const sidedish_event* event) {
  sidedish_event e;
  if (const Status entered = enter(lane, event, e); entered != Status::ok) return code(entered);
  if (e.basket.size == 0) return refused(lane, Status::invalid, "an event has no basket id");
  for (const sidedish_text& id : {e.basket, e.related}) {
    if (const char* why = wrong_text(id, 64, true)) return refused(lane, Status::invalid, why);
  }
  if (e.token == nullptr && e.token_size > 0) {
    return refused(lane, Status::invalid, "a token is NULL with a size");
  }
  if (e.total_known == 1 && !is_amount(e.total)) {
    return refused(lane, Status::invalid, "a total is beyond 10^12");
  }
  if (e.type < SIDEDISH_EVENT_CHECKOUT_STARTED || e.type > SIDEDISH_EVENT_REPLACED_BY) {
    return SIDEDISH_OK;  // a later version's event: we do not know what to do about it
  }
  sidedish::lane::Event read;
  read.type = static_cast<sidedish::BasketEvent>(e.type);
  read.basket = view(e.basket);
  read.related = view(e.related);
  read.now = {e.now_utc_ms, e.now_steady_ms};
  read.token = {static_cast<const std::byte*>(e.token), e.token_size};
  read.total = e.total;
  read.total_known = e.total_known == 1;
  return code(inside(lane)->event(read));
}

std::int32_t sidedish_basket_token(sidedish_lane* lane, sidedish_text basket, void* out,
                                   std::size_t* inout_size) {
  if (lane == nullptr) return SIDEDISH_E_INVALID;
  if (inside(lane)->is_forked()) return SIDEDISH_E_FORKED;
  inside(lane)->clear_error();
  if (inout_size == nullptr || (out == nullptr && *inout_size > 0) ||
      wrong_text(basket, 64, true) != nullptr) {
    return refused(lane, Status::invalid, "a token needs a basket id and a place to go");
  }
  const Status status =
      inside(lane)->token(view(basket), {static_cast<std::byte*>(out), *inout_size});
  if (status == Status::ok || status == Status::limit) {
    *inout_size = sizeof(sidedish::engine::BasketMemory);
  }
  return code(status);
}

std::int32_t sidedish_prompt_outcome(sidedish_lane* lane, const sidedish_outcome* outcome) {
  sidedish_outcome o;
  if (const Status entered = enter(lane, outcome, o); entered != Status::ok) return code(entered);
  const bool is_answer = o.type >= SIDEDISH_ACCEPTED && o.type <= SIDEDISH_UNDONE;
  if (!is_answer && o.type != SIDEDISH_NOT_A_FIT && o.type != SIDEDISH_ACCEPT_FAILED) {
    return refused(lane, Status::invalid, "an outcome of a type that no host may send");
  }
  if (o.prompt == 0) return refused(lane, Status::invalid, "an outcome names no prompt");
  if (const char* why = wrong_text(o.why, 120, false)) return refused(lane, Status::invalid, why);
  return code(inside(lane)->answer({static_cast<sidedish::OutcomeKind>(o.type),
                                    o.prompt,
                                    known(o.by, sidedish::By::customer, sidedish::By::unknown),
                                    view(o.why),
                                    {o.now_utc_ms, o.now_steady_ms}}));
}

std::int32_t sidedish_record_return(sidedish_lane* lane, const sidedish_return* what) {
  sidedish_return r;
  if (const Status entered = enter(lane, what, r); entered != Status::ok) return code(entered);
  if (const char* why = wrong_text(r.basket, 64, true)) return refused(lane, Status::invalid, why);
  if (const char* why = wrong_text(r.product, 96, true)) return refused(lane, Status::invalid, why);
  if (r.product.size == 0 || r.quantity <= 0 || r.value < 0 || !is_amount(r.quantity) ||
      !is_amount(r.value) || !is_currency(r.currency)) {
    return refused(lane, Status::invalid, "a return needs a product, a quantity and a value");
  }
  sidedish::lane::Return read{
      view(r.basket), view(r.product), r.quantity, r.value, {}, {r.now_utc_ms, r.now_steady_ms}};
  std::memcpy(read.currency, r.currency, sizeof read.currency);
  return code(inside(lane)->record_return(read));
}

std::int32_t sidedish_lane_status(const sidedish_lane* lane, sidedish_status* out) {
  if (lane == nullptr || out == nullptr) return SIDEDISH_E_INVALID;
  std::uint32_t size = 0;
  std::memcpy(&size, out, sizeof size);
  if (size < sizeof size || size > 64 * 1024) return SIDEDISH_E_VERSION;
  const Lane& l = *inside(lane);
  const sidedish::lane::Counters& c = l.counters();
  sidedish_status s{};
  s.recording = l.ring().is_open() && !l.is_forked() ? 1 : 0;
  s.image_generation = l.rules().generation();
  s.pack_version = l.pack_version();
  s.updates = c.updates;
  s.stale = c.stale;
  s.refused = c.refused;
  s.recorded = l.records().outcomes;
  s.folded = l.records().folded;
  s.images_refused = l.rules().refused();
  s.shown = c.shown;
  s.withheld = c.withheld;
  std::memcpy(s.silences, c.silences, sizeof s.silences);
  s.ring_used = l.ring().used();
  s.record_epoch = l.ring().epoch();
  s.caps_full = c.caps_full;
  s.searches_cut = c.searches_cut;
  s.decisions = l.records().decisions;
  s.decisions_dropped = l.records().decisions_dropped;
  s.merged = c.merged;
  s.last_silence = static_cast<std::int32_t>(c.last_silence);
  s.overlay_generation = l.rules().overlay_generation();
  s.overlays_refused = l.rules().overlays_refused();
  s.rush = l.in_rush() ? 1 : 0;
  write_struct(s, out, size);
  return SIDEDISH_OK;
}

sidedish_text sidedish_lane_error(const sidedish_lane* lane) {
  return lane != nullptr ? text(inside(lane)->error()) : sidedish_text{nullptr, 0};
}

const char* sidedish_status_name(std::int32_t status) {
  static constexpr const char* kNames[] = {"OK",          "E_INVALID", "E_STALE",    "E_NOT_FOUND",
                                           "E_CONFLICT",  "E_LIMIT",   "E_NO_STATE", "E_FORKED",
                                           "E_NO_MEMORY", "E_VERSION"};
  return status >= 0 && status <= SIDEDISH_E_VERSION ? kNames[status] : "unknown";
}

std::uint32_t sidedish_abi_version(void) {
  return static_cast<std::uint32_t>(SIDEDISH_ABI_MAJOR) << 16 | SIDEDISH_ABI_MINOR;
}

std::int32_t sidedish_from_double(double value, std::uint32_t exponent, std::int64_t* out) {
  if (out == nullptr || exponent > 6) return SIDEDISH_E_INVALID;
  const sidedish::Result<std::int64_t> scaled = sidedish::from_double(value, exponent);
  if (!scaled) {
    return scaled.error().code() == sidedish::Errc::limit ? SIDEDISH_E_LIMIT : SIDEDISH_E_INVALID;
  }
  *out = *scaled;
  return SIDEDISH_OK;
}

}  // extern "C"
