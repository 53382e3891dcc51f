# fish completion for the object mptcp of ip. Whatever else ip is used for is
# completed as it was before.

# fish's own completion of ip, given to a command of another name.
function complete
    for at in (seq 2 (count $argv))
        if test "$argv[$at]" = ip; and contains -- $argv[(math $at - 1)] -c --command
            set argv[$at] __mptcp_other_ip
        end
    end
    builtin complete $argv
end
if test -r $__fish_data_dir/completions/ip.fish
    source $__fish_data_dir/completions/ip.fish
else
    # fish 4.1 and later may have it inside.
    status get-file completions/ip.fish 2>/dev/null | source
end
functions -e complete

function __mptcp_ip
    set -l offers (mptcp complete -- (commandline -opc) (commandline -ct) 2>/dev/null)
    set -l answered $status
    printf '%s\n' $offers
    test $answered -eq 0
    or complete -C (commandline -cp | string replace -r '^\s*\S+' __mptcp_other_ip)
end

complete -c ip -f -a '(__mptcp_ip)'
