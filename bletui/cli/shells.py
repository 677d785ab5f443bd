"""What makes bash, zsh and fish ask `bletui completion words LINE` for what can come next."""

from __future__ import annotations

BASH = r"""# bletui: completion for bash. In ~/.bashrc:  eval "$(bletui completion bash)"
_bletui() {
    local line=${COMP_LINE:0:COMP_POINT} breaks='' head='' last word mark
    # readline replaces only what stands behind the last of its own breaks
    for mark in : = @; do [[ $COMP_WORDBREAKS == *"$mark"* ]] && breaks+=$mark; done
    last=${line##*[[:space:]]}
    [[ -n $breaks && $last == *["$breaks"]* ]] && head=${last%"${last##*["$breaks"]}"}
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        if [[ $word == :files ]]; then
            compopt -o default
            return
        fi
        COMPREPLY+=("${word#"$head"}")
    done < <("$1" completion words "$line" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:/] ]] && compopt -o nospace
    return 0
}
complete -F _bletui bletui
"""

ZSH = r"""#compdef bletui
# bletui: completion for zsh. In ~/.zshrc after compinit:  eval "$(bletui completion zsh)"
_bletui() {
    local line="${(j: :)words[1,CURRENT-1]} $PREFIX" word meaning
    local -a found shown
    while IFS=$'\t' read -r word meaning; do
        if [[ $word == :files ]]; then
            _files
            return
        fi
        found+=("$word")
        shown+=("${(r:26:)word}  $meaning")
    done < <($words[1] completion words "$line" 2>/dev/null)
    compadd -Q -l -d shown -- $found
}
if [[ $funcstack[1] == _bletui ]]; then _bletui "$@"; else compdef _bletui bletui; fi
"""

FISH = r"""# bletui: completion for fish. In ~/.config/fish/config.fish:  bletui completion fish | source
function __bletui_words
    for found in (command bletui completion words (commandline -cp | string collect) 2>/dev/null)
        if test "$found" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $found
        end
    end
end
complete -c bletui -f -a '(__bletui_words)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
