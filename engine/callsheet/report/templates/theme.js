// Colours: as the system has them, or light or dark by choice.

const THEMES = { "": "as the system", light: "light", dark: "dark" };

function useTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  part("theme").setAttribute("aria-label", `Colours: ${THEMES[theme]}`);
  part("theme").title = `Colours: ${THEMES[theme]}`;
}

function nextTheme() {
  const themes = Object.keys(THEMES);
  const theme = themes[(themes.indexOf(document.documentElement.dataset.theme || "") + 1) % themes.length];
  useTheme(theme);
  memory.set("theme", theme);
  announce(`Colours: ${THEMES[theme]}`);
}

part("theme").addEventListener("click", nextTheme);
useTheme(Object.hasOwn(THEMES, memory.get("theme") || "") ? memory.get("theme") || "" : "");
