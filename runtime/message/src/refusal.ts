/** That what an app sent is not a message, and why. The edges make INVALID_MESSAGE of it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
