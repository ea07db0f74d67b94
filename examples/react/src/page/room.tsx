/** One room: what was said, what is on its way, and the place to say something. */
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from "react";

import { TEXT_LENGTH_MAX, type RoomName } from "../contract.ts";
import { NAME, roomView, say, useBucket, useTransaction, type Line } from "./realtime.ts";

const STATUS = {
  loading: "Opening…",
  waiting: "As you last saw it",
  updating: "Catching up…",
  live: "Live",
  trouble: "Cannot be kept up to date just now",
} as const;

export function Room({ room }: { readonly room: RoomName }): ReactElement {
  const { view, status } = useBucket(`room:${room}`, roomView);
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [view.length]);
  return (
    <section className="room" aria-label={`The ${room}`}>
      <p className="status" data-status={status}>
        {STATUS[status]}
      </p>
      <ol tabIndex={0} aria-label={`Said in the ${room}`}>
        {view.length === 0 && status !== "loading" && (
          <li className="empty">Nobody has said anything yet.</li>
        )}
        {view.map((line) => (
          <Said key={line.id} line={line} />
        ))}
        <li ref={end} aria-hidden="true" />
      </ol>
      <Composer room={room} />
    </section>
  );
}

function Said({ line: { id, from, text, phase } }: { readonly line: Line }): ReactElement {
  return (
    <li className={from === NAME ? "said own" : "said"} data-line={id} data-phase={phase}>
      <span className="from">{from}</span>
      <span className="text">{text}</span>
    </li>
  );
}

function Composer({ room }: { readonly room: RoomName }): ReactElement {
  const [text, setText] = useState("");
  const { transact, error, pending, cancelPending } = useTransaction(say);
  const waiting = pending.filter(({ input }) => input.room === room);
  const last = waiting.at(-1);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!text.trim()) return;
    transact({ room, text });
    setText("");
  };
  return (
    <form onSubmit={submit}>
      <input
        aria-label="Say something"
        placeholder={`Say something in the ${room}`}
        value={text}
        maxLength={TEXT_LENGTH_MAX}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit">Send</button>
      <p className="fate" role="status">
        {waiting.length > 0 && `${waiting.length} not sent yet. `}
        {error &&
          error.kind !== "cancelled" &&
          `The last one was declined (${error.code ?? error.kind}).`}
      </p>
      {last && last.phase !== "acked" && (
        <button type="button" onClick={() => cancelPending(last.id)}>
          Take the last one back
        </button>
      )}
    </form>
  );
}
