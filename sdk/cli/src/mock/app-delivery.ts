import { Member, type Membership } from "@exosphere/exocom/edges";
import { AppInbound } from "@exosphere/sidecar/edges";

/** An answer of the app may have replies with payloads, and what surrounds them: 64 KiB, as at a sidecar. */
const answerOverheadBytes = 64 * 1024;

/** What bringing messages to the app of a role needs. */
export interface AppDeliveryOptions {
  readonly role: string;
  readonly app: URL;
  readonly concurrency: number;
  readonly membership: Membership;
  readonly notTaken: (name: string, error: Error) => void;
}

/** Has a role's messages posted to its app, as its sidecar would. Returns what ends that. */
export function deliverToApp({ role, app, concurrency, membership, notTaken }: AppDeliveryOptions): () => void {
  const { maxPayloadBytes, log } = membership;
  const member = new Member(
    {
      role,
      agent: "exo mock app",
      onDelivery: (incoming) => inbound.deliver(incoming),
      onLost: () => {},
      sent: () => {},
    },
    membership,
  );
  const { bus, received, completer } = member;
  const inbound = new AppInbound({
    app,
    isPortChosen: false,
    isExpected: () => true,
    concurrency,
    maxAnswerBytes: maxPayloadBytes + answerOverheadBytes,
    maxPayloadBytes,
    received,
    completer,
    bus: {
      send: (message, accepted) =>
        bus.send(message, (error) => {
          if (error) notTaken(message.name, error);
          accepted(error);
        }),
      request: (message, answered) => bus.request(message, answered),
      abandon: (request) => bus.abandon(request),
    },
    settle: (incoming, outcome, detail, retryAfterMs, words = "") => {
      // Tests of the app may read its error bodies, unlike requesters in production.
      const said = words === "" ? detail : `${detail} It said: ${words}`;
      member.settle(incoming, outcome, said, retryAfterMs);
    },
    onWindow: (window) => bus.setWindow(window),
    onFailing: bus.setFailing,
    onHandled: () => {},
    log,
  });
  return () => {
    void inbound.close();
    bus.close();
  };
}
