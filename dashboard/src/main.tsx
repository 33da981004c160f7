import "./data/at-first.ts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/app.tsx";
import { chosenTheme, showTheme } from "./shell/theme.ts";
import "./design/tokens.css";
import "./design/components.css";
import "./design/lists.css";
import "uplot/dist/uPlot.min.css";

showTheme(chosenTheme());
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
