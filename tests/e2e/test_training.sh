#!/bin/sh
# tools/train plays through, and leaves nothing behind: neither then, nor when a program of the
# build fails, nor when it is told to end.
# usage: test_training.sh BUILD
set -eu
build=$1
train=$(cd "$(dirname "$0")/../../tools" && pwd)/train
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export TMPDIR="$folder/tmp"
mkdir "$TMPDIR"

nothing_is_left() {
    [ -z "$(ls -A "$TMPDIR")" ] || { echo "$1: left behind: $(ls -A "$TMPDIR")"; exit 1; }
}

"$train" "$build" 5000
nothing_is_left "played through"

# A build of which heapd-bench does what it is told, and the daemon says which process it is.
fake="$folder/a build"
mkdir -p "$fake/src/heapd" "$fake/client/heapctl" "$fake/client/bench"
cat >"$fake/src/heapd/heapd" <<END
#!/bin/sh
echo \$\$ >"$folder/pid"
exec "$build/src/heapd/heapd" "\$@"
END
printf '#!/bin/sh\n' >"$fake/client/heapctl/heapctl"
for way in 'exit 1' 'kill -TERM $PPID' 'kill -INT $PPID' 'kill -HUP $PPID'; do
    printf '#!/bin/sh\n%s\n' "$way" >"$fake/client/bench/heapd-bench"
    chmod +x "$fake"/*/*/*
    if "$train" "$fake" 100; then echo "$way: not told"; exit 1; fi
    nothing_is_left "$way"
    if kill -0 "$(cat "$folder/pid")" 2>/dev/null; then echo "$way: the daemon is left"; exit 1; fi
    rm "$folder/pid"
done
echo ok
