import { plainCounter, plainGauge, type Registry } from "@exosphere/telemetry";
import type { Authoriser } from "../core/security/authoriser.ts";

/** Registers what waits for the security role, and how it decided. */
export function registerSecurityMetrics(registry: Registry, authoriser: Authoriser): void {
  const gauge = (name: string, help: string, measure: () => number) =>
    plainGauge({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  gauge("exocom_held_messages", "Messages that wait for the verdict of the security role.", () => authoriser.messages);
  gauge(
    "exocom_held_bytes",
    "Bytes of the messages that wait for the verdict of the security role.",
    () => authoriser.bytes,
  );
  gauge(
    "exocom_security_requests",
    "Requests of the security role that wait for their answers.",
    () => authoriser.openRequests,
  );
  plainCounter({
    registry,
    name: "exocom_verdicts_total",
    help: "Messages that the security role was to decide on, by what came of it; ok: authorised.",
    labelNames: ["outcome"],
    collect: () => [...authoriser.verdicts].map(([outcome, value]) => ({ labels: { outcome }, value })),
  });
}
