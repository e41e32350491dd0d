/** The user that containers run as: `nonroot` of the distroless images. A number, as orchestrators cannot check a name. */
export const containerUser = "65532:65532";

/** Where a container keeps files that outlive it. The images have it, so that a new volume belongs to their user. */
export const dataFolder = "/var/lib/exosphere";

/**
 * Images that others are built from. Those with a version are pinned to it; the distroless ones have no versions, but a release of
 * Debian.
 */
export const baseImages = {
  node: "node:24.21.0-bookworm-slim",
  python: "python:3.11.14-slim-bookworm",
  go: "golang:1.25.5-bookworm",
  java: "eclipse-temurin:21.0.9_10-jdk-noble",
  maven: "maven:3.9.11-eclipse-temurin-21-noble",
  rust: "rust:1.91.1-slim-bookworm",
  debian: "debian:12.12-slim",
  runNode: "gcr.io/distroless/nodejs24-debian12:nonroot",
  runPython: "gcr.io/distroless/python3-debian12:nonroot",
  runJava: "gcr.io/distroless/java21-debian12:nonroot",
  runStatic: "gcr.io/distroless/static-debian12:nonroot",
  runC: "gcr.io/distroless/cc-debian12:nonroot",
} as const;
