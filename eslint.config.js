// What browsers run; htmx is somebody else's.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/*.min.js", "**/.venv/", ".tools/", "var/"] },
  js.configs.recommended,
  { languageOptions: { globals: globals.browser }, rules: { eqeqeq: ["error", "smart"], "no-var": "error", "prefer-const": "error", "no-unused-vars": ["error", { ignoreRestSiblings: true }] } },
  { files: ["web/static/*.js"], languageOptions: { sourceType: "script" } },
];
