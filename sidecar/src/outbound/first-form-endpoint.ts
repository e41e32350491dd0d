import { collectBody, type Endpoint, errorOf, refuse, restOf } from "@exosphere/http";
import { checkName, type Draft, draftOfMembers, type Members, Refusal, textMember } from "@exosphere/message";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import type { Sender, SendingOptions } from "./send-endpoint.ts";
import { checkPayloadSize } from "./sent-answer.ts";

/** What the body may have beside its payload, in bytes: as much as the headers that it stands for. */
const bodyOverheadBytes = 64 * 1024;

/** What the endpoint needs. */
export interface FirstFormOptions extends Pick<SendingOptions, "maxPayloadBytes" | "bodies" | "log"> {
  /** The place of the role that a body names. Throws an ExoError to refuse. */
  readonly senderOf: (role: string) => Sender;
}

/** `POST /send/<name>` with `{"sender", "id", "payload"?, "responseTo"?}`: the form of 2016. 200 once the bus has accepted it. */
export function firstFormEndpoint({ senderOf, maxPayloadBytes, bodies, log }: FirstFormOptions): Endpoint {
  return {
    method: "POST",
    path: "/send/",
    handle(request, response, match) {
      const name = checkName(restOf(match));
      const received = (failed: Error | undefined, body: Buffer) => {
        try {
          if (failed) throw failed;
          const members = membersOf(body);
          const { bus, completer, observer } = senderOf(required(members, "sender"));
          const answer = (refused: Error | undefined) => {
            observer.sent(name, refused);
            if (refused) refuse(response, refused, log);
            else response.writeHead(200, { "content-length": 0 }).end();
          };
          try {
            bus.send(completer.complete(draftOf(members, name, maxPayloadBytes)), answer);
          } catch (thrown) {
            answer(errorOf(thrown));
          }
        } catch (thrown) {
          refuse(response, thrown, log);
        }
      };
      collectBody(request, maxPayloadBytes + bodyOverheadBytes, received, bodies);
    },
  };
}

function membersOf(body: Buffer): Members {
  const mistake = jsonMistake(body);
  const members = mistake === undefined ? rawMembers(body) : undefined;
  if (members) return members;
  throw new Refusal(
    `The body must be a JSON object (RFC 8259) with 'sender' and 'id'${mistake ? `: ${mistake}` : ""}.`,
  );
}

function draftOf(members: Members, name: string, maxPayloadBytes: number): Draft {
  // Services of that time always have one, though some leave it empty.
  required(members, "id");
  const draft = draftOfMembers(members, name);
  checkPayloadSize(draft.payload, maxPayloadBytes);
  return draft;
}

function required(members: Members, key: string): string {
  const text = textMember(members, key);
  if (text === undefined) throw new Refusal(`The body needs a '${key}', which is text.`);
  return text;
}
