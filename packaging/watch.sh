# shellcheck shell=bash
# For sourcing. watched LABEL LOG COMMAND...: runs the command with its output in LOG, and shows that it is alive: on a
# terminal its latest line, elsewhere a line every 20 seconds. Returns the command's exit status.

clock() { # seconds -> 1m05s
  if (($1 >= 60)); then printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); else printf '%ds' "$1"; fi
}

_alive() { # label log
  local began=$SECONDS every=20 last pause
  if [[ -t 1 ]]; then every=1; fi
  exec {pause}<> <(:)   # waiting on a pipe that never speaks: no sleep process is left behind
  while true; do
    read -rt "$every" -u "$pause" || true
    last=$(tail -c 600 "$2" 2>/dev/null | tr '\r' '\n' | tr -d '\000' | grep -v '^ *$' | tail -n 1 | cut -c 1-90)
    if [[ -t 1 ]]; then
      printf '\r\033[K  %s %s  %s' "$1" "$(clock $((SECONDS - began)))" "$last"
    else
      printf '  %s %s  %s\n' "$1" "$(clock $((SECONDS - began)))" "$last"
    fi
  done
}

watched() {
  local label=$1 log=$2 status=0 reporter
  shift 2
  : >"$log"
  _alive "$label" "$log" 2>/dev/null &
  reporter=$!
  "$@" >>"$log" 2>&1 </dev/null || status=$?
  kill "$reporter" 2>/dev/null || true
  wait "$reporter" 2>/dev/null || true
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
  return "$status"
}
