import type { CommandWords, FlagWords } from "./command-words.ts";

/** A script that completes `exo` in zsh: as a file `_exo` of `fpath`, or by `source` after compinit. */
export function zshScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name, does }) => `    ${quoted(`${name}:${does}`)}`);
  const cases = commands.map((command) => {
    const specs = [...command.flags.map(flagSpec), ...operandSpecs(command)];
    return `    ${command.name}) _arguments ${specs.map((spec) => `\\\n      ${quoted(spec)}`).join(" ")} ;;`;
  });
  return `#compdef exo
# Completes exo in zsh: source <(exo completion zsh), after compinit
_exo() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $command in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _exo ]; then
  _exo "$@"
else
  compdef _exo exo
fi
`;
}

function flagSpec({ flag, help, value }: FlagWords): string {
  const described = `${flag}[${escaped(help)}]`;
  if (value === "none") return described;
  // With "=" and without: both are read.
  const taking = described.replace("[", "=[");
  if (value === "file") return `${taking}:file:_files`;
  return value === "any" ? `${taking}:value: ` : `${taking}:word:(${value.join(" ")})`;
}

function operandSpecs({ operands }: CommandWords): string[] {
  const known = operands.map(
    (words, index) => `${index + 1}:word:${words.length > 0 ? `(${words.join(" ")})` : "_files"}`,
  );
  return [...known, "*:file:_files"];
}

/** Brackets and colons end a part of a specification. */
function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, (letter) => `\\${letter}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
