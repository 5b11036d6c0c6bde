#!/bin/sh
# What `cmake --install` puts into a prefix that was not configured works from there: the programs,
# libheapd for a stranger's program, the units, the manual.
# usage: test_install.sh CMAKE BUILD CC [SCDOC]     SCDOC: there are man pages
set -eu
cmake=$1
build=$2
cc=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
"$cmake" --install "$build" --prefix "$prefix" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
cd "$folder"

cat >program.c <<END
#include <heapd/client.h>
#include <stdio.h>

int main(void)
{
    struct heapd_client *client;
    struct heapd_error error;
    uint64_t id;

    if (heapd_client_open(NULL, -1, &client, &error) != HEAPD_OK ||
        heapd_create(client, heapd_new_int(1000), heapd_keep_hold(), &id, &error) != HEAPD_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    heapd_client_close(client);
    return 0;
}
END
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name heapd-client.pc)")
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs heapd-client)
libdir=$(dirname "$(find "$prefix" -name libheapd.so)")
# shellcheck disable=SC2086
"$cc" -Wall -Werror -o shared program.c $flags
"$cc" -Wall -Werror -I"$prefix/include" -o static program.c "$libdir/libheapd.a" -lprotobuf-c

mkfifo ready
"$prefix/sbin/heapd" --listen "unix:$folder/heapd.sock" --ready-fd 9 9>ready &
daemon=$!
trap 'kill $daemon 2>/dev/null || true; wait $daemon || true; rm -rf "$folder"' EXIT
read -r _ <ready
export HEAPD_URL="unix:$folder/heapd.sock"
LD_LIBRARY_PATH="$libdir" ./shared
./static
"$prefix/bin/heapctl" verify # finds libheapd by itself
"$prefix/bin/heapctl" --spawn eval '1 + 1' | grep -qx 2
"$prefix/bin/heapd-bench" --help >/dev/null

grep -qFx "ExecStart=$prefix/sbin/heapd" "$prefix/lib/systemd/system/heapd.service"
[ -e "$prefix/lib/systemd/system/heapd.socket" ]
for page in heapd.8 heapctl.1 heapd-bench.1; do
    [ $# -lt 4 ] || grep -q "^.TH" "$prefix/share/man/man${page##*.}/$page"
done
echo ok
