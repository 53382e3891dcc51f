# fish completion for mptcp
# Made from the grammar by: cargo run --example completions -- fish

function __mptcp_options_known
    printf '%s\n' loops=unknown family=families 4= 6= 0= M= B= human= human-readable= stats= statistics= details= resolve= oneline= timestamp= tshort= Version= force= batch=files brief= json= color= help= rcvbuf=unknown iec= netns=namespaces Numeric= all= pretty= echo=
end

function __mptcp_options_offered
    printf '%s\t%s\n' '-resolve' 'endpoint show: host names instead of addresses'
    printf '%s\t%s\n' '-oneline' 'end a record with \\ instead of a line feed'
    printf '%s\t%s\n' '-timestamp' 'monitor: a line with the time before each event'
    printf '%s\t%s\n' '-tshort' 'monitor: the time at the beginning of each line'
    printf '%s\t%s\n' '-Version' 'print the version'
    printf '%s\t%s\n' '-force' 'batch: go on after a line that failed'
    printf '%s\t%s\n' '-batch' 'run the commands in FILE, - is standard input'
    printf '%s\t%s\n' '-json' 'print JSON'
    printf '%s\t%s\n' '-color' 'WHEN is always (if left out), auto or never'
    printf '%s\t%s\n' '-rcvbuf' 'monitor: room for waiting events, in bytes'
    printf '%s\t%s\n' '-netns' 'in that network namespace: a name, path or process'
    printf '%s\t%s\n' '-pretty' 'with -json: laid out for reading'
end

function __mptcp_objects
    printf '%s\t%s\n' 'help' 'this overview, on stderr and as an error'
    printf '%s\t%s\n' 'endpoint' 'the addresses that connections may use'
    printf '%s\t%s\n' 'limits' 'how many addresses and subflows a connection may have'
    printf '%s\t%s\n' 'monitor' 'connections, addresses and subflows, as they come and go'
    printf '%s\t%s\n' 'address' 'the addresses that one connection announces'
    printf '%s\t%s\n' 'subflow' 'the paths that one connection takes'
end

function __mptcp_commands
    switch $argv[1]
        case endpoint
            printf '%s\t%s\n' 'add' 'Let connections use an address'
            printf '%s\t%s\n' 'change' 'Change the flags of an endpoint, and of the subflows it has'
            printf '%s\t%s\n' 'delete' 'Remove an endpoint, and close the subflows it has'
            printf '%s\t%s\n' 'show' 'Show the endpoints, or one of them'
            printf '%s\t%s\n' 'flush' 'Remove all endpoints'
        case limits
            printf '%s\t%s\n' 'set' 'Set the limits for each connection of this host'
            printf '%s\t%s\n' 'show' 'Show the limits'
        case address
            printf '%s\t%s\n' 'announce' 'Tell the peer of one connection of a further address of this host'
            printf '%s\t%s\n' 'remove' 'Withdraw an address from one connection, and close its subflows'
            printf '%s\t%s\n' 'show' 'Show the addresses that one connection announced or has subflows from'
        case subflow
            printf '%s\t%s\n' 'create' 'Open a subflow of one connection'
            printf '%s\t%s\n' 'destroy' 'Close a subflow of one connection'
            printf '%s\t%s\n' 'change' 'Tell the peer whether a subflow of one connection is a reserve'
    end
end

function __mptcp_flags
    switch "$argv"
        case 'endpoint add'
            printf '%s\n' signal subflow laminar backup fullmesh implicit nobackup nofullmesh
        case 'endpoint change'
            printf '%s\n' backup nobackup fullmesh nofullmesh signal subflow laminar implicit
        case 'endpoint delete'
            printf '%s\n' signal subflow laminar backup fullmesh implicit nobackup nofullmesh
        case 'endpoint show'
            printf '%s\n' signal subflow laminar backup fullmesh implicit nobackup nofullmesh
        case 'subflow create'
            printf '%s\n' backup
        case 'subflow change'
            printf '%s\n' backup nobackup
    end
end

function __mptcp_keywords
    switch "$argv"
        case 'endpoint add'
            printf '%s\n' id=unknown dev=devices port=unknown
        case 'endpoint change'
            printf '%s\n' id=ids port=unknown dev=devices
        case 'endpoint delete'
            printf '%s\n' id=ids dev=devices port=unknown
        case 'endpoint show'
            printf '%s\n' id=ids dev=devices port=unknown
        case 'limits set'
            printf '%s\n' subflows=unknown add_addr_accepted=unknown
        case 'limits show'
            printf '%s\n' subflows=unknown add_addr_accepted=unknown
        case 'address announce'
            printf '%s\n' id=unknown dev=devices port=unknown token=unknown
        case 'address remove'
            printf '%s\n' id=unknown token=unknown
        case 'address show'
            printf '%s\n' id=unknown token=unknown
        case 'subflow create'
            printf '%s\n' token=unknown local=unknown id=unknown dev=devices remote=unknown dport=unknown
        case 'subflow destroy'
            printf '%s\n' token=unknown local=unknown sport=unknown remote=unknown dport=unknown
        case 'subflow change'
            printf '%s\n' token=unknown local=unknown sport=unknown remote=unknown dport=unknown
    end
end

function __mptcp_operand
    switch "$argv"
        case 'endpoint add'
            printf '%s\n' unknown
        case 'endpoint change'
            printf '%s\n' addresses
        case 'endpoint delete'
            printf '%s\n' unknown
        case 'endpoint show'
            printf '%s\n' unknown
        case 'address announce'
            printf '%s\n' unknown
    end
end

function __mptcp_words
    switch "$argv"
        case 'endpoint add'
            printf '%s\t%s\n' 'signal' 'announce the address to peers, so that they connect to it'
            printf '%s\t%s\n' 'subflow' 'open subflows from the address'
            printf '%s\t%s\n' 'laminar' 'answer an address that a peer announced from this one (Linux 6.18)'
            printf '%s\t%s\n' 'backup' 'its subflows carry data only while no other can'
            printf '%s\t%s\n' 'fullmesh' 'with subflow: open a subflow to every address of the peer'
            printf '%s\t%s\n' 'id' 'the number it has on the wire, 1 to 255; else the kernel picks one'
            printf '%s\t%s\n' 'dev' 'the device that its subflows go out by'
            printf '%s\t%s\n' 'port' 'with signal: announce this port too, and listen on it'
        case 'endpoint change'
            printf '%s\t%s\n' 'backup' 'its subflows carry data only while no other can'
            printf '%s\t%s\n' 'nobackup' 'they carry data like any other; so it is without the word backup, too'
            printf '%s\t%s\n' 'fullmesh' 'open a subflow to every address of the peer'
            printf '%s\t%s\n' 'nofullmesh' 'no further subflow is opened; so it is without the word fullmesh, too'
            printf '%s\t%s\n' 'id' 'the endpoint with this id'
            printf '%s\t%s\n' 'port' 'with an address: the one that has this port'
        case 'endpoint delete'
            printf '%s\t%s\n' 'id' 'the id that "mptcp endpoint show" prints'
        case 'endpoint show'
            printf '%s\t%s\n' 'id' 'the endpoint with this id only'
        case 'limits set'
            printf '%s\t%s\n' 'subflows' 'additional subflows, those that the peer opens included'
            printf '%s\t%s\n' 'add_addr_accepted' 'announced addresses that a subflow is opened to'
        case 'address announce'
            printf '%s\t%s\n' 'id' 'the number it has on the wire, 1 to 255'
            printf '%s\t%s\n' 'dev' 'a device to note with it, which "address show" prints'
            printf '%s\t%s\n' 'port' 'announce this port too, else the peer takes the connection’s'
            printf '%s\t%s\n' 'token' 'the connection, as "mptcp monitor" and "ss -Mi" print it'
        case 'address remove'
            printf '%s\t%s\n' 'id' 'the id of the address; 0 is the one the connection began with'
            printf '%s\t%s\n' 'token' 'the connection, as "mptcp monitor" and "ss -Mi" print it'
        case 'address show'
            printf '%s\t%s\n' 'id' 'the address with this id only'
            printf '%s\t%s\n' 'token' 'the connection, as "mptcp monitor" and "ss -Mi" print it'
        case 'subflow create'
            printf '%s\t%s\n' 'token' 'the connection, as "mptcp monitor" and "ss -Mi" print it'
            printf '%s\t%s\n' 'local' 'the address of this host; the monitor calls it saddr'
            printf '%s\t%s\n' 'id' 'a number for the local address, 1 to 255; the first address has 0'
            printf '%s\t%s\n' 'dev' 'the device that it goes out by'
            printf '%s\t%s\n' 'backup' 'it carries data only while no other can'
            printf '%s\t%s\n' 'remote' 'the address of the peer; the monitor calls it daddr'
            printf '%s\t%s\n' 'dport' 'the port of the peer'
        case 'subflow destroy'
            printf '%s\t%s\n' 'token' 'the connection, as "mptcp monitor" and "ss -Mi" print it'
            printf '%s\t%s\n' 'local' 'the address of this host; the monitor calls it saddr'
            printf '%s\t%s\n' 'sport' 'the port of this host'
            printf '%s\t%s\n' 'remote' 'the address of the peer; the monitor calls it daddr'
            printf '%s\t%s\n' 'dport' 'the port of the peer'
        case 'subflow change'
            printf '%s\t%s\n' 'token' 'the connection, as "mptcp monitor" and "ss -Mi" print it'
            printf '%s\t%s\n' 'local' 'the address of this host; the monitor calls it saddr'
            printf '%s\t%s\n' 'sport' 'the port of this host; else the first subflow that fits is it'
            printf '%s\t%s\n' 'remote' 'the address of the peer; the monitor calls it daddr'
            printf '%s\t%s\n' 'dport' 'the port of the peer'
            printf '%s\t%s\n' 'backup' 'it carries data only while no other can'
            printf '%s\t%s\n' 'nobackup' 'it carries data like any other'
    end
end

# The first of the names that begins with $argv[1], as NAME=VALUES.
function __mptcp_find
    set -l word $argv[1]
    test -n "$word"; or return 1
    for entry in $argv[2..-1]
        set -l name (string split -m 1 = -- $entry)[1]
        if test "$word" = (string sub -l (string length -- $word) -- $name)
            echo $entry
            return
        end
    end
    return 1
end

# Where on the command line the cursor is. The first line says what is
# expected there, the second is the network namespace asked for, the third and
# fourth are the object and the command; what follows are words that are there.
function __mptcp_position
    set -l words (commandline -opc)[2..-1]
    set -l netns
    set -l known (__mptcp_options_known)
    while set -q words[1]; and string match -q -- '-?*' $words[1]
        set -l word $words[1]
        set -e words[1]
        test "$word" = --; and break
        set -l name (string replace -r -- '^--?([^=]*).*' '$1' $word)
        set -l values (string split -m 1 = -- (__mptcp_find "$name" $known))
        test -n "$values[2]"; or continue
        if not set -q words[1]
            printf '%s\n' $values[2] "$netns" '' ''
            return
        end
        test "$values[1]" = netns; and set netns $words[1]
        set -e words[1]
    end
    if not set -q words[1]
        printf '%s\n' object "$netns" '' ''
        return
    end
    set -l object (__mptcp_find $words[1] (__mptcp_objects | string replace -r '\t.*' ''))
    set -e words[1]
    set -l commands
    set -l command
    set -l used
    set -l state word
    if test -z "$object"
        set state nothing
    else
        set commands (__mptcp_commands $object | string replace -r '\t.*' '')
    end
    if set -q commands[1]
        if not set -q words[1]
            printf '%s\n' command "$netns" $object ''
            return
        end
        set command (__mptcp_find $words[1] $commands); or set state nothing
        set -e words[1]
    end
    set -l flags (__mptcp_flags $object "$command")
    set known (__mptcp_keywords $object "$command")
    while test $state = word; and set -q words[1]
        set -l word $words[1]
        set -e words[1]
        if contains -- $word $flags
            set -a used $word
        else if set -l values (string split -m 1 = -- (__mptcp_find "$word" $known))
            and set -q values[1]
            set -a used $values[1]
            set -q words[1]; or set state $values[2]
            set -e words[1]
        end
    end
    printf '%s\n' $state "$netns" "$object" "$command" $used
end

function __mptcp_devices
    set -l netns $argv[1]
    if test -z "$netns"
        cat /proc/net/dev
    else if test -e /run/netns/$netns
        nsenter --net=/run/netns/$netns cat /proc/net/dev
    else if string match -qr '^[1-9]' -- $netns
        cat /proc/$netns/net/dev
    else
        nsenter --net=$netns cat /proc/net/dev
    end 2>/dev/null | string replace -rf '^ *([^ :]+):.*' '$1'
end

# The endpoints' lines, as they are shown.
function __mptcp_endpoints
    set -l query (commandline -opc)[1]
    test -n "$argv[1]"; and set -a query -netns $argv[1]
    command $query endpoint show 2>/dev/null
end

function __mptcp_complete
    set -l position (__mptcp_position)
    set -l offers
    switch $position[1]
        case object
            set offers (__mptcp_objects)
        case command
            set offers (__mptcp_commands $position[3])
        case word
            set offers (__mptcp_words $position[3..4])
            if test "$(__mptcp_operand $position[3..4])" = addresses
                __mptcp_endpoints $position[2] | string replace -rf '^(\S+) (.*)' '$1\t$2'
            end
        case devices
            __mptcp_devices $position[2]
        case ids
            __mptcp_endpoints $position[2] | string replace -rf '^(.* id (\d+) .*)' '$2\t$1'
        case namespaces
            string replace -r '.*/' '' -- /run/netns/*
        case families
            printf '%s\n' inet inet6 link bridge mpls
    end
    for offer in $offers
        contains -- (string replace -r '\t.*' '' -- $offer) $position[5..-1]
        or echo $offer
    end
end

function __mptcp_expects
    contains -- (__mptcp_position)[1] $argv
end

complete -c mptcp -f
complete -c mptcp -a '(__mptcp_complete)'
complete -c mptcp -n '__mptcp_expects files' -F
for option in (__mptcp_options_offered)
    set -l parts (string split \t -- $option)
    complete -c mptcp -n '__mptcp_expects object' -o (string sub -s 2 -- $parts[1]) -d $parts[2]
end
for when in always auto never
    complete -c mptcp -n '__mptcp_expects object' -o color=$when
end
complete -c mptcp -n '__mptcp_expects object' -l version -d 'print the version'
complete -c mptcp -n '__mptcp_expects object command word' -l help -d 'what each word means'
complete -c ipmptcp -w mptcp
