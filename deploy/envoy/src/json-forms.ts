/** A time span, as the JSON form of protocol buffers has it: `5s`, `0.25s`. */
export type Duration = `${number}s`;

/** A message of any type, in the JSON form of protocol buffers. `typed` makes one of which the type is known. */
export interface Any {
  readonly "@type": `type.googleapis.com/${string}`;
}
