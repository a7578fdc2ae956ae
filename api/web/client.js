// Talks to the service. Every failure comes out as a `Problem` with words for people.
//
// Where the service asks for an API key, call `useKey(key)` with what the person typed, once: it is
// sent with every request, and kept for this tab until that is closed (`useKey("")` forgets it).
// `onKeyWanted(listener)` has the listener called, with the problem, whenever a request was refused
// for want of a key that is good enough: the place for a sign-in field.

import { eventsOf } from "./stream.js";

const KEY = "quoth-key";
const JSON_BODY = { "Content-Type": "application/json" };
const RECONNECTIONS = 5;
const keyWanted = new EventTarget();

export class Problem extends Error {
  constructor(message, hint = "", code = "") {
    super(message);
    this.hint = hint;
    this.code = code;
  }
}

export function useKey(key) {
  if (key.trim()) sessionStorage.setItem(KEY, key.trim());
  else sessionStorage.removeItem(KEY);
}

export function hasKey() {
  return sessionStorage.getItem(KEY) !== null;
}

export function onKeyWanted(listener) {
  keyWanted.addEventListener("wanted", (event) => listener(event.detail));
}

function authorization() {
  const key = sessionStorage.getItem(KEY);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

// --- questions

/** The events of an answer, {name, data}, the last of which is `done`. A lost connection is taken
 *  up again where it broke off. */
export async function* chat(messages, filters, signal) {
  const body = JSON.stringify({ messages, ...asked(filters), stream: true });
  let last = null;
  let delay = 500; // milliseconds, until the service says
  for (let lost = 0; ; lost += 1) {
    try {
      const headers = last ? { ...JSON_BODY, "Last-Event-ID": last } : JSON_BODY;
      const response = await request("v1/chat", { method: "POST", headers, body, signal });
      for await (const event of eventsOf(response.body)) {
        if (event.retry) delay = Number(event.retry);
        if (event.id) last = event.id;
        if (!event.data) continue;
        const data = JSON.parse(event.data);
        if (event.event === "error") throw problemOf(data);
        yield { name: event.event, data };
        if (event.event === "done") return;
      }
    } catch (error) {
      // Without an event there is nothing to go on with; what the service says is final.
      const broken = !(error instanceof Problem) || error.code === "unreachable";
      if (error.name === "AbortError" || !broken || !last) throw error;
    }
    if (lost === RECONNECTIONS) throw unreachable();
    await new Promise((resolve) => setTimeout(resolve, delay * (lost + 1)));
  }
}

/** The answer to a question with the scores behind it. */
export function explain({ standalone_question, mode }, filters) {
  const body = { question: standalone_question, ...asked(filters), explain: true };
  // Where a language model worded the answer, it is asked again; otherwise there is no need of it.
  if (mode === "extractive") body.mode = mode;
  return post("v1/ask", body);
}

export function rate(answerId, rating, comment) {
  return post("v1/feedback", { answer_id: answerId, rating, ...(comment ? { comment } : {}) });
}

function asked({ publishers, since, until }) {
  return {
    ...(publishers.length ? { publishers } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
  };
}

// --- the archive

export function article(id, signal) {
  return get(`v1/articles/${encodeURIComponent(id)}`, signal);
}

export function versions(id, signal) {
  return get(`v1/articles/${encodeURIComponent(id)}/versions`, signal);
}

export function version(id, number, signal) {
  return get(`v1/articles/${encodeURIComponent(id)}/versions/${number}`, signal);
}

export function articles({ limit, offset, publisher, contains }, signal) {
  const parameters = new URLSearchParams({ limit, offset });
  if (publisher) parameters.set("publisher", publisher);
  if (contains) parameters.set("contains", contains);
  return get(`v1/articles?${parameters}`, signal);
}

export function publishers() {
  return get("v1/publishers");
}

export async function deleteArticle(id) {
  await request(`v1/articles/${encodeURIComponent(id)}`, { method: "DELETE" });
}

/** Send files. `onprogress(share)` is told how much has left this machine, from 0 to 1. */
export function upload(files, publisher, onprogress) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  if (publisher) form.append("publisher", publisher);
  const sending = new XMLHttpRequest(); // `fetch` does not tell how far an upload is
  sending.open("POST", "v1/articles");
  for (const [name, value] of Object.entries(authorization())) sending.setRequestHeader(name, value);
  sending.responseType = "json";
  sending.upload.onprogress = (event) => onprogress(event.loaded / event.total);
  return new Promise((resolve, reject) => {
    sending.onerror = () => reject(unreachable());
    sending.onload = () => {
      const content = sending.response;
      if (sending.status === 200 || content?.items) resolve(content);
      else reject(refused(sending.status, content));
    };
    sending.send(form);
  });
}

// --- the service

export function status() {
  return get("v1/status");
}

/** The latest ingests. Not every key may see them, and nobody is asked for another one here. */
export async function ingests() {
  return (await request("v1/ingests?limit=10", {}, { askForKey: false })).json();
}

/** Whether questions can be answered; 503 is an answer to that too. */
export async function readiness() {
  const response = await fetch("readyz").catch(() => null);
  if (!response) throw unreachable();
  return response.json();
}

// --- requests

async function get(path, signal) {
  return (await request(path, { signal })).json();
}

async function post(path, body) {
  const options = { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) };
  return (await request(path, options)).json();
}

async function request(path, options, { askForKey = true } = {}) {
  let response;
  try {
    const headers = { ...options.headers, ...authorization() };
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (response.ok) return response;
  throw refused(response.status, await response.json().catch(() => null), askForKey);
}

function refused(statusCode, content, askForKey = true) {
  const problem = problemOf({ detail: `The service answered with status ${statusCode}.`, ...content });
  if (askForKey && (statusCode === 401 || problem.code === "scope_missing")) {
    keyWanted.dispatchEvent(new CustomEvent("wanted", { detail: problem }));
  }
  return problem;
}

function problemOf({ detail, hint, code }) {
  return new Problem(detail, hint, code);
}

function unreachable() {
  return new Problem("Quoth does not answer.", "Is it still running?", "unreachable");
}
