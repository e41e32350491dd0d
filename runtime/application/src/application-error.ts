import { SettingsError } from "@exosphere/settings";

/**
 * The application's files, or routes given as JSON, cannot be used: a mistake in what the settings lead to. Its mistakes
 * are lines `file:line:column: key 'x.y': what is wrong; what to do`.
 */
export class ApplicationError extends SettingsError {
  override readonly name: string = "ApplicationError";
  /** The absolute paths of all files that were looked for: whoever mends the mistakes changes one of them. */
  readonly files: readonly string[];

  constructor(mistakes: readonly string[], files: readonly string[] = []) {
    super(mistakes);
    this.files = files;
  }
}
