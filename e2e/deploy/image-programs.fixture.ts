const root = new URL("../../", import.meta.url);

/** The sources of the commands that generated files start. */
export const imagePrograms: Readonly<Record<string, URL>> = {
  exocom: new URL("exocom/src/bin.ts", root),
  "exo-sidecar": new URL("sidecar/src/bin.ts", root),
  "exo-gateway": new URL("gateway/src/bin.ts", root),
  "exo-analytics": new URL("services/analytics/src/bin.ts", root),
};
