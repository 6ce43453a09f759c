# cuesmith. Settings on top, sources by wildcard, objects in build/<mode>/.
#
#   make            build/cuesmith and its bank  make demo     set up, build, make a cue
#   make test       set up, run every test       make install  PREFIX, DESTDIR
#   make asan|tsan  the tests under sanitizers   make bench    times and ratios; QUICK=1, LONG=1
#   make grid       every function x length x meter x rate
#   make music-report  what the music of 89 prompts holds, with pictures
#   make sound-report  how they sound to ffmpeg, sox and a voice; SEEDS, LIMIT
#   make soak       random batches under the sanitizers; MINUTES
#   make fuzz       libFuzzer targets (clang)    make headers layers tidy format

VERSION := 0.1.0
MODE    ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
DEMO    := bright, forward-moving, no vocals, 90 s, builds in last 20 s

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wformat=2 -Wundef \
        -Wvla -Wcast-qual -Wwrite-strings -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes \
        -Wold-style-definition -Wnull-dereference -Wno-missing-field-initializers -Werror
BASE := -std=c17 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -ffp-contract=off -fPIC -fvisibility=hidden -I.
ASAN := -DCS_SANITIZED -fsanitize=address,undefined,float-divide-by-zero,float-cast-overflow -fno-sanitize-recover=all
TSAN := -DCS_SANITIZED -fsanitize=thread

FLAGS_release := -O2 -g
FLAGS_debug   := -O0 -g
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer $(ASAN)
FLAGS_tsan    := -O1 -g $(TSAN)
FLAGS_fuzz    := -O1 -g -fno-omit-frame-pointer $(ASAN) -fsanitize=fuzzer-no-link

# FluidSynth is loaded when the reference is asked for (gen/render/fluid_library.h).
LINKED   := sndfile libpcre2-8 libcjson nettle
PACKAGES := fluidsynth $(LINKED)
OUT      := build/$(MODE)$(if $(findstring clang,$(CC)),-clang)
DATA_DIR := $(PREFIX)/share/cuesmith
CFLAGS   += $(BASE) $(WARN) $(FLAGS_$(MODE)) -pthread $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I $(PACKAGES) 2>/dev/null))
# Ours is compared with it.
TEST_LIBS := -lebur128
LDLIBS   += $(shell pkg-config --libs $(LINKED) 2>/dev/null) -lm -ldl -pthread

LIB_SOURCES := $(wildcard gen/*.c $(filter-out gen/cli/%,$(wildcard gen/*/*.c)) grammar/*.c soundfonts/*.c soundfonts/house/*.c)
CLI_SOURCES := $(wildcard gen/cli/*.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(OUT)/%.o)
CLI_OBJECTS := $(CLI_SOURCES:%.c=$(OUT)/%.o)
BANK_OBJECTS := $(OUT)/soundfonts/make/bank.o
UNIT_TESTS  := $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(wildcard tests/unit/test_*.c))
EXAMPLES    := $(patsubst tests/examples/%.c,$(OUT)/examples/%,$(wildcard tests/examples/*.c))
TOOLS       := $(patsubst tests/tools/%.c,$(OUT)/tools/%,$(wildcard tests/tools/*.c))
FUZZERS     := $(patsubst tests/fuzz/%.c,$(OUT)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
HEADERS     := $(shell find gen grammar soundfonts -name '*.h')

.PHONY: all lib setup demo test test-run fuzz-run unit asan tsan fuzz bench soak grid music-report sound-report install uninstall headers layers tidy format clean
.DELETE_ON_ERROR:
all: build/cuesmith build/cuesmith.sf2
lib: $(OUT)/libcuesmith.a

# ---- Building ------------------------------------------------------------------

# Objects that know the version or the data folder are made anew when these change.
$(OUT)/settings: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(DATA_DIR)' | cmp -s - $@ || echo '$(VERSION) $(DATA_DIR)' > $@
FORCE:
$(OUT)/gen/base/file.o $(OUT)/gen/engine.o: $(OUT)/settings
$(OUT)/gen/base/file.o: CFLAGS += -DCS_DATA_DIR='"$(DATA_DIR)"'
$(OUT)/gen/engine.o: CFLAGS += -DCS_VERSION='"$(VERSION)"'

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	@pkg-config --exists $(PACKAGES) || { echo "libraries are missing; run: make setup" >&2; exit 1; }
	@echo "  CC    $<"
	@$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/libcuesmith.a: $(LIB_OBJECTS)
	@rm -f $@
	@echo "  AR    $@"
	@ar rcs $@ $^

$(OUT)/libcuesmith.so.0: $(LIB_OBJECTS)
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) -shared -Wl,-soname,libcuesmith.so.0 $^ $(LDLIBS) -o $@

$(OUT)/cuesmith: $(CLI_OBJECTS) $(OUT)/libcuesmith.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

build/cuesmith: $(OUT)/cuesmith
	@cp $< $@.new && mv -f $@.new $@

# Our own bank, made from the fonts that are installed. Its maker is part of
# the build alone, so it is neither in the library nor installed.
$(OUT)/cuesmith-bank: $(BANK_OBJECTS) $(OUT)/libcuesmith.a
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

BANK_PAPERS := $(addprefix soundfonts/,recipe.json measured.json catalogue.json house.json LICENSES)
BANK_CODE   := $(wildcard soundfonts/*.[ch] soundfonts/house/*.[ch] soundfonts/make/*.c gen/io/audio_read.c)
build/cuesmith.sf2: $(BANK_PAPERS) $(BANK_CODE) | $(OUT)/cuesmith-bank
	@echo "  BANK  $@"
	@CUESMITH_DATA='$(CURDIR)' $(OUT)/cuesmith-bank $@

# A unit test is one file, linked with the library: make unit-<name>. The
# compiler does not know that assert_non_null() does not return.
$(OUT)/tests/%: CFLAGS += -Wno-null-dereference
$(OUT)/tests/%: tests/unit/%.c $(OUT)/libcuesmith.a
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	@$(CC) $(CFLAGS) -MMD -MP $< $(OUT)/libcuesmith.a $(LDLIBS) $(TEST_LIBS) -lcmocka -o $@

# Memory is refused in our code and, where it is there as an archive, in PCRE2.
$(OUT)/tests/test_memory: LDLIBS := $(if $(wildcard $(shell $(CC) -print-file-name=libpcre2-8.a)),-l:libpcre2-8.a) $(LDLIBS) \
  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=posix_memalign

# Examples see only what is installed: the public header and the library.
$(OUT)/examples/%: tests/examples/%.c $(OUT)/libcuesmith.a gen/cuesmith.h
	@mkdir -p $(@D)/include
	@cp gen/cuesmith.h $(@D)/include/cuesmith.h
	@echo "  CC    $<"
	@$(CC) -std=c17 -D_POSIX_C_SOURCE=200809L $(WARN) $(FLAGS_$(MODE)) -pthread -I$(@D)/include $< $(OUT)/libcuesmith.a $(LDLIBS) -o $@

# Tools of the tests and the bench.
$(OUT)/tools/%: tests/tools/%.c $(OUT)/libcuesmith.a
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CFLAGS) $< $(OUT)/libcuesmith.a $(LDLIBS) $(TEST_LIBS) -o $@

$(OUT)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(OUT)/libcuesmith.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -fsanitize=fuzzer -Wno-missing-prototypes $< $(OUT)/libcuesmith.a $(LDLIBS) -o $@

# ---- A new user ----------------------------------------------------------------

setup:
	@.ci/setup

demo: setup
	@$(MAKE) --no-print-directory all
	build/cuesmith explain "$(DEMO)"
	build/cuesmith "$(DEMO)" -o demo.wav --midi demo.mid --record demo.json --picture demo.svg --verbose
	@echo "made demo.wav demo.mid demo.json demo.svg"

# ---- Tests ---------------------------------------------------------------------

test:
	@.ci/setup tests
	@$(MAKE) --no-print-directory test-run

test-run: $(UNIT_TESTS) $(EXAMPLES) $(TOOLS) $(OUT)/cuesmith build/cuesmith.sf2
	@OUT=$(OUT) tests/run.sh $(UNIT_TESTS)

unit: $(UNIT_TESTS)
	@for t in $(UNIT_TESTS); do echo "$$t"; $$t || exit 1; done

unit-%: $(OUT)/tests/test_%
	$<

asan tsan:
	@$(MAKE) --no-print-directory test MODE=$@

# Each target runs for FUZZ_SECONDS on its own small corpus.
FUZZ_SECONDS ?= 60
fuzz:
	@tests/fuzz/run.sh --can
	@$(MAKE) --no-print-directory fuzz-run MODE=fuzz CC=clang
fuzz-run: $(FUZZERS)
	@OUT=$(OUT) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $(FUZZERS)

bench: build/cuesmith build/cuesmith.sf2 $(TOOLS)
	@tests/bench/bench.sh
	@tests/bench/batch.py $(if $(QUICK),--jobs 60 --singles 10)

soak: build/cuesmith.sf2
	@$(MAKE) --no-print-directory MODE=asan build/asan/cuesmith
	@tests/bench/soak.sh

grid: build/cuesmith $(TOOLS)
	@tests/bench/grid.py --all

# 89 prompts of four kinds of users, five seeds each: a table and a contact sheet.
music-report: build/cuesmith
	@tests/bench/music_report.py $(if $(SEEDS),--seeds $(SEEDS))

sound-report: build/cuesmith
	@tests/bench/sound_report.py $(if $(SEEDS),--seeds $(SEEDS)) $(if $(LIMIT),--limit $(LIMIT))

# ---- Installing ----------------------------------------------------------------

INSTALL_DATA := cd "$(CURDIR)" && find grammar/lexicon presets soundfonts -name '*.json'

install: build/cuesmith build/cuesmith.sf2 $(OUT)/libcuesmith.a $(OUT)/libcuesmith.so.0
	install -D build/cuesmith '$(DESTDIR)$(PREFIX)/bin/cuesmith'
	install -D -m 644 $(OUT)/libcuesmith.a '$(DESTDIR)$(PREFIX)/lib/libcuesmith.a'
	install -D -m 755 $(OUT)/libcuesmith.so.0 '$(DESTDIR)$(PREFIX)/lib/libcuesmith.so.0'
	ln -sf libcuesmith.so.0 '$(DESTDIR)$(PREFIX)/lib/libcuesmith.so'
	install -D -m 644 gen/cuesmith.h '$(DESTDIR)$(PREFIX)/include/cuesmith.h'
	mkdir -p '$(DESTDIR)$(PREFIX)/lib/pkgconfig'
	printf 'prefix=%s\nName: cuesmith\nDescription: background music from a description\nVersion: %s\nCflags: -I$${prefix}/include\nLibs: -L$${prefix}/lib -lcuesmith\nRequires.private: %s\nLibs.private: -lm -ldl -pthread\n' \
	  '$(PREFIX)' '$(VERSION)' '$(LINKED)' > '$(DESTDIR)$(PREFIX)/lib/pkgconfig/cuesmith.pc'
	$(INSTALL_DATA) | while read -r f; do install -D -m 644 "$$f" '$(DESTDIR)$(DATA_DIR)'/"$$f" || exit 1; done
	for f in build/cuesmith.sf2 build/cuesmith.sf2.json; do [ ! -f $$f ] || install -D -m 644 $$f '$(DESTDIR)$(DATA_DIR)'/soundfonts/$${f#build/} || exit 1; done
	install -D -m 644 soundfonts/LICENSES '$(DESTDIR)$(DATA_DIR)/soundfonts/LICENSES'
	install -D -m 644 gen/cli/cuesmith.1 '$(DESTDIR)$(PREFIX)/share/man/man1/cuesmith.1'
	install -D -m 644 gen/cli/completion.bash '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/cuesmith'
	install -D -m 644 gen/cli/completion.zsh '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_cuesmith'

uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/bin/cuesmith' '$(DESTDIR)$(PREFIX)/lib/libcuesmith.a' '$(DESTDIR)$(PREFIX)/lib/libcuesmith.so.0' \
	  '$(DESTDIR)$(PREFIX)/lib/libcuesmith.so' '$(DESTDIR)$(PREFIX)/include/cuesmith.h' \
	  '$(DESTDIR)$(PREFIX)/lib/pkgconfig/cuesmith.pc' '$(DESTDIR)$(PREFIX)/share/man/man1/cuesmith.1' \
	  '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/cuesmith' '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_cuesmith'
	rm -rf '$(DESTDIR)$(DATA_DIR)'

# ---- Keeping the house in order ------------------------------------------------

# Every header compiles alone.
headers:
	@for h in $(HEADERS); do $(CC) $(CFLAGS) -fsyntax-only -x c -Wno-unused $$h || exit 1; done; echo "$(words $(HEADERS)) headers compile alone"

# Each outside library is included by one file; the composer sees no renderer.
layers:
	@tests/layers.sh

# One file at a time: with several, clang-tidy 14 takes every va_list but the
# first for one that was not begun.
TIDY_FLAGS = $(BASE) $(filter -isystem /%,$(CFLAGS)) -DCS_VERSION='\"0\"' -DCS_DATA_DIR='\"/\"'
tidy:
	@printf '%s\n' $(LIB_SOURCES) $(CLI_SOURCES) | \
	  xargs -P $$(nproc) -I{} sh -c "clang-tidy --quiet {} -- $(TIDY_FLAGS) 2>/dev/null" && echo "clang-tidy has nothing to say"

format:
	clang-format -i $(LIB_SOURCES) $(CLI_SOURCES) $(HEADERS) $(wildcard tests/*/*.c tests/*/*.h)

clean:
	rm -rf build

-include $(LIB_OBJECTS:.o=.d) $(CLI_OBJECTS:.o=.d) $(BANK_OBJECTS:.o=.d) $(UNIT_TESTS:=.d)
