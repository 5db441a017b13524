/* What the charts of a coin and of a wallet share. Their numbers are in #...-series, their colours in CSS. */

export const colour = (name) => getComputedStyle(document.querySelector(`.probe.${name}-colour`)).color;

function options(label, animated) {
  const ink = colour("ink");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: still || !animated ? false : { duration: 300 },
    interaction: { mode: "index", intersect: false },
    plugins: { legend: { display: false }, tooltip: { callbacks: { label }, displayColors: false } },
    scales: {
      x: { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 24 }, grid: { display: false }, border: { color: colour("edge") } },
      y: { ticks: { color: ink, maxTicksLimit: 6 }, grid: { color: colour("edge") }, border: { display: false } },
    },
  };
}

/* Draws the chart of this name now, and again when its numbers or the colours change. `label` words a point;
   `config` makes Chart.js' configuration out of the numbers and the options that all charts have. */
export function keepChart(name, label, config) {
  let chart = null;
  let drawn = "";

  function draw(force) {
    const source = document.getElementById(`${name}-series`);
    const canvas = document.getElementById(`${name}-chart`);
    if (!source || !canvas) return;
    if (!force && drawn === source.textContent && chart && chart.canvas === canvas) return;
    drawn = source.textContent;
    const made = config(JSON.parse(drawn), options(label, !chart));
    if (chart) chart.destroy();
    chart = new Chart(canvas, made);
  }

  draw(true);
  document.addEventListener("themechange", () => draw(true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(true));
  document.addEventListener("patched", () => draw(false));
}
