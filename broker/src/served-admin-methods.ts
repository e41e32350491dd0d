import { AdminServiceService } from "@exosphere/proto";

/** Stands for a request that cannot be decoded. Compared by identity. */
export const malformedRequest: Readonly<Record<string, never>> = Object.freeze({});

/**
 * The methods of the admin service, to be served by grpc-js. Were decoding to throw, grpc-js would answer INTERNAL, as if the
 * broker were at fault: the handlers get `malformedRequest` instead, and refuse it.
 */
export const servedAdminMethods = Object.fromEntries(
  Object.entries(AdminServiceService).map(([name, method]) => [
    name,
    {
      ...method,
      requestDeserialize(bytes: Buffer): unknown {
        try {
          return method.requestDeserialize(bytes);
        } catch {
          return malformedRequest;
        }
      },
    },
  ]),
) as typeof AdminServiceService;
