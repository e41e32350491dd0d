import type { Application } from "@exosphere/application";
import { didYouMean } from "@exosphere/settings";
import { busNames, placeOfMessage, type RoleMessage } from "./bus-names.ts";
import type { Finding } from "./finding.ts";
import { replyNames } from "./reply-names.ts";

/** The broker itself sends and receives these where there is a security role: docs/security.md. */
const ofSecurity = new Set([
  "authorize message",
  "message authorized",
  "message unauthorized",
  "security request",
  "security response",
]);

/** Finds messages that nobody sends or receives. */
export function strayMessages(application: Application): Finding[] {
  const { sends, receives } = busNames(application);
  const sent = new Set(sends.map(({ publicName }) => publicName));
  const received = new Set(receives.map(({ publicName }) => publicName));
  const stray = (messages: readonly RoleMessage[], others: ReadonlySet<string>) =>
    messages.filter(({ publicName }) => !others.has(publicName) && !ofSecurity.has(publicName));
  return [
    ...stray(sends, received).map((message): Finding => {
      const meant = meantBy(
        message.publicName,
        [...received].filter((name) => !sent.has(name)),
      );
      const text = `${shown(message)} is sent by ${message.role}, and no role receives it${meant}; add it to 'receives' of one, or remove it here`;
      return {
        rule: "sent-not-received",
        severity: "warning",
        text,
        ...placeOfMessage(application, message.role, "sends", message.name),
      };
    }),
    ...stray(receives, sent).map((message): Finding => {
      const meant = meantBy(
        message.publicName,
        [...sent].filter((name) => !received.has(name)),
      );
      const text = `${shown(message)} is received by ${message.role}, and no role sends it${meant}; add it to 'sends' of one, or remove it here`;
      return {
        rule: "received-not-sent",
        severity: "warning",
        text,
        ...placeOfMessage(application, message.role, "receives", message.name),
      };
    }),
  ];
}

/** A reply is called much like its request, and not meant. */
function meantBy(name: string, others: readonly string[]): string {
  const isReply = (one: string, other: string) => replyNames(one).includes(other);
  return didYouMean(
    name,
    others.filter((other) => !isReply(name, other) && !isReply(other, name)),
  );
}

/** Finds replies, known by their names, that whoever sends the request does not receive: the request would fail with NOT_ALLOWED. */
export function lostReplies(application: Application): Finding[] {
  const { sends, receives } = busNames(application);
  const hears = new Set(receives.map(({ role, publicName }) => `${role}\n${publicName}`));
  return sends.flatMap((request) => {
    const repliers = receives.filter(({ publicName }) => publicName === request.publicName);
    const names = new Set(replyNames(request.publicName));
    const replies = sends.filter(
      ({ role, publicName }) => names.has(publicName) && repliers.some((each) => each.role === role),
    );
    return replies
      .filter(({ publicName }) => !hears.has(`${request.role}\n${publicName}`))
      .map((reply): Finding => {
        const text = `${request.role} sends ${shown(request)}, and does not receive the reply '${reply.publicName}' of ${reply.role}: a request would fail with NOT_ALLOWED; add it to 'receives' of ${request.role}`;
        return {
          rule: "reply-not-received",
          severity: "warning",
          text,
          ...placeOfMessage(application, request.role, "sends", request.name),
        };
      });
  });
}

function shown({ name, publicName }: RoleMessage): string {
  return name === publicName ? `'${name}'` : `'${name}' ('${publicName}' on the bus)`;
}
