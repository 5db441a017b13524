/* Makes one element look like another, touching only what differs. Children are matched by data-key, else
 * by place. What the reader did stays: open details, focused fields, anything under data-keep. */

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset.key || node.id || null : null);
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

export function patch(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-keep") || old.isEqualNode(fresh)) return;
  patchAttributes(old, fresh);
  if (old !== document.activeElement || !("value" in old)) patchChildren(old, fresh);
}

function patchAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    const readers = name === "open" && old.nodeName === "DETAILS";
    if (!fresh.hasAttribute(name) && !readers) old.removeAttribute(name);
  }
}

function patchChildren(old, fresh) {
  const atEnd = old.scrollHeight > old.clientHeight && old.scrollTop + old.clientHeight >= old.scrollHeight - 4;
  const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = keyed.get(keyOf(wanted));
    if (known && alike(known, wanted)) {
      if (known !== place) old.insertBefore(known, place);
      patch(known, wanted);
      place = known.nextSibling;
    } else if (place && alike(place, wanted)) {
      const next = place.nextSibling;
      patch(place, wanted);
      place = next;
    } else {
      old.insertBefore(document.importNode(wanted, true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
  if (atEnd && old.hasAttribute("data-follow")) old.scrollTop = old.scrollHeight;
}
