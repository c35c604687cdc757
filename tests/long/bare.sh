# shellcheck shell=bash
# For sourcing by the rows that install the packages on a bare Debian. $row is the row's name, $top the repository.
#
# Needs root, debootstrap and Debian's archive; without one of them the row says SKIPPED and why (status 77). The bare Debian is made once
# and kept in SIDEDISH_BARE (default /var/tmp/sidedish-bare); each run works on a copy that it removes.
: "${row:?}" "${top:?}"

say() { printf '%s: %s\n' "$row" "$*"; }
wrong() { printf '%s: WRONG: %s\n' "$row" "$*"; tail -n 3 "$work"/*.said 2>/dev/null || true; exit 1; }
skip() { printf 'SKIPPED: nothing was proved: %s\n' "$*"; exit 77; }

# bare_debian: makes $work, removed at the end, with a bare Debian of its own in $work/debian.
bare_debian() {
  local bare=${SIDEDISH_BARE:-/var/tmp/sidedish-bare} tool mirror file
  ((EUID == 0)) || skip "needs root to make a bare Debian"
  for tool in debootstrap unshare dpkg-buildpackage dh curl cc; do command -v "$tool" >/dev/null || skip "$tool is not installed (packaging/install build tests)"; done
  unshare --mount --pid --fork true 2>/dev/null || skip "this machine allows no mount namespaces"
  if [[ ! -x $bare/usr/bin/apt-get ]]; then
    mirror=$(sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb (\[[^]]*\] )?([^ ]+) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null | head -n 1) || true  # one of them is there
    rm -rf "$bare.new"
    debootstrap --variant=minbase bookworm "$bare.new" "${mirror:-http://deb.debian.org/debian}" >"$bare.log" 2>&1 ||
      { rm -rf "$bare.new"; skip "debootstrap could not reach Debian's archive: $(tail -n 1 "$bare.log")"; }
    mv "$bare.new" "$bare"
  fi
  work=$(mktemp -d "/var/tmp/sidedish-$row-XXXXXX")
  trap 'rm -rf --one-file-system "$work"' EXIT
  cp -a "$bare" "$work/debian"
  # This machine's package sources and trust, so that apt works inside as it does outside.
  rm -rf "$work/debian/etc/apt/sources.list"
  for file in sources.list sources.list.d apt.conf.d auth.conf.d trusted.gpg.d; do
    if [[ -e /etc/apt/$file ]]; then cp -a "/etc/apt/$file" "$work/debian/etc/apt/"; fi
  done
  if [[ -e /etc/ssl/certs/ca-certificates.crt ]]; then install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/ca-certificates.crt"; fi
  cp /etc/resolv.conf /etc/hosts "$work/debian/etc/"
  mkdir "$work/debian/debs"
}

# pack REVISION [--slice]: the packages into /debs of the bare Debian; a slice takes the build at hand, else what is shipped is compiled.
pack() {
  local from=()
  if [[ ${2:-} == --slice ]]; then from=(--build "${SIDEDISH_BUILD:-$top/build/dev}"); fi
  if ((${#from[@]} == 0)) && (($1 > 1)); then from=(--build "$top/build/package"); fi
  "$top/packaging/build" --no-install "${from[@]}" --revision "$1" --out "$work/$1"
  cp "$work/$1"/*.deb "$work/debian/debs"
}

# Inside: what is mounted or started ends with the process that unshare started.
mount_root() { # FOLDER: $root from now on
  root=$1
  mount --make-rprivate /
  mount -t proc proc "$root/proc"
  mount --bind /dev "$root/dev"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
}
clean=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
for name in http_proxy https_proxy no_proxy; do if [[ -n ${!name:-} ]]; then clean+=("$name=${!name}"); fi; done
in_root() { chroot "$root" "${clean[@]}" "$@"; }
quiet() { "$@" >"$work/log" 2>&1 || { tail -n 30 "$work/log"; wrong "$*"; }; }

# The smallest till, from the installed package's headers, library and example.
compile_till() {
  cc "$root/usr/share/doc/libsidedish-dev/examples/c/minimal.c" "-I$root/usr/include" -L"$(dirname "$(find "$root/usr/lib" -name libsidedish.so)")" -lsidedish -o "$root/opt/till"
}
