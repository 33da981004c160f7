import { useState } from "react";
import { chooseTheme, chosenTheme, themes } from "./theme.ts";

const signs = { system: "◐", light: "☀", dark: "☾" } as const;

/** Goes through the themes: that of the viewer's system, light, dark. */
export function ThemeButton() {
  const [theme, setTheme] = useState(chosenTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  return (
    <button
      type="button"
      className="button bare"
      aria-label={`Theme: ${theme}; change to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => {
        chooseTheme(next);
        setTheme(next);
      }}
    >
      {signs[theme]}
    </button>
  );
}
