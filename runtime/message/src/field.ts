/** What the values of a field look like, and with that how they are read, checked and written. */
export type FieldForm =
  /** The name of a message: text without control characters. */
  | { readonly type: "name"; readonly maxBytes: number }
  /** The id of a message or an activity: text without control characters. */
  | { readonly type: "id"; readonly maxCharacters: number }
  /** Any JSON, kept byte for byte. */
  | { readonly type: "json" }
  /** A header of W3C Trace Context: printable ASCII. `isList`: it may stand in several headers. */
  | { readonly type: "trace"; readonly isList: boolean }
  /** Milliseconds; written with a unit, such as `1500ms`. */
  | { readonly type: "duration"; readonly maxMs: number }
  /** A whole number. 0 where it is not said. */
  | { readonly type: "integer"; readonly min: number; readonly max: number }
  | { readonly type: "boolean" }
  | { readonly type: "text" }
  /** Seconds since 1970; written as RFC 3339, together with nanoseconds. */
  | { readonly type: "timestamp" };

/** How values of each form are kept in memory. */
export interface ValueTypes {
  readonly name: string;
  readonly id: string;
  readonly json: Uint8Array;
  readonly trace: string;
  readonly duration: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly text: string;
  readonly timestamp: number;
}

/** The ways by which messages enter the bus. */
export type Entry =
  /** A JSON object of an app: a line, a frame of its WebSocket, a body of the legacy API. */
  | "appJson"
  /** A reply in an app's answer to a delivery. */
  | "appReply"
  /** The headers of an app's request. */
  | "appHeaders"
  /** A frame of a client of the gateway. */
  | "clientJson"
  /** The headers of a client's call. */
  | "clientHeaders"
  /** The options of a call of the SDK. */
  | "sdk"
  /** The options of a call of the browser client. */
  | "browser";

/** The ways by which messages leave the bus. */
export type Exit =
  /** The JSON of a message for an app: a body, an event, a frame, the answer to a request. */
  | "appJson"
  /** The headers of a delivery. */
  | "appHeaders"
  /** The JSON of a message for a client of the gateway. */
  | "clientJson"
  /** The JSON of a message on which the security role decides. */
  | "securityJson"
  /** The message that a handler of the SDK gets. */
  | "sdk"
  /** What a handler of the SDK gets beside the message. */
  | "sdkContext"
  /** The message that the browser client gives. */
  | "browser";

/** Who says what the value of a field is. What somebody else says of it is ignored. */
export type Setter = "app" | "client" | "gateway" | "bus";

/** All that is known of one field of a message. */
export interface MessageField {
  /** What it is for, in one sentence: for generated descriptions. */
  readonly about: string;
  readonly form: FieldForm;
  readonly setBy: readonly Setter[];
  /** Its key in JSON. */
  readonly json?: string;
  /** Its header, in lower case. */
  readonly header?: string;
  /** Where it travels between processes: names of fields of the contract's messages, as the generated code has them. */
  readonly wire: {
    readonly Envelope?: string;
    readonly Publish?: string;
    readonly Delivery?: string;
    readonly TapEvent?: string;
  };
  readonly from: readonly Entry[];
  readonly to: readonly Exit[];
  /** Left out of JSON where it is empty. Else its absence is written as the form has it. */
  readonly isOptional?: boolean;
  /** Where a sender leaves it out, the edge works out what it is. Else it is absent then. */
  readonly isCompleted?: boolean;
  /** May be another one when the same message is sent again. */
  readonly isOfOneAttempt?: boolean;
}
