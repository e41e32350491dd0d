import { Cast } from "./cast.ts";
import { usageOf } from "./resources.ts";
import type { Backlog } from "./result.ts";
import { tellingRoutes } from "./routes.ts";

/** What the queue may hold, in bytes: what 1,000,000 messages of 200 bytes need with their upkeep, and some more. */
const maxQueueBytes = 4 * 1024 ** 3;

/** Sends so many messages to a role that has no instance, and looks at the memory of the broker. */
export async function measureBacklog(messages: number, bytes: number): Promise<Backlog> {
  const cast = new Cast();
  try {
    const args = ["--max-queue-messages", `${messages}`, "--max-queue-bytes", `${maxQueueBytes}`];
    const { address } = await cast.broker(tellingRoutes(1), args);
    const broker = cast.running[0]?.child.pid as number;
    const sender = await cast.part("sender", "sdk.filler", { address, count: messages });
    const emptyMb = usageOf(broker).memoryMb;
    const { perSecond } = await sender.measure({ kind: "fill", messages, bytes });
    return { messages, bytes, perSecond, emptyMb, fullMb: usageOf(broker).memoryMb };
  } finally {
    await cast.stop();
  }
}
