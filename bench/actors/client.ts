/** The process of the clients: many of one library, told what to do and to measure. */
import { TEXT } from "../peers/peer.ts";
import type { PeerClient, PeerModule } from "../peers/peer.ts";
import { answerCommands, cpuUs, loadPeer, memory } from "./actor.ts";
import { callLoop } from "./call-loop.ts";
import type { CallLoopInput } from "./call-loop.ts";
import { Feed } from "./feed.ts";
import type { FloodInput, PacedInput } from "./feed.ts";
import { steadyAdds } from "./steady-adds.ts";
import type { SteadyAddsInput } from "./steady-adds.ts";
import { Watch } from "./watch.ts";

export interface ConnectInput {
  readonly peer: string;
  readonly url: string;
  readonly count: number;
  readonly isDurable?: boolean;
}

/** How many dial at the same time. */
const DIALS_AT_ONCE = 50;

const clients: PeerClient[] = [];
const watch = new Watch();
let feed: Feed | undefined;

function client(): PeerClient {
  const [first] = clients;
  if (!first) throw new Error("nobody is connected");
  return first;
}

answerCommands({
  async connect({ peer, url, count, isDurable = false }: ConnectInput) {
    const module = await loadPeer<PeerModule>(peer);
    let next = clients.length;
    const end = next + count;
    const lane = async (): Promise<void> => {
      while (next < end) {
        const index = next++;
        const onState = watch.listenerOf(index);
        const options = { url, account: `user-${index}`, onState, isDurable };
        const connected = module.peer.connect(options);
        clients[index] = connected;
        await connected.call("echo", { text: TEXT });
      }
    };
    await Promise.all(Array.from({ length: Math.min(count, DIALS_AT_ONCE) }, lane));
  },
  /** How long it took from nothing to the first answer, each time, in ms. */
  async firstReplies({ peer, url, seconds }: ConnectInput & { readonly seconds: number }) {
    const module = await loadPeer<PeerModule>(peer);
    const took: number[] = [];
    for (let begun = performance.now(), end = begun + seconds * 1_000; begun < end;) {
      const one = module.peer.connect({ url, account: `user-${took.length % 50}` });
      await one.call("echo", { text: TEXT });
      took.push(performance.now() - begun);
      one.close();
      // Its end is not counted.
      await new Promise((resolve) => setTimeout(resolve, 1));
      begun = performance.now();
    }
    return took;
  },
  calls: (input: CallLoopInput) => callLoop(client(), input),
  async subscribe() {
    feed = new Feed(client(), clients.length);
    await Promise.all(clients.map((one) => one.subscribe(feed?.hear ?? (() => {}))));
  },
  flood: (input: FloodInput) => feed?.flood(input),
  paced: (input: PacedInput) => feed?.paced(input),
  adds: (input: SteadyAddsInput) => steadyAdds(client(), input),
  watch: () => watch.begin(clients),
  watched: () => watch.events,
  cpuUs,
  memory,
});
