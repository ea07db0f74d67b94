/**
 * A vitest reporter that ends every run with one line a machine can read: `N passed, N failed`. A
 * file that does not load and an error nobody caught count as failures; skipped tests are counted
 * on a line of their own.
 */
import type { Reporter, TestModule } from "vitest/node";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function count(modules: readonly TestModule[], unhandled: readonly unknown[]): Counts {
  const counts: Counts = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    const before = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === "pending" ? "skipped" : state] += 1;
    }
    if (module.state() === "failed" && counts.failed === before) counts.failed += 1;
  }
  return counts;
}

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const { passed, failed, skipped } = count(modules, unhandled);
    process.stdout.write(`\n${skipped} skipped\n${passed} passed, ${failed} failed\n`);
  }
}
