# Prints what bash offers for the command line $1, a word on a line.
# COMPLETION is the script under test, SYSTEM one that is loaded before it.
[[ ! $SYSTEM ]] || . "$SYSTEM"
. "$COMPLETION"

COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9
# As readline does: split at blanks, and at colons and equals signs, which
# become words by themselves.
COMP_WORDS=()
rest=$1
while [[ $rest ]]; do
    case $rest in
    ' '*) rest=${rest# } && continue ;;
    [:=]*) word=${rest%%[!:=]*} ;;
    *) word=${rest%%[ :=]*} ;;
    esac
    COMP_WORDS+=("$word")
    rest=${rest#"$word"}
done
[[ $1 == *[\ :=] ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))

name=${COMP_WORDS[0]##*/}
specification=$(complete -p "$name") || exit
# Readline offers files where a function has nothing to offer and says no more.
files=
[[ $specification != *'-o default '* ]] || files='a file'
compopt() { [[ $* != *'+o default'* ]] || files=; }
specification=${specification##* -F }
"${specification%% *}" "$name" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
((${#COMPREPLY[@]})) || COMPREPLY=(${files:+"$files"})
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
