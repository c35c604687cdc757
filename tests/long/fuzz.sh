# shellcheck shell=bash
# For sourcing by the rows that fuzz: F01 to F06.
# fuzz_row ID TARGET... -- FILE... [!FUNCTION...]: each libFuzzer target (tests/fuzz) for ten minutes, all at once, or with --slice SEED
# for 20 s. Then every input, stored and found, once more, and how many lines of these files, the parsers, were reached: 90 % at least.
# Functions after a ! are no parsers: they write, or read for somebody else.
# An input that breaks a target is kept in build/fuzz/broken/, named, and fails the row; so does a parser that is reached less.

row_arguments=("$@")
fuzz_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
fuzz_skip() { printf 'SKIPPED: %s\n' "$1"; exit 77; }

fuzz_row() {
  local id=$1 seconds=600 seed=${SIDEDISH_SEED:-$RANDOM} targets=() running=() target status=0; shift
  while [[ $1 != -- ]]; do targets+=("$1"); shift; done
  shift
  cd "$fuzz_top" || return 1
  for target in clang++ llvm-profdata llvm-cov python3; do
    command -v "$target" >/dev/null || fuzz_skip "$target is not installed (packaging/install tests)"
  done
  if [[ ${row_arguments[0]:-} == --slice ]]; then
    seconds=20 seed=${row_arguments[1]:?a seed}
    # A slice takes what stage fuzz has built: building takes longer than a slice may.
    for target in "${targets[@]}"; do [[ -x build/fuzz/bin/fuzz_$target ]] || fuzz_skip "fuzz_$target has not been built (tests/run --stage fuzz)"; done
  else
    [[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz >/dev/null
    cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}" >/dev/null
  fi
  fuzz_work=$(mktemp -d)
  trap 'rm -rf "$fuzz_work"' EXIT
  echo "$id seed $seed"
  for target in "${targets[@]}"; do
    mkdir "$fuzz_work/$target"
    tests/fuzz/once "build/fuzz/bin/fuzz_$target" "$seconds" "$seed" "$fuzz_work/$target" >"$fuzz_work/$target.said" 2>&1 &
    running+=($!)
  done
  for target in "${!running[@]}"; do
    wait "${running[target]}" || { status=1; tail -n 40 "$fuzz_work/${targets[target]}.said"; }
  done
  ((status == 0)) || return 1
  for target in "${targets[@]}"; do
    LLVM_PROFILE_FILE=$fuzz_work/$target.profraw "build/fuzz/bin/fuzz_$target" -runs=0 "$fuzz_work/$target" "tests/fuzz/corpus/$target" >"$fuzz_work/$target.again" 2>&1 ||
      { tail -n 40 "$fuzz_work/$target.again"; return 1; }
    llvm-profdata merge -sparse -o "$fuzz_work/$target.profdata" "$fuzz_work/$target.profraw"
    llvm-cov export -format=text "build/fuzz/bin/fuzz_$target" -instr-profile="$fuzz_work/$target.profdata" >"$fuzz_work/$target.json"
    sed -n 's/.*stat::number_of_executed_units: */  '"$target"', inputs tried: /p; $p' "$fuzz_work/$target.said"
  done
  tests/fuzz/reached "$id" "${targets[*]}, $seconds s each, 0 findings" "${targets[@]/#/$fuzz_work/}" -- "$@"
}
