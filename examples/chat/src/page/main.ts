/**
 * The page: puts the people side by side, moves the countdowns, and restarts the server on request.
 */
import { randomHex } from "@holdfast/client";

import { FaultServer } from "./fault-server.ts";
import { InspectorToggle } from "./inspector-toggle.ts";
import { PageMemory } from "./page-memory.ts";
import { PersonPanel } from "./person-panel.ts";
import { Person } from "./person.ts";
import { StormCard } from "./storm-card.ts";
import { bindThemeButton } from "./theme-button.ts";
import { countdownWords } from "./words.ts";

const NAMES = ["Ann", "Ben", "Cleo", "Dan"];
const AT_FIRST = 2;
/** How often countdowns move, in milliseconds. */
const TICK_MS = 100;

const server = new FaultServer();
const memory = new PageMemory(
  () => localStorage,
  () => sessionStorage,
  () => randomHex(4),
);
const panels: PersonPanel[] = [];
const inspector = new InspectorToggle(byId("inspect"), tellUnreachable);

const people = byId("people");
const addButton = byId("add");
const restartButton = byId("restart");
const restartLabel = restartButton.textContent;
const told = byId("told");

function addPerson(): void {
  const at = panels.length;
  const name = NAMES[at];
  if (name === undefined) return;
  const panel = startedPanel(at, name);
  panels.push(panel);
  people.append(panel.root);
  people.dataset["count"] = String(panels.length);
  addButton.hidden = panels.length === NAMES.length;
}

function startedPanel(at: number, name: string): PersonPanel {
  const person = new Person(name, memory, server);
  const panel = new PersonPanel(person, async () => {
    await person.close();
    const next = startedPanel(at, name);
    panels[at] = next;
    next.replace(panel);
  });
  person.start();
  inspector.show(person);
  return panel;
}

/** The server tells beforehand how long it will be away; nobody could ask it meanwhile. */
async function restart(): Promise<void> {
  if (restartButton.getAttribute("aria-busy") === "true") return;
  restartButton.setAttribute("aria-busy", "true");
  try {
    const awayMs = await server.restart();
    told.textContent = `The server goes away and is back ${countdownWords(awayMs)}.`;
    countDown(Date.now() + awayMs);
  } catch {
    tellUnreachable();
    restartButton.removeAttribute("aria-busy");
  }
}

function tellUnreachable(): void {
  told.textContent = "The server cannot be reached.";
}

function countDown(backAt: number): void {
  const countdown = setInterval(() => {
    const leftMs = backAt - Date.now();
    restartButton.textContent = leftMs > 0 ? `Away · back ${countdownWords(leftMs)}` : restartLabel;
    if (leftMs > 0) return;
    clearInterval(countdown);
    restartButton.removeAttribute("aria-busy");
  }, TICK_MS);
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}

bindThemeButton(byId("theme"));
new StormCard(byId("storm"), byId("raise-storm"), server).listen();
addButton.addEventListener("click", () => {
  addPerson();
  memory.people = panels.length;
});
restartButton.addEventListener("click", () => void restart());
for (let count = memory.people ?? AT_FIRST; count > 0; count--) addPerson();
setInterval(() => {
  for (const panel of panels) panel.tick(Date.now());
}, TICK_MS);
