/**
 * Sources that say something of their own and yet have no test file of their own name, each with
 * the test that speaks for it, or the reason why none does. `tidy` fails on a source that is
 * missing here, and on an entry that is stale.
 */
export const testedElsewhere: Readonly<Record<string, string>> = {
  "packages/client/src/stores/indexed-db-connection.ts":
    "packages/client/test/stores/indexed-db.test.ts",
  "packages/client/src/stores/indexed-db-documents.ts":
    "packages/client/test/stores/indexed-db.test.ts",
  "packages/client/src/stores/indexed-db-transactions.ts":
    "packages/client/test/stores/indexed-db.test.ts",
  "packages/client/src/stores/sqlite-connection.ts": "packages/client/test/stores/sqlite.test.ts",
  "packages/client/src/stores/sqlite-documents.ts": "packages/client/test/stores/sqlite.test.ts",
  "packages/client/src/stores/sqlite-driver.ts": "packages/client/test/stores/sqlite.test.ts",
  "packages/client/src/stores/sqlite-file.ts": "packages/client/test/stores/sqlite.test.ts",
  "packages/client/src/stores/sqlite-leases.ts": "packages/client/test/stores/sqlite.test.ts",
  "packages/client/src/stores/sqlite-news.ts": "packages/client/test/stores/sqlite.test.ts",
  "packages/client/src/stores/sqlite-transactions.ts": "packages/client/test/stores/sqlite.test.ts",
  "packages/client/src/stores/memory.ts": "packages/client/test/stores/store-contract.test.ts",
  "packages/client/src/stores/store-error.ts": "packages/client/test/stores/stored-text.test.ts",
  "packages/client/src/sync/bucket-entry.ts": "packages/client/test/sync/sync.test.ts",
  "packages/client/src/sync/bucket-model.ts": "packages/client/test/sync/bucket.test.ts",
  "packages/client/src/sync/bucket-moves.ts": "packages/client/test/sync/bucket.test.ts",
  "packages/client/src/sync/bucket-settling.ts": "packages/client/test/sync/bucket.test.ts",
  "packages/client/src/realtime/durable-parts.ts":
    "packages/client/test/realtime/durable-client.test.ts",
  "packages/client/src/session/pending-call.ts": "packages/client/test/session/calls.test.ts",
  "packages/inspector/src/panel/element.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/files.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/keys.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/ledger-card.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/moment-card.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/round-trip-card.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/scrubber.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/state-map-card.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/timeline-card.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/timers-card.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/panel/top-bar.ts": "examples/chat/test/inspector.browser.test.ts",
  "packages/inspector/src/inspector-error.ts": "packages/inspector/test/report/read-report.test.ts",
  "packages/protocol/src/codec.ts": "packages/protocol/test/json-codec.test.ts",
  "packages/protocol/src/field-check.ts": "packages/protocol/test/message-table.test.ts",
  "packages/server/src/keyed-answer.ts": "packages/server/test/keyed-calls.test.ts",
  "packages/server/src/pumped-bucket.ts": "packages/server/test/bucket-pump.test.ts",
  "packages/server/src/stores/memory-keys.ts": "packages/server/test/server-store.test.ts",
  "packages/server/src/stores/memory-log.ts": "packages/server/test/server-store.test.ts",
  "packages/server/src/stores/sqlite-keys.ts": "packages/server/test/server-store.test.ts",
  "packages/server/src/stores/sqlite-ledger.ts": "packages/server/test/stores/sqlite.test.ts",
  "packages/server/src/stores/sqlite-log.ts": "packages/server/test/server-store.test.ts",
  "packages/server/src/stores/sqlite-schema.ts": "packages/server/test/stores/sqlite-file.test.ts",
  "packages/server/src/stores/sqlite-trim.ts": "packages/server/test/server-store.test.ts",
  "packages/server/src/stores/store-watch.ts": "packages/server/test/server-store.test.ts",
  "packages/server/src/stores/unit-transaction.ts": "packages/server/test/server-store.test.ts",
  "packages/server/src/server-parts.ts": "packages/server/test/realtime-server.test.ts",
  "packages/server/src/session-work.ts": "packages/server/test/realtime-server.test.ts",
  "packages/react/src/surroundings.ts": "packages/react/test/provider.test.ts",
  "packages/testing/src/exploration/dial-invariants.ts":
    "packages/client/test/connection/exploration-faults.test.ts",
  "packages/testing/src/exploration/event-variant.ts":
    "packages/client/test/connection/exploration.test.ts",
  "packages/testing/src/exploration/model-class.ts":
    "packages/client/test/connection/exploration.test.ts",
  "packages/testing/src/exploration/possible-event.ts":
    "packages/client/test/connection/exploration.test.ts",
  "packages/testing/src/exploration/reachable-row.ts":
    "packages/client/test/connection/exploration.test.ts",
  "packages/testing/src/exploration/session-invariants.ts":
    "packages/client/test/connection/exploration-faults.test.ts",
  "packages/testing/src/exploration/step-invariants.ts":
    "packages/client/test/connection/exploration-faults.test.ts",
  "packages/testing/src/exploration/step-view.ts":
    "packages/client/test/connection/exploration-faults.test.ts",
  "packages/testing/src/fake-platform.ts": "packages/testing/test/harness.test.ts",
  "packages/testing/src/fault-link-connection.ts":
    "packages/testing/test/fault-link.sockets.test.ts",
  "packages/testing/src/memory-connection.ts": "packages/testing/test/memory-link.test.ts",
  "packages/testing/src/memory-pipe.ts": "packages/testing/test/memory-link.test.ts",
  "packages/testing/src/exploration/walk.ts": "packages/client/test/connection/exploration.test.ts",
  "packages/testing/src/simulator/app-contract.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/app-hooks.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/app-process.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/app-server.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/app-user.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/device.ts": "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/effects.ts": "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/journal.ts": "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/mortal-server-store.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/process-faults.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/process-network.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/process-store.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/rest.ts": "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/server-process.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/snapshot-path.ts":
    "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/wish.ts": "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/simulator/world.ts": "packages/testing/test/simulator/simulation.test.ts",
  "packages/testing/src/bin/simulate.ts":
    "packages/testing/test/simulator/simulate-command.test.ts",
};
