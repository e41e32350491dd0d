import type { Log, Registry } from "@exosphere/telemetry";
import { plainCounter, plainGauge } from "@exosphere/telemetry";
import { type WatchFiles, watchByPath } from "./file-watch.ts";
import { QuietFiles } from "./quiet-files.ts";
import { SettingsError } from "./settings-error.ts";

/** How token files are followed. */
export interface TokenFilesOptions {
  readonly log: Pick<Log, "info" | "error">;
  /** Default: by looking at their paths. */
  readonly watch?: WatchFiles;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. Default: in real time. */
  readonly after?: (delayMs: number, run: () => void) => () => void;
}

/** A file that is followed. */
interface Followed {
  readonly setting: string;
  reload(): void;
  close(): void;
  rejected: number;
  isStale: boolean;
}

/**
 * The token files of a process. A changed one is taken over without a restart; a broken one is refused with what is wrong with
 * it, and the tokens that were read before stay in force until it is right again.
 */
export class TokenFiles {
  readonly #options: TokenFilesOptions;
  readonly #followed: Followed[] = [];

  constructor(options: TokenFilesOptions) {
    this.#options = options;
  }

  /**
   * Reads a file, and follows it. Returns what gives the tokens as they are at the moment; undefined where no file is set. `changed`
   * is called when others are in force. Throws the SettingsError of `read`.
   */
  open<Tokens>(
    file: string | undefined,
    setting: string,
    read: (file: string, setting: string) => Tokens,
    changed: () => void = () => {},
  ): (() => Tokens) | undefined {
    if (file === undefined) return undefined;
    const { log, watch = watchByPath, after = afterRealTime } = this.#options;
    let tokens = read(file, setting);
    const files = new QuietFiles([file], { watch, after, onChanged: () => followed.reload() });
    const followed: Followed = {
      setting,
      rejected: 0,
      isStale: false,
      reload() {
        files.wereRead();
        try {
          const found = read(file, setting);
          const isSame = textOf(found) === textOf(tokens);
          tokens = found;
          followed.isStale = false;
          if (isSame) return;
          log.info({ setting }, "took over changed tokens");
          changed();
        } catch (error) {
          followed.rejected += 1;
          followed.isStale = true;
          const mistakes = error instanceof SettingsError ? error.mistakes : [String(error)];
          log.error({ setting, mistakes }, "the changed token file is broken, the old tokens stay");
        }
      },
      close: () => files.close(),
    };
    this.#followed.push(followed);
    return () => tokens;
  }

  /** What `/readyz` should mention: files that are broken. */
  remarks(): string[] {
    return this.#followed
      .filter(({ isStale }) => isStale)
      .map(({ setting }) => `the changed file of ${setting} is broken, older tokens are in force; see the log`);
  }

  /** Registers how the process keeps up with its token files. */
  register(registry: Registry): void {
    const measure = (value: (followed: Followed) => number) => () =>
      this.#followed.map((each) => ({ labels: { setting: each.setting }, value: value(each) }));
    plainGauge({
      registry,
      name: "exo_token_file_stale",
      help: "1 while a token file is broken and the tokens that were read before are in force, by setting.",
      labelNames: ["setting"],
      collect: measure(({ isStale }) => Number(isStale)),
    });
    plainCounter({
      registry,
      name: "exo_token_file_rejected_total",
      help: "Changes of a token file that were refused as broken, by setting.",
      labelNames: ["setting"],
      collect: measure(({ rejected }) => rejected),
    });
  }

  /** Reads all files now, whether or not they were seen to change. */
  reload(): void {
    for (const each of this.#followed) each.reload();
  }

  /** Follows them no longer. */
  close(): void {
    for (const each of this.#followed) each.close();
  }
}

/** Tokens as one text, maps of them as well. It stays within this process. */
function textOf(tokens: unknown): string {
  return JSON.stringify(tokens instanceof Map ? [...tokens] : tokens);
}

function afterRealTime(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}
