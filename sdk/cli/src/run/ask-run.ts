import { request } from "@exosphere/http/node-http";
import { CommandFailure } from "../failure.ts";

/** How long a running application may take to answer, in milliseconds: to stop a service takes as long as its grace. */
const answerMs = 30_000;

/**
 * Asks the `exo run` behind a control socket.
 *
 * @throws CommandFailure with what it says, or that it does not answer
 */
export function askRun(socketPath: string, method: "GET" | "POST", path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, agent: false, timeout: answerMs }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("close", () => {
        const answer = parsed(text);
        if (response.complete && (response.statusCode ?? 500) < 300) resolve(answer);
        else
          reject(
            new CommandFailure(
              (answer as { detail?: string } | undefined)?.detail ?? "the running application broke off",
            ),
          );
      });
    });
    asking.once("timeout", () => asking.destroy(new Error("it takes too long")));
    asking.once("error", (error) =>
      reject(new CommandFailure(`the running application does not answer: ${error.message}`)),
    );
    asking.end();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
