# The order of the house: layers, headers, no promises left.
. tests/cli/lib.sh
check "the layers hold" tests/layers.sh
check "no half-finished places are marked" bash -c \
  '! grep -rnIE "\b(TODO|FIXME|XXX|HACK)\b" gen grammar soundfonts presets --include="*.[ch]" --include="*.json"'
finish
