/** How a service of records calls its messages and what it demands of a record. */
export interface Vocabulary {
  /** What the messages about several records begin with, and those about one. */
  readonly many: string;
  readonly one: string;
  /** The field of `listed` that holds the records. */
  readonly entries: string;
  /** The field that every record has: text that is not blank. */
  readonly required: string;
}

/** The names of all messages of a service of records. */
export type MessageNames = ReturnType<typeof messageNames>;

/** Spells them out. */
export function messageNames({ many, one }: Vocabulary) {
  return {
    create: `${many}.create`,
    createMany: `${many}.create-many`,
    list: `${many}.list`,
    getDetails: `${one}.get-details`,
    update: `${one}.update`,
    delete: `${one}.delete`,
    created: `${many}.created`,
    createdMany: `${many}.created-many`,
    notCreated: `${many}.not-created`,
    listed: `${many}.listed`,
    details: `${one}.details`,
    updated: `${one}.updated`,
    notUpdated: `${one}.not-updated`,
    deleted: `${one}.deleted`,
    notFound: `${one}.not-found`,
  } as const;
}
