import type { Collection } from "mongodb";
import type { RecordDocument } from "./document.ts";

/** Several documents that are to be kept all or none, while that is under way. */
export interface Batch {
  /** Name of the attempt. */
  readonly _id: string;
  readonly documents: readonly RecordDocument[];
  /** Whether they are being taken back. */
  readonly isUndone: boolean;
  readonly startedAt: Date;
}

/** How long an attempt may take until another process ends it in its place, in milliseconds: far longer than any takes. */
const abandonedMs = 30_000;

/**
 * Keeps several documents all or none. Not by transactions, which single servers and some with MongoDB's protocol do not
 * have: what is to be done is written down first, as one document. Whoever finds that (a repeated message, a process that
 * starts) brings it to its end, forwards or backwards, however far it had come.
 */
export class Batches {
  readonly #batches: Collection<Batch>;
  readonly #records: Collection<RecordDocument>;
  readonly #isTaken: (document: RecordDocument) => Promise<Error | undefined>;

  /** `isTaken` says which of a document's values another record has. */
  constructor(
    batches: Collection<Batch>,
    records: Collection<RecordDocument>,
    isTaken: (document: RecordDocument) => Promise<Error | undefined>,
  ) {
    this.#batches = batches;
    this.#records = records;
    this.#isTaken = isTaken;
  }

  /** Keeps documents all or none, under the name of their attempt. Throws Taken. */
  async keep(creation: string, documents: readonly RecordDocument[]): Promise<void> {
    const batch: Batch = { _id: creation, documents, isUndone: false, startedAt: new Date() };
    try {
      await this.#batches.insertOne(batch);
    } catch (error) {
      // Another delivery of the same message may have been quicker: then it is its documents that count.
      if (!(await this.#batches.findOne({ _id: creation }))) throw error;
    }
    await this.resume(creation);
  }

  /** Brings an attempt of this name, if there is one, to its end. Throws Taken. */
  async resume(creation: string): Promise<void> {
    const batch = await this.#batches.findOne({ _id: creation });
    if (batch) await this.#finish(batch);
  }

  /** Brings what other processes left behind to its end. */
  async recover(): Promise<void> {
    const startedAt = { $lt: new Date(Date.now() - abandonedMs) };
    for (const batch of await this.#batches.find({ startedAt }).toArray()) {
      await this.#finish(batch).catch(() => {}); // Taken: it was taken back
    }
  }

  async #finish(batch: Batch): Promise<void> {
    const taken = batch.isUndone ? undefined : await this.#insertAll(batch);
    if (taken || batch.isUndone) await this.#undo(batch);
    await this.#batches.deleteOne({ _id: batch._id });
    if (taken) throw taken;
  }

  /** Returns why not all of them can be kept. */
  async #insertAll({ documents }: Batch): Promise<Error | undefined> {
    for (const document of documents) {
      try {
        await this.#records.insertOne(document as never);
      } catch (error) {
        // Already there, from before a crash; else a value is taken; else it is a failure.
        if (await this.#records.findOne({ _id: document._id } as never)) continue;
        const taken = await this.#isTaken(document);
        if (taken) return taken;
        throw error;
      }
    }
    return undefined;
  }

  async #undo({ _id, documents }: Batch): Promise<void> {
    await this.#batches.updateOne({ _id }, { $set: { isUndone: true } });
    await this.#records.deleteMany({ _id: { $in: documents.map((document) => document._id) } } as never);
  }
}
