/** Light or dark: as the system says, until somebody chooses. */

const KEY = "holdfast-chat-theme";
type Theme = "light" | "dark";

/** Applies what was chosen before, and lets `button` choose the other one. */
export function bindThemeButton(button: HTMLElement): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = remembered();
  const draw = (): void => {
    const theme = chosen ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset["theme"] = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `${button.textContent} colours`);
  };
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
    remember(chosen);
    draw();
  });
  dark.addEventListener("change", draw);
  draw();
}

function remembered(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // As above.
  }
}
