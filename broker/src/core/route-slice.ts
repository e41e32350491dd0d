/** What one role may send and receive, as sent to its instances. */
export interface RouteSlice {
  /** Grows with every change of the routes. */
  readonly revision: number;
  readonly sends: readonly { readonly number: number; readonly name: string; readonly hasReceivers: boolean }[];
  readonly receives: readonly { readonly number: number; readonly name: string }[];
}
