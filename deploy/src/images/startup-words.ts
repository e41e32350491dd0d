/** What a shell would do something about: such a command cannot be run without one. */
const forShells = /[|&;<>()$`\\"'*?[\]#~={}%!\n]/;

/** A startup command as words, where a shell is not needed to run it; undefined where it is. */
export function startupWords(command: string): readonly string[] | undefined {
  const words = command.trim().split(/\s+/);
  if (words[0] === "exec") words.shift();
  return forShells.test(command) || words[0] === "" ? undefined : words;
}

/** What follows the program that a command ends by running, such as `./greeter --fast`; undefined if it ends otherwise. */
export function programArguments(command: string): readonly string[] | undefined {
  const last = command.split(/&&|;/).at(-1) ?? "";
  const words = startupWords(last);
  return words?.[0]?.startsWith("./") ? words.slice(1) : undefined;
}
