import { type Endpoint, readBody, sendJson } from "@exosphere/http";
import { ExoError } from "@exosphere/proto";

/** What the admin port can do with the deliveries of a sidecar. */
export interface HoldableIntake {
  readonly isHeld: boolean;
  /** Deliveries that are at the app. */
  readonly underWay: number;
  /** Holds deliveries back, and waits until the app has done what it has, or the deadline; or lets them in again. */
  hold(isHeld: boolean, deadline: AbortSignal): Promise<void>;
}

/** `{"held": false}` has 15 bytes. */
const maxBodyBytes = 256;

/** By which an app is exchanged while its sidecar stays attached: its messages wait, in their order, at the broker. */
export function holdEndpoints(intake: HoldableIntake, graceMs: number): readonly Endpoint[] {
  const state = () => ({ held: intake.isHeld, underWay: intake.underWay });
  return [
    { method: "GET", path: "/deliveries", access: "read", handle: (_, response) => sendJson(response, 200, state()) },
    {
      method: "PUT",
      path: "/deliveries",
      async handle(request, response) {
        const isHeld = heldIn((await readBody(request, maxBodyBytes)).toString("utf8"));
        await intake.hold(isHeld, AbortSignal.timeout(graceMs));
        sendJson(response, 200, state());
      },
    },
  ];
}

function heldIn(body: string): boolean {
  try {
    const { held } = JSON.parse(body) as { held?: unknown };
    if (typeof held === "boolean") return held;
  } catch {
    // The same answer as for JSON of another form.
  }
  throw new ExoError("INVALID_MESSAGE", 'The body must be {"held": true} or {"held": false}.');
}
