#!/bin/sh
# The pure rooms need nothing but plain memory functions: no allocation and no system call can be in them.
# usage: needs_nothing.sh ARCHIVE...     Seen to fail: a std::vector in search.cpp (operator new), a time().
set -eu
defined=$(nm --defined-only "$@" | awk 'NF == 3 {print $3}' | sort -u)
needed=$(nm --undefined-only "$@" | awk '$1 == "U" {print $2}' | sort -u)
strange=$(printf '%s\n' "$needed" | grep -vxF "$defined" |
  grep -vxE 'mem(cpy|cmp|set|move)|strlen|__cpu_model|__cpu_indicator_init|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__divti3|__modti3|__udivti3|__umodti3' || true)
if [ -n "$strange" ]; then
  printf 'needs more than it may:\n%s\n' "$strange"
  exit 1
fi
