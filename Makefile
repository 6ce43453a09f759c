# cuesmith: settings on top, sources by wildcard, objects in build/<mode>/.

VERSION := 0.1.0
MODE    ?= release
CC      ?= gcc
PREFIX  ?= /usr/local
DESTDIR ?=

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wformat=2 -Wundef \
        -Wvla -Wcast-qual -Wwrite-strings -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes \
        -Wold-style-definition -Wnull-dereference -Werror
BASE := -std=c17 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -I.
ASAN := -fsanitize=address,undefined,float-divide-by-zero,float-cast-overflow -fno-sanitize-recover=all
TSAN := -fsanitize=thread

FLAGS_release := -O2 -g
FLAGS_debug   := -O0 -g
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer $(ASAN)
FLAGS_tsan    := -O1 -g $(TSAN)

PACKAGES := fluidsynth sndfile libpcre2-8 libcjson libebur128 nettle
OUT      := build/$(MODE)
CFLAGS   += $(BASE) $(WARN) $(FLAGS_$(MODE)) -pthread -DCS_VERSION='"$(VERSION)"' \
            -DCS_DATA_DIR='"$(PREFIX)/share/cuesmith"' $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS   += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm -pthread

LIB_SOURCES := $(filter-out gen/cli/%,$(wildcard gen/*.c gen/*/*.c grammar/*.c soundfonts/*.c))
CLI_SOURCES := $(wildcard gen/cli/*.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(OUT)/%.o)
CLI_OBJECTS := $(CLI_SOURCES:%.c=$(OUT)/%.o)

UNIT_TESTS := $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(wildcard tests/unit/test_*.c))

.PHONY: all lib unit clean
all: build/cuesmith

lib: $(OUT)/libcuesmith.a

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/libcuesmith.a: $(LIB_OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(OUT)/cuesmith: $(CLI_OBJECTS) $(OUT)/libcuesmith.a
	$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

build/cuesmith: $(OUT)/cuesmith
	cp $< $@

# A unit test is one file, linked with the library: make unit-<name>
$(OUT)/tests/%: tests/unit/%.c $(OUT)/libcuesmith.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP $< $(OUT)/libcuesmith.a $(LDLIBS) -lcmocka -o $@

unit: $(UNIT_TESTS)
	@for t in $(UNIT_TESTS); do echo "$$t"; $$t || exit 1; done

unit-%: $(OUT)/tests/test_%
	$<

clean:
	rm -rf build

-include $(LIB_OBJECTS:.o=.d) $(CLI_OBJECTS:.o=.d) $(UNIT_TESTS:=.d)
