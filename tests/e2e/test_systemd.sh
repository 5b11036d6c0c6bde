#!/bin/sh
# The units are sound, and a socket handed over by the service manager is served, with the heap
# that its name says.
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
# the socket of another heap, as heapd.socket says to make one
sed "s,/heapd.sock\$,/b.sock," "$units/heapd.socket" >"$folder/heapd-b.socket"
sed -i "/^ListenStream=/a FileDescriptorName=heap=b\nService=heapd.service" "$folder/heapd-b.socket"
sed -i "/^ExecStart=/s/\$/ --heap b/; /^\[Service\]/a Sockets=heapd.socket heapd-b.socket" "$folder/heapd.service"
systemd-analyze --man=no verify "$folder/heapd.service" "$folder/heapd.socket" "$folder/heapd-b.socket" >"$folder/verdict" 2>&1 ||
    { cat "$folder/verdict"; exit 1; }
if grep "heapd-b.socket:" "$folder/verdict"; then exit 1; fi # a name that it ignores is only a warning
systemd-analyze security --offline=yes --threshold=13 "$folder/heapd.service" >"$folder/exposure" || { cat "$folder/exposure"; exit 1; }

systemd-socket-activate -l "$folder/heapd.sock" --fdname=heap=b "$heapd" --heap b 2>"$folder/activate" &
activate=$!
tries=0
until [ -S "$folder/heapd.sock" ]; do
    tries=$((tries + 1))
    [ $tries -lt 1000000 ] || { cat "$folder/activate"; exit 1; }
done
"$heapctl" -u "unix:$folder/heapd.sock" ping
"$heapctl" -u "unix:$folder/heapd.sock" -o raw info heap | grep -q "^name	b$"
echo ok
