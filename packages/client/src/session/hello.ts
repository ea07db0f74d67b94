/** The first message of a session. */
import type { BucketPosition, Hello } from "@holdfast/protocol";
import type { HelloFacts } from "./session-options.ts";

/** So many buckets travel in a hello: it may have 64 KiB, and a name 128 characters. */
export const HELLO_BUCKETS_MAX = 64;

/** The hello of session `session`. Of the buckets it names the first that fit. */
export function helloOf(
  facts: HelloFacts,
  session: number,
  token: string,
  wanted: readonly BucketPosition[],
): Hello {
  return {
    type: "hello",
    ...facts,
    session,
    ...(token && { token }),
    ...(wanted.length > 0 && { buckets: wanted.slice(0, HELLO_BUCKETS_MAX) }),
  };
}
