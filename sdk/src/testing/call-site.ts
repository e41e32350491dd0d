import { AssertionError } from "node:assert";

/** Where the test called, so that what fails later, in a timer, points there. */
export class CallSite {
  readonly #site: { stack?: string } = {};

  /** `called` is the function that the test called. */
  constructor(called: (...args: never[]) => unknown) {
    Error.captureStackTrace(this.#site, called);
  }

  /** A failed assertion there. */
  failure(message: string): AssertionError {
    const error = new AssertionError({ message });
    const [, ...lines] = this.#site.stack?.split("\n") ?? [];
    error.stack = [`${error.name} [${error.code}]: ${message}`, ...lines].join("\n");
    return error;
  }
}
