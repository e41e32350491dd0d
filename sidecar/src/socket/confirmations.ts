import { messageOverheadBytes, type ServedStream } from "@exosphere/frames";
import { wireFailureOf } from "@exosphere/link";
import { type AttachResponse, ExoError, newRefusal } from "@exosphere/proto";

/** Tells the app what became of its publishes, runs of them at once where they follow each other. */
export class Confirmations {
  readonly #stream: ServedStream;

  constructor(stream: ServedStream) {
    this.#stream = stream;
  }

  /** The bus has accepted a publish. `isAwaited`: its sender waits for just this. */
  accepted(sequence: number, isAwaited: boolean): void {
    confirm(this.#stream.frame(messageOverheadBytes, isAwaited ? "hurried" : "unhurried"), sequence);
  }

  /** The bus will not have a publish. */
  refused(sequence: number, error: Error): void {
    const failure = wireFailureOf(ExoError.from(error));
    const frame = this.#stream.frame(failure.detail.length + 2 * messageOverheadBytes);
    frame.refusals.push(newRefusal({ ...failure, sequence }));
    confirm(frame, sequence);
  }
}

function confirm({ confirmations }: AttachResponse, sequence: number): void {
  const last = confirmations.at(-1);
  if (last && last.last + 1 === sequence) last.last = sequence;
  else confirmations.push({ first: sequence, last: sequence });
}
