/** Whether a field holds no text to speak of. */
export function isBlank(value) {
  return typeof value !== "string" || value.trim() === "";
}
