/** The provider: hands one client to the components below, and keeps the one that it made alive. */
import { OptionsError } from "@holdfast/client";
import type { DisplayPolicy } from "@holdfast/client/display";
import type { Contract } from "@holdfast/protocol";
import {
  createElement,
  useEffect,
  useMemo,
  useReducer,
  useState,
  type Context,
  type ReactElement,
} from "react";

import { ClientLease } from "./client-lease.ts";
import type { ProviderProps } from "./hooks.ts";
import { Surroundings } from "./surroundings.ts";
import { useEarlyEffect } from "./use-early-effect.ts";

export function providerOf<C extends Contract>(
  context: Context<Surroundings | undefined>,
  display: DisplayPolicy,
): (props: ProviderProps<C>) => ReactElement {
  return function HoldfastProvider(props) {
    const { client: given, create } = props;
    const [made, setMade] = useState<ClientLease<C>>();
    const [, ended] = useReducer((ends: number) => ends + 1, 0);
    let lease = given ? undefined : made;
    // It is new; or left the page for longer, and is kept as it was: shown again, the effects of
    // all that is below find a client that lives. What has left for good comes here no more.
    if (!given && create && (!lease || lease.isOver)) {
      lease = new ClientLease(create);
      setMade(lease);
    }
    const client = given ?? lease?.client;
    if (!client) throw new OptionsError("A HoldfastProvider needs a client, or a way to make one.");
    // So that a transaction that a component below makes as it comes to the page finds its account.
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
