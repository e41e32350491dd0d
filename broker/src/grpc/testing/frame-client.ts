import { memoryDuplexPair } from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  type ExoError,
  newAttachRequest,
  type Registration,
} from "@exosphere/proto";
import { publishOf } from "../../contract/publish-of.ts";
import { sealed } from "../../contract/sealed.ts";
import type { AttachHost } from "../attach-host.ts";
import { version3 } from "./languages.ts";

/** Everything that ticks bring about has come about. */
export const settled = async (): Promise<void> => {
  // What a later tick of a turn brings about leaves at its end.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** The instance's end of an attach stream, frame by frame, without a network. */
export class FrameClient {
  readonly frames: AttachResponse[] = [];
  /** Why the broker ended the stream, if it said so. */
  refused: ExoError | undefined;
  isEnded = false;
  readonly #end;

  constructor(host: AttachHost, peer = "memory") {
    const { left, right } = memoryDuplexPair<AttachResponse, AttachRequest>();
    this.#end = left;
    left.on("data", (frame) => this.frames.push(frame));
    left.on("end", () => {
      this.isEnded = true;
    });
    host.accept(right, peer, (error) => {
      this.refused = error;
      right.end();
    });
  }

  /** Registers, and says what the broker answered. */
  async register(registration: Partial<Registration> = {}): Promise<AttachResponse | undefined> {
    await this.send({ registration: version3.register({ ...this.#registration, ...registration }) });
    return this.frames[0];
  }

  async send(parts: Partial<AttachRequest>): Promise<void> {
    this.#end.write(newAttachRequest(parts));
    await settled();
  }

  /** Publishes a message for each name's number, in an activity of its own unless one stands beside it. */
  async publish(firstSequence: number, ...names: (number | readonly [number, Uint8Array])[]): Promise<void> {
    const publishes = names.map((name) => {
      const [number, activityId] = typeof name === "number" ? [name] : name;
      return { ...publishOf(number, { payload: sealed() }), ...(activityId && { activityId }) };
    });
    await this.send({ firstSequence, publishes });
  }

  /** Says that nothing more will come, as a stream does that is closed in order. */
  async end(): Promise<void> {
    this.#end.end();
    await settled();
  }

  async break(): Promise<void> {
    this.#end.break();
    await settled();
  }

  setReading(isReading: boolean): void {
    this.#end.setReading(isReading);
  }

  get #registration() {
    return { role: "web", instanceId: crypto.randomUUID(), credit: 10, agent: "test" };
  }
}
