import { applicationSchema, serviceSchema } from "@exosphere/application";
import type { GeneratedPage } from "./generated-page.ts";

/** The JSON Schemas that editors check application.yml and service.yml by, as the package @exosphere/application has them. */
export const applicationSchemas: readonly GeneratedPage[] = [
  { path: "runtime/application/schemas/application.schema.json", text: () => written(applicationSchema()) },
  { path: "runtime/application/schemas/service.schema.json", text: () => written(serviceSchema()) },
];

function written(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
