import type { FieldForm } from "@exosphere/message";
import type { Json } from "./interface-facts.ts";

/** The JSON Schema of a member of this form. */
export function schemaOf(form: FieldForm): Json {
  switch (form.type) {
    case "id":
      return { type: "string", minLength: 1, maxLength: form.maxCharacters };
    case "integer":
      return { type: "integer", minimum: form.min, ...(form.max < Number.MAX_SAFE_INTEGER && { maximum: form.max }) };
    case "boolean":
      return { type: "boolean" };
    case "json":
      return {};
    default:
      return { type: "string" };
  }
}

/** The JSON Schema of a header of this form. Empty counts as absent there. */
export function headerSchemaOf(form: FieldForm): Json {
  switch (form.type) {
    case "id":
      return { type: "string", maxLength: form.maxCharacters, pattern: "^[^\\u0000-\\u001f\\u007f]*$" };
    case "duration":
      return { type: "string", pattern: "^\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h)$" };
    default:
      return schemaOf(form);
  }
}
