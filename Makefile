# For packagers, and for those who install from source.
#
#   make                 build the program, linked to the system's C library
#   make static          build it without any library
#   make install         put it and its files under DESTDIR and PREFIX
#   make uninstall       take them away again
#   make deb, make rpm   packages of the static program, in target/packages

PREFIX = /usr/local
SYSCONFDIR = /etc
BINDIR = $(PREFIX)/bin
DATADIR = $(PREFIX)/share
UNITDIR = $(PREFIX)/lib/systemd/system
# What is installed: target/release/mptcp, or the outcome of `make static`
# with BINARY=$(STATIC).
BINARY = target/release/mptcp

CARGO = cargo
CARGO_BUILD = $(CARGO) build --release --locked
TARGET = $(shell rustc -vV | sed -n 's/^host: //p')
STATIC = target/$(TARGET)/release/mptcp
# Nothing is relocated when it starts, as position-independent code would be.
STATIC_RUSTFLAGS = -C target-feature=+crt-static -C relocation-model=static
PACKAGES = target/packages

INSTALL = install
STRIP = strip
COMPLETION = $(DATADIR)/bash-completion/completions/mptcp

all:
	$(CARGO_BUILD)

# The target is named so that the flags are not for build scripts and macros,
# which have to be loaded by the compiler.
static:
	RUSTFLAGS="$(STATIC_RUSTFLAGS)" $(CARGO_BUILD) --target $(TARGET)

# Builds nothing: it may run as root, who need not have a compiler.
install:
	$(INSTALL) -D -m 755 $(BINARY) $(DESTDIR)$(BINDIR)/mptcp
	$(INSTALL) -D -m 644 man/mptcp.8 $(DESTDIR)$(DATADIR)/man/man8/mptcp.8
	$(INSTALL) -D -m 644 completions/mptcp.bash $(DESTDIR)$(COMPLETION)
	$(INSTALL) -D -m 644 completions/_mptcp $(DESTDIR)$(DATADIR)/zsh/site-functions/_mptcp
	$(INSTALL) -D -m 644 completions/mptcp.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/mptcp.fish
	$(INSTALL) -D -m 644 completions/ip.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/ip.fish
	$(INSTALL) -d $(DESTDIR)$(SYSCONFDIR)/bash_completion.d
	ln -sf $(COMPLETION) $(DESTDIR)$(SYSCONFDIR)/bash_completion.d/mptcp
	$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	sed 's|/usr/bin/|$(BINDIR)/|' packaging/systemd/mptcp-batch@.service > $(DESTDIR)$(UNITDIR)/mptcp-batch@.service
	chmod 644 $(DESTDIR)$(UNITDIR)/mptcp-batch@.service
	sed 's|/usr/bin/|$(BINDIR)/|' packaging/systemd/mptcp@.service > $(DESTDIR)$(UNITDIR)/mptcp@.service
	chmod 644 $(DESTDIR)$(UNITDIR)/mptcp@.service
	$(INSTALL) -D -m 644 packaging/two-links.conf $(DESTDIR)$(DATADIR)/doc/mptcp-cli/examples/two-links.conf
	$(INSTALL) -m 644 packaging/examples/*.conf $(DESTDIR)$(DATADIR)/doc/mptcp-cli/examples
	$(INSTALL) -m 644 LICENSE README.md CHANGELOG.md $(DESTDIR)$(DATADIR)/doc/mptcp-cli

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/mptcp
	rm -f $(DESTDIR)$(DATADIR)/man/man8/mptcp.8
	rm -f $(DESTDIR)$(COMPLETION)
	rm -f $(DESTDIR)$(DATADIR)/zsh/site-functions/_mptcp
	rm -f $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/mptcp.fish
	rm -f $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/ip.fish
	rm -f $(DESTDIR)$(SYSCONFDIR)/bash_completion.d/mptcp
	rm -f $(DESTDIR)$(UNITDIR)/mptcp-batch@.service
	rm -f $(DESTDIR)$(UNITDIR)/mptcp@.service
	rm -rf $(DESTDIR)$(DATADIR)/doc/mptcp-cli

# What is packaged has no symbols.
stripped: static
	$(STRIP) $(STATIC)

deb: stripped
	mkdir -p $(PACKAGES)
	$(CARGO) deb --locked --no-build --no-strip --target $(TARGET) --output $(PACKAGES)/

rpm: stripped
	mkdir -p $(PACKAGES)
	$(CARGO) generate-rpm --target $(TARGET) --output $(PACKAGES)/

.PHONY: all static stripped install uninstall deb rpm
