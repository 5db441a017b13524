/* Loaded before the first paint, so that the chosen theme never flashes the other one. */
(function () {
  "use strict";
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
