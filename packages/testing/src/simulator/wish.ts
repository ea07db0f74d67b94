/** One transaction of a run: what was wanted, what the client has said of it, and what is true. */
import type { NoteFate } from "./app-contract.ts";

/** How a client told the end of a wish. */
export type WishEnd =
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly kind: string; readonly code: string };

export interface Wish {
  readonly n: number;
  readonly fate: NoteFate;
  /** Of one process and account: its wishes must be committed in the order of their making. */
  readonly lane: string | undefined;
  readonly blockers: readonly Wish[];
  readonly hasDeadline: boolean;
  /** Who made it. */
  readonly maker: string;
  readonly account: string;
  /** Its device belongs to that account, which comes back to it in the end. */
  readonly isAtHome: boolean;
  /** The key of the call. */
  id: string;
  /** The client has said that it is stored. */
  isStored: boolean;
  isCancelled: boolean;
  /** The first word about its end; later ones must agree. */
  end: WishEnd | undefined;
  /** How often the handler failed it for the moment. Eight times are final. */
  failures: number;
  /** In which epochs it was committed. */
  readonly epochs: Set<string>;
}

/** Ends after which the wish has no effect, and never will. */
const WITHOUT_EFFECT: readonly string[] = [
  "rejected",
  "cancelled",
  "timedOut",
  "blockerFailed",
  "storeFailed",
];

/** Nobody asks for it any more, and the server may still run it. */
export function isAbandoned({ end }: Wish): boolean {
  return end?.type === "failed" && end.kind === "poisoned";
}

/** Was it promised that the wish has no effect? */
export function isRuledOut({ end }: Wish): boolean {
  return end?.type === "failed" && WITHOUT_EFFECT.includes(end.kind);
}
