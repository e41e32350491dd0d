import { request } from "@exosphere/http/node-http";

/** A sidecar answers when the app has done what it has, at the latest after its grace of 10 s. Milliseconds. */
const answerMs = 15_000;

/**
 * Has a sidecar hold the deliveries of its app back, or let them in again. Resolves once the app has done what it has.
 *
 * @throws Error if the sidecar does not answer, or refuses
 */
export function holdDeliveries(adminUrl: string, held: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { method: "PUT", agent: false, timeout: answerMs } as const;
    const asking = request(`${adminUrl}/deliveries`, options, (response) => {
      response.resume().once("close", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`its sidecar answers ${response.statusCode} to PUT /deliveries`));
      });
    });
    asking.once("timeout", () => asking.destroy(new Error("it takes too long")));
    asking.once("error", (error) => reject(new Error(`its sidecar does not answer: ${error.message}`)));
    asking.end(JSON.stringify({ held }));
  });
}
