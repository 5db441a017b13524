/* Says so when a search fails, instead of leaving the old list without a word. */

const problem = document.getElementById("search-problem");
const form = document.getElementById("news-search");

const failed = (event) => { if (event.target === form) problem.hidden = false; };
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:afterSwap", () => { problem.hidden = true; });
