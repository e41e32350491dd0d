import type { BodyBudget, ConnectionCount } from "@exosphere/http";
import { registerConnections } from "@exosphere/http";
import { plainCounter, plainGauge, type Registry } from "@exosphere/telemetry";
import type { CertificateSource } from "../certificate/certificate-source.ts";
import type { Verdict } from "../core/injection.ts";

/** What became of reviews, by outcome. `invalid`: what was sent was none. */
export class ReviewCounts {
  readonly byOutcome: Record<Verdict["kind"] | "invalid", number> = { ignored: 0, injected: 0, refused: 0, invalid: 0 };

  count(outcome: keyof ReviewCounts["byOutcome"]): void {
    this.byOutcome[outcome] += 1;
  }
}

/** What the metrics of an injector are read from. */
export interface InjectorParts {
  readonly counts: ReviewCounts;
  readonly certificate: CertificateSource;
  readonly connections: ConnectionCount;
  readonly room: BodyBudget;
}

/** Registers the metrics of an injector. */
export function registerInjectorMetrics(registry: Registry, parts: InjectorParts): void {
  const { counts, certificate, connections, room } = parts;
  const single = (name: string, help: string, measure: () => number) => ({
    registry,
    name,
    help,
    labelNames: [],
    collect: () => [{ labels: {}, value: measure() }],
  });
  plainCounter({
    registry,
    name: "exo_injector_reviews_total",
    help: "Reviews of pods, by what became of them.",
    labelNames: ["result"],
    collect: () => Object.entries(counts.byOutcome).map(([result, value]) => ({ labels: { result }, value })),
  });
  plainGauge(
    single(
      "exo_injector_certificate_expiry_seconds",
      "Seconds until the certificate of the webhook ends; 0 without one.",
      () => Math.max(0, ((certificate.current?.untilMs ?? 0) - Date.now()) / 1000),
    ),
  );
  plainCounter(
    single("exo_injector_certificate_renewals_total", "Certificates that were taken over after the first.", () => {
      return certificate.renewals;
    }),
  );
  plainCounter(
    single("exo_injector_certificate_failures_total", "Attempts to renew the certificate that failed.", () => {
      return certificate.failures;
    }),
  );
  plainGauge(single("exo_injector_body_bytes", "Bytes of reviews that are being read.", () => room.bytes));
  plainCounter(
    single("exo_injector_bodies_refused_total", "Reviews that were refused, as too many were being read.", () => {
      return room.refused;
    }),
  );
  registerConnections(registry, "exo_injector", "the webhook", connections);
}
