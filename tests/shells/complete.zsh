# Prints what an interactive zsh offers for the command line $1, a word on a
# line. COMPLETION is the directory with the script under test, SCRATCH an
# empty directory.
zmodload zsh/zpty
zpty shell zsh -f -i

# The words are noted instead of shown.
cat > $SCRATCH/setup <<'SETUP'
PROMPT= fpath=($COMPLETION $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
    # With one of these options it only looks what fits.
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a fitting
    builtin compadd -A fitting "$@"
    (( ! $#fitting )) || print -rl -- $fitting >> $SCRATCH/offers
}
note() {
    zle complete-word
    : > $SCRATCH/done
}
zle -N note
bindkey '^I' note
: > $SCRATCH/ready
SETUP

wait_for() {
    local -i times
    while [[ ! -e $SCRATCH/$1 ]]; do
        (( times++ < 900 )) || { print -u2 "zsh: not $1"; exit 1 }
        sleep 0.1
        # What is not read could block the other side.
        zpty -r -t shell junk || :
    done
}

zpty -w shell "source $SCRATCH/setup"
wait_for ready
zpty -w -n shell "$1"$'\t'
wait_for "done"
zpty -d shell
[[ ! -e $SCRATCH/offers ]] || sort -u $SCRATCH/offers
