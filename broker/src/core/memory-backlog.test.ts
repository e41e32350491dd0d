import { describeBacklog } from "./backlog.contract.ts";
import type { Delivery } from "./delivery.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryBacklog } from "./memory-backlog.ts";
import { TimerWheel } from "./timer-wheel.ts";

describeBacklog("MemoryBacklog", (limits) => {
  const clock = new FakeClock();
  const expired: Delivery[] = [];
  const onExpired = (delivery: Delivery) => void expired.push(delivery);
  return { clock, expired, backlog: new MemoryBacklog({ timers: new TimerWheel(clock), limits, onExpired }) };
});
