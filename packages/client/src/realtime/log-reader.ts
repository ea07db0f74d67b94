/** Sync's way to the server: fetches and subscriptions of one session. */
import type { Page, TooFarBehind } from "@holdfast/protocol";
import { CallError } from "../base/errors.ts";
import type { Answer } from "../session/pending-call.ts";
import type { SubscriptionLink } from "../session/session-event.ts";
import type { SyncRemote } from "../sync/sync-remote.ts";
import type { ClientParts } from "./session-speech.ts";

/** Binds the port to a session. `hasLog`: does its server keep logs, as far as is known? */
export function logReader(
  link: SubscriptionLink,
  { calls, updates }: Pick<ClientParts, "calls" | "updates">,
  hasLog: () => boolean,
): SyncRemote {
  return {
    fetch(request, timeoutMs, signal, succeed, fail) {
      if (!hasLog()) return fail(new CallError("neverSent", "no log", { code: "unsupported" }));
      const options = { timeoutMs, signal, whenOffline: "fail" } as const;
      const hear = (answer: Answer): void => succeed(answer as Page | TooFarBehind);
      return calls.request({ type: "fetch", ...request }, options, hear, fail);
    },
    subscribe: (buckets) => link.say({ type: "subscribe", buckets }),
    unsubscribe: (buckets) => updates.leave(buckets),
  };
}
