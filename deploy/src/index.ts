export type {
  DeployedGateway,
  DeployedProcess,
  DeployedService,
  Deployment,
  ProcessResources,
  ServiceBuild,
} from "./deployment.ts";
export { secretFilesOf, usualPorts } from "./deployment.ts";
export { type DeploymentOptions, deploymentOf } from "./deployment-of.ts";
export type { Checker, CheckResult, DeployFile, SecretFile, Target } from "./target.ts";
export { targets } from "./targets.ts";
