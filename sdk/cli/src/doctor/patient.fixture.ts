import type { Patient } from "./finding.ts";

/** A machine and an application to look at, with nothing special about them. */
export function patientWith(facts: Partial<Patient> = {}): Patient {
  return {
    env: {},
    version: "0.1.0",
    folder: "/nowhere",
    application: undefined,
    run: undefined,
    brokers: [],
    token: undefined,
    tls: {},
    ...facts,
  };
}
