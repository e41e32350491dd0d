/** A role, as far as messages and subscriptions are concerned: which one it is. */
export interface RoleIdentity {
  readonly name: string;
}
