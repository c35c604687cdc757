#!/usr/bin/env bash
# For long rows that are the quick tests with larger counts: sourced, no row itself.
# long_row ID TEST...: runs the Catch2 cases tagged [ID] of these test programs, whole or, with --slice SEED, a part.
# The cases read SIDEDISH_LONG and SIDEDISH_SEED (tests/support/effort.hpp) and print "ID: figures".

row_arguments=("$@")
long_row() {
  local id=$1 test output; shift
  export SIDEDISH_LONG=whole
  if [[ ${row_arguments[0]:-} == --slice ]]; then export SIDEDISH_LONG=slice SIDEDISH_SEED=${row_arguments[1]:?a seed}; fi
  output=$(mktemp)
  # shellcheck disable=SC2064  # the name is known now
  trap "rm -f '$output'" EXIT
  for test in "$@"; do
    "${SIDEDISH_BUILD:-../../build/dev}/tests/$test" "[$id]" | tee -a "$output"
  done
  # No figures, no verdict: a tag that matches nothing must not pass.
  grep "^$id: " "$output"
}
