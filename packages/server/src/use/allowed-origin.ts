/** Which pages may open a connection: a browser sends cookies along to whoever a page names. */
import type { IncomingMessage } from "node:http";

/**
 * - `"sameHost"`: the page comes from the host that it connects to. Behind a proxy the `Host`
 *   header must be the outer one.
 * - A list of origins such as `https://app.example`, compared as they are.
 * - A function, which also hears of requests without an origin.
 */
export type AllowedOrigins =
  | "sameHost"
  | readonly string[]
  | ((origin: string | undefined, request: IncomingMessage) => boolean);

/** Throws `TypeError` for what is none: of one text `includes` would allow every part. */
export function checkedOrigins(origins: unknown): AllowedOrigins {
  const isList = Array.isArray(origins) && origins.every((origin) => typeof origin === "string");
  if (origins !== "sameHost" && typeof origins !== "function" && !isList) {
    throw new TypeError('origins must be "sameHost", a list of origins, or a function.');
  }
  return origins as AllowedOrigins;
}

/**
 * A request without an origin is not from a browser's page, and can claim any; it is let through.
 */
export function isOriginAllowed(origins: AllowedOrigins, request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (typeof origins === "function") {
    // Only `true` allows: where types are not checked, a promise is no permission.
    const allowed: unknown = origins(origin, request);
    return allowed === true;
  }
  if (origin === undefined) return true;
  if (origins !== "sameHost") return origins.includes(origin);
  return host !== undefined && hostOf(origin) === host.toLowerCase();
}

/** Undefined for what is no origin with a host, as `null` of a sandboxed page. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
