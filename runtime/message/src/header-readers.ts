/**
 * How an edge reads the headers of a request, by the form of the field. Absent and empty: undefined. Each throws a Refusal for a
 * value that has not the form.
 */
export interface HeaderReaders<Source> {
  readonly id: (source: Source, header: string) => string | undefined;
  readonly json: (source: Source, header: string) => Uint8Array | undefined;
  readonly trace: (source: Source, header: string) => string | undefined;
  /** In milliseconds. */
  readonly duration: (source: Source, header: string) => number | undefined;
  readonly integer: (source: Source, header: string, min: number, max: number) => number | undefined;
}
