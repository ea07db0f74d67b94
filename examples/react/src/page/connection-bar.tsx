/** How the connection is: a word that is always there, and a banner that comes when it matters. */
import type { ReactElement } from "react";

import { useClient, useConnection, useConnectionBanner } from "./realtime.ts";

export function ConnectionBar(): ReactElement {
  const client = useClient();
  const { state, snapshot } = useConnection();
  const { isShown, kind, text, secondsToRetry } = useConnectionBanner();
  const roundTrip =
    snapshot.roundTripMs === undefined ? "" : ` · ${Math.ceil(snapshot.roundTripMs)} ms`;
  return (
    <div className="bar">
      <span className="pill" data-state={state} data-session={snapshot.sessionId}>
        {state + roundTrip}
      </span>
      {/* Always there, so that screen readers hear what comes into it. */}
      <p className="banner" data-kind={kind} role="status">
        {text}
      </p>
      {isShown && secondsToRetry !== undefined && (
        <button onClick={() => client.connectNow()}>
          Try now{secondsToRetry > 0 && ` (in ${secondsToRetry} s)`}
        </button>
      )}
    </div>
  );
}
