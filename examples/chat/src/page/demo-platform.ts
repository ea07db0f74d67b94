/**
 * The web platform of one client, told lies on request: that the network is gone, the page frozen.
 */
import type { LifecycleEvent, NetworkEvent, NetworkState, Platform } from "@holdfast/client";
import { webPlatform } from "@holdfast/client/web";

export class DemoPlatform {
  readonly platform: Platform;
  readonly #real: Platform;
  #isOffline = false;
  #isFrozen = false;
  #postNetwork: ((event: NetworkEvent) => void) | undefined;
  #postLifecycle: ((event: LifecycleEvent) => void) | undefined;

  constructor(real: Platform = webPlatform()) {
    this.#real = real;
    this.platform = { ...real, network: this.#network(), lifecycle: this.#lifecycle() };
  }

  /** Without a network a dial fails at once. */
  get isOffline(): boolean {
    return this.#isOffline;
  }

  setOffline(isOffline: boolean): void {
    this.#isOffline = isOffline;
    this.#postNetwork?.({ type: "networkChanged", ...this.#networkNow() });
  }

  setFrozen(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    if (this.#real.lifecycle.current.frozen) return;
    this.#postLifecycle?.({ type: isFrozen ? "appFrozen" : "appThawed" });
  }

  #networkNow(): NetworkState {
    const { available, quality } = this.#real.network.current;
    return { available: available && !this.#isOffline, quality };
  }

  #network(): Platform["network"] {
    const now = (): NetworkState => this.#networkNow();
    return {
      get current() {
        return now();
      },
      start: (post) => {
        this.#postNetwork = post;
        return this.#real.network.start((event) =>
          post({ ...event, available: event.available && !this.#isOffline }),
        );
      },
    };
  }

  #lifecycle(): Platform["lifecycle"] {
    const { lifecycle } = this.#real;
    const isFrozen = (): boolean => this.#isFrozen;
    return {
      get current() {
        const { active, frozen } = lifecycle.current;
        return { active, frozen: frozen || isFrozen() };
      },
      start: (post) => {
        this.#postLifecycle = post;
        return lifecycle.start((event) => {
          const isBack = event.type === "appThawed" || event.type === "appForegrounded";
          if (!(isBack && this.#isFrozen)) post(event);
        });
      },
    };
  }
}
