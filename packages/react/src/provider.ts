/** The provider: hands one client to the components below, and keeps the one that it made alive. */
import { OptionsError } from "@holdfast/client";
import type { DisplayPolicy } from "@holdfast/client/display";
import type { Contract } from "@holdfast/protocol";
import {
  createElement,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useState,
  type Context,
  type ReactElement,
} from "react";

import { ClientLease } from "./client-lease.ts";
import type { ProviderProps } from "./hooks.ts";
import { Surroundings } from "./surroundings.ts";

/** A server renders no layout, and React 18 says so aloud. */
const useEarlyEffect: typeof useLayoutEffect =
  typeof window === "undefined" ? useEffect : useLayoutEffect;

export function providerOf<C extends Contract>(
  context: Context<Surroundings | undefined>,
  display: DisplayPolicy,
): (props: ProviderProps<C>) => ReactElement {
  const newLease = ({ create }: ProviderProps<C>): ClientLease<C> | undefined =>
    create && new ClientLease(create);
  return function HoldfastProvider(props) {
    const [lease, setLease] = useState(() => newLease(props));
    const [, ended] = useReducer((ends: number) => ends + 1, 0);
    // It left the page for longer, and is kept as it was: shown again, the effects of all that is
    // below find a client that lives. Made here, as at first: what has left for good makes none.
    if (lease?.isOver) setLease(newLease(props));
    const client = props.client ?? lease?.client;
    if (!client) throw new OptionsError("A HoldfastProvider needs a client, or a way to make one.");
    // Before the effects of the components below, so that a transaction that one makes as it comes
    // to the page finds its account. Not ended here: React undoes layout while it suspends.
    useEarlyEffect(() => lease?.start(), [lease]);
    useEffect(() => {
      // It ended between the rendering and now.
      if (lease?.isOver) return ended();
      return lease?.hold(ended);
    }, [lease]);
    const surroundings = useMemo(() => new Surroundings(client, display), [client]);
    useEffect(() => surroundings.banner.follow(), [surroundings]);
    return createElement(context.Provider, { value: surroundings }, props.children);
  };
}
