/** A positive amount with a suffix of the International System, of powers of two, or none: what Kubernetes calls a quantity. */
const quantity = /^(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?$/;

/** Longer than any amount that a machine has. */
const maxLength = 30;

/** Whether a text is an amount of CPU or memory as Kubernetes writes it, such as `50m`, `0.5` or `128Mi`, and is not 0. */
export function isQuantity(text: string): boolean {
  return text.length <= maxLength && quantity.test(text) && Number.parseFloat(text) > 0;
}
