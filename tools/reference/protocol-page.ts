import { describeProtocol, protocolVersion } from "@exosphere/proto";
import { type GeneratedPage, generatedNote, markdownTable } from "./generated-page.ts";
import { type ProtoField, type ProtoFile, type ProtoService, type ProtoType, readProtoFiles } from "./proto-files.ts";

const head = `
How an instance of a role takes part in the bus: one long-lived stream of frames to the broker, each frame with many messages. Sidecars,
the gateway and SDKs speak it with the broker, and an app with the SDK speaks it with its sidecar. \`exocom.v1\` is versioned by the number in
[\`Registration\`](#registration): this is version ${protocolVersion}; a broker serves ${describeProtocol()}. Fields are added, and never change their meaning.

## Over gRPC

\`exosphere.exocom.v1.BrokerService/Attach\` on the broker's port (4100), in clear text over HTTP/2, with gRPC's health and reflection beside it. On loopback, or with
the role's token in \`Registration.token\` where the broker has \`--attach-tokens\`. A refusal ends the stream with a canonical code and a
\`google.rpc.ErrorInfo\` (domain \`exosphere\`) in \`grpc-status-details-bin\`: [errors.md](errors.md).

The longest frame that either end takes has twice the largest payload and 1 MiB. An [Envelope](#envelope) has at most 64 KiB beside its payload. The broker pings
connections (HTTP/2) every 20 s and ends those that do not answer within 8 s; a stream that does not register within 2 s is ended.

## Over a unix socket

A sidecar with \`--socket PATH\` serves the same stream to its app, on a unix socket that only its user may open. A connection that begins as HTTP/2 does is served
as gRPC. One that begins with \`exocom.attach/1\` carries the frames alone, without gRPC and HTTP/2:

1. Each end first sends the 16 bytes \`exocom.attach/1\` and a line feed.
2. Then come frames, each behind five bytes: one of kind, and four with the length of the frame, most significant byte first.
3. Kind 0 is an encoded [AttachRequest](#attachrequest) from the app, an encoded [AttachResponse](#attachresponse) from the sidecar. Kind 128 is an encoded \`google.rpc.Status\` with
   the \`ErrorInfo\` as above: the stream is refused, and ends.
4. Either end ends the stream by closing its side; the other has a second to do the same.

Any other kind, a frame that is too long or that cannot be decoded ends the stream with INVALID_MESSAGE. A connection that has not said within 10 s what it speaks is closed.
An SDK whose peer answers with anything else tries gRPC on the same path.
`;

/** docs/reference/protocol.md: the contract between instances and brokers, from the .proto files with their comments. */
export const protocolPage: GeneratedPage = {
  path: "docs/reference/protocol.md",
  text() {
    const note = generatedNote(
      "the files in `proto/exosphere`, with their comments, and `tools/reference/protocol-page.ts`",
    );
    const files = readProtoFiles().toSorted((a, b) => rankOf(a) - rankOf(b));
    return `# The protocol of the bus\n\n${note}\n${head}\n${files.map(sectionOf).join("\n")}`;
  },
};

/** What instances speak comes first; what operators ask stands behind it. */
function rankOf({ path }: ProtoFile): number {
  const rank = ["attach", "topology", "admin", "stats", "tap"].indexOf(path.replace(/^.*\/|\.proto$/g, ""));
  return rank === -1 ? Number.MAX_SAFE_INTEGER : rank;
}

function sectionOf({ path, comment, services, types }: ProtoFile): string {
  return [`## ${path}\n\n${comment}\n`, ...services.map(serviceSection), ...types.map(typeSection)].join("\n");
}

function serviceSection({ name, comment, methods }: ProtoService): string {
  const rows = methods.map((method) => [
    `\`${method.name}\``,
    (method.isRequestStreamed ? "stream of " : "") + link(method.request),
    (method.isResponseStreamed ? "stream of " : "") + link(method.response),
    inline(method.comment),
  ]);
  return `### ${name}\n\n${comment}\n\n${markdownTable(["call", "request", "answer", "meaning"], rows)}`;
}

function typeSection({ kind, name, comment, fields }: ProtoType): string {
  const title = `### ${name}\n\n${comment}\n`;
  if (fields.length === 0) return title;
  const meaning = (field: ProtoField) => (field.isDeprecated ? "Deprecated. " : "") + inline(field.comment);
  if (kind === "enum") {
    const rows = fields.map((field) => [String(field.number), `\`${field.name}\``, meaning(field)]);
    return `${title}\n${markdownTable(["number", "value", "meaning"], rows)}`;
  }
  const rows = fields.map((field) => [String(field.number), `\`${field.name}\``, typeText(field), meaning(field)]);
  return `${title}\n${markdownTable(["number", "field", "type", "meaning"], rows)}`;
}

function typeText({ type, refersTo }: ProtoField): string {
  if (refersTo === undefined) return `\`${type}\``;
  return type.startsWith("repeated ") ? `repeated ${link(refersTo)}` : link(refersTo);
}

/** A type of the contract, as a link to its section. */
function link(name: string): string {
  return `[${name}](#${name.toLowerCase().replaceAll(".", "")})`;
}

/** A comment as one cell of a table. */
function inline(comment: string): string {
  return comment.replace(/\s+/g, " ");
}
