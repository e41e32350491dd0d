import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import type { Mesh } from "./mesh.ts";
import { ProcessUnderTest } from "./process-under-test.ts";

/**
 * Starts exo-injector without a cluster: it lives, and has no certificate. Puts what it needs into the folder, and returns the
 * address of its admin port.
 */
export async function startLoneInjector(mesh: Mesh, folder: string): Promise<string> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const [ca, token] = [join(folder, "kubernetes-ca"), join(folder, "kubernetes-token")];
  for (const file of [ca, token]) writeFileSync(file, "");
  const access = ["--kubernetes-api=https://localhost:1", `--kubernetes-ca=${ca}`, `--kubernetes-token-file=${token}`];
  const sidecars = ["--sidecar-image=exosphere:1.2.3", "--broker=broker:4100", "--namespace=exosphere"];
  const injector = mesh.keep(
    new ProcessUnderTest({
      entry: new URL("../../../deploy/injector/src/bin.ts", import.meta.url),
      args: [...access, ...sidecars, `--port=${port}`, `--admin-port=${adminPort}`],
    }),
  );
  const admin = `http://127.0.0.1:${adminPort}`;
  await injector.answers(`${admin}/livez`);
  return admin;
}
