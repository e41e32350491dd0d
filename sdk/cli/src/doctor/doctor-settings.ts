import { setting } from "@exosphere/settings";

/** Settings of `exo doctor`. Paths that lead nowhere are what it is to find: they are texts here. */
export const doctorSettings = {
  broker: setting.addresses({
    help: "gRPC addresses of brokers to look at; default: that of the application that runs in this folder",
  }),
  adminTokenFile: setting.file({ help: "file with the admin token of the brokers, if they have one" }),
  tlsCert: setting.text({ help: "file with the certificate to look at" }),
  tlsKey: setting.text({ help: "file with its key" }),
  tlsCa: setting.text({ help: "file with the certificates of authorities" }),
  json: setting.flag({ help: "print the findings as JSON, for programs", default: false }),
} as const;
