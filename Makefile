# Makefile - the whole project, non-recursively. `make help` lists the targets.
#
#   make VARIANT=debug|release|asan|tsan CC=gcc|clang WERROR=1
#
# Every variant and compiler builds in a folder of its own below build/.

VARIANT ?= release
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CXX     := $(if $(findstring clang,$(CC)),clang++,g++)
B       := build/$(VARIANT)$(if $(findstring clang,$(CC)),-clang)

# ---- flags --------------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
        -Wswitch-enum -Wnull-dereference -Wvla -Wundef -fno-common $(if $(WERROR),-Werror)
FLAGS_debug   := -O0 -g3
FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
                 $(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full) -fPIE
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FLAGS_tsan    := -O1 -g -fsanitize=thread
LINK_debug    :=
LINK_release  := -pie -Wl,-z,relro,-z,now,-z,noexecstack
LINK_asan     := -fsanitize=address,undefined
LINK_fuzz     := -fsanitize=address,undefined
LINK_tsan     := -fsanitize=thread

VERSION := 0.1.0
CFLAGS  := -std=gnu17 -D_GNU_SOURCE -DGB_VERSION='"$(VERSION)"' -I. -Icore $(WARN) $(FLAGS_$(VARIANT))
LDFLAGS := $(LINK_$(VARIANT))

# ---- what is built of what ----------------------------------------------------------------------
# One library a folder; a file that holds a main() is named here and is no part of its library.
MAINS := core/gbc.c sandbox/sandboxd.c sandbox/job/job.c fcgi/main.c fcgi/jobd.c sql/admin/main.c

obj  = $(patsubst %.c,$(B)/%.o,$(filter-out $(MAINS),$(wildcard $(1))))
BASE := $(call obj,core/base/*.c)
CORE := $(call obj,core/base/*.c core/*.c)
SBX  := $(call obj,sandbox/*.c sandbox/screen/*.c)
JOB  := $(call obj,sandbox/job/*.c)
SQL  := $(call obj,sql/*.c) $(B)/sql/migrations.o
ADMIN := $(call obj,sql/admin/*.c)
FCGI := $(call obj,fcgi/*.c)

LIBS_gbc         := -lsodium -lm
LIBS_gb-sandboxd := -lcurl -ljansson -lseccomp -lsodium -lpthread
LIBS_gb-job      := -lseccomp -ljansson
LIBS_gb-fcgi     := -lfcgi -lmemcached -lsqlite3 -lseccomp -ljansson -lsodium -lm -lpthread
LIBS_gb-jobd     := -lmemcached -lsqlite3 -lcurl -lseccomp -ljansson -lsodium -lm -lpthread
LIBS_gb-admin    := -lsqlite3 -lcurl -ljansson -lsodium -lm -lpthread

# A program whose main() is not there yet is left out.
BUILDABLE := $(foreach p,gbc=core/gbc.c gb-sandboxd=sandbox/sandboxd.c gb-job=sandbox/job/job.c \
               gb-fcgi=fcgi/main.c gb-jobd=fcgi/jobd.c gb-admin=sql/admin/main.c,\
               $(if $(wildcard $(lastword $(subst =, ,$(p)))),$(B)/$(firstword $(subst =, ,$(p)))))

.PHONY: all help
all: $(BUILDABLE) $(B)/libgb.a ## build all programs

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CFLAGS_$(<D)) -MMD -MP -c $< -o $@

# The migrations are compiled in.
$(B)/sql/migrations.c: sql/migrations.awk $(sort $(wildcard sql/migrations/*.sql))
	@mkdir -p $(@D)
	awk -f $^ > $@
$(B)/sql/migrations.o: $(B)/sql/migrations.c
	$(CC) $(CFLAGS) -c $< -o $@

# A file as a string of C: $(call as_string,NAME).
as_string = { echo 'static const char $(1)[] ='; sed 's/[\\"]/\\&/g; s/.*/    "&\\n"/' $<; echo '    ;'; } >$@

# core/schema.c holds core/schema.json as a string.
CFLAGS_core := -I$(B)/gen
$(B)/gen/schema.inc: core/schema.json
	@mkdir -p $(@D)
	@$(call as_string,schema_json)
$(B)/core/schema.o: $(B)/gen/schema.inc
# fcgi/openapi.c the components of the API's description.
CFLAGS_fcgi := -I$(B)/gen
$(B)/gen/components.inc: fcgi/components.json
	@mkdir -p $(@D)
	@$(call as_string,components)
$(B)/fcgi/openapi.o: $(B)/gen/components.inc

$(B)/gbc: $(B)/core/gbc.o $(CORE)
	$(CC) $(LDFLAGS) $^ $(LIBS_$(@F)) -o $@
$(B)/gb-sandboxd: $(B)/sandbox/sandboxd.o $(B)/lib.a
	$(CC) $(LDFLAGS) $^ $(LIBS_$(@F)) -o $@
JOB_NEEDS := $(patsubst %,$(B)/%.o,core/base/buf core/base/err core/base/json core/base/jsonw core/base/arena sandbox/screen/tables $(basename $(wildcard sandbox/policy.c)))
# PID 1 of a container that holds no library of ours: static, unless a sanitizer needs its shared runtime.
STATIC := $(if $(findstring -fsanitize,$(LDFLAGS)),,-static$(if $(filter -pie,$(LDFLAGS)),-pie))
$(B)/gb-job: $(B)/sandbox/job/job.o $(JOB) $(JOB_NEEDS)
	$(CC) $(filter-out -pie,$(LDFLAGS)) $(STATIC) $^ $(LIBS_$(@F)) -o $@
$(B)/gb-fcgi: $(B)/fcgi/main.o $(FCGI) $(SQL) $(SBX) $(CORE)
	$(CC) $(LDFLAGS) $^ $(LIBS_$(@F)) -lcurl -o $@
$(B)/gb-jobd: $(B)/fcgi/jobd.o $(FCGI) $(SQL) $(SBX) $(CORE)
	$(CC) $(LDFLAGS) $^ $(LIBS_$(@F)) -lfcgi -o $@
$(B)/gb-admin: $(B)/sql/admin/main.o $(ADMIN) $(SQL) $(BASE) $(call obj,sandbox/client.c sandbox/io.c sandbox/frame.c)
	$(CC) $(LDFLAGS) $^ $(LIBS_$(@F)) -o $@

# The runtime of compiled graphs, as the image and `gbc run --native` take it; gbc holds its text.
RUNTIME_FLAGS_asan := -fsanitize=address,undefined
$(B)/libgb.a: core/runtime/gb.cpp core/runtime/gb.hpp core/faults.def
	@mkdir -p $(@D)
	$(CXX) -std=c++17 -O2 -Wall -Wextra -Wconversion -Wshadow $(if $(WERROR),-Werror) \
	    $(RUNTIME_FLAGS_$(VARIANT)) -c $< -o $(@:.a=.o)
	@rm -f $@
	ar rcs $@ $(@:.a=.o)
$(B)/core/emit_runtime.o: core/runtime/gb.hpp core/runtime/gb.cpp

# ---- unit tests ---------------------------------------------------------------------------------
# tests/unit/test_X.c is one cmocka program; it links every library (the linker takes what it needs).
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
LIBS_all := -lcmocka -lfcgi -lmemcached -lsqlite3 -lcurl -lseccomp -ljansson -lsodium -lm -lpthread

$(B)/lib.a: $(FCGI) $(ADMIN) $(SQL) $(JOB) $(SBX) $(CORE)
	@rm -f $@
	ar rcs $@ $^
$(B)/tests/%: tests/unit/%.c $(B)/lib.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -MMD -MP $< $(B)/lib.a $(LIBS_all) -o $@
# tests/tools/X.c is a program that tests use.
$(B)/tests/%: tests/tools/%.c $(B)/lib.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -MMD -MP $< $(B)/lib.a $(LIBS_all) -o $@

# ---- the two commands of the README ---------------------------------------------------------------
.PHONY: demo check cases metamorphic agree fuzz e2e e2e-long bench unit unit-sanitized format lint clean
demo: ## install what is missing, build, start the stack, submit a graph
	ops/install-deps
	$(MAKE) -j2 all
	ops/demo

check: ## all tests: unit, corpus, random graphs, end to end
	ops/install-deps
	$(MAKE) -j2 all $(UNIT) $(B)/tests/cases $(B)/tests/metamorphic $(B)/tests/agree
	$(MAKE) unit cases metamorphic agree schema-check
	$(MAKE) -j2 unit-sanitized
	$(MAKE) e2e

e2e: all ## the end-to-end tests, against a stack of their own
	tests/e2e/run

e2e-long: all ## load, kill -9 and restarts of the Engine: half an hour
	tests/e2e/run tests/e2e/long/test_*.sh

$(B)/bench/core: tests/bench/core.c $(CORE)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS_gbc) -o $@
$(B)/bench/constant: tests/bench/constant.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $< -lfcgi -lpthread -o $@
$(B)/bench/store: tests/bench/store.c $(SQL) $(BASE)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS_gb-admin) -o $@
bench: all $(B)/bench/core $(B)/bench/constant $(B)/bench/store ## the speed that is promised, as ratios in one run
	tests/bench/run $(PARTS)

# Programs and refusals with what they must give: evaluator, g++ -O0 and -O2, sanitizers, clang++.
$(B)/tests/cases: tests/native/cases.c tests/native/native.c $(B)/lib.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS_gbc) -o $@
cases: $(B)/tests/cases ## the corpus, every way; NAMES="a b" for some, FAST=1 for the evaluator only
	$< $(if $(FAST),--evaluator) $(NAMES)

# Every program of the corpus written differently: what must stay the same, and what must not.
$(B)/tests/metamorphic: $(wildcard tests/metamorphic/*.c) $(B)/lib.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -ljansson $(LIBS_gbc) -o $@
metamorphic: $(B)/tests/metamorphic ## the corpus rewritten: hash and output stay, or the hash changes; NAMES="a b"
	$< $(NAMES)

# Random graphs: evaluator against compiled program.
$(B)/tests/agree: tests/fuzz/agree.c $(wildcard tests/fuzz/generate*.c) tests/native/native.c $(B)/lib.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS_gbc) -o $@
# Parsers of bytes from outside, each under libFuzzer: tests/fuzz/fuzz_X.c.
COMPILER_FUZZERS := fuzz_ir fuzz_node_defs fuzz_pipeline
FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(filter-out $(COMPILER_FUZZERS:%=tests/fuzz/%.c),\
             $(wildcard tests/fuzz/fuzz_*.c)))
FUZZED  := $(wildcard core/base/*.c sandbox/frame.c sandbox/demux.c sandbox/http_head.c \
             sandbox/screen/*.c sandbox/job/imports.c)
build/fuzz/%: tests/fuzz/%.c $(FUZZED)
	@mkdir -p $(@D)
	clang -std=gnu17 -D_GNU_SOURCE -DGB_VERSION='"fuzz"' -I. -Icore -g -O1 \
	    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $^ -o $@
.PHONY: fuzz-parsers
fuzz-parsers: $(FUZZERS) ## libFuzzer on every parser, SECONDS_EACH=30
	@for f in $(FUZZERS); do echo $$f; mkdir -p $$f.corpus; \
	    $$f -max_total_time=$(or $(SECONDS_EACH),30) -max_len=20000 -print_final_stats=1 \
	        -artifact_prefix=$$f. $$f.corpus 2>&1 | tail -n 8 | grep -E 'ERROR|number_of_executed|crash' ; \
	    ! ls $$f.crash-* >/dev/null 2>&1 || exit 1; done

agree: $(B)/tests/agree ## 400 random graphs, the same ones each time
	$< --from 1 --count 400
fuzz: $(B)/tests/agree ## 10,000 random graphs, evaluator against compiled program; FROM=seed
	$< --from $(or $(FROM),1000) --count 8000
	$< --from 500000 --count 1000 --variant O2
	$< --from 600000 --count 1000 --variant sanitized

# The IR's schema against the parser.
.PHONY: schema-check fuzz-ir fuzz-node_defs fuzz-pipeline
schema-check: $(B)/gbc ## core/schema.json against what the parser accepts and refuses
	tests/schema_check $<

# libFuzzer (clang): any bytes as an IR, as definitions of external nodes, as a request that goes through
# the whole compiler.
$(B)/fuzz_%: tests/fuzz/fuzz_%.c $(CORE)
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer $^ $(LIBS_gbc) -o $@
fuzz-ir fuzz-node_defs fuzz-pipeline: fuzz-%: ## libFuzzer on the front and on the whole compiler; SECONDS=n (1800)
	$(MAKE) VARIANT=fuzz CC=clang build/fuzz-clang/fuzz_$*
	@mkdir -p build/fuzz-clang/corpus-$*
	build/fuzz-clang/fuzz_$* -dict=tests/fuzz/ir.dict -timeout=5 -rss_limit_mb=2048 -max_len=8192 \
	    -artifact_prefix=build/fuzz-clang/ -max_total_time=$(or $(SECONDS),1800) \
	    build/fuzz-clang/corpus-$* tests/fuzz/seeds/$(if $(filter node_defs,$*),$*,ir examples tests/cases)

unit: $(UNIT) $(B)/gbc $(B)/gb-job ## run the unit tests
	@for t in $(UNIT); do $(RUN_$(VARIANT)) $$t || exit 1; done
	@GBC=$(B)/gbc tests/unit/test_gbc.sh
	@GB_JOB=$(B)/gb-job tests/unit/test_job.sh
# ThreadSanitizer's shadow does not fit around every layout that the kernel may choose (setarch(8)).
RUN_tsan := setarch --addr-no-randomize
unit-sanitized: ## the unit tests under ASan and UBSan, and under TSan
	$(MAKE) VARIANT=asan unit
	$(MAKE) VARIANT=tsan unit

SOURCES := $(wildcard core/*.[ch] core/*/*.[ch] fcgi/*.[ch] sandbox/*.[ch] sandbox/*/*.[ch] sql/*.[ch] \
             sql/*/*.[ch] tests/unit/*.[ch] tests/native/*.[ch] tests/bench/*.[ch] tests/fuzz/*.[ch] \
             tests/metamorphic/*.[ch] tests/tools/*.[ch])
format: ## put every source into the project's format
	clang-format -i $(SOURCES)
lint: $(B)/gen/schema.inc $(B)/gen/components.inc ## format and clang-tidy, as CI sees them
	@clang-format --dry-run --Werror $(SOURCES)
	@printf '%s\n' $(filter %.c,$(filter-out tests/%,$(SOURCES))) | xargs -P2 -n4 sh -c \
	    'clang-tidy --quiet "$$@" -- -std=gnu17 -D_GNU_SOURCE -DGB_VERSION=\"0\" -I. -Icore -I$(B)/gen 2>/dev/null' tidy

.PHONY: docs
docs: $(B)/tests/test_catalogue $(B)/gb-admin ## write the generated pages anew
	@UPDATE_DOCS=1 $<
	$(B)/gb-admin config page > docs/configuration.md.new && mv docs/configuration.md.new docs/configuration.md
	$(B)/gb-admin config sample > ops/config.sample.new && mv ops/config.sample.new ops/config.sample

clean: ## remove everything built
	rm -rf build

-include $(shell find build -name run -prune -o -type f -name '*.d' -print 2>/dev/null)
