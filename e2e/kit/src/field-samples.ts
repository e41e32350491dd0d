import type { ListedField } from "@exosphere/message/fields";

/** A value of a field of messages, unlike that of any other field. */
export interface FieldSample {
  /** As programs have it, and JSON once it is parsed. */
  readonly value: unknown;
  /** As a header has it. */
  readonly header: string;
}

const traces: Readonly<Record<string, string>> = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "vendor=1",
};

/** A value to send in a field. */
export function sampleOf({ name, form }: ListedField): FieldSample {
  switch (form.type) {
    case "id":
    case "name":
    case "text":
      return both(`sample-${name}`);
    case "json":
      return { value: { sample: name }, header: JSON.stringify({ sample: name }) };
    case "trace":
      return both(traces[name] ?? "");
    case "duration":
      return { value: 5_000, header: "5s" };
    case "integer":
    case "timestamp":
      return { value: "max" in form ? form.max : 1_700_000_000, header: String("max" in form ? form.max : 1) };
    case "boolean":
      return { value: true, header: "true" };
  }
}

function both(text: string): FieldSample {
  return { value: text, header: text };
}
