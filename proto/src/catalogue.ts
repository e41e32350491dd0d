/** How one reason of the catalogue looks on each protocol. */
export interface CatalogueEntry {
  /** Status of the HTTP answer. */
  readonly http: number;
  /** Canonical gRPC code (google.rpc.Code). */
  readonly grpc: number;
  /** The same for every occurrence: RFC 9457, `title`. */
  readonly title: string;
}

/** Every way in which Exosphere refuses something or fails. The test beside this file pins each reason and its codes. */
export const catalogue = {
  INVALID_MESSAGE: { http: 400, grpc: 3, title: "The message is malformed" },
  UNAUTHENTICATED: { http: 401, grpc: 16, title: "A valid token is needed" },
  NOT_ALLOWED: { http: 403, grpc: 7, title: "Not allowed" },
  REFUSED_BY_SECURITY: { http: 403, grpc: 7, title: "Refused by the security service" },
  NO_RECEIVERS: { http: 404, grpc: 5, title: "Nobody receives this message" },
  PAYLOAD_TOO_LARGE: { http: 413, grpc: 3, title: "The payload is too large" },
  RATE_LIMITED: { http: 429, grpc: 8, title: "Too many messages" },
  QUEUE_FULL: { http: 429, grpc: 8, title: "The queue is full" },
  HANDLER_FAILED: { http: 502, grpc: 10, title: "The receiver failed" },
  NO_INSTANCE: { http: 503, grpc: 14, title: "No instance of the receiver is there" },
  BROKER_UNAVAILABLE: { http: 503, grpc: 14, title: "The broker cannot be reached" },
  STORAGE_UNAVAILABLE: { http: 503, grpc: 14, title: "What has to be stored cannot be" },
  IDENTITY_UNAVAILABLE: { http: 503, grpc: 14, title: "Tokens cannot be checked at the moment" },
  DRAINING: { http: 503, grpc: 14, title: "Shutting down" },
  DEADLINE_EXCEEDED: { http: 504, grpc: 4, title: "No answer within the deadline" },
  INTERNAL: { http: 500, grpc: 13, title: "Something went wrong inside" },
} as const satisfies Record<string, CatalogueEntry>;

/** A reason of the catalogue. */
export type Reason = keyof typeof catalogue;

/** Whether a text, such as one that came over the wire, is a reason of the catalogue. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(catalogue, text);
}
