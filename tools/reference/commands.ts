import { analyticsSettings } from "@exosphere/analytics";
import { brokerSettings } from "@exosphere/broker";
import { exocomSettings } from "@exosphere/exocom";
import { gatewaySettings } from "@exosphere/gateway";
import { injectorSettings } from "@exosphere/injector";
import type { Settings } from "@exosphere/settings";
import { sidecarSettings } from "@exosphere/sidecar";

/** A command of the mesh, as the reference introduces it. */
export interface Command {
  readonly name: string;
  readonly about: string;
  readonly settings: Settings;
}

/** The commands that run as processes of a mesh. */
export const commands: readonly Command[] = [
  {
    name: "exocom serve",
    about: "The broker: routes messages between the sidecars, gateways and SDKs that attach to it.",
    settings: brokerSettings,
  },
  {
    name: "exocom",
    about: "The all-in-one for development: broker and JSON edges in one process, no sidecars needed.",
    settings: exocomSettings,
  },
  {
    name: "exo-sidecar",
    about:
      "The sidecar of one app. What follows `--` on the command line is the app's own command, which it then runs.",
    settings: sidecarSettings,
  },
  {
    name: "exo-gateway",
    about: "The gateway for browsers, phones and curl.",
    settings: gatewaySettings,
  },
  {
    name: "exo-analytics",
    about: "The dashboard.",
    settings: analyticsSettings,
  },
  {
    name: "exo-injector",
    about: "Gives pods of Kubernetes that name a role their sidecar.",
    settings: injectorSettings,
  },
];
