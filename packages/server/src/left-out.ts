/** Updates that some sessions cannot be told, reported once each and not once for each reader. */
import type { BucketKey } from "@holdfast/protocol";

/** So many are remembered; one that was forgotten is reported again. */
const REMEMBERED_MAX = 1_000;

/** Returns who is told of each such update. */
export function leftOutReporter(
  report: (error: Error) => void,
): (bucket: BucketKey, epoch: string, seq: number) => void {
  const reported = new Set<string>();
  return (bucket, epoch, seq) => {
    const place = `${bucket}\0${epoch}\0${seq}`;
    if (reported.has(place)) return;
    if (reported.size >= REMEMBERED_MAX) reported.clear();
    reported.add(place);
    const trouble = "does not fit into the codec or the limits of a session, and was passed over";
    report(new Error(`update ${seq} of ${bucket} ${trouble}`));
  };
}
