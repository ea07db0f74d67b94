/** The look of the panel as a whole: its colours in light and dark, its bar, band and columns. */
export const PANEL_STYLE = `
:host {
  --ground: light-dark(#f4f5f7, #0d1014);
  --surface: light-dark(#ffffff, #161a20);
  --sunken: light-dark(#f6f7f9, #10141a);
  --line: light-dark(#e2e6ea, #262d36);
  --line-strong: light-dark(#8a94a0, #6b7683);
  --text: light-dark(#15191e, #e9edf1);
  --muted: light-dark(#55606c, #9ba6b2);
  --faint: light-dark(#c3cad2, #3a434e);
  --accent: light-dark(#0f766e, #2dd4bf);
  --accent-soft: light-dark(#e3f3f1, #10302d);
  --good: light-dark(#166534, #4ade80);
  --good-soft: light-dark(#dff1e5, #133020);
  --busy: light-dark(#8f4205, #fbbf54);
  --busy-soft: light-dark(#fcecd6, #35270f);
  --bad: light-dark(#a8231b, #ff8f85);
  --bad-soft: light-dark(#fbe4e1, #3b1d1a);
  --idle: light-dark(#515c68, #a9b3be);
  --idle-soft: light-dark(#e9ecf0, #232a33);
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "Roboto Mono", Menlo, Consolas, monospace;
  display: block;
  color-scheme: light dark;
}
:host([data-theme="light"]) { color-scheme: light; }
:host([data-theme="dark"]) { color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h1, h2, p, ol, ul, dl, dd, pre { margin: 0; padding: 0; }
ol, ul { list-style: none; }
button, select, input { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.frame-of-page { container-type: inline-size; height: 100%; background: var(--ground); }
.dock {
  position: fixed;
  inset: auto 0 0;
  z-index: 2147483000;
  height: var(--dock-height);
  container-type: inline-size;
  border-top: 1px solid var(--line);
  background: var(--ground);
  box-shadow: 0 -8px 30px light-dark(#10182818, #00000070);
}
.inspector {
  position: relative;
  display: flex;
  flex-direction: column;
  gap: 10px;
  height: 100%;
  padding: 10px 14px 12px;
  color: var(--text);
  font: 13px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
.inspector[data-dropping="true"]::after {
  position: absolute;
  inset: 6px;
  display: grid;
  place-items: center;
  border: 2px dashed var(--accent);
  border-radius: 12px;
  background: color-mix(in srgb, var(--surface) 90%, transparent);
  color: var(--accent);
  font-size: 17px;
  font-weight: 600;
  content: "Drop a trace to open it";
}
.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
h1 { font-size: 14px; letter-spacing: -0.01em; }
.space { flex: 1; }
.source { color: var(--muted); }
.bar :is(button, select) {
  min-height: 30px;
  padding: 0 11px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--surface);
  cursor: pointer;
}
.bar :is(button, select):hover { border-color: var(--line-strong); }
.bar .close { padding: 0 10px; color: var(--muted); }
.live::before {
  display: inline-block;
  width: 8px;
  height: 8px;
  margin-right: 7px;
  border-radius: 50%;
  background: var(--faint);
  content: "";
}
.live[aria-pressed="true"] { border-color: transparent; background: var(--accent-soft); color: var(--accent); font-weight: 600; }
.live[aria-pressed="true"]::before { background: currentColor; }
.pill {
  padding: 3px 11px;
  border-radius: 99px;
  font-weight: 600;
}
[data-mood="good"] { --mood: var(--good); --mood-soft: var(--good-soft); }
[data-mood="busy"] { --mood: var(--busy); --mood-soft: var(--busy-soft); }
[data-mood="bad"] { --mood: var(--bad); --mood-soft: var(--bad-soft); }
[data-mood="idle"] { --mood: var(--idle); --mood-soft: var(--idle-soft); }
.pill, .stretches > div { background: var(--mood-soft); color: var(--mood); }
.fault { padding: 7px 12px; border-radius: 8px; background: var(--bad-soft); color: var(--bad); font-weight: 600; }
.fault:empty { display: none; }

.band {
  position: relative;
  flex: none;
  height: 30px;
  border-radius: 8px;
  background: var(--idle-soft);
  cursor: ew-resize;
  touch-action: none;
  user-select: none;
}
.stretches { position: absolute; inset: 0; overflow: hidden; border-radius: 8px; }
.stretches > div {
  position: absolute;
  inset-block: 0;
  overflow: hidden;
  padding-left: 9px;
  border-left: 1px solid var(--ground);
  font-size: 12px;
  font-weight: 600;
  line-height: 30px;
  white-space: nowrap;
}
.marker {
  position: absolute;
  inset-block: -4px;
  width: 3px;
  margin-left: -2px;
  border-radius: 2px;
  background: var(--text);
  box-shadow: 0 0 0 1.5px var(--ground);
}
[data-empty="true"] :is(.band, .pill, .live, .column:not(.now)) { display: none; }
[data-empty="true"] .cards { grid-template: minmax(0, 1fr) / minmax(0, 1fr); }
[data-empty="true"] .now { grid-area: 1 / 1; justify-content: center; text-align: center; }
[data-empty="true"] .moment { border: 0; background: none; }

.cards { display: grid; flex: 1; gap: 10px; min-height: 0; overflow: auto; grid-template-columns: minmax(0, 1fr); align-content: start; grid-auto-rows: max-content; }
.column { display: flex; flex-direction: column; gap: 10px; min-width: 0; }
.card {
  position: relative;
  min-width: 0;
  padding: 10px 13px 12px;
  border: 1px solid var(--line);
  border-radius: 11px;
  background: var(--surface);
}
h2 {
  display: flex;
  gap: 8px;
  align-items: center;
  justify-content: space-between;
  margin-bottom: 6px;
  color: var(--muted);
  font-size: 12px;
  font-weight: 600;
}
.timeline { display: flex; flex-direction: column; height: 380px; container: timeline / inline-size; }
.ledger { display: flex; flex-direction: column; height: 340px; }
@container (min-width: 700px) {
  .cards { grid-template: auto auto auto / minmax(0, 376px) minmax(0, 1fr); }
  .now, .where { grid-column: 1; }
  .when { grid-column: 2; grid-row: 1 / span 2; }
  .timeline { flex: 1; height: auto; min-height: 300px; }
  .kept { grid-column: 1 / -1; }
}
@container (min-width: 1080px) {
  .column { min-height: 0; }
  .cards { align-content: stretch; }
  .frame-of-page .cards { grid-template: auto minmax(0, 1fr) / minmax(0, 376px) minmax(0, 1fr) minmax(0, 350px); overflow: hidden; }
  .dock .cards { grid-template: minmax(0, 1fr) / minmax(0, 256px) minmax(0, 330px) minmax(0, 1fr) minmax(0, 316px); overflow: hidden; }
  .dock .now { grid-column: 1; grid-row: 1; }
  .dock .where { grid-column: 2; grid-row: 1; }
  .dock .when { grid-column: 3; grid-row: 1; }
  .kept { grid-column: 3; grid-row: 1 / span 2; }
  .dock .kept { grid-column: 4; grid-row: 1; }
  .timeline { min-height: 0; }
  .ledger { flex: 1; height: auto; min-height: 0; }
  .now, .where { overflow: hidden auto; scrollbar-width: thin; scrollbar-color: var(--faint) transparent; }
  .dock .now .card, .dock .waits { flex: 1 0 auto; }
}
@container (max-width: 699px) {
  .bar .space { flex-basis: 100%; height: 0; }
}
`;
