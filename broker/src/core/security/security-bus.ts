import type { Placer } from "../place.ts";
import type { Replies } from "../replies.ts";
import type { Router } from "../route.ts";
import type { RouteRegistry } from "../route-registry.ts";

/** The parts of the bus that the security role's side works with. */
export interface SecurityBus {
  readonly registry: RouteRegistry;
  readonly router: Router;
  readonly placer: Placer;
  readonly replies: Replies;
}
