/** Is told what became of what the app sends. For metrics. */
export interface SentObserver {
  /** A message was accepted by the bus, or refused with an error. */
  sent(name: string, refused: Error | undefined): void;
  /** A request was answered, or failed, after so many seconds. */
  answered(name: string, seconds: number): void;
}
