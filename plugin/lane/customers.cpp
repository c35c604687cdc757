#include "plugin/lane/customers.hpp"

#include "rules/base/hash.hpp"

#include <algorithm>

namespace sidedish::lane {

Customers::Place* Customers::set_of(std::uint64_t customer) noexcept {
  return places_ + mix64(customer) % kSets * kWays;
}

void Customers::look_up(std::uint64_t customer, engine::CustomerMemory& out) noexcept {
  if (out.customer == customer) return;
  out = {};
  out.customer = customer;
  if (customer == 0 || clock_ == 0) return;
  Place* set = set_of(customer);
  for (Place* place = set; place != set + kWays; ++place) {
    if (place->met != 0 && place->memory.customer == customer) {
      place->met = ++clock_;
      out = place->memory;
      return;
    }
  }
}

void Customers::keep(const engine::CustomerMemory& memory) noexcept {
  const auto counts = [](const engine::CustomerCounter& counter) { return counter.rule != 0; };
  if (memory.customer == 0 ||
      std::none_of(std::begin(memory.counters), std::end(memory.counters), counts)) {
    return;
  }
  Place* set = set_of(memory.customer);
  const auto is_it = [&](const Place& place) {
    return place.met != 0 && place.memory.customer == memory.customer;
  };
  const auto earlier = [](const Place& a, const Place& b) { return a.met < b.met; };
  Place* place = std::find_if(set, set + kWays, is_it);
  if (place == set + kWays) {
    place = std::min_element(set, set + kWays, earlier);  // an empty one first
    forgotten_ += place->met != 0 ? 1 : 0;
  }
  place->memory = memory;
  place->met = ++clock_;
}

}  // namespace sidedish::lane
