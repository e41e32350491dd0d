// Keeps records in a file to which lines of JSON are only ever appended. One process per file: instances that are to
// share their records need a database.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Opens the records called `name` in $EXO_DATA_DIR or, if that is not set, in a folder of the service. */
export async function openRecords(name, serviceData) {
  const folder = process.env.EXO_DATA_DIR || fileURLToPath(serviceData);
  // What users have written is nobody's business but theirs.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, `${name}.jsonl`), constants.O_RDWR | constants.O_CREAT, 0o600);
  const text = await file.readFile();
  // A crash amid an append leaves a last line without its end. Nobody was told that this record exists.
  const length = text.lastIndexOf("\n") + 1;
  await file.truncate(length);
  return new Records(file, length, parseLines(text.toString("utf8", 0, length)));
}

class Records {
  #file;
  #length;
  #records;
  #lastAppend = Promise.resolve();

  constructor(file, length, records) {
    this.#file = file;
    this.#length = length;
    this.#records = new Map(records.map((record) => [record.id, record]));
  }

  /** All records, in the order of their creation. */
  all() {
    return [...this.#records.values()];
  }

  /** The record with an id, if there is one. */
  get(id) {
    return this.#records.get(id);
  }

  /** Keeps these fields as a new record, which gets an id. It is on the disk when this resolves. */
  async create(fields) {
    const record = { ...fields, id: randomUUID() };
    const append = this.#lastAppend.then(() => this.#append(record));
    this.#lastAppend = append.catch(() => {}); // the next one is not to fail because this one did
    await append;
    this.#records.set(record.id, record);
    return record;
  }

  /** Writes at the known end of the file: what an append that failed halfway left behind (disk full) is overwritten. */
  async #append(record) {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    await this.#file.truncate(this.#length);
    await this.#file.writev([line], this.#length);
    await this.#file.sync();
    this.#length += line.length;
  }
}

function parseLines(text) {
  return text.split("\n").flatMap((line, index) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line)];
    } catch {
      console.error(`Line ${index + 1} is damaged and left out`);
      return [];
    }
  });
}
