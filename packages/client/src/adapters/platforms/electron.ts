/**
 * Binds the ports to Electron: what a process of Node or a page tells, and what the machine's power
 * does. The best place for a client is the main process: one connection for all windows, which no
 * hidden window slows down. A window may have its own; its preload script brings it the power.
 */
import type { Cancel } from "../../base/clock.ts";
import { Scope } from "../../base/scope.ts";
import type { Source } from "../../base/source.ts";
import type { LifecycleAdapter } from "../lifecycle-adapter.ts";
import type { Platform } from "../platform.ts";
import { onEmitted, type EmitterLike } from "./emitter-listeners.ts";
import { nodePlatform, type NodeGlobals, type NodePlatformOptions } from "./node.ts";
import { webPlatform, type WebGlobals } from "./web.ts";

/** What `powerMonitor` says that concerns a connection. */
export type PowerEvent = "suspend" | "resume" | "unlock-screen";

/** What we use of Electron's `powerMonitor`. */
export type PowerMonitorLike = EmitterLike<PowerEvent>;

/** Calls `hear` at each event until it is cancelled. May cross the bridge into a window. */
export type PowerSignals = (hear: (event: PowerEvent) => void) => Cancel;

/** What Electron's main process, or a utility process, is asked for. */
export interface ElectronPlatformOptions extends NodePlatformOptions {
  /** `import { powerMonitor } from "electron"`; in a utility process, what the main one sends. */
  readonly power: PowerMonitorLike | PowerSignals;
  /**
   * Whether a window is shown; the heartbeat is slow while none is. Default: always, as far as the
   * connection knows.
   */
  readonly isShown?: Source<boolean> | undefined;
}

/** The platform of Electron's main process. Throws as `nodePlatform` does. */
export function electronPlatform(
  { power, isShown, ...options }: ElectronPlatformOptions,
  globals?: NodeGlobals,
): Platform {
  const base = nodePlatform(options, globals);
  const signals = typeof power === "function" ? power : powerSignals(power);
  const lifecycle = withPower(base.lifecycle, signals);
  return {
    ...base,
    name: "electron",
    lifecycle: isShown ? withWindows(lifecycle, isShown) : lifecycle,
  };
}

/** The platform of a page in an Electron window; the recipe's preload script makes its `power`. */
export function electronWindowPlatform(
  { power }: { readonly power: PowerSignals },
  globals?: WebGlobals,
): Platform {
  const base = webPlatform(globals);
  return { ...base, name: "electron-window", lifecycle: withPower(base.lifecycle, power) };
}

/** What `powerMonitor` says, for the main process to send on to its windows. */
export function powerSignals(powerMonitor: PowerMonitorLike): PowerSignals {
  return (hear) => {
    const scope = new Scope();
    for (const event of POWER_EVENTS)
      scope.defer(onEmitted(powerMonitor, event, () => hear(event)));
    return () => scope.close();
  };
}

/** What each event means to the connection. A locked machine keeps its connection. */
const MEANINGS = {
  suspend: ["appFrozen"],
  // It may come twice, and before the network is up: then the dial has failed for a local cause.
  resume: ["appThawed", "woke"],
  // Some machines forget to say `resume`.
  "unlock-screen": ["appThawed", "woke"],
} as const;

const POWER_EVENTS = Object.keys(MEANINGS) as readonly PowerEvent[];

function withPower(base: LifecycleAdapter, power: PowerSignals): LifecycleAdapter {
  return {
    get current() {
      return base.current;
    },
    start(post) {
      const scope = new Scope();
      scope.defer(base.start(post));
      const cancel = power((event) => {
        // What comes over a bridge is only said to be one of ours.
        if (!Object.hasOwn(MEANINGS, event)) return;
        for (const type of MEANINGS[event]) post({ type });
      });
      scope.defer(cancel);
      return () => scope.close();
    },
  };
}

function withWindows(base: LifecycleAdapter, isShown: Source<boolean>): LifecycleAdapter {
  return {
    get current() {
      return { ...base.current, active: isShown.current };
    },
    start(post) {
      let wasShown = isShown.current;
      const scope = new Scope();
      scope.defer(base.start(post));
      const cancel = isShown.subscribe((shown) => {
        if (shown !== wasShown) post({ type: shown ? "appForegrounded" : "appBackgrounded" });
        wasShown = shown;
      });
      scope.defer(cancel);
      return () => scope.close();
    },
  };
}
