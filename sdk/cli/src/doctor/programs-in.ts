/** Words with a meaning of their own where a program would stand: builtins and keywords of POSIX shells. */
const ofShell = new Set(
  ". : [ alias bg break case cd continue do done echo elif else esac eval exit export false fc fg fi for getopts hash if in jobs kill local printf pwd read readonly return set shift source test then time times trap true type ulimit umask unalias unset until wait while { } !".split(
    " ",
  ),
);

/** Those that run another program, which follows. */
const prefixes = new Set(["exec", "command", "env", "nohup", "nice", "time"]);

/**
 * The programs that a shell command starts, as far as they stand there plainly: the first word of each simple command. What is
 * quoted, or comes from a variable, is left out.
 */
export function programsIn(command: string): string[] {
  const simple = command.split(/&&|\|\||[;|&\n()]/);
  return [...new Set(simple.flatMap(programOf))];
}

function programOf(simple: string): string[] {
  const words = simple.trim().split(/\s+/);
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const word = words[first] ?? "";
  if (prefixes.has(word)) return programOf(words.slice(first + 1).join(" "));
  return ofShell.has(word) || !/^[\w./+-]+$/.test(word) || word.startsWith("-") ? [] : [word];
}
