/**
 * What the demo serves: the page, its own modules, and the modules of the packages straight from
 * where they were built, named for the browser by an import map. There is no bundler.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A file, ready to be sent. */
export interface StaticFile {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const home = fileURLToPath(new URL("..", import.meta.url));
const pageModules = resolve(home, "dist/page");
const publicFiles = resolve(home, "public");

/** The packages that the page loads. */
const packages: ReadonlyMap<string, string> = new Map(
  ["client", "inspector", "protocol"].map((name) => [name, builtFolder(`@holdfast/${name}`)]),
);

const importMap = JSON.stringify({ imports: Object.fromEntries(importsOfPackages()) });

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  // The import map is the one inline script, allowed by its hash.
  `script-src 'self' 'sha256-${createHash("sha256").update(importMap).digest("base64")}'`,
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** The file at a path of the site; undefined when there is none, whatever the path tries. */
export async function staticFile(path: string): Promise<StaticFile | undefined> {
  if (path === "/") return await page("index.html");
  if (path === "/inspector.html") return await page("inspector.html");
  const file = placeOf(path);
  const type = file && MIME_TYPES[extname(file)];
  if (!type) return undefined;
  try {
    return { body: await readFile(file), headers: { ...commonHeaders, "content-type": type } };
  } catch {
    return undefined;
  }
}

const commonHeaders = {
  "cache-control": "no-cache",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};

/** A page with its import map. */
async function page(name: string): Promise<StaticFile> {
  const template = await readFile(resolve(publicFiles, name), "utf8");
  return {
    body: withImportMap(template),
    headers: {
      ...commonHeaders,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "referrer-policy": "no-referrer",
    },
  };
}

/** Puts the map in the place of the empty one that the page's file has. */
function withImportMap(template: string): string {
  const [before = "", after] = template.split(/(?<=<script type="importmap">)\s*\{\}\s*(?=<)/);
  if (after === undefined) throw new Error("The page has no empty import map to fill.");
  return before + importMap + after;
}

/** Where a path leads on disk, if it stays in a folder that is served. */
function placeOf(path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const [, name = "", inPackage = ""] = /^\/modules\/([a-z]+)\/(.+)$/.exec(decoded) ?? [];
  const built = packages.get(name);
  if (built) return within(built, inPackage);
  if (decoded === "/contract.js") return resolve(home, "dist/contract.js");
  if (decoded.startsWith("/page/")) return within(pageModules, decoded.slice("/page/".length));
  return within(publicFiles, decoded.slice(1));
}

/** The path inside a folder; undefined when it leads out of it. */
function within(folder: string, path: string): string | undefined {
  if (path.includes("\0")) return undefined;
  const file = resolve(folder, path);
  return file.startsWith(folder + sep) ? file : undefined;
}

function builtFolder(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(name));
}

/** `@holdfast/client/web` → `/modules/client/adapters/…`, read off each package's `exports`. */
function* importsOfPackages(): Generator<[string, string]> {
  for (const [name, built] of packages) {
    const manifest = JSON.parse(readFileSync(resolve(built, "../package.json"), "utf8")) as {
      readonly exports: Readonly<Record<string, { readonly default: string }>>;
    };
    for (const [subpath, { default: file }] of Object.entries(manifest.exports)) {
      yield [`@holdfast/${name}${subpath.slice(1)}`, file.replace("./dist/", `/modules/${name}/`)];
    }
  }
}
