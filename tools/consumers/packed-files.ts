/** What may stand in a tarball, and what must. Pure: the names of its files in, faults out. */

/** A source, and what the compiler makes of it. */
const sourceFile = /^src\/(.+)\.tsx?$/;
const builtFile = /^dist\/(.+?)\.(js|js\.map|d\.ts|d\.ts\.map)$/;
const also = new Set(["package.json", "README.md", "LICENSE"]);

/** Each fault as `name: what is wrong`. */
export function packingFaults(paths: readonly string[]): string[] {
  const all = new Set(paths);
  const stems = new Set(paths.flatMap((path) => sourceFile.exec(path)?.[1] ?? []));
  const odd = paths.filter((path) => {
    if (also.has(path) || sourceFile.test(path)) return false;
    const stem = builtFile.exec(path)?.[1];
    // Built of a source that is gone, or none of ours.
    return stem === undefined || !stems.has(stem);
  });
  const wanted = [
    ...also,
    ...[...stems].flatMap((stem) => [`dist/${stem}.js`, `dist/${stem}.d.ts`]),
  ];
  return [
    ...odd.map((path) => `${path}: does not belong`),
    ...wanted.filter((path) => !all.has(path)).map((path) => `${path}: is missing`),
  ];
}
