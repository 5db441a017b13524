/* The chart of a wallet's cumulative profit and loss. Its numbers are in #pnl-series, its colours in CSS. */

let chart = null;
let drawn = "";

const colour = (name) => getComputedStyle(document.querySelector(`.probe.${name}-colour`)).color;
const faint = (rgb) => rgb.replace(/^rgb\(([^)]+)\)$/, "rgba($1, 0.14)");

function options() {
  const ink = colour("ink");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: still || chart ? false : { duration: 300 },
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: false },
      tooltip: { callbacks: { label: (point) => ` ${point.parsed.y.toFixed(4)} SOL` }, displayColors: false },
    },
    scales: {
      x: { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 24 }, grid: { display: false }, border: { color: colour("edge") } },
      y: {
        ticks: { color: ink, maxTicksLimit: 6 },
        grid: { color: (line) => (line.tick.value === 0 ? ink : colour("edge")) },
        border: { display: false },
      },
    },
  };
}

function dataset(net) {
  return {
    data: net,
    borderColor: colour("line"),
    borderWidth: 2,
    pointRadius: net.length === 1 ? 4 : 0,
    pointHoverRadius: 4,
    stepped: false,
    tension: 0,
    fill: { target: "origin", above: faint(colour("gain")), below: faint(colour("loss")) },
  };
}

function draw(force) {
  const source = document.getElementById("pnl-series");
  const canvas = document.getElementById("pnl-chart");
  if (!source || !canvas) return;
  if (!force && drawn === source.textContent && chart && chart.canvas === canvas) return;
  drawn = source.textContent;
  const { days, net } = JSON.parse(drawn);
  const config = { type: "line", data: { labels: days, datasets: [dataset(net)] }, options: options() };
  if (chart) chart.destroy();
  chart = new Chart(canvas, config);
}

draw(true);
document.addEventListener("themechange", () => draw(true));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(true));
document.addEventListener("patched", () => draw(false));
