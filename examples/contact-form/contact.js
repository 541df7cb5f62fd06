// A form of a Guildhall on a page of another site: drawn from what the server says, sent by fetch.

const main = document.querySelector("main");
const endpoint = new URL("/graphql", main.dataset.server);

const FORM = `query ($slug: String!) {
  form(by: { slug: $slug }) {
    id title intro { text } formState submitLabel consentText needsChallenge
    fields { key label help placeholder type required options { value label } minLength maxLength min max maxFiles fileTypes }
  }
}`;

const CHALLENGE = `{ server { challenge(purpose: CONTACT) { token salt target maxNumber } } }`;

const SUBMIT = `mutation ($input: FormSubmitInput!) {
  formSubmit(input: $input) {
    receipt { number token submissionState redirectUrl }
    userErrors { code message path }
  }
}`;

/** Asks the server; files stand in the variables as null and come beside them. */
async function ask(query, variables = {}, files = []) {
  const operation = JSON.stringify({ query, variables });
  let request = { body: operation, headers: { "content-type": "application/json" } };
  if (files.length > 0) {
    const body = new FormData();
    body.append("operations", operation);
    body.append("map", JSON.stringify(Object.fromEntries(files.map(({ path }, at) => [at, [path]]))));
    files.forEach(({ file }, at) => body.append(String(at), file));
    request = { body, headers: { "graphql-require-preflight": "1" } };
  }
  // Without cookies: the server lets this page in for its form, and for nothing else.
  const response = await fetch(endpoint, { ...request, credentials: "omit", method: "POST" });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/** Finds the number of the puzzle: a moment's work for whoever sends once. */
async function solve() {
  const { server } = await ask(CHALLENGE);
  const { token, salt, target, maxNumber } = server.challenge;
  const encoder = new TextEncoder();
  for (let n = 0; n <= maxNumber; n += 1) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(salt + n)));
    const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === target) return `${token}:${n}`;
  }
  throw new Error("The challenge has no solution.");
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const INPUTS = { TEXT: "text", EMAIL: "email", PHONE: "tel", URL: "url", NUMBER: "number", RATING: "number", DATE: "date", FILE: "file", HIDDEN: "hidden" };

/** One question, drawn; what is wrong with its answer is said below it. */
function draw(field) {
  const id = `field-${field.key}`;
  const problem = element("p", { className: "problem", id: `${id}-problem` });
  problem.setAttribute("role", "alert");
  const box = element("div");
  box.dataset.field = field.key;
  if (field.type === "SINGLE_CHOICE" || field.type === "MULTI_CHOICE") {
    const type = field.type === "SINGLE_CHOICE" ? "radio" : "checkbox";
    const choices = field.options.map(({ value, label }) =>
      element("label", { className: "choice" }, element("input", { name: field.key, type, value }), ` ${label}`),
    );
    box.append(element("fieldset", {}, element("legend", { textContent: field.label }), ...choices));
  } else if (field.type === "CHECKBOX") {
    box.append(element("label", {}, element("input", { id, name: field.key, type: "checkbox" }), ` ${field.label}`));
  } else {
    const input =
      field.type === "LONG_TEXT"
        ? element("textarea", { id, name: field.key, rows: 6 })
        : element("input", { id, name: field.key, type: INPUTS[field.type] });
    input.placeholder = field.placeholder ?? "";
    if (field.type === "NUMBER") input.step = "any";
    if (field.type === "RATING") Object.assign(input, { max: field.max ?? 5, min: 1 });
    if (field.type === "FILE") Object.assign(input, { accept: field.fileTypes.join(","), multiple: field.maxFiles > 1 });
    input.setAttribute("aria-describedby", problem.id);
    if (field.type !== "HIDDEN") box.append(element("label", { htmlFor: id, textContent: field.label }));
    box.append(input);
  }
  if (field.help) box.append(element("small", { textContent: field.help }));
  box.append(problem);
  return box;
}

/** What was answered to one question; nothing when it was left empty. */
function read(field, page) {
  const input = page.elements[field.key];
  const value = { field: field.key };
  switch (field.type) {
    case "SINGLE_CHOICE":
    case "MULTI_CHOICE": {
      const chosen = [...page.querySelectorAll(`[name="${field.key}"]:checked`)];
      return chosen.length > 0 ? { ...value, values: chosen.map((choice) => choice.value) } : null;
    }
    case "CHECKBOX":
      return { ...value, text: String(input.checked) };
    case "NUMBER":
    case "RATING":
      return input.value === "" ? null : { ...value, number: input.valueAsNumber };
    case "DATE":
      return input.value === "" ? null : { ...value, date: input.value };
    case "FILE":
      return input.files.length === 0 ? null : { ...value, uploads: [...input.files].map(() => null) };
    default:
      return input.value === "" ? null : { ...value, text: input.value };
  }
}

/** Says what is wrong where it is: at its question, or above the button. */
function complain(errors, values, page, fields) {
  for (const place of page.querySelectorAll(".problem")) place.textContent = "";
  for (const { message, path } of errors) {
    let key;
    if (path[1] === "values" && path[2] !== undefined) key = values[Number(path[2])]?.field;
    // A question that was left out has no place among the answers: its label is in the message.
    else if (path[1] === "values") key = fields.find(({ label }) => message.endsWith(`: ${label}`))?.key;
    const place = page.querySelector(key ? `[data-field="${key}"] .problem` : "#problem");
    place.textContent = place.textContent ? `${place.textContent} ${message}` : message;
  }
}

async function send(form, page, clientKey) {
  const values = form.fields.map((field) => read(field, page)).filter(Boolean);
  const files = values.flatMap(({ field, uploads }, at) =>
    [...(uploads ?? [])].map((_, file) => ({
      file: page.elements[field].files[file],
      path: `variables.input.values.${at}.uploads.${file}`,
    })),
  );
  const input = {
    clientKey,
    consent: page.elements.consent?.checked ?? false,
    form: { id: form.id },
    honeypot: page.elements.website.value,
    locale: navigator.language,
    origin: location.href,
    values,
  };
  if (form.needsChallenge) input.challenge = await solve();
  let { formSubmit } = await ask(SUBMIT, { input }, files);
  if (formSubmit.userErrors.some(({ code }) => code === "CHALLENGE_REQUIRED")) {
    // Many come at the moment.
    input.challenge = await solve();
    ({ formSubmit } = await ask(SUBMIT, { input }, files));
  }
  complain(formSubmit.userErrors, values, page, form.fields);
  return formSubmit.receipt;
}

function show(form) {
  const fields = form.fields.map(draw);
  const trap = element("input", { autocomplete: "off", name: "website", tabIndex: -1, type: "text" });
  const hidden = element("div", { className: "trap" }, trap);
  hidden.setAttribute("aria-hidden", "true");
  const consent = form.consentText
    ? [element("label", {}, element("input", { name: "consent", type: "checkbox" }), ` ${form.consentText}`)]
    : [];
  const problem = element("p", { className: "problem", id: "problem" });
  problem.setAttribute("role", "alert");
  const button = element("button", { textContent: form.submitLabel ?? "Send" });
  const page = element("form", { noValidate: true }, ...fields, hidden, ...consent, problem, button);
  // The same name for each try: what was sent is not sent again when an answer was lost.
  const clientKey = crypto.randomUUID();
  page.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const receipt = await send(form, page, clientKey);
      if (receipt?.redirectUrl) location.href = receipt.redirectUrl;
      else if (receipt) {
        const thanks = element("p", { textContent: `Thank you! Your number is ${receipt.number}.` });
        const token = element("p", {}, "Keep this to follow it: ", element("code", { textContent: receipt.token }));
        main.replaceChildren(element("h1", { textContent: form.title }), thanks, token);
      }
    } catch (error) {
      problem.textContent = `This could not be sent: ${error.message}`;
    } finally {
      button.disabled = false;
    }
  });
  const intro = form.intro ? [element("p", { textContent: form.intro.text })] : [];
  main.replaceChildren(element("h1", { textContent: form.title }), ...intro, page);
}

try {
  const { form } = await ask(FORM, { slug: main.dataset.form });
  if (form?.formState === "OPEN") show(form);
  else main.replaceChildren(element("p", { textContent: "This form is closed." }));
} catch (error) {
  main.replaceChildren(element("p", { className: "problem", textContent: `No form: ${error.message}` }));
}
