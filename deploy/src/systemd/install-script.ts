import { secretsFolder } from "../attach-tokens.ts";
import type { Deployment } from "../deployment.ts";
import { hashHead } from "../generated-head.ts";
import { hostPaths } from "./host-plan.ts";
import { unitsFolder } from "./units.ts";

/** The script that puts everything to where the units look for it. Run again, it updates what is there. */
export function installScript(deployment: Deployment): string {
  const { config, application } = hostPaths(deployment);
  const files = ["routes.json", ...(deployment.gateway ? ["rules.json"] : [])].join(" ");
  return `#!/bin/sh
${hashHead(deployment, "systemd")}set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" -eq 0 ] || { echo "$0 has to be run as root" >&2; exit 1; }

install -d -m 0755 ${config} ${application}
(cd "$here" && install -m 0644 ${files} ${config})

# Only root may read these: systemd hands each process those that it needs.
install -d -m 0700 ${config}/${secretsFolder}
cp -R "$here/${secretsFolder}/." ${config}/${secretsFolder}
chown -R root:root ${config}/${secretsFolder}
chmod -R go= ${config}/${secretsFolder}

# The application, with what is installed in it, but without what was generated.
tar -C "$here/${deployment.rootFromOutput}" --exclude=./deploy --exclude=./.git --exclude=./.exosphere --exclude=.data -cf - . |
  tar -C ${application} --no-same-owner -xf -

install -m 0644 "$here"/${unitsFolder}/* /etc/systemd/system/
systemctl daemon-reload
echo "installed; to start: systemctl enable --now ${deployment.name}.target"
`;
}
