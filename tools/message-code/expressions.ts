import type { FieldForm } from "@exosphere/message";
import { type ListedField, listedFields } from "@exosphere/message/fields";

/** The fields that every message has: they are read by themselves. */
export const neededFields: readonly string[] = ["name", "payload"];

/** What a sender may say of a message beside its name and payload. */
export const saidFields: readonly ListedField[] = listedFields.filter(
  ({ name, from }) => from.length > 0 && !neededFields.includes(name),
);

/** The expression for a value that is absent. */
export function absentValue({ type }: FieldForm): string {
  if (type === "json") return "noBytes";
  if (type === "boolean") return "false";
  return type === "integer" || type === "duration" || type === "timestamp" ? "0" : '""';
}

/** The bounds of whole numbers as further arguments, or nothing. */
export function boundsOf(form: FieldForm): string {
  return form.type === "integer" ? `, ${form.min}, ${form.max}` : "";
}
