/** The settings of a process have mistakes. Holds all of them, so that they can be mended in one go. */
export class SettingsError extends Error {
  override readonly name: string = "SettingsError";
  /** Each names where it is, what is wrong and what would be right. Never contains the value of a secret setting. */
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
  }
}
