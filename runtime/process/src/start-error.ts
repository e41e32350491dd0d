/**
 * A process cannot start for a reason that its user can mend, such as a taken port. The message says what is wrong and
 * which setting to change; it is all that the user sees, without a stack.
 */
export class StartError extends Error {
  override readonly name = "StartError";
}
