// What a screen calls a scan, so that the station knows it when it is asked twice.

/** A new name. It must work on a page that is not from this machine too, where `randomUUID` is missing. */
export function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
