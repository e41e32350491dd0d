import type { MethodDefinition, Server, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";

/** How a method of a service is called. */
export interface LateMethod {
  /** "/grpc.health.v1.Health/Check" */
  readonly path: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
}

/** All that services need of a server to be added to it. */
export type Services = Pick<Server, "addService">;

/** What answers calls of a method. */
interface Served {
  readonly method: MethodDefinition<unknown, unknown>;
  readonly handle: (...call: unknown[]) => void;
}

/** Adds services to a server whose code is loaded with the first call: `add` adds them as it would to the server itself. */
export function addLateServices(server: Services, methods: readonly LateMethod[], add: (to: Services) => void): void {
  let loaded: ReadonlyMap<string, Served> | undefined;
  const servedAt = (path: string): Served => {
    loaded ??= servedBy(add);
    const served = loaded.get(path);
    if (!served) throw new Error(`nothing serves ${path}`);
    return served;
  };
  const definition = Object.fromEntries(methods.map((method) => [method.path, lateDefinition(method, servedAt)]));
  const handlers = methods.map(({ path }) => [path, (...call: unknown[]) => servedAt(path).handle(...call)]);
  server.addService(definition, Object.fromEntries(handlers) as UntypedServiceImplementation);
}

function lateDefinition(
  { path, requestStream = false, responseStream = false }: LateMethod,
  servedAt: (path: string) => Served,
): MethodDefinition<unknown, unknown> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: (request) => servedAt(path).method.requestSerialize(request),
    requestDeserialize: (bytes) => servedAt(path).method.requestDeserialize(bytes),
    responseSerialize: (response) => servedAt(path).method.responseSerialize(response),
    responseDeserialize: (bytes) => servedAt(path).method.responseDeserialize(bytes),
  };
}

/** What services would add to a server, by path. */
function servedBy(add: (to: Services) => void): ReadonlyMap<string, Served> {
  const served = new Map<string, Served>();
  add({
    addService(definition: ServiceDefinition, handlers: UntypedServiceImplementation) {
      for (const [name, method] of Object.entries(definition)) {
        // As grpc-js looks for it: by either spelling.
        const handle = handlers[name] ?? handlers[method.originalName ?? name];
        if (handle) served.set(method.path, { method, handle: handle as Served["handle"] });
      }
    },
  });
  return served;
}
