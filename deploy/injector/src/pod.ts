export { imageMistake } from "./core/image.ts";
export { type AmountsOfResources, type Resources, type SidecarOptions, tokenKeys } from "./core/sidecar-options.ts";
export {
  appEnvironment,
  restrictedContainer,
  sidecarContainer,
  sidecarName,
  sidecarVolumes,
  socketMount,
} from "./core/sidecar-parts.ts";
export { roleLabel } from "./core/wanted-sidecar.ts";
