#!/bin/sh
# The units are sound, and a socket handed over by the service manager is served.
# usage: test_systemd.sh HEAPD HEAPCTL
set -eu
heapd=$1
heapctl=$2
units=$(cd "$(dirname "$0")/../../systemd" && pwd)
folder=$(mktemp -d)
trap 'kill "$activate" 2>/dev/null || true; rm -rf "$folder"' EXIT
activate=

# verify wants the program to be there; the unit names where it is installed
sed "s,^ExecStart=[^ ]*,ExecStart=$heapd," "$units/heapd.service" >"$folder/heapd.service"
cp "$units/heapd.socket" "$folder/heapd.socket"
systemd-analyze --man=no verify "$folder/heapd.service" "$folder/heapd.socket"
systemd-analyze security --offline=yes --threshold=13 "$folder/heapd.service" >"$folder/exposure" || { cat "$folder/exposure"; exit 1; }

systemd-socket-activate -l "$folder/heapd.sock" "$heapd" 2>"$folder/activate" &
activate=$!
tries=0
until [ -S "$folder/heapd.sock" ]; do
    tries=$((tries + 1))
    [ $tries -lt 1000000 ] || { cat "$folder/activate"; exit 1; }
done
"$heapctl" -u "unix:$folder/heapd.sock" ping
echo ok
