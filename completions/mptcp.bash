# bash completion for mptcp, and for the mptcp of ip             -*- sh -*-
#
# Made from the grammar by: cargo run --example completions -- bash

_mptcp_options() {
    known=(loops=unknown family=families 4= 6= 0= M= B= human= human-readable= stats= statistics= details= resolve= oneline= timestamp= tshort= Version= force= batch=files brief= json= color= help= rcvbuf=unknown iec= netns=namespaces Numeric= all= pretty= echo=)
    offers=(-resolve -oneline -timestamp -tshort -Version -force -batch -json -color -rcvbuf -netns -pretty)
}

_mptcp_objects() {
    known=(help endpoint limits monitor address subflow)
    shared=(help endpoint limits monitor)
    offers=(help endpoint limits monitor address subflow)
}

_mptcp_commands() {
    case $1 in
    help)
        known=()
        offers=()
        ;;
    endpoint)
        known=(add change delete show flush)
        offers=(add change delete show flush)
        ;;
    limits)
        known=(set show)
        offers=(set show)
        ;;
    monitor)
        known=()
        offers=()
        ;;
    address)
        known=(announce remove show)
        offers=(announce remove show)
        ;;
    subflow)
        known=(create destroy change)
        offers=(create destroy change)
        ;;
    esac
}

_mptcp_words() {
    case $1 in
    'endpoint add')
        flags=(signal subflow laminar backup fullmesh implicit nobackup nofullmesh)
        known=(id=unknown dev=devices port=unknown)
        operand='unknown'
        offers=(signal subflow laminar backup fullmesh id dev port)
        ;;
    'endpoint change')
        flags=(backup nobackup fullmesh nofullmesh signal subflow laminar implicit)
        known=(id=ids port=unknown dev=devices)
        operand='addresses'
        offers=(backup nobackup fullmesh nofullmesh id port)
        ;;
    'endpoint delete')
        flags=(signal subflow laminar backup fullmesh implicit nobackup nofullmesh)
        known=(id=ids dev=devices port=unknown)
        operand='unknown'
        offers=(id)
        ;;
    'endpoint show')
        flags=(signal subflow laminar backup fullmesh implicit nobackup nofullmesh)
        known=(id=ids dev=devices port=unknown)
        operand='unknown'
        offers=(id)
        ;;
    'endpoint flush')
        flags=()
        known=()
        operand=''
        offers=()
        ;;
    'limits set')
        flags=()
        known=(subflows=unknown add_addr_accepted=unknown)
        operand=''
        offers=(subflows add_addr_accepted)
        ;;
    'limits show')
        flags=()
        known=(subflows=unknown add_addr_accepted=unknown)
        operand=''
        offers=()
        ;;
    'monitor ')
        flags=()
        known=()
        operand=''
        offers=()
        ;;
    'address announce')
        flags=()
        known=(id=unknown dev=devices port=unknown token=unknown)
        operand='unknown'
        offers=(id dev port token)
        ;;
    'address remove')
        flags=()
        known=(id=unknown token=unknown)
        operand=''
        offers=(id token)
        ;;
    'address show')
        flags=()
        known=(id=unknown token=unknown)
        operand=''
        offers=(id token)
        ;;
    'subflow create')
        flags=(backup)
        known=(token=unknown local=unknown id=unknown dev=devices remote=unknown dport=unknown)
        operand=''
        offers=(token local id dev backup remote dport)
        ;;
    'subflow destroy')
        flags=()
        known=(token=unknown local=unknown sport=unknown remote=unknown dport=unknown)
        operand=''
        offers=(token local sport remote dport)
        ;;
    'subflow change')
        flags=(backup nobackup)
        known=(token=unknown local=unknown sport=unknown remote=unknown dport=unknown)
        operand=''
        offers=(token local sport remote dport backup nobackup)
        ;;
    esac
}

# The first of the names that begins with $1 goes to `found`, what follows the
# equals sign behind it to `values`.
_mptcp_find() {
    local word=$1 entry
    shift
    found='' values=''
    [[ $word ]] || return 1
    for entry; do
        if [[ ${entry%%=*} == "$word"* ]]; then
            found=${entry%%=*}
            [[ $entry == *=* ]] && values=${entry#*=}
            return 0
        fi
    done
    return 1
}

# Reads the options from `words`, beginning with number `at`, which then is
# that of the object; `state` is what is expected at the end, and `query` gets
# those words that live values are asked for with.
_mptcp_read_options() {
    local known offers found values name
    _mptcp_options
    state=object
    while ((at < ${#words[@]} - 1)); do
        case ${words[at]} in
        --)
            at=$((at + 1))
            return
            ;;
        -?*) ;;
        *) return ;;
        esac
        name=${words[at]#-} name=${name#-} name=${name%%=*}
        at=$((at + 1))
        _mptcp_find "$name" "${known[@]}" && [[ $values ]] || continue
        if ((at == ${#words[@]} - 1)); then
            state=$values
            return
        fi
        if [[ $found == netns ]]; then
            netns=${words[at]}
            query+=(-netns "$netns")
        fi
        at=$((at + 1))
    done
    [[ ${words[at]} == -* ]] && state=option
}

# The same for the object, the command and its words.
_mptcp_read_command() {
    local known shared offers flags operand found values
    [[ $state == object ]] && ((at < ${#words[@]} - 1)) || return
    _mptcp_objects
    state=nothing
    _mptcp_find "${words[at]}" "${known[@]}" || return
    object=$found at=$((at + 1))
    _mptcp_commands "$object"
    if ((${#known[@]})); then
        state=command
        ((at < ${#words[@]} - 1)) || return
        state=nothing
        _mptcp_find "${words[at]}" "${known[@]}" || return
        command=$found at=$((at + 1))
    fi
    known=() flags=()
    _mptcp_words "$object $command"
    state=word
    for (( ; at < ${#words[@]} - 1; at++)); do
        if [[ " ${flags[*]} " == *" ${words[at]} "* ]]; then
            used+=" ${words[at]} "
        elif _mptcp_find "${words[at]}" "${known[@]}"; then
            used+=" $found "
            at=$((at + 1))
            ((at == ${#words[@]} - 1)) && state=$values
        fi
    done
}

_mptcp_devices() {
    if [[ $netns == [1-9]* && ! -e /run/netns/$netns ]]; then
        cat "/proc/$netns/net/dev"
    elif [[ $netns ]]; then
        [[ -e /run/netns/$netns ]] && netns=/run/netns/$netns
        nsenter --net="$netns" cat /proc/net/dev
    else
        cat /proc/net/dev
    fi 2>/dev/null | sed -n 's/^ *\([^ :]*\):.*/\1/p'
}

# The endpoints' ids, or whatever word of their lines $1 matches.
_mptcp_endpoints() {
    "${query[@]}" endpoint show 2>/dev/null | sed -n "s/$1/\\1/p"
}

# What may stand where `state` is, a word on a line.
_mptcp_offers() {
    local known shared offers=() flags operand=''
    case $state in
    option)
        _mptcp_options
        offers+=(-color={always,auto,never} --help --version)
        ;;
    object)
        _mptcp_objects
        [[ $own ]] || offers=("${shared[@]}")
        ;;
    command) _mptcp_commands "$object" ;;
    word) _mptcp_words "$object $command" ;;
    devices) _mptcp_devices ;;
    ids) _mptcp_endpoints '.* id \([0-9]*\) .*' ;;
    namespaces) (cd /run/netns 2>/dev/null && printf '%s\n' *) ;;
    families) offers=(inet inet6 link bridge mpls) ;;
    esac
    [[ $state == @(command|word) && $own && $current == -* ]] && offers+=(--help)
    [[ $operand == addresses ]] && _mptcp_endpoints '^\([^ ]*\) .*'
    local offer
    for offer in "${offers[@]}"; do
        [[ $used == *" $offer "* ]] || echo "$offer"
    done
}

# Completes the last of `words`, from number `at` on.
_mptcp_complete() {
    local current=${words[${#words[@]} - 1]} reply
    if [[ $state == files || $state == namespaces && $current == /* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
    fi
    # compgen -W would expand what looks like a pattern or a variable.
    while read -r reply; do
        [[ $reply == "$current"* ]] && COMPREPLY+=("$reply")
    done < <(_mptcp_offers)
    # Readline replaces only what is behind the last colon or equals sign.
    local behind=${current##*[:=]}
    [[ $COMP_WORDBREAKS == *:* && $current == *[:=]* ]] &&
        COMPREPLY=("${COMPREPLY[@]#"${current%"$behind"}"}")
    return 0
}

# The words up to the cursor, with the pieces of an address put together that
# bash takes apart at its colons.
_mptcp_split() {
    local piece glued=
    words=()
    for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if ((${#words[@]} > 1)) && [[ $glued || $piece == +([:=]) ]]; then
            words[${#words[@]} - 1]+=$piece
        else
            words+=("$piece")
        fi
        glued=
        [[ $piece == +([:=]) && $COMP_WORDBREAKS == *:* ]] && glued=1
    done
}

_mptcp() {
    local words at=1 state object='' command='' used='' netns='' own=1
    _mptcp_split
    local query=("${words[0]}")
    COMPREPLY=()
    _mptcp_read_options
    _mptcp_read_command
    _mptcp_complete
}

# ip: its own completion, but for the object mptcp, which it leaves out.
_mptcp_ip() {
    local words at=1 state object='' command='' used='' netns='' own=''
    _mptcp_split
    local query=("${words[0]}")
    _mptcp_read_options
    if [[ $state == object && $at -lt ${#words[@]}-1 && ${words[at]} == mp* && mptcp == "${words[at]}"* ]]; then
        [[ $(readlink -f "$(type -P "${words[0]}")") == */mptcp ]] && own=1
        query+=(mptcp) at=$((at + 1))
        COMPREPLY=()
        _mptcp_read_command
        _mptcp_complete
        return
    fi
    _mptcp_ip_before "$@"
    local status=$?
    if [[ $state == object && $at -eq ${#words[@]}-1 && mptcp == "${words[at]}"* ]]; then
        [[ " ${COMPREPLY[*]} " == *' mptcp '* ]] || COMPREPLY+=(mptcp)
    fi
    return "$status"
}

# The completion of ip that was there before. The system's own is loaded when
# it is first needed, as bash-completion would do.
_mptcp_ip_before() {
    if [[ ! ${_mptcp_ip_loaded-} ]]; then
        _mptcp_ip_loaded=1
        if [[ ! $_mptcp_ip_function ]]; then
            complete -r ip
            if declare -F _comp_load >/dev/null; then
                _comp_load -- ip
            elif declare -F _completion_loader >/dev/null; then
                _completion_loader ip
            fi
            _mptcp_ip_hook
        fi
    fi
    [[ ! $_mptcp_ip_function ]] || "$_mptcp_ip_function" "$@"
}

# Puts _mptcp_ip before the completion that ip has.
_mptcp_ip_hook() {
    local before
    before=$(complete -p ip 2>/dev/null)
    case $before in
    *' _mptcp_ip ip') return ;;
    *' -F '*)
        before=${before##* -F }
        _mptcp_ip_function=${before%% *}
        complete -F _mptcp_ip ip
        ;;
    *)
        _mptcp_ip_function=
        complete -o bashdefault -o default -F _mptcp_ip ip
        ;;
    esac
}

complete -F _mptcp mptcp ipmptcp
_mptcp_ip_hook
