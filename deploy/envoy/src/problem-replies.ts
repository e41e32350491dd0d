import type { LocalReplyConfig } from "./api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.ts";

/** A refusal of Envoy's own, in the form of the gateway's. */
interface Problem {
  readonly status: number;
  readonly reason: string;
  readonly title: string;
  readonly detail: string;
}

/** Answers that Envoy gives itself, by the catalogue of errors: a client meets one form, whoever answers. */
const problems: readonly Problem[] = [
  {
    status: 408,
    reason: "DEADLINE_EXCEEDED",
    title: "Deadline exceeded",
    detail: "The request did not arrive in time. Send it again.",
  },
  {
    status: 429,
    reason: "RATE_LIMITED",
    title: "Rate limited",
    detail: "There are more requests than this entrance takes. Wait as long as Retry-After says.",
  },
  {
    status: 502,
    reason: "BROKER_UNAVAILABLE",
    title: "Broker unavailable",
    detail: "The gateway broke off. What was sent may have been taken: send it again with the same id.",
  },
  {
    status: 503,
    reason: "BROKER_UNAVAILABLE",
    title: "Broker unavailable",
    detail: "The gateway cannot be reached. Try again soon.",
  },
  {
    status: 504,
    reason: "DEADLINE_EXCEEDED",
    title: "Deadline exceeded",
    detail: "The gateway did not answer in time. What was sent may have been taken: send it again with the same id.",
  },
];

/** What Envoy answers itself, as problem JSON (RFC 9457). Other statuses keep Envoy's own text. */
export const problemReplies: LocalReplyConfig = {
  mappers: problems.map(({ status, reason, title, detail }) => ({
    filter: {
      status_code_filter: {
        comparison: { op: "EQ", value: { default_value: status, runtime_key: `problem_${status}` } },
      },
    },
    body_format_override: {
      content_type: "application/problem+json",
      json_format: { type: `urn:exosphere:problem:${reason.toLowerCase()}`, title, status, detail, reason },
    },
  })),
};
