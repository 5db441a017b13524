/* The charts of a wallet: cumulative profit and loss, and trades by hour. */

import { colour, keepChart } from "./chart.js";

const faint = (rgb) => rgb.replace(/^rgb\(([^)]+)\)$/, "rgba($1, 0.14)");

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

function markZero(scale) {
  const [ink, edge] = [colour("ink"), colour("edge")];
  scale.grid.color = (line) => (line.tick.value === 0 ? ink : edge);
}

keepChart("pnl", (point) => ` ${point.parsed.y.toFixed(4)} SOL`, ({ days, net }, options) => {
  markZero(options.scales.y);
  return { type: "line", data: { labels: days, datasets: [dataset(net)] }, options };
});

keepChart("hours", (bar) => ` ${bar.parsed.y} trades`, (counts, options) => {
  options.animation = false; // one chart moves, not two
  markZero(options.scales.y);
  options.scales.y.beginAtZero = true;
  options.scales.y.ticks.precision = 0;
  const data = { labels: counts.map((_, hour) => `${hour}:00`), datasets: [{ data: counts, backgroundColor: colour("line") }] };
  return { type: "bar", data, options };
});
