import { affinityCases } from "./contract/affinity.contract.ts";
import { concurrencyCases } from "./contract/concurrency.contract.ts";
import { creditCases } from "./contract/credit.contract.ts";
import type { Bus, StartBus } from "./contract/driver.ts";
import { endingCases } from "./contract/ending.contract.ts";
import { manyRepliesCases } from "./contract/many-replies.contract.ts";
import { memoryCases } from "./contract/memory.contract.ts";
import { nestedRequestCases } from "./contract/nested-request.contract.ts";
import { orderCases } from "./contract/order.contract.ts";
import { queueCases } from "./contract/queue.contract.ts";
import { rateCases } from "./contract/rate.contract.ts";
import { replyCases } from "./contract/reply.contract.ts";
import { requestCases } from "./contract/request.contract.ts";
import { rightsCases } from "./contract/rights.contract.ts";
import { routeChangeCases } from "./contract/route-change.contract.ts";
import { securityCases } from "./contract/security.contract.ts";
import { securityInstancesCases } from "./contract/security-instances.contract.ts";
import { securityRequestCases } from "./contract/security-request.contract.ts";
import { stampCases } from "./contract/stamp.contract.ts";

/**
 * What every broker does, whatever it is reached by, in sentences. `start` makes a broker, which is
 * stopped when the test is over; random tests are repeated `runs` times.
 */
export function describeBroker(name: string, start: StartBus, runs: number): void {
  describe(name, () => {
    const started: Bus[] = [];
    const subject = {
      runs,
      start: async (...args: Parameters<StartBus>) => {
        const bus = await start(...args);
        started.push(bus);
        return bus;
      },
    };
    afterEach(async () => {
      for (const bus of started.splice(0)) await bus.stop();
    });

    rightsCases(subject);
    stampCases(subject);
    creditCases(subject);
    concurrencyCases(subject);
    queueCases(subject);
    memoryCases(subject);
    rateCases(subject);
    orderCases(subject);
    affinityCases(subject);
    endingCases(subject);
    requestCases(subject);
    replyCases(subject);
    manyRepliesCases(subject);
    nestedRequestCases(subject);
    routeChangeCases(subject);
    securityCases(subject);
    securityInstancesCases(subject);
    securityRequestCases(subject);
  });
}
