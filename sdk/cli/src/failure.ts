/** A command cannot do what it was asked for. The message is one line: what was wrong, where, and what to do. */
export class CommandFailure extends Error {
  override readonly name: string = "CommandFailure";
}
