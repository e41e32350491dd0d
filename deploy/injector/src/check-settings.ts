import { type JointCheck, mistakesOf, samePorts, tooSmall } from "@exosphere/settings";
import { readFiles } from "./certificate/certificate-files.ts";
import type { injectorSettings } from "./config.ts";
import { imageMistake } from "./core/image.ts";
import { isQuantity } from "./core/quantity.ts";
import { ports } from "./core/sidecar-parts.ts";

const amounts = ["cpuRequest", "cpuLimit", "memoryRequest", "memoryLimit"] as const;

/** What is wrong with the settings of an injector together. */
export const checkInjectorSettings: JointCheck<typeof injectorSettings> = ({ config }) => {
  const { host, port, adminHost, adminPort, sidecarImage, appPort, tlsCert, tlsKey, maxReview, maxBodyBytes } = config;
  const imageIs = sidecarImage === undefined ? undefined : imageMistake(sidecarImage);
  return [
    ...samePorts([
      { setting: "port", host, port },
      { setting: "adminPort", host: adminHost, port: adminPort },
    ]),
    ...tooSmall({ maxReview }, { maxBodyBytes }),
    ...(imageIs === undefined ? [] : [`--sidecar-image: '${sidecarImage}' ${imageIs}`]),
    ...amounts.flatMap((name) => amountMistakes(name, config[name])),
    ...(appPort === ports.edge || appPort === ports.admin
      ? [`--app-port: ${appPort} cannot be the port of an app beside its sidecar: choose another`]
      : []),
    ...((tlsCert === undefined) === (tlsKey === undefined)
      ? []
      : ["--tls-cert and --tls-key belong together: give both of them, or neither"]),
    ...(tlsCert !== undefined && tlsKey !== undefined
      ? mistakesOf(() => readFiles({ certificate: tlsCert, key: tlsKey }))
      : []),
  ];
};

function amountMistakes(name: (typeof amounts)[number], text: string | undefined): string[] {
  if (text === undefined || isQuantity(text)) return [];
  const flag = name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
  return [`--${flag}: '${text}' is not an amount, such as 50m, 0.5 or 128Mi`];
}
