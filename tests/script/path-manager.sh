# What a test of the kernel or a boot script does with ip: two hosts, told
# apart by their names, are configured, looked at and taken down.
#
# Prints every command, its output and its status, to be compared between the
# ip of iproute2 and the program under the name ip, first in PATH.

# Left and right, unlike any that may be there already.
left=left-$$ right=right-$$

run() {
    echo "\$ ip $*" | sed "s/-$$//g"
    ip "$@" </dev/null 2>&1
    echo "= $?"
}

# A command that must be done before the next ones mean anything.
must() {
    "$@" || { echo "failed: $*"; exit 1; }
}

takedown() {
    ip netns del "$left"
    ip netns del "$right"
}

must ip -Version >/dev/null
trap takedown EXIT
must ip netns add "$left"
must ip netns add "$right"

for host in "$left" "$right"; do
    must ip -net "$host" link set lo up
    must ip netns exec "$host" sh -c 'echo 1 >/proc/sys/net/mptcp/enabled'
    run -n "$host" mptcp endpoint show
    run -n "$host" mptcp endpoint flush
    run -n "$host" mptcp limits set add_addr_accepted 1 subflows 1
    run -n "$host" mptcp limits
done
must ip link add one netns "$left" type veth peer name one netns "$right"
must ip -n "$left" address add 10.0.1.1/24 dev one
must ip -n "$right" address add 10.0.1.2/24 dev one
must ip -n "$left" link set one up
must ip -n "$right" link set dev one up

run -n "$left" mptcp endpoint add 10.0.1.1 dev one subflow
run -n "$left" mptcp endpoint add 10.0.2.1 signal
run -n "$left" mptcp endpoint add 10.0.3.1 subflow backup id 30
run -n "$left" mptcp endpoint add 10.0.4.1 port 10100 signal
run -n "$left" mptcp endpoint add fd00::1 subflow fullmesh
run -n "$left" mptcp endpoint show
run -n "$left" mptcp endpoint show id 30
run -n "$left" mptcp endpoint show id 99
run -n "$left" -j mptcp endpoint show
run -n "$left" -j -p mptcp endpoint show id 1
run -n "$right" mptcp endpoint
run mptcp endpoint

# Refused by the kernel, one by one.
run -n "$left" mptcp endpoint add 10.0.2.1
run -n "$left" mptcp endpoint add 10.0.5.1 id 30
run -n "$left" mptcp endpoint delete id 77
run -n "$left" mptcp endpoint change id 77 backup
run -n "$left" mptcp limits set subflows 4294967295

# Ids are given and given back.
for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
    run -n "$right" mptcp endpoint add "10.1.0.$number" signal
    run -n "$right" mptcp endpoint delete id 1
done
run -n "$right" mptcp endpoint add 10.1.1.1 id 254
run -n "$right" mptcp endpoint add 10.1.1.2
run -n "$right" mptcp endpoint add 10.1.1.3
run -n "$right" mptcp endpoint show

for flags in backup nobackup fullmesh nofullmesh "backup fullmesh"; do
    # Two words where there are two.
    # shellcheck disable=SC2086
    run -n "$left" mptcp endpoint change id 1 $flags
    run -n "$left" mptcp endpoint show id 1
done
run -n "$left" mptcp endpoint change 10.0.3.1 nobackup
run -n "$left" mptcp endpoint delete id 30
run -n "$left" mptcp endpoint

# From inside: the ip that is called there is the first in PATH again.
run netns exec "$left" ip mptcp limits set subflows 4 add_addr_accepted 4
run netns exec "$left" ip mptcp limits show
run netns exec "$left" sh -c 'ip -j mptcp endpoint && ip mptcp endpoint flush'
run netns exec "$left" ip link set one down
run netns exec "$left" ip mp e

# Namespaces that are not there, objects that are not either.
run -n nowhere mptcp endpoint
run -n nowhere link set lo up
run nonsense
run -n "$left" link set nosuch up

# Lines of a batch are the real ip's to run.
printf '%s\n' 'mptcp limits set subflows 2' 'mptcp endpoint delete id 88' |
    ip -n "$left" -force -batch - 2>&1
echo "= $?"
run -n "$left" mptcp limits
echo "the end"
