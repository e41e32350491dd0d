import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Reads the groups to watch (`+ id`, `- id`) until its input ends, which the kernel sees to however its parent dies, and
 * ends those that are left then. In plain sh, as it starts at once and takes no memory worth speaking of. 5 s: a service
 * whose launcher was killed gets half the usual grace to put its work away.
 * No `--` before the negative ids: dash knows none there.
 */
const script = `
groups=" "
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) case "$groups" in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
[ "$groups" = " " ] && exit 0
for group in $groups; do kill -TERM "-$group"; done 2>/dev/null
polls=0
while [ $polls -lt 50 ]; do
  left=""
  for group in $groups; do kill -0 "-$group" 2>/dev/null && left="$left $group"; done
  [ -z "$left" ] && exit 0
  polls=$((polls + 1))
  sleep 0.1
done
for group in $left; do kill -KILL "-$group"; done 2>/dev/null
`;

/** A helper process that kills the groups entrusted to it when this process dies, be it by SIGKILL. Has to be closed. */
export class Watchdog {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor() {
    // In a session of its own, so that neither Ctrl-C nor a signal to the group of this process reaches it.
    this.#child = spawn("/bin/sh", ["-c", script, "exosphere-watchdog"], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#ended = once(this.#child, "exit").catch(() => {}); // no sh, no watchdog: everything else still works
    this.#child.stdin?.on("error", () => {}); // somebody killed it
  }

  /** Process id of the helper. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Entrusts it with a process group. */
  guard(group: number): void {
    this.#child.stdin?.write(`+ ${group}\n`);
  }

  /** The group is gone: its id may be given to others from now on. */
  release(group: number): void {
    this.#child.stdin?.write(`- ${group}\n`);
  }

  /** Ends the helper, and whatever groups it still guards. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}
