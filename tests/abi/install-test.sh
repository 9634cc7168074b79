#!/bin/sh
# What `cmake --install` puts down suffices to build and run a program: by pkg-config and by CMake, shared and static.
# usage: install-test.sh BUILD_FOLDER SOURCE_FOLDER WORK_FOLDER CC [CFLAGS]
set -eu
build=$1 source=$2 work=$3 cc=$4 flags=${5:-}
rm -rf "$work"
mkdir -p "$work"
DESTDIR= cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
consumer=$source/tests/abi/consumer
lib=$(dirname "$(find "$work/prefix" -name libsipua.so)")
export PKG_CONFIG_PATH="$lib/pkgconfig"
[ "$(pkg-config --modversion sipua)" = 0.2.0 ]
[ "$(readlink "$lib/libsipua.so")" = libsipua.so.0 ]
objdump -p "$lib/libsipua.so" | grep -q 'SONAME *libsipua.so.0$'

echo "pkg-config, shared"
# shellcheck disable=SC2046,SC2086
$cc $flags -std=c99 -pedantic -Wall -Werror "$consumer/main.c" -o "$work/shared" $(pkg-config --cflags --libs sipua)
LD_LIBRARY_PATH=$lib "$work/shared"
# a moved installation works as well
mv "$work/prefix" "$work/moved"
lib=$work/moved${lib#"$work/prefix"}
export PKG_CONFIG_PATH="$lib/pkgconfig"
echo "pkg-config, static"
mkdir "$work/a"
cp "$lib/libsipua.a" "$work/a/"
# shellcheck disable=SC2046,SC2086
$cc $flags "$consumer/main.c" -o "$work/static" $(pkg-config --cflags sipua) -L"$work/a" \
    $(pkg-config --static --libs sipua | sed "s,-L$work/[^ ]*,,; s,-L[^ ]*/pkgconfig[^ ]*,,")
if objdump -p "$work/static" | grep -q 'NEEDED *libsipua'; then echo "it needs libsipua.so"; exit 1; fi
"$work/static"

echo "CMake"
cmake -G Ninja -S "$consumer" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$work/moved" -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$flags" \
    >"$work/cmake.log"
cmake --build "$work/cmake" >>"$work/cmake.log"
"$work/cmake/shared"
"$work/cmake/static"
