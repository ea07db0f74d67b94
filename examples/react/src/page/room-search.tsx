/** Finds what was said, as one types: a newer search aborts the one before. */
import { useState, type ReactElement } from "react";

import type { RoomName } from "../contract.ts";
import { useCall } from "./realtime.ts";

export function RoomSearch({ room }: { readonly room: RoomName }): ReactElement {
  const [words, setWords] = useState("");
  const { status, data, error, run, cancel } = useCall("room.find");
  const search = (sought: string): void => {
    setWords(sought);
    if (sought.trim()) void run({ room, words: sought.trim() });
    else cancel();
  };
  const isSearching = words.trim() !== "";
  return (
    <section className="search" aria-label="Search">
      <input
        type="search"
        aria-label={`Find in the ${room}`}
        placeholder={`Find in the ${room}`}
        value={words}
        onChange={(event) => search(event.target.value)}
      />
      {isSearching && (
        <p role="status">
          {status === "running" && "Looking…"}
          {status === "failed" && `Could not look: ${error?.kind}.`}
          {status === "done" && `${data?.length ?? 0} found`}
        </p>
      )}
      {isSearching && (
        <ul>
          {data?.map(({ seq, from, text }) => (
            <li key={seq}>
              <b>{from}</b> {text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
