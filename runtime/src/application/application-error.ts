import { SettingsError } from "../settings/settings-error.ts";

/**
 * The application's files, or routes given as JSON, cannot be used: a mistake in what the settings lead to. Its mistakes
 * are lines `file:line:column: key 'x.y': what is wrong; what to do`.
 */
export class ApplicationError extends SettingsError {
  override readonly name: string = "ApplicationError";
}
