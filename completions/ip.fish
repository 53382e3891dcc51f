# fish completion for the object mptcp of ip: read at the start of fish
# (vendor_conf.d), so that the completion that ip has otherwise is still read.

complete -c ip -f -a '(mptcp complete -- (commandline -opc) (commandline -ct) 2>/dev/null)'
