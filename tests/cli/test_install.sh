# What is installed works from its prefix, from a staging folder and with
# CUESMITH_DATA; the example builds against it.
. tests/cli/lib.sh
prefix=$work/prefix
build="make --no-print-directory MODE=$(basename "$OUT" -clang) PREFIX=$prefix"
case $(basename "$OUT") in
asan* | tsan* | *-clang) skip "installing" "done with the release and debug builds" && finish ;;
esac
cp "$OUT/settings" "$work/settings.before"
check "it installs" $build install
check "program, library, header and words are there" test -x "$prefix/bin/cuesmith" -a -f "$prefix/lib/libcuesmith.a" \
  -a -e "$prefix/lib/libcuesmith.so" -a -f "$prefix/include/cuesmith.h" -a -f "$prefix/lib/pkgconfig/cuesmith.pc" \
  -a -f "$prefix/share/man/man1/cuesmith.1" -a -d "$prefix/share/cuesmith/grammar/lexicon"
check "the installed program finds its words" bash -c "cd / && '$prefix/bin/cuesmith' explain 'calm bed, 3 s' --json | grep -q '\"bed\"'"
mv "$prefix/share/cuesmith" "$work/elsewhere"
check "it looks where CUESMITH_DATA points" bash -c "cd / && CUESMITH_DATA='$work/elsewhere' '$prefix/bin/cuesmith' explain 'calm bed, 3 s'"
mv "$work/elsewhere" "$prefix/share/cuesmith"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
check "an example builds with pkg-config" bash -c \
  "cc -std=c17 -o '$work/one_cue' tests/examples/one_cue.c \$(pkg-config --cflags --libs cuesmith)"
check "and makes a cue" bash -c "cd '$work' && LD_LIBRARY_PATH='$prefix/lib' CUESMITH_DATA='$prefix/share/cuesmith' ./one_cue 'calm bed, 2 s' one.wav >out.txt 2>&1 && test -s one.wav"
check "it uninstalls" bash -c "$build uninstall && test -z \"\$(find '$prefix' -type f)\""
check "it stages with DESTDIR" bash -c "make --no-print-directory install MODE=$(basename "$OUT" -clang) PREFIX=/opt/c DESTDIR='$work/stage' && test -x '$work/stage/opt/c/bin/cuesmith'"
# Leave the build as it was: the data folder is compiled in.
make --no-print-directory MODE="$(basename "$OUT" -clang)" all >/dev/null 2>&1
finish
