/** The application's files, or routes given as JSON, cannot be used. Carries every mistake, not just the first. */
export class ApplicationError extends Error {
  override readonly name = "ApplicationError";
  /** One line each: `file:line:column: key 'x.y': what is wrong; what to do`. */
  readonly mistakes: readonly string[];
  /** The absolute paths of all files that were looked for: whoever mends the mistakes changes one of them. */
  readonly files: readonly string[];

  constructor(mistakes: readonly string[], files: readonly string[] = []) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
    this.files = files;
  }
}
