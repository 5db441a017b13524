/* A button with data-ask is a question first; without scripts the form is sent at once. */

export function askFirst() {
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.dataset.ask || button.dataset.answered) return;
    event.preventDefault();
    event.stopPropagation();
    ask(button.dataset.ask, button.textContent.trim()).then((yes) => {
      if (!yes) return;
      button.dataset.answered = "yes";
      button.form.requestSubmit(button);
      delete button.dataset.answered;
    });
  }, true);
}

function ask(question, verb) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("p").textContent = question;
  dialog.querySelector("[value=yes]").textContent = verb;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
