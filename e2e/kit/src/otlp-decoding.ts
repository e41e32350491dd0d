import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A span as it left its process: opentelemetry-proto, trace/v1/trace.proto. */
export interface ReceivedSpan {
  /** Name of the process that made it: its resource's `service.name`. */
  readonly service: string;
  /** Attributes of its resource. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it is the first of its trace. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** `code` 0: unset, 2: error. */
  readonly status: { readonly code: number; readonly message: string };
}

/** What a span stands for. */
export type SpanKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

const kinds: readonly SpanKind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];

type Field = Uint8Array | bigint | number;
type Fields = ReadonlyMap<number, readonly Field[]>;

/** The spans in the body of an OTLP/HTTP request, decoded by nothing but the published field numbers. */
export function spansOfProtobuf(body: Uint8Array): ReceivedSpan[] {
  return messages(fieldsOf(body), 1).flatMap((resourceSpans) => {
    const [resource = new Map()] = messages(resourceSpans, 1);
    const attributes = attributesOf(messages(resource, 1));
    const spans = messages(resourceSpans, 2).flatMap((scope) => messages(scope, 2));
    return spans.map((span) => spanOf(span, attributes));
  });
}

function spanOf(span: Fields, resource: Readonly<Record<string, unknown>>): ReceivedSpan {
  const [status = new Map() as Fields] = messages(span, 15);
  return {
    service: String(resource["service.name"]),
    resource,
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    traceState: text(span, 3),
    parentSpanId: hex(span, 4),
    name: text(span, 5),
    kind: kinds[number(span, 6)] ?? "unspecified",
    startNanos: BigInt(span.get(7)?.[0] as bigint),
    endNanos: BigInt(span.get(8)?.[0] as bigint),
    attributes: attributesOf(messages(span, 9)),
    links: messages(span, 13).map((link) => ({ traceId: hex(link, 1), spanId: hex(link, 2) })),
    status: { message: text(status, 2), code: number(status, 3) },
  };
}

function attributesOf(pairs: readonly Fields[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [value = new Map() as Fields] = messages(pair, 2);
      return [text(pair, 1), value.has(1) ? text(value, 1) : value.has(3) ? number(value, 3) : undefined];
    }),
  );
}

function fieldsOf(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, Field[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const values = fields.get(number) ?? [];
    if (type === WireType.LengthDelimited) values.push(reader.bytes());
    else if (type === WireType.Varint) values.push(Number(reader.uint64()));
    else if (type === WireType.Bit64) values.push(BigInt(reader.fixed64()));
    else reader.skip(type);
    fields.set(number, values);
  }
  return fields;
}

function messages(fields: Fields, number: number): Fields[] {
  return (fields.get(number) ?? []).map((bytes) => fieldsOf(bytes as Uint8Array));
}

function text(fields: Fields, number: number): string {
  return Buffer.from((fields.get(number)?.[0] as Uint8Array | undefined) ?? []).toString("utf8");
}

function hex(fields: Fields, number: number): string {
  return Buffer.from((fields.get(number)?.[0] as Uint8Array | undefined) ?? []).toString("hex");
}

function number(fields: Fields, key: number): number {
  return Number(fields.get(key)?.[0] ?? 0);
}
