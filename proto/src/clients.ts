import { type ChannelCredentials, type ClientOptions, makeGenericClientConstructor } from "@grpc/grpc-js";
import {
  AdminServiceService,
  type AdminServiceClient as GeneratedAdminServiceClient,
} from "./gen/exosphere/exocom/v1/admin.ts";

/** Calls the admin service of a broker. */
export type AdminServiceClient = GeneratedAdminServiceClient;

/** Makes a client of the admin service at an address. It is an entry of its own, as it loads grpc-js, which most do not need. */
export const AdminServiceClient = makeGenericClientConstructor(
  AdminServiceService,
  "exosphere.exocom.v1.AdminService",
) as unknown as new (
  address: string,
  credentials: ChannelCredentials,
  options?: Partial<ClientOptions>,
) => AdminServiceClient;
