/** What can go wrong with what the inspector is given to show. */
import { RealtimeError } from "@holdfast/client";

/** `tooLarge`: over a limit. `notATrace`: another file, or a trace that is not whole. */
export type InspectorErrorKind = "tooLarge" | "notATrace";

/** A trace, or a report of another tab, that cannot be shown. Its message is for people. */
export class InspectorError extends RealtimeError {
  override readonly name = "InspectorError";
  readonly kind: InspectorErrorKind;

  constructor(kind: InspectorErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
