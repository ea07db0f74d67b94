/** Puts the page together. StrictMode mounts everything twice; there is still one connection. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app.tsx";
import { createClient, HoldfastProvider } from "./realtime.ts";

const place = document.getElementById("page");
if (!place) throw new Error("The page has no #page.");
createRoot(place).render(
  <StrictMode>
    <HoldfastProvider create={createClient}>
      <App />
    </HoldfastProvider>
  </StrictMode>,
);
