/** What the demo's page and server have agreed on: every call and bucket, with its types. */
import { bucket, call, defineContract, type StandardSchemaV1 } from "@holdfast/protocol";

/** One line of the conversation: an update of the room's bucket. */
export interface Message {
  /** The account that said it. */
  readonly author: string;
  readonly name: string;
  readonly text: string;
}

/** What somebody wants to say. */
export interface Draft {
  readonly text: string;
}

/** The one room of the demo. */
export const ROOM = "room:lobby";

/** How long a message may be, in characters. */
export const TEXT_LENGTH_MAX = 500;

/** The room's refusal of a text that begins with a slash. */
export const NO_COMMANDS = "noCommands";

export const contract = defineContract({
  calls: {
    "message.send": call<Draft, { readonly seq: number }>({ input: draftSchema() }),
    // Asked by who knows a room of an earlier epoch: where the log is the memory, that is enough.
    "room.epoch": call<void, string>({ repeatable: true }),
  },
  buckets: { room: bucket<Message>() },
});

/** Types calls on the page and handlers on the server. */
export type ChatContract = typeof contract;

/** A validator by hand; any library that speaks Standard Schema fits in its place. */
function draftSchema(): StandardSchemaV1<Draft> {
  return {
    "~standard": {
      version: 1,
      vendor: "holdfast-example-chat",
      validate: (value) =>
        isDraft(value) ? { value } : { issues: [{ message: "This is not a draft." }] },
    },
  };
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null || !("text" in value)) return false;
  const { text } = value;
  return typeof text === "string" && text.trim().length > 0 && text.length <= TEXT_LENGTH_MAX;
}
