/** Who looks at the page; anybody may say so by `?as=name`. */
import { isName } from "../contract.ts";

/** The name in the address's query; of what can be nobody's name, `ann`. */
export function nameIn(search: string): string {
  const asked = new URLSearchParams(search).get("as")?.trim().toLowerCase() ?? "";
  // A client under any other would ask for a token for ever, and get none.
  return isName(asked) ? asked : "ann";
}
