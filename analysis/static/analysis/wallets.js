/* A sample that is picked fills the field, so that what is analysed is what one sees. */

const field = document.querySelector("input[name=address]");

document.addEventListener("change", (event) => {
  if (event.target.name === "pick") field.value = event.target.value;
});
field.addEventListener("input", () => {
  for (const pick of document.querySelectorAll("input[name=pick]:checked")) pick.checked = pick.value === field.value;
});
