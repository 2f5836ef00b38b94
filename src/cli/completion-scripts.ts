/** What a shell must know to ask this program what may stand at the cursor. */

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Each script runs `todo-k8s __complete -- WORD…`, which prints a line `word<TAB>meaning` for each candidate, and at the
 * end `:0` where names of files fit, too, or `:4` where they do not (as kubectl's plugins do).
 */
export const SCRIPTS: Record<Shell, string> = {
  bash: `# todo-k8s completion for bash. In ~/.bashrc:  source <(todo-k8s completion bash)
_todo_k8s() {
  local IFS=$'\\n' current out line
  # "=" and ":" end a word for bash, but not for us.
  local -a typed=()
  local rest="\${COMP_LINE:0:COMP_POINT}"
  IFS=$' \\t' read -ra typed <<< "$rest"
  [[ "$rest" == *[[:space:]] ]] && typed+=("")
  current="\${typed[-1]}"
  out=$("\${typed[0]}" __complete -- "\${typed[@]:1}" 2>/dev/null) || return
  # What bash takes for the word begins behind the last "=" or ":".
  local cut=""
  [[ "$current" == *[=:]* && "$COMP_WORDBREAKS" == *=* ]] && cut="\${current%"\${current##*[=:]}"}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) compopt -o default 2>/dev/null ;;
      :*) ;;
      *) line="\${line%%$'\\t'*}"; COMPREPLY+=("\${line#"$cut"}") ;;
    esac
  done <<< "$out"
}
complete -F _todo_k8s todo-k8s
`,
  zsh: `#compdef todo-k8s
# todo-k8s completion for zsh. In ~/.zshrc, behind compinit:  source <(todo-k8s completion zsh)
_todo_k8s() {
  local out line word
  local -a found
  out=$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null) || return 1
  local files=0
  for line in "\${(@f)out}"; do
    case "$line" in
      :0) files=1 ;;
      :*) ;;
      *)
        word="\${\${line%%$'\\t'*}//:/\\\\:}"
        if [[ "$line" == *$'\\t'* ]]; then found+=("$word:\${line#*$'\\t'}"); else found+=("$word"); fi
        ;;
    esac
  done
  (( \${#found} )) && _describe 'todo-k8s' found
  (( files )) && _files
  (( \${#found} || files ))
}
compdef _todo_k8s todo-k8s
`,
  fish: `# todo-k8s completion for fish:  todo-k8s completion fish > ~/.config/fish/completions/todo-k8s.fish
function __todo_k8s
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for line in ($typed[1] __complete -- $typed[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':0'
                __fish_complete_path $current
            case ':*'
            case '*'
                printf '%s\\n' $line
        end
    end
end
complete -c todo-k8s -f -a '(__todo_k8s)'
`,
  powershell: `# todo-k8s completion for PowerShell. In $PROFILE:  todo-k8s completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName todo-k8s -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $typed += '""' }
  & $commandAst.CommandElements[0].ToString() __complete -- @typed 2>$null |
    Where-Object { $_ -notlike ':*' } |
    ForEach-Object {
      $word, $meaning = $_ -split "\`t", 2
      if (-not $meaning) { $meaning = $word }
      [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $meaning)
    }
}
`,
};
