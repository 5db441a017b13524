/* Every page: the theme's switch, times that stay true, questions before acting, live regions. */

import { keepMoments } from "./moments.js";
import { askFirst } from "./confirm.js";
import { patch } from "./patch.js";
import { startRegions } from "./regions.js";

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  document.dispatchEvent(new CustomEvent("themechange"));
}

// A line of places or tabs that is wider than the phone shows the one where one is.
function showCurrent() {
  for (const here of document.querySelectorAll(".places [aria-current], .tabs [aria-current]")) {
    const line = here.parentElement;
    const [own, whole] = [here.getBoundingClientRect(), line.getBoundingClientRect()];
    line.scrollLeft += own.left - whole.left - (whole.width - own.width) / 2;
  }
}

// Swaps that touch only what changed: focus, selection, scroll position and open details stay.
htmx.defineExtension("patch", {
  isInlineSwap: (style) => style === "patch",
  handleSwap(style, target, fragment) {
    if (style !== "patch") return false;
    patch(target.firstElementChild, fragment.firstElementChild); // a region has one child, and so has its part
    target.dispatchEvent(new CustomEvent("patched", { bubbles: true }));
    return [target];
  },
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-switch-theme]")) switchTheme();
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});
document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-choose-all]");
  if (!box) return;
  for (const other of box.form.elements) if (other.name === box.dataset.chooseAll) other.checked = box.checked;
});

showCurrent();
askFirst();
keepMoments();
startRegions();
