import type { Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import type { Link, Refused } from "./link.ts";
import type { RouteSlice } from "./route-slice.ts";

/** Tells of every copy before the link takes it. Put around a link only where somebody wants to know. */
export class ObservedLink implements Link {
  readonly #link: Link;
  readonly #delivers: (copy: Copy, instance: Instance) => void;

  constructor(link: Link, delivers: (copy: Copy, instance: Instance) => void) {
    this.#link = link;
    this.#delivers = delivers;
  }

  get isWritable(): boolean {
    return this.#link.isWritable;
  }

  deliver(copy: Copy): void {
    if (copy.instance) this.#delivers(copy, copy.instance);
    this.#link.deliver(copy);
  }

  undeliverable(request: number, why: Refused, activityId?: Uint8Array): void {
    this.#link.undeliverable(request, why, activityId);
  }

  answered(request: number): void {
    this.#link.answered(request);
  }

  unwanted(delivery: number): void {
    this.#link.unwanted(delivery);
  }

  routes(slice: RouteSlice): void {
    this.#link.routes(slice);
  }

  close(why: Refused): void {
    this.#link.close(why);
  }
}
