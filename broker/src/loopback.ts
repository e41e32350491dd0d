/** How a peer in this process is named. */
export const inProcess = "memory";

/** Whether a peer, as grpc-js names it, is on this machine. */
export function isLoopback(peer: string): boolean {
  return (
    /^(127\.\d+\.\d+\.\d+:\d+|\[?::1\]?:\d+|\[?::ffff:127\.\d+\.\d+\.\d+\]?:\d+|unix:.*)$/.test(peer) ||
    peer === inProcess
  );
}
