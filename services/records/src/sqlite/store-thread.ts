// A thread of a store: opens the file and runs operations on it until it gets "close".
import { parentPort, workerData } from "node:worker_threads";
import { Taken } from "../core/store.ts";
import { GroupCommit } from "./group-commit.ts";
import { type Answer, type Call, type ThreadOptions, writes } from "./operations.ts";
import { isDamage, SqliteRecords } from "./sqlite-records.ts";

const port = parentPort;
if (!port) throw new Error("store-thread runs as a worker thread only");

function say(answer: Answer): void {
  port?.postMessage(answer);
}

function open(): SqliteRecords | undefined {
  try {
    return new SqliteRecords(workerData as ThreadOptions);
  } catch (error) {
    say({ kind: "refused", message: (error as Error).message });
    return undefined;
  }
}

const records = open();
if (!records) port.close();
else {
  const commits = new GroupCommit(records.database);
  const run = async ({ operation, values }: Call): Promise<unknown> => {
    const work = () => Reflect.apply(records[operation], records, values) as unknown;
    return writes.has(operation) ? commits.write(work) : work();
  };
  port.on("message", (asked: Call | "close") => {
    if (asked === "close") {
      void commits.idle().then(() => {
        records.database.close();
        say({ kind: "closed" });
        port.close();
      });
      return;
    }
    const { number } = asked;
    run(asked).then(
      (result) => say({ kind: "done", number, result }),
      (error: unknown) => {
        const taken = error instanceof Taken ? error.field : undefined;
        say({ kind: "failed", number, message: String((error as Error).message), taken, isDamaged: isDamage(error) });
      },
    );
  });
  say({ kind: "opened" });
}
