# fish completion for mptcp. The program itself knows what may come next:
# "mptcp complete" prints it. Where files may come, it prints an empty word.

function __mptcp_offers
    mptcp complete -- (commandline -opc) (commandline -ct) 2>/dev/null
end

function __mptcp_complete
    set -l offers (__mptcp_offers)
    if string match -q \t'*' -- $offers[1]
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $offers
    end
end

complete -c mptcp -f -a '(__mptcp_complete)'
complete -c ipmptcp -w mptcp
