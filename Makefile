# For packagers, and for those who install from source.
#
#   make                 build the program, linked to the system's C library
#   make static          build it without any library, for TARGET
#   make check           run the tests
#   make install         put it and its files under DESTDIR and PREFIX
#   make uninstall       take them away again
#   make dist            the source archive with all crates, in target/dist
#   make deb, make rpm   packages made of that archive, in target/packages
#   make release-check   whether this may be released; RELEASING.md says more
#   make release         everything that is published, in target/release-VERSION
#   make clean           remove what was built
#
# What is set to nothing is left out with its files: UNITDIR= installs no units,
# SYSCONFDIR= nothing in /etc. packaging/README.md has examples.

PREFIX = /usr/local
SYSCONFDIR = /etc
BINDIR = $(PREFIX)/bin
DATADIR = $(PREFIX)/share
MANDIR = $(DATADIR)/man
DOCDIR = $(DATADIR)/doc/$(PACKAGE)
LICENSEDIR = $(DATADIR)/licenses/$(PACKAGE)
UNITDIR = $(PREFIX)/lib/systemd/system
BASHDIR = $(DATADIR)/bash-completion/completions
ZSHDIR = $(DATADIR)/zsh/site-functions
FISHDIR = $(DATADIR)/fish
# bash completes ip already, and reads what adds to that from here only.
BASHETCDIR = $(if $(BASHDIR),$(addsuffix /bash_completion.d,$(SYSCONFDIR)))
# Ahead in PATH, it puts mptcp in the place of ip.
IPDIR = $(PREFIX)/lib/mptcp/bin
# From there to the program.
IPLINK = $(patsubst $(PREFIX)/%,../../../%,$(BINDIR))/mptcp
# What is installed: the outcome of `make`, or with BINARY='$(STATIC)' that of
# `make static`.
BINARY = $(BUILT)/release/mptcp

# MAINTAINER and REPOSITORY
include packaging/identity

PACKAGE = mptcp-cli
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p;/^version/q' Cargo.toml)
DIST = target/dist
ARCHIVE = $(DIST)/$(PACKAGE)-$(VERSION).tar.xz
PACKAGES = target/packages
# The date that goes into archives and packages.
SOURCE_DATE_EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell \
	[ ! -e .git ] || git log -1 --format=%ct),$(shell stat -c %Y Cargo.toml))
export SOURCE_DATE_EPOCH

CARGO = cargo
RUSTC = rustc
INSTALL = install
CARGO_BUILD = $(CARGO) build --release --locked
BUILT = $(or $(CARGO_TARGET_DIR),target)
HOST := $(shell $(RUSTC) -vV 2>/dev/null | sed -n 's/^host: //p')
TARGET = $(HOST)
STATIC = $(BUILT)/$(TARGET)/release/mptcp

# The same bytes from any directory: paths of this machine are replaced by ones
# that are the same everywhere. The last that matches counts. Crates have the
# place that they have in the source archive.
REMAP = $(foreach map,\
	$(addsuffix =/home,$(filter-out /,$(HOME))) \
	$(CURDIR)=/usr/src/$(PACKAGE) \
	$(addsuffix =/usr/src/$(PACKAGE)/vendor,$(shell ls -d $(CARGO_HOME)/registry/src/* 2>/dev/null)) \
	$(SYSROOT)/lib/rustlib/src/rust=/rustc/$(RUST_COMMIT),\
	--remap-path-prefix=$(map))
CARGO_HOME := $(or $(CARGO_HOME),$(HOME)/.cargo)
SYSROOT = $(shell $(RUSTC) --print sysroot)
RUST_COMMIT = $(shell $(RUSTC) -vV | sed -n 's/^commit-hash: //p')
# Nothing is relocated when it starts, as position-independent code would be. It is
# small before it is fast, but for functions that are cheaper in place than called.
STATIC_RUSTFLAGS = -C target-feature=+crt-static -C relocation-model=static \
	-C llvm-args=-inline-threshold=24
STATIC_PROFILE = CARGO_PROFILE_RELEASE_OPT_LEVEL=z
# Without the tables to unwind the stack with, which gdb reads: they stay in the
# program that `make` builds. Functions that are alike are one. GNU ld can do
# neither, the linker that comes with Rust for x86_64 both.
LEAN_RUSTFLAGS = -C link-arg=-Wl,--icf=all -C link-arg=-Wl,-T,$(CURDIR)/packaging/static.ld -C link-arg=-Wl,--no-eh-frame-hdr

# The linker for another machine: the C compiler that Debian's packages
# gcc-…-linux-gnu… have. Musl targets bring their C library with them.
LINKER_aarch64 = aarch64-linux-gnu-gcc
LINKER_armv7 = arm-linux-gnueabihf-gcc
LINKER_riscv64gc = riscv64-linux-gnu-gcc
LINKER_s390x = s390x-linux-gnu-gcc
LINKER_x86_64 = x86_64-linux-gnu-gcc
machine = $(firstword $(subst -, ,$(1)))
LINKER = $(if $(filter-out $(call machine,$(HOST)),$(call machine,$(TARGET))),$(LINKER_$(call machine,$(TARGET))))
linker_variable = CARGO_TARGET_$(shell echo $(TARGET) | tr a-z- A-Z_)_LINKER

all: fetch
	RUSTFLAGS="$(strip $(RUSTFLAGS) $(REMAP))" $(CARGO_BUILD)

# The target is named so that the flags are not for build scripts and macros,
# which have to be loaded by the compiler.
static: fetch
	lean= out=$$(mktemp -d); \
	$(if $(LINKER),export $(linker_variable)="$${$(linker_variable)-$(LINKER)}"; )\
	if echo 'fn main() {}' | $(RUSTC) - --target $(TARGET) $(if $(LINKER),-C linker="$$$(linker_variable)") \
		$(STATIC_RUSTFLAGS) $(LEAN_RUSTFLAGS) -o $$out/empty 2>/dev/null; \
	then lean="$(LEAN_RUSTFLAGS)"; fi; \
	rm -r $$out; \
	RUSTFLAGS="$(strip $(RUSTFLAGS) $(REMAP) $(STATIC_RUSTFLAGS)) $$lean" \
	$(STATIC_PROFILE) $(CARGO_BUILD) --target $(TARGET)

# Before the build, which has to know where they are.
fetch:
	$(CARGO) fetch --locked --target $(TARGET)

linker:
	$(call require,$(or $(LINKER),cc),it is the linker for $(TARGET))

check:
	$(CARGO) test --locked

clean:
	$(CARGO) clean

# Every file that is installed: $(call files,put) or $(call files,drop).
# $(call $(1),MODE,SOURCE,DIRECTORY,NAME), or the source's name where none is given.
define files
$(call $(1),755,$(BINARY),$(BINDIR),mptcp)
$(call $(1)_link,$(IPLINK),$(IPDIR),ip)
$(call $(1),644,man/mptcp.8,$(addsuffix /man8,$(MANDIR)))
$(call $(1),644,completions/mptcp.bash,$(BASHDIR),mptcp)
$(call $(1)_link,$(BASHDIR)/mptcp,$(BASHETCDIR),mptcp)
$(call $(1),644,completions/_mptcp,$(ZSHDIR))
$(call $(1),644,completions/mptcp.fish,$(addsuffix /vendor_completions.d,$(FISHDIR)))
$(call $(1),644,completions/ip.fish,$(addsuffix /vendor_completions.d,$(FISHDIR)))
$(call $(1)_unit,packaging/systemd/mptcp-batch@.service)
$(call $(1)_unit,packaging/systemd/mptcp@.service)
$(call $(1),644,README.md,$(DOCDIR))
$(call $(1),644,CHANGELOG.md,$(DOCDIR))
$(call $(1),644,docs/compatibility.md,$(addsuffix /docs,$(DOCDIR)))
$(call $(1),644,docs/examples.md,$(addsuffix /docs,$(DOCDIR)))
$(call $(1),644,docs/performance.md,$(addsuffix /docs,$(DOCDIR)))
$(call $(1),644,docs/scripts.md,$(addsuffix /docs,$(DOCDIR)))
$(call $(1),644,docs/services.md,$(addsuffix /docs,$(DOCDIR)))
$(call $(1),644,docs/pictures/connection.svg,$(addsuffix /docs/pictures,$(DOCDIR)))
$(call $(1),644,docs/pictures/watch.svg,$(addsuffix /docs/pictures,$(DOCDIR)))
$(call $(1),644,packaging/two-links.conf,$(addsuffix /examples,$(DOCDIR)))
$(call $(1),644,packaging/examples/laptop.conf,$(addsuffix /examples,$(DOCDIR)))
$(call $(1),644,packaging/examples/router.conf,$(addsuffix /examples,$(DOCDIR)))
$(call $(1),644,packaging/examples/server.conf,$(addsuffix /examples,$(DOCDIR)))
$(call $(1),644,LICENSE,$(LICENSEDIR))
$(call $(1),644,packaging/THIRD-PARTY,$(LICENSEDIR))
$(call $(1)_directory,$(addsuffix /mptcp,$(SYSCONFDIR)))
endef

place = $(DESTDIR)$(3)/$(or $(4),$(notdir $(2)))
put = $(if $(3),$(INSTALL) -D -m $(1) $(2) $(place))
drop = $(if $(3),rm -f $(place))
put_link = $(if $(2),$(INSTALL) -d $(DESTDIR)$(2) && ln -sf $(1) $(DESTDIR)$(2)/$(3))
drop_link = $(if $(2),rm -f $(DESTDIR)$(2)/$(3))
put_directory = $(if $(1),$(INSTALL) -d $(DESTDIR)$(1))
drop_directory = $(if $(1),rmdir $(DESTDIR)$(1) 2>/dev/null || :)
# A unit names the program by its path.
put_unit = $(if $(UNITDIR),$(call put,644,$(1),$(UNITDIR)) && \
	sed -i 's|/usr/bin/mptcp|$(BINDIR)/mptcp|' $(DESTDIR)$(UNITDIR)/$(notdir $(1)))
drop_unit = $(call drop,644,$(1),$(UNITDIR))

# Builds nothing: it may run as root, who need not have a compiler.
install:
	$(call files,put)

uninstall:
	$(call files,drop)
	$(if $(DOCDIR),rmdir $(addprefix $(DESTDIR)$(DOCDIR),/docs/pictures /docs /examples) $(DESTDIR)$(DOCDIR) 2>/dev/null || :)
	$(if $(IPDIR),rmdir $(DESTDIR)$(IPDIR) $(DESTDIR)$(dir $(IPDIR)) 2>/dev/null || :)
	$(if $(LICENSEDIR),rmdir $(DESTDIR)$(LICENSEDIR) 2>/dev/null || :)

# Packages that are no release name whoever builds them.
BUILDER = $(or $(DEBFULLNAME),mptcp-cli) <$(or $(DEBEMAIL),root@localhost)>
dist:
	CARGO='$(CARGO)' packaging/make-dist '$(VERSION)' '$(ARCHIVE)' \
		'$(or $(MAINTAINER),$(BUILDER))' '$(REPOSITORY)'

# Ends at once where a tool is missing.
require = @for tool in $(1); do command -v $$tool >/dev/null || \
	{ echo "make $@: $$tool is missing: $(2)" >&2; exit 1; }; done

# -d, as Rust may be rustup's, of which dpkg knows nothing.
DPKG_BUILDPACKAGE = dpkg-buildpackage -us -uc -d
# Neither the time nor the name of the machine is noted.
RPMBUILD = rpmbuild --nodeps --define '_buildhost reproducible' \
	--define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1'

deb-tools:
	$(call require,dpkg-buildpackage dh $(CARGO),Debian has it in dpkg-dev and debhelper)

rpm-tools:
	$(call require,rpmbuild $(CARGO),it is in the package rpm-build or rpm)

deb: deb-tools dist
	rm -rf target/deb && mkdir -p target/deb $(PACKAGES)
	cp $(ARCHIVE) target/deb/$(PACKAGE)_$(VERSION).orig.tar.xz
	tar -xf $(ARCHIVE) -C target/deb
	mv target/deb/$(PACKAGE)-$(VERSION) target/deb/source
	cp -r target/deb/source/packaging/debian target/deb/source/debian
	cd target/deb/source && $(DPKG_BUILDPACKAGE)
	mv target/deb/*.deb $(PACKAGES)

rpm: rpm-tools dist
	rm -rf target/rpm && mkdir -p target/rpm $(PACKAGES)
	tar -xOf $(ARCHIVE) $(PACKAGE)-$(VERSION)/packaging/rpm/$(PACKAGE).spec >target/rpm/$(PACKAGE).spec
	# The source RPM names its builder, and the others the source RPM made with them.
	for which in -bb -bs; do \
		$(RPMBUILD) $$which --define '_topdir $(CURDIR)/target/rpm' \
			--define '_sourcedir $(CURDIR)/$(DIST)' target/rpm/$(PACKAGE).spec || exit; \
	done
	find target/rpm -name '*.rpm' -exec mv -t $(PACKAGES) {} +

# The recipes for Alpine, Arch and OpenWrt, with the checksum of the archive that
# they are for.
recipes: dist
	rm -rf target/recipes && mkdir -p target/recipes
	tar -xf $(ARCHIVE) -C target/recipes --strip-components=2 $(foreach system,\
		alpine arch openwrt,$(PACKAGE)-$(VERSION)/packaging/$(system))
	sed -i -e "s|@SHA256@|$$(sha256sum <$(ARCHIVE) | cut -d' ' -f1)|" \
		-e "s|@SHA512@|$$(sha512sum <$(ARCHIVE) | cut -d' ' -f1)|" target/recipes/*/*

release-check:
	@packaging/release-check '$(VERSION)' '$(MAINTAINER)' '$(REPOSITORY)'

RELEASE = target/release-$(VERSION)
RELEASE_TARGETS = x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu
release: release-check
	packaging/make-release '$(VERSION)' '$(RELEASE)' $(RELEASE_TARGETS)

.PHONY: all static fetch linker check clean install uninstall dist deb-tools rpm-tools \
	deb rpm recipes release-check release
