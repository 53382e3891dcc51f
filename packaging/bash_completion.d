# ip is completed from the start, as far as mptcp goes.
. /usr/share/bash-completion/completions/mptcp
