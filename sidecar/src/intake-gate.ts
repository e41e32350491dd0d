/** How many deliveries the sidecar takes at once: as many as the app can, or none while somebody keeps it closed. */
export class IntakeGate {
  readonly #setWindow: (window: number) => void;
  /** What the app would take. */
  #wanted = 0;
  #isHeld = false;
  #isEnded = false;

  /** `setWindow` tells the bus. */
  constructor(setWindow: (window: number) => void) {
    this.#setWindow = setWindow;
  }

  /** Whether deliveries are held back, until they are let in again. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Whether a delivery that still comes goes back to the bus. */
  get isClosed(): boolean {
    return this.#isHeld || this.#isEnded;
  }

  /** The app takes so many at once from now on. */
  want(window: number): void {
    this.#wanted = window;
    this.#setWindow(this.isClosed ? 0 : window);
  }

  /** Takes no more, or as many as the app takes. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.want(this.#wanted);
  }

  /** Takes no more, for good. */
  end(): void {
    this.#isEnded = true;
    this.#setWindow(0);
  }
}
