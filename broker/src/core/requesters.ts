import { FairEviction, type NumberMap } from "@exosphere/collections";
import type { Failure } from "./failure.ts";
import type { Instance } from "./instance.ts";
import type { Role } from "./role.ts";

/**
 * Notices that are kept for requesters whose connection broke, for all together: some 2 MB. It is what a hundred instances with a
 * hundred open requests each may miss; beyond it the oldest of the requester with most are dropped, and it waits for its deadlines.
 */
const maxNotices = 10_000;

/** That a request can no longer be answered. */
interface Notice {
  readonly requester: number;
  readonly request: number;
  readonly why: Failure;
  readonly activityId: Uint8Array | undefined;
}

/** Instances that may wait for replies, by their numbers as requesters. An instance whose connection broke has the same number when it comes back. */
export class Requesters {
  readonly #attached: Pick<NumberMap<Instance<Role>>, "get">;
  /** Notices for absent requesters, the oldest of each first. */
  readonly #notices = new Map<number, Set<Notice>>();
  readonly #all = new FairEviction<Notice>();

  /** `attached`: the instances that are attached, by requester. */
  constructor(attached: Pick<NumberMap<Instance<Role>>, "get">) {
    this.#attached = attached;
  }

  /** The instance of a requester's number, while it is attached. */
  get(requester: number): Instance<Role> | undefined {
    // 0 is nobody.
    return requester === 0 ? undefined : this.#attached.get(requester);
  }

  has(requester: number): boolean {
    return this.get(requester) !== undefined;
  }

  /** Notifies a requester that one of its requests can no longer be answered: now, or when it attaches again. See `Link.undeliverable`. */
  undeliverable(requester: number, request: number, why: Failure, activityId?: Uint8Array): void {
    const instance = this.get(requester);
    if (instance) return instance.link.undeliverable(request, why, activityId);
    const notices = this.#notices.get(requester) ?? new Set();
    // A copy: a view may keep a whole frame.
    const notice = { requester, request, why, activityId: activityId && new Uint8Array(activityId) };
    this.#notices.set(requester, notices.add(notice));
    this.#all.set(notice, String(requester));
    const dropped = this.#all.size > maxNotices ? this.#all.next() : undefined;
    if (dropped) this.#drop(dropped);
  }

  /** An instance has attached, for the first time or again. Sends it the notices that it missed. */
  attached({ requester, link }: Instance): void {
    const notices = this.#notices.get(requester);
    if (!notices) return;
    this.#notices.delete(requester);
    for (const notice of notices) {
      this.#all.delete(notice);
      link.undeliverable(notice.request, notice.why, notice.activityId);
    }
  }

  #drop(notice: Notice): void {
    this.#all.delete(notice);
    const notices = this.#notices.get(notice.requester);
    notices?.delete(notice);
    if (notices?.size === 0) this.#notices.delete(notice.requester);
  }
}
