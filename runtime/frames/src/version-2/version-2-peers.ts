import { createHmac, randomBytes } from "node:crypto";
import { RequesterHandles } from "./requester-handles.ts";

/** Length of a secret that nobody guesses, in bytes. */
const secretBytes = 32;

/** What all streams of version 2 that one process serves have in common. */
export class Version2Peers {
  readonly handles = new RequesterHandles();
  readonly #secret: Uint8Array;

  /** `secret`: of this life of the process, so that a return path of another one leads nowhere. Default: random. */
  constructor(secret: Uint8Array = randomBytes(secretBytes)) {
    this.#secret = secret;
  }

  /** The key of an instance, which has none of its own: the same each time that it attaches. */
  keyOf(role: string, instanceId: string): Uint8Array {
    return createHmac("sha256", this.#secret).update(`${role}\0${instanceId}`).digest();
  }
}
