import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The platform that `npm run dev` shows; its answers pass through, so the page has one origin as in production. */
const platform = process.env["HEADWATER_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2023", assetsInlineLimit: 0, cssCodeSplit: false, sourcemap: false },
  server: { proxy: { "/api": { target: platform, changeOrigin: true } } },
});
