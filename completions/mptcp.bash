# bash completion for mptcp, and for the object mptcp of ip       -*- sh -*-
#
# The program itself knows what may come next: "mptcp complete" prints it.

_mptcp() {
    local program=$1 line=${COMP_LINE:0:COMP_POINT} words offers offer
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    # What was completed before is quoted by backslashes.
    words=("${words[@]//\\/}")
    local current=${words[-1]} status
    [[ ${program##*/} == ip ]] && program=mptcp
    COMPREPLY=()
    offers=$("$program" complete -- "${words[@]}" 2>/dev/null)
    status=$?
    while IFS= read -r offer; do
        offer=${offer%%$'\t'*}
        if [[ $offer ]]; then
            # Readline replaces only what is behind the last of these.
            [[ $COMP_WORDBREAKS == *:* ]] && offer=${offer#"${current%"${current##*[:=]}"}"}
            # The name of a device may be a command to the shell.
            [[ $offer == *[!a-zA-Z0-9_.:,/=+%@-]* ]] && printf -v offer %q "$offer"
            COMPREPLY+=("$offer")
        else
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
        fi
    done < <([[ $offers ]] && printf '%s\n' "$offers")
    return "$status"
}

# Whatever else ip is used for is completed as it was before.
_mptcp_ip() {
    if _mptcp "$@"; then
        # Where nothing fits, no file does.
        compopt +o bashdefault +o default 2>/dev/null
        return
    fi
    local own=("${COMPREPLY[@]}")
    COMPREPLY=()
    if [[ ! ${_mptcp_ip_before-} ]]; then
        complete -r ip
        _comp_load -- ip 2>/dev/null || _completion_loader ip 2>/dev/null
        _mptcp_ip_hook
    fi
    "${_mptcp_ip_before:-:}" "$@"
    COMPREPLY+=("${own[@]}")
}

_mptcp_ip_hook() {
    local before
    before=$(complete -p ip 2>/dev/null)
    [[ $before == *' _mptcp_ip ip' ]] && return
    [[ $before == *' -F '* ]] && before=${before##* -F } && _mptcp_ip_before=${before%% *}
    complete -o bashdefault -o default -F _mptcp_ip ip
}

complete -F _mptcp mptcp ipmptcp
_mptcp_ip_hook
