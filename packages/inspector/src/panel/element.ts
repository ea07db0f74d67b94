/**
 * Makes elements and pictures. Text goes in as text, so nothing that a trace says becomes markup.
 */

type Attributes = Readonly<Record<string, string | undefined>>;

/** An element with attributes and children. An attribute that is `undefined` is left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** The same for SVG. */
export function shape<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** A button that does something when pressed. */
export function button(
  words: string,
  act: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

/** A part of the panel, under a small heading. */
export function card(
  name: string,
  title: string,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const heading = element("h2", {}, title);
  return element("section", { class: `card ${name}`, "aria-label": title }, heading, ...children);
}

/** Changes a text only when it is other: screen readers and selections notice a change. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) target.setAttribute(name, value);
}
