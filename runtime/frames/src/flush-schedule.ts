/** When to send what has been gathered. */
export interface FlushSchedule {
  (flush: () => void): void;
  /** What is in no hurry is scheduled as well, so that nothing waits for a timer: for tests. */
  readonly isPrompt?: boolean;
}
