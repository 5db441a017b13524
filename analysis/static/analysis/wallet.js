/* The charts of a wallet: cumulative profit and loss, and trades by hour. Numbers are in #...-series, colours in CSS. */

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

let hours = null;
let hoursDrawn = "";

function drawHours(force) {
  const source = document.getElementById("hours-series");
  const canvas = document.getElementById("hours-chart");
  if (!source || !canvas) return;
  if (!force && hoursDrawn === source.textContent && hours && hours.canvas === canvas) return;
  hoursDrawn = source.textContent;
  const counts = JSON.parse(hoursDrawn);
  const settings = options();
  settings.plugins.tooltip.callbacks.label = (bar) => ` ${bar.parsed.y} trades`;
  settings.scales.y.beginAtZero = true;
  settings.scales.y.ticks.precision = 0;
  const data = { labels: counts.map((_, hour) => `${hour}:00`), datasets: [{ data: counts, backgroundColor: colour("line") }] };
  if (hours) hours.destroy();
  hours = new Chart(canvas, { type: "bar", data, options: settings });
}

function drawAll(force) {
  draw(force);
  drawHours(force);
}

drawAll(true);
document.addEventListener("themechange", () => drawAll(true));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(true));
document.addEventListener("patched", () => drawAll(false));
