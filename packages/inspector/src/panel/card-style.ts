/** The look of each part of the panel. */
export const CARD_STYLE = `
.muted { color: var(--muted); }
.numbers, .facts dd, .clock, .gap, .left, td { font-variant-numeric: tabular-nums; }
code { font: 12px/1.4 var(--mono); }
.check { display: inline-flex; gap: 6px; align-items: center; color: var(--muted); font-weight: 400; cursor: pointer; }
.check input { width: 14px; height: 14px; margin: 0; accent-color: var(--accent); }

.map-picture { display: block; width: 100%; max-width: 520px; margin: 0 auto; }
.map-picture text { fill: var(--muted); font: 12.3px system-ui, sans-serif; }
.map-picture .frame { fill: var(--sunken); stroke: var(--line); }
.map-picture .frame-words { font-size: 9.5px; }
.way { fill: none; stroke: var(--faint); stroke-width: 1; }
.box rect { fill: var(--surface); stroke: var(--line-strong); stroke-width: 1; transition: fill 0.25s ease; }
.box text { fill: var(--text); }
.box[data-lit="true"] rect { fill: var(--mood-soft); stroke: var(--mood); stroke-width: 2; }
.box[data-lit="true"] text { fill: var(--mood); font-weight: 700; }
.hops path { fill: none; stroke: var(--accent); stroke-width: 2.2; stroke-linecap: round; }
.hops path[data-age="1"] { stroke-width: 1.7; opacity: 0.55; }
.hops path[data-age="2"] { stroke-width: 1.4; opacity: 0.3; }
marker path { fill: var(--accent); }
.path { margin-top: 2px; color: var(--muted); font-size: 12px; text-align: center; }

.moment { border-left: 3px solid var(--mood, var(--line)); }
.when { color: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; }
.moment h2 { display: none; }
.title { margin-top: 2px; font-size: 17px; font-weight: 650; letter-spacing: -0.012em; font-variant-numeric: tabular-nums; }
.why { margin-top: 6px; }
.why code { padding: 1px 6px; border-radius: 5px; background: var(--idle-soft); }
.constraints { display: flex; flex-wrap: wrap; gap: 5px; margin-top: 9px; }
.constraints li { position: relative; padding: 2px 9px 2px 7px; border-radius: 99px; background: var(--good-soft); color: var(--good); font-size: 12px; }
.constraints [data-holds="false"] { background: var(--idle-soft); color: var(--idle); }
.constraints [data-blocks="true"] { background: var(--bad-soft); color: var(--bad); font-weight: 600; }
.sign { margin-right: 5px; }
.blocked { margin-top: 6px; color: var(--muted); }
.facts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 5px 12px; margin-top: 9px; }
.facts div:last-child { grid-column: 1 / -1; }
.moment details { margin-top: 9px; }
summary { color: var(--muted); font-size: 12px; cursor: pointer; }
summary:hover { color: var(--text); }
.moment pre { max-height: 260px; margin-top: 6px; }
.facts dt { color: var(--muted); font-size: 11.5px; }
.facts dd { font-weight: 600; overflow-wrap: anywhere; }

.timers { display: grid; gap: 8px; }
.timers li { display: grid; grid-template-columns: auto 1fr auto; gap: 1px 8px; align-items: baseline; }
.timers li.muted { display: block; }
.timers .muted { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; }
.left { font-weight: 650; }
.track { grid-column: 1 / -1; height: 3px; overflow: hidden; border-radius: 2px; background: var(--idle-soft); }
.bar:not(header) { display: block; height: 100%; border-radius: 2px; background: var(--accent); transform-origin: left; }

.rows { position: relative; flex: 1; min-height: 0; margin: 0 -8px; overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--faint) transparent; }
.rows:focus-visible, .table-scroll:focus-visible { outline-offset: -2px; }
.rows li { display: grid; grid-template-columns: 80px minmax(0, 1fr) auto; gap: 0 10px; align-items: baseline; padding: 3px 8px 3px 10px; border-left: 3px solid transparent; border-radius: 6px; cursor: pointer; }
.clock, .gap { color: var(--muted); font-size: 11.5px; }
.what { display: grid; min-width: 0; }
.move { font-weight: 650; }
.line-of-event { display: flex; gap: 0 7px; align-items: baseline; min-width: 0; overflow: hidden; white-space: nowrap; }
:is(.reason, .details) { overflow: hidden; color: var(--muted); text-overflow: ellipsis; font-size: 12px; }
.rows [data-move="true"] .details { display: none; }
.rows [aria-selected="true"] .line-of-event { flex-wrap: wrap; white-space: normal; }
.rows [aria-selected="true"] .details { display: inline; }
.rows [data-move="true"] { border-left-color: var(--mood); border-radius: 0 6px 6px 0; }
.move { color: var(--mood); }
.event, .effects { color: var(--muted); font-size: 11.5px; overflow-wrap: anywhere; }
.event { color: var(--text); }
.effects { font-family: var(--mono); font-size: 11px; display: none; }
.rows li:hover { background: var(--sunken); }
.rows [aria-selected="true"] { background: var(--accent-soft); }
.rows [aria-selected="true"]:hover { background: var(--accent-soft); }
.rows [aria-selected="true"] .effects { display: block; }
.rows [aria-selected="true"] :is(.clock, .gap, .effects, .reason, .details) { color: var(--text); }
.rows [data-stale="true"] .event { text-decoration: line-through; }

@container timeline (max-width: 370px) {
  .rows li { grid-template-columns: 80px minmax(0, 1fr); }
  .gap { display: none; }
}

.chart-frame { position: relative; margin-top: 4px; }
.chart { display: block; overflow: visible; width: 100%; height: 74px; }
.chart .grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.line { fill: none; stroke: var(--accent); stroke-width: 1.8; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.area { fill: var(--accent-soft); }
.dot { fill: none; stroke: var(--accent); stroke-width: 7; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.top-of-chart { position: absolute; top: -7px; right: 0; padding-left: 5px; background: var(--surface); color: var(--muted); font-size: 11px; }

.tabs { display: flex; gap: 2px; margin: -2px -6px 6px; }
.tabs button { min-height: 28px; padding: 0 8px; white-space: nowrap; border: 0; border-radius: 7px; background: none; color: var(--muted); font-size: 12px; font-weight: 600; cursor: pointer; }
.tabs button:hover { background: var(--sunken); }
.tabs button[aria-selected="true"] { background: var(--accent-soft); color: var(--accent); }
.ledger-panel { display: flex; flex: 1; flex-direction: column; gap: 4px; min-height: 0; }
.table-scroll { flex: 1; min-height: 0; margin: 0 -6px; overflow: auto; scrollbar-width: thin; scrollbar-color: var(--faint) transparent; }
table { width: 100%; border-collapse: collapse; font-size: 12px; }
th { position: sticky; top: 0; padding: 3px 6px; background: var(--surface); color: var(--muted); font-size: 11px; font-weight: 500; text-align: left; }
td { padding: 3px 6px; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
:is(td:first-child, td:last-child) { white-space: nowrap; }
td:nth-child(2) { color: var(--mood); font-weight: 600; white-space: nowrap; }
.more td { border: 0; padding-top: 0; }
pre { max-height: 120px; overflow: auto; padding: 5px 8px; border-radius: 6px; background: var(--sunken); color: var(--text); font: 11px/1.4 var(--mono); font-weight: 400; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (prefers-reduced-motion: reduce) { .box rect { transition: none; } }
`;
