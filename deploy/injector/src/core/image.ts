/** Registry with an optional port, path, and tag or digest, as container runtimes write a reference to an image. */
const reference =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::([\w][\w.-]{0,127}))?(?:@sha256:([0-9a-f]{64}))?$/;

/** Longer references do not fit the fields of registries. Characters. */
const maxLength = 512;

/**
 * What is wrong with a reference to an image, as the end of a sentence that begins with it; undefined where it is fine. It needs a
 * version: two pods of one Deployment must not run different code because `latest` moved between their starts.
 */
export function imageMistake(image: string): string | undefined {
  const found = image.length <= maxLength ? reference.exec(image) : null;
  if (found === null) return "is not an image: write REGISTRY/NAME:TAG, such as 'registry.example/exosphere:1.2.3'";
  const [, tag, digest] = found;
  if (digest !== undefined) return undefined;
  if (tag === undefined) return "has no version: add a tag, such as ':1.2.3', or a digest";
  return tag === "latest" ? "has the tag 'latest', which changes: name a version, such as ':1.2.3'" : undefined;
}
