/** Reads what a page with map and tap reads of a dashboard, and throws it away: drawing is the work of another machine. */
export function openPage(port: number): () => void {
  const ending = new AbortController();
  for (const path of ["/api/live", "/api/tap"]) void read(`http://127.0.0.1:${port}${path}`, ending.signal);
  return () => ending.abort();
}

async function read(url: string, signal: AbortSignal): Promise<void> {
  try {
    const { body } = await fetch(url, { signal });
    const reader = body?.getReader();
    while (!(await reader?.read())?.done);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
