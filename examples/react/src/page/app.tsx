/** The page: a banner, the rooms to choose from, and one of them. */
import { useState, type ReactElement } from "react";

import { ROOMS, type RoomName } from "../contract.ts";
import { ConnectionBar } from "./connection-bar.tsx";
import { NAME } from "./realtime.ts";
import { RoomSearch } from "./room-search.tsx";
import { Room } from "./room.tsx";

export function App(): ReactElement {
  const [room, setRoom] = useState<RoomName>("lobby");
  return (
    <>
      <header>
        <h1>Holdfast with React</h1>
        <p>
          You are <b>{NAME}</b>. Add <code>?as=ben</code> to the address to be somebody else.{" "}
          <a href="/about">About</a>
        </p>
      </header>
      <ConnectionBar />
      <main>
        <nav aria-label="Rooms">
          {ROOMS.map((name) => (
            <button key={name} aria-pressed={name === room} onClick={() => setRoom(name)}>
              {name}
            </button>
          ))}
        </nav>
        <Room key={room} room={room} />
        <RoomSearch key={`search ${room}`} room={room} />
      </main>
    </>
  );
}
