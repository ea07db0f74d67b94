/**
 * The inspector of Holdfast: see what a client is doing, live or from its trace. Import it when it
 * is opened (`await import("@holdfast/inspector")`), so that the app does not carry it.
 */
export { InspectorError } from "./inspector-error.ts";
export type { InspectorErrorKind } from "./inspector-error.ts";
export { inspect, mountInspector } from "./mount-inspector.ts";
export type { InspectOptions, Inspection, MountOptions } from "./mount-inspector.ts";
export type { ClientFeedOptions } from "./report/client-feed.ts";
export type { Inspected, ReportOptions } from "./report/client-report.ts";
export type { ChannelLike } from "./report/channel-words.ts";
