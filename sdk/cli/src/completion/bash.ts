import type { CommandWords } from "./command-words.ts";

/**
 * A script that completes `exo` in bash 3.2 and newer. Words that are not known are left to `-o default`, which completes files.
 */
export function bashScript(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ flag, value }) =>
      Array.isArray(value) ? [`    '${name} ${flag}') words='${value.join(" ")}' ;;`] : [],
    ),
  );
  const free = commands.flatMap(({ name, flags }) => {
    const taking = flags
      .filter(({ value }) => value === "any" || value === "file")
      .map(({ flag }) => `'${name} ${flag}'`);
    return taking.length > 0 ? [`    ${taking.join(" | ")}) return ;;`] : [];
  });
  const operands = commands.flatMap(({ name, operands }) =>
    operands.flatMap((words, index) =>
      words.length > 0 ? [`    '${name} ${index + 2}') words='${words.join(" ")}' ;;`] : [],
    ),
  );
  const flags = commands.map(({ name, flags }) => `    ${name}) words='${flags.map(({ flag }) => flag).join(" ")}' ;;`);
  return `# Completes exo in bash: source <(exo completion bash)
_exo() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}" words=''
  # bash takes --flag=value apart.
  if [ "$word" = '=' ]; then
    word=''
  elif [ "$before" = '=' ]; then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(" ")}' -- "$word"))
    return
  fi
  case "$command $before" in
${[...values, ...free].join("\n")}
  esac
  if [ -z "$words" ]; then
    case "$word" in
    -*) case "$command" in
${flags.join("\n")}
      esac ;;
    *) case "$command $COMP_CWORD" in
${operands.join("\n")}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _exo exo
`;
}
