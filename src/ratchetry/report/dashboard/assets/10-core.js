/* The dashboard's own namespace: the documents, and elements made without markup. */
const ratchetry = (() => {
  "use strict";

  const documents = new Map();
  const waiting = new Map();
  const SVG = "http://www.w3.org/2000/svg";

  /** Take a document: the scripts in data/ call this. */
  function load(name, data) {
    documents.set(name, data);
  }

  /** Promise a document, or null where the history has none; rejected with what to tell people when it cannot be read. */
  function need(name) {
    if (documents.has(name)) return Promise.resolve(documents.get(name));
    const tag = ratchetry.overview.files[name];
    if (tag === undefined) return Promise.resolve(null);
    if (!waiting.has(name)) waiting.set(name, fetched(name, `data/${name}.${tag}.js`));
    return waiting.get(name);
  }

  /** Promise the document that a script hands over. */
  function fetched(name, source) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const refuse = () => {
        waiting.delete(name);
        reject(new Error(`${source} could not be read: publish the whole directory that “ratchetry dashboard” wrote, and reload this page when it is newer than the page you see.`));
      };
      script.addEventListener("load", () => (documents.has(name) ? resolve(documents.get(name)) : refuse()));
      script.addEventListener("error", refuse);
      script.src = source;
      document.head.append(script);
    }).finally(() => document.head.querySelectorAll("script[src]").forEach((script) => documents.has(name) && script.remove()));
  }

  /** Return an element: its attributes (`on` + event for listeners, `text` for its text) and what is in it. */
  function h(tag, attributes = {}, ...children) {
    return filled(document.createElement(tag), attributes, children);
  }

  /** Return an element of a drawing. */
  function s(tag, attributes = {}, ...children) {
    return filled(document.createElementNS(SVG, tag), attributes, children);
  }

  /** Return an element with attributes and children; null, undefined and false are left out. */
  function filled(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "text") element.textContent = value;
      else if (typeof value === "function") element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }

  /** Say something to who cannot see the page. */
  function say(text) {
    document.getElementById("status").textContent = text;
  }

  const overview = JSON.parse(document.getElementById("overview").textContent);
  return { load, need, h, s, say, overview, pages: {} };
})();
