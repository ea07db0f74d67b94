/** Who may read which bucket. Nobody may, unless the application says so. */
import { bucketKind } from "@holdfast/protocol";
import type { BucketKey, BucketKindOf, Contract, Update } from "@holdfast/protocol";

import type { Accepted } from "./authenticate.ts";
import type { Viewer } from "./call-context.ts";
import type { BucketVerdict } from "./server-session-event.ts";

/** The rules of one kind of bucket. */
export interface BucketRules<A extends Accepted = Accepted> {
  /**
   * May this account subscribe to this bucket? Asked at each subscription, once; `server.revoke`
   * takes the right away. What it throws counts as no.
   */
  readonly authorize: (viewer: Viewer<A>, bucket: BucketKey) => boolean | Promise<boolean>;
  /**
   * May this account see this update? Asked for each update and each session that reads it, which
   * costs an encoding for each: without it one encoding serves all. What it turns down is passed
   * without content, and accounted for. What it throws counts as no. It must always give the same
   * answer for the same account and update. A bucket with this rule can be read only by clients
   * that speak `log`; others are denied.
   */
  readonly visible?: (viewer: Viewer<A>, update: Update, bucket: BucketKey) => boolean;
}

/** The rules by kind. A kind without rules can be published to, and be read by nobody. */
export type BucketRulesOf<C extends Contract, A extends Accepted = Accepted> = {
  readonly [Kind in BucketKindOf<C>]?: BucketRules<A>;
};

/** Hears of every rule that threw. */
export type ReportGateError = (
  error: unknown,
  context: Pick<Viewer, "account" | "sessionId"> & { readonly place: "authorize" },
) => void;

export class BucketGate {
  readonly #contract: Contract;
  readonly #rules: BucketRulesOf<Contract>;
  readonly #report: ReportGateError;

  constructor(contract: Contract, rules: BucketRulesOf<Contract>, report: ReportGateError) {
    this.#contract = contract;
    this.#rules = rules;
    this.#report = report;
  }

  /** What a viewer may see of a bucket; undefined: everything. Never throws. */
  sight(bucket: BucketKey, viewer: () => Viewer): ((update: Update) => boolean) | undefined {
    const visible = this.#rulesOf(bucket)?.visible;
    if (!visible) return undefined;
    return (update) => {
      const asked = viewer();
      try {
        const isVisible: unknown = visible(asked, update, bucket);
        return isVisible === true;
      } catch (error) {
        const { account, sessionId } = asked;
        this.#report(error, { place: "authorize", account, sessionId });
        return false;
      }
    };
  }

  /** The verdict, at once where the application answers at once. Never throws or rejects. */
  ask(viewer: Viewer, bucket: BucketKey): BucketVerdict | Promise<BucketVerdict> {
    const kind = bucketKind(bucket);
    if (!Object.hasOwn(this.#contract.buckets, kind)) return { bucket, code: "gone" };
    const rules = this.#rulesOf(bucket);
    if (!rules) return { bucket, code: "denied" };
    // Only `true` allows: where types are not checked, a row or a promise is no permission.
    const verdict = (allowed: unknown): BucketVerdict =>
      allowed === true ? { bucket } : { bucket, code: "denied" };
    const denied = (error: unknown): BucketVerdict => {
      const { account, sessionId } = viewer;
      this.#report(error, { place: "authorize", account, sessionId });
      return { bucket, code: "denied" };
    };
    try {
      const answer = rules.authorize(viewer, bucket);
      return typeof answer === "boolean"
        ? verdict(answer)
        : Promise.resolve(answer).then(verdict, denied);
    } catch (error) {
      return denied(error);
    }
  }
  #rulesOf(bucket: BucketKey): BucketRules | undefined {
    const kind = bucketKind(bucket);
    return Object.hasOwn(this.#rules, kind) ? this.#rules[kind] : undefined;
  }
}
