/** The port that tells what the platform believes about the network. Beliefs are hints. */
import type { Cancel } from "../base/clock.ts";

/** The platform's belief. `constrained`: slow, metered, or the user saves data. */
export interface NetworkState {
  readonly available: boolean;
  readonly quality: "good" | "constrained";
}

/** The belief changed, or the path did. */
export interface NetworkEvent extends NetworkState {
  readonly type: "networkChanged";
}

/** Reports the network, with the same promises as a `LifecycleAdapter`. */
export interface NetworkAdapter {
  readonly current: NetworkState;
  start(post: (event: NetworkEvent) => void): Cancel;
}

/** For platforms that say nothing: the network is there, and good. */
export const silentNetwork: NetworkAdapter = {
  current: { available: true, quality: "good" },
  start: () => () => {},
};
