export type {
  Application,
  ApplicationService,
  ClientNames,
  ClientRight,
  ClientRules,
  GatewaySection,
  Receive,
  Route,
  RouteTable,
  ServiceTests,
  ServiceType,
  Startup,
  Translation,
} from "./application.ts";
export { ApplicationError } from "./application-error.ts";
export {
  type Amounts,
  type ApplicationDeployment,
  type Autoscaling,
  type EnvoyDeployment,
  type GatewayDeployment,
  type ProcessDeployment,
  type Resources,
  type SecretVariable,
  type ServiceDeployment,
  type ServiceLanguage,
  serviceLanguages,
} from "./deploy-section.ts";
export { locate, type Wanted } from "./locate.ts";
export { type PayloadSchema, payloadSchemas, schemaFolder } from "./payload-schemas.ts";
export { readApplication } from "./read-application.ts";
export { readClientRules } from "./read-client-rules.ts";
export { usualEnvoy } from "./read-envoy.ts";
export { parseRoutes } from "./read-routes.ts";
export { readServiceRoute } from "./read-service-route.ts";
export { type MessageSchema, SchemaFolder, schemaFileOf } from "./schema-folder.ts";
export { applicationSchema, serviceSchema } from "./schemas.ts";
