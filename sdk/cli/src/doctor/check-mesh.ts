import { BusWatch } from "@exosphere/analytics";
import { callHttp, type HttpAnswer, jsonOf } from "../http-call.ts";
import { type Found, ok, type Patient, problem, warning } from "./finding.ts";

/** How long one process may take to answer, in milliseconds: less than a check may take. */
const answerMs = 1_500;

/** A clock that is further off makes logs and deadlines of different machines hard to compare. Milliseconds; HTTP tells whole seconds. */
const maxSkewMs = 2_000;

/** Brokers: those that are named, else that of the application that runs here. */
export async function checkBrokers({ brokers, run, token }: Patient): Promise<readonly Found[]> {
  const addresses = brokers.length > 0 ? brokers : run === undefined ? [] : [run.broker.address];
  if (addresses.length === 0) return [ok("none is running here, and none is named by --broker")];
  return Promise.all(addresses.map((address) => checkBroker(address, token)));
}

async function checkBroker(address: string, token: string | undefined): Promise<Found> {
  const found = Promise.withResolvers<Found>();
  let why = `The broker at ${address} did not answer within ${answerMs} ms; start it, or correct its address.`;
  const watch = new BusWatch({
    brokers: [address],
    token,
    statsIntervalMs: 1_000,
    tap: undefined,
    onTap() {},
    onStats: () => found.resolve(ok(`${address} answers`)),
    onState({ isConnected, problem: told }) {
      if (!isConnected && told) why = told;
    },
  });
  const timer = setTimeout(() => {
    found.resolve(problem(why));
  }, answerMs);
  try {
    return await found.promise;
  } finally {
    clearTimeout(timer);
    watch.close();
  }
}

/** Sidecars, gateway and dashboard of the application that runs here. */
export async function checkProcesses({ run }: Patient): Promise<readonly Found[]> {
  if (run === undefined) return [ok("no application runs in this folder")];
  const { broker, gateway, dashboard, services } = run;
  const parts: (readonly [string, string])[] = [
    ["broker", broker.adminUrl],
    ...(gateway ? [["gateway", gateway.adminUrl] as const] : []),
    ...(dashboard ? [["dashboard", dashboard.adminUrl] as const] : []),
    ...services.map(({ role, sidecarAdminUrl }) => [`sidecar of ${role}`, sidecarAdminUrl] as const),
  ];
  const findings = await Promise.all(parts.map(([name, url]) => checkReady(name, url)));
  const wrong = findings.filter(({ status }) => status !== "ok");
  return wrong.length > 0 ? wrong : [ok(`${parts.map(([name]) => name).join(", ")} are ready`)];
}

async function checkReady(name: string, adminUrl: string): Promise<Found> {
  try {
    const answer = await callHttp({ url: new URL("/readyz", adminUrl), timeoutMs: answerMs });
    if (answer.status === 200) return ofRemarks(name, answer);
    return problem(`${name} is not ready: ${jsonOf(answer)?.detail ?? answer.status}; look at its log`);
  } catch (error) {
    return problem(`${name}: ${(error as Error).message}; end the run, and start it again`);
  }
}

/** Behind its first line, a process that is ready says what deserves a look. */
function ofRemarks(name: string, { body }: HttpAnswer): Found {
  const remarks = body.toString("utf8").trim().split("\n").slice(1);
  return remarks.length === 0 ? ok(name) : warning(`${name}: ${remarks.join(" ")}`);
}

/** This machine's clock against that of the broker, which its answers have. */
export async function checkClock({ run }: Patient): Promise<readonly Found[]> {
  if (run === undefined) return [ok(`it is ${new Date().toISOString()}; compared with a broker's while one runs`)];
  const before = Date.now();
  const { date } = await callHttp({ url: new URL("/livez", run.broker.adminUrl), timeoutMs: answerMs });
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return [ok("the broker does not say what time it is")];
  const skewMs = Math.abs(theirs - (before + Date.now()) / 2);
  const text = `${(skewMs / 1000).toFixed(1)} s from the broker's`;
  return [skewMs > maxSkewMs ? warning(`${text}; have both set by NTP`) : ok(text)];
}
